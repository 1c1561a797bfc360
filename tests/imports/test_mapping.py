"""Columns become fields by what was chosen before, by their names, and by what is in them; and nothing is guessed wildly."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest

from core.imports.fields import fields_of, words
from core.imports.mapping import Mapped, Why, check_mapping, guess_mapping
from core.imports.profile import Column
from tests.imports.club.importer import MEMBERS, write
from weft import Importer, Invalid, Permission


class ProductRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row."""

    barcode: str
    name: str
    price: Decimal | None = None
    supplier_name: Annotated[str, msgspec.Meta(title="Supplier")] = ""
    image: Annotated[str, msgspec.Meta(title="Image address")] = ""


async def _nothing(*_: Any) -> Any:
    raise AssertionError


PRODUCTS: Importer[Any] = Importer(
    name="x.products",
    title="Products",
    permission=Permission("x", "x"),
    row=ProductRow,
    write=_nothing,
    undo=_nothing,
    aliases={"barcode": ("EAN",)},
)


def column(heading: str, looks: str = "", *samples: str) -> Column:
    return Column(heading=heading, looks=looks, samples=samples or ("x",), filled=1)


def guessed(
    columns: list[Column], importer: Importer[Any] = PRODUCTS, remembered: dict[str, str] | None = None
) -> dict[str, tuple[str, Why]]:
    return {columns[each.column].heading: (each.field, each.why) for each in guess_mapping(columns, fields_of(importer), remembered)}


@pytest.mark.parametrize(
    ("heading", "field", "why"),
    [
        ("barcode", "barcode", Why.NAME),
        ("Barcode", "barcode", Why.NAME),
        ("BAR_CODE", "barcode", Why.NAME),
        ("ean", "barcode", Why.ALIAS),
        ("Product name", "name", Why.SIMILAR),
        ("Names", "name", Why.NAME),
        ("Supplier", "supplier_name", Why.NAME),
        ("Prise", "price", None),
        ("Suplier", "supplier_name", Why.SIMILAR),
        ("weight", "", None),
        ("notes", "", None),
    ],
)
def test_a_heading_is_taken_for_the_field_it_names(heading: str, field: str, why: Why | None) -> None:
    found = guessed([column(heading)])
    assert found.get(heading) == ((field, why) if why else None)


def test_a_column_is_taken_for_a_field_by_its_values_when_its_heading_says_nothing() -> None:
    found = guessed(
        [column("Column A", "gtin", "4006381333931"), column("Column B", "image", "https://x.example/a.jpg"), column("Column C")]
    )
    assert found == {"Column A": ("barcode", Why.VALUES), "Column B": ("image", Why.VALUES)}


def test_a_name_beats_values_and_no_field_is_taken_twice() -> None:
    found = guessed(
        [column("case code", "gtin", "04006381333931"), column("barcode", "gtin", "4006381333931"), column("name"), column("Name 2")]
    )
    assert found["barcode"] == ("barcode", Why.NAME)
    assert found["name"] == ("name", Why.NAME)
    assert len({field for field, _ in found.values()}) == len(found)


def test_values_that_cannot_be_a_fields_keep_a_similar_name_from_being_taken() -> None:
    assert guessed([column("price list", "email", "a@x.example")]) == {}
    assert guessed([column("price list", "number", "1.50")]) == {"price list": ("price", Why.SIMILAR)}


def test_what_a_person_chose_before_beats_every_guess_and_so_does_what_they_left_out() -> None:
    columns = [column("barcode"), column("name"), column("Artikel")]
    found = guessed(columns, remembered={"barcode": "", "Artikel": "barcode", "name": "name"})
    assert found == {"name": ("name", Why.REMEMBERED), "Artikel": ("barcode", Why.REMEMBERED)}


def test_an_empty_column_is_only_taken_when_its_name_says_so_exactly() -> None:
    empty = Column(heading="Product name", filled=0)
    assert guess_mapping([empty], fields_of(PRODUCTS)) == []
    assert guess_mapping([msgspec.structs.replace(empty, heading="Name")], fields_of(PRODUCTS))[0].field == "name"


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("E-Mail-Adresse", ("email", "adresse")),
        ("firstName", ("first", "name")),
        ("Straße Nr.", ("strasse", "nr")),
        ("PREIS (€)", ("prei",)),
        ("", ()),
        ("Größe_cm", ("grosse", "cm")),
    ],
)
def test_headings_are_compared_word_by_word(heading: str, found: tuple[str, ...]) -> None:
    assert words(heading) == found


COLUMNS = [column("no"), column("name"), msgspec.structs.replace(column("owed", "number"), sign=None, sign_example="1,234")]


def problems_of(*mapping: Mapped) -> dict[str, str]:
    try:
        check_mapping(fields_of(MEMBERS), COLUMNS, mapping)
    except Invalid as wrong:
        return wrong.fields
    return {}


def test_a_mapping_needs_every_required_field_each_once_and_columns_that_there_are() -> None:
    assert problems_of(Mapped(field="code", column=0), Mapped(field="name", column=1)) == {}
    assert "“Name”" in problems_of(Mapped(field="code", column=0))["required"]
    with pytest.raises(Invalid, match="at least one column"):
        check_mapping([field for field in fields_of(MEMBERS) if not field.required], COLUMNS, ())
    assert "taken from the column “name” already" in problems_of(Mapped(field="name", column=1), Mapped(field="name", column=0))["map.0"]
    assert "no field “shoe”" in problems_of(Mapped(field="shoe", column=0))["map.0"]
    assert "no field “name”" in problems_of(Mapped(field="name", column=7))["map.7"]


def test_nobody_guesses_whether_a_number_is_a_thousand() -> None:
    known = (Mapped(field="code", column=0), Mapped(field="name", column=1))
    assert "“1,234”" in problems_of(*known, Mapped(field="credit", column=2, sign=""))["sign.2"]
    assert problems_of(*known, Mapped(field="credit", column=2, sign=",")) == {}


def test_fields_carry_what_their_struct_says_of_them() -> None:
    fields = {field.name: field for field in fields_of(MEMBERS)}
    assert (fields["code"].title, fields["code"].required, fields["code"].aliases) == (
        "Member number",
        True,
        ("no", "id", "Mitgliedsnummer"),
    )
    assert fields["credit"].help == "What the club owes the member"
    assert [name for name, field in fields.items() if field.is_number or field.is_date] == ["born", "credit"]
    assert MEMBERS.write is write
