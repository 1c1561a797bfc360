"""A row becomes the struct its importer wants, or a sentence for every cell that does not fit."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from core.imports.cells import Broken, Cell, Line
from core.imports.fields import fields_of
from core.imports.mapping import Mapped
from core.imports.values import RowReader
from weft import Importer, Permission, RowProblem

BERLIN = ZoneInfo("Europe/Berlin")


class Colour(Enum):
    """A choice."""

    RED = "red"
    DARK_BLUE = "dark-blue"


class Wide(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A row with a field of every kind."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=10)]
    count: Annotated[int, msgspec.Meta(ge=0)] = 0
    price: Decimal | None = None
    is_active: bool = False
    born: date | None = None
    seen_at: datetime | None = None
    kind: Literal["small", "large_one"] = "small"
    colour: Colour = Colour.RED
    tags: tuple[str, ...] = ()
    sizes: list[int] = []
    record: UUID | None = None
    note: str | msgspec.UnsetType = msgspec.UNSET
    limit: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    labels: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        if self.price is not None and self.price < 0:
            raise ValueError("A price is never negative.")


async def _nothing(*_: Any) -> Any:
    raise AssertionError


FIELDS = fields_of(Importer(name="x.y", title="X", permission=Permission("x", "x"), row=Wide, write=_nothing, undo=_nothing))


def read(**cells: Cell) -> Wide | list[RowProblem]:
    """Read a row whose cells are named by field."""
    mapping = [Mapped(field=name, column=place, sign=".", order="dmy") for place, name in enumerate(cells)]
    found = RowReader(Wide, FIELDS, mapping, BERLIN).read(Line(7, list(cells.values())))
    assert isinstance(found, (Wide, list))
    return found


def sentence(**cells: Cell) -> str:
    found = read(**{"name": "x", **cells})
    assert isinstance(found, list), found
    assert {problem.row for problem in found} == {7}
    return " | ".join(f"{problem.field}: {problem.sentence}" for problem in found)


def test_every_kind_of_field_is_read_from_text() -> None:
    assert read(
        name="  Tea ", count="1,200", price="£ 1,234.50", is_active="Ja", born="31/03/1990", seen_at="31.03.2026 14:30", kind="Large one",
        colour="dark blue", tags="a; b;c", sizes="1,2, 3", record="0190c2a0-0000-7000-8000-000000000000",
    ) == Wide(
        name="Tea", count=1200, price=Decimal("1234.50"), is_active=True, born=date(1990, 3, 31), kind="large_one", colour=Colour.DARK_BLUE,
        seen_at=datetime(2026, 3, 31, 12, 30, tzinfo=UTC), tags=("a", "b", "c"), sizes=[1, 2, 3],
        record=UUID("0190c2a0-0000-7000-8000-000000000000"),
    )  # fmt: skip


def test_every_kind_of_field_is_read_from_the_typed_cells_of_a_spreadsheet() -> None:
    moment = datetime(2026, 3, 31, 14, 30)  # noqa: DTZ001
    assert read(name=4006381, count=3, price=Decimal("0.3"), is_active=True, born=moment, seen_at=moment, sizes=5) == Wide(
        name="4006381", count=3, price=Decimal("0.3"), is_active=True, born=date(2026, 3, 31),
        seen_at=datetime(2026, 3, 31, 12, 30, tzinfo=UTC), sizes=[5],
    )  # fmt: skip


def test_empty_cells_take_the_default_and_those_that_are_required_are_told() -> None:
    assert read(name="x", count=" ", price="", tags="", kind="") == Wide(name="x")
    found = read(name=" ", count="1")
    assert isinstance(found, list)
    assert found == [RowProblem(7, "name", "This field is required.", "")]


def test_a_field_that_tells_absence_knows_an_empty_cell_from_a_missing_column() -> None:
    without, empty = read(name="x"), read(name="x", note="", limit="", labels="")
    assert isinstance(without, Wide)
    assert isinstance(empty, Wide)
    assert (without.note, without.limit, without.labels) == (msgspec.UNSET,) * 3
    assert (empty.note, empty.limit, empty.labels) == ("", None, ())


@pytest.mark.parametrize(
    ("cells", "sentences"),
    [
        ({"count": "many"}, "count: “many” is not a whole number."),
        ({"count": "1.5"}, "count: “1.5” is not a whole number."),
        ({"count": "-1"}, "count: Enter 0 or more."),
        ({"price": "1,5"}, "price: “1,5” is not a number with a point as decimal sign, as this column has it."),
        ({"is_active": "perhaps"}, "is_active: “perhaps” is neither yes nor no."),
        ({"born": "31/02/2026"}, "born: “31/02/2026” is not a day of the calendar, read as day, month, year."),
        ({"born": True}, "born: “true” is not a date such as 2026-03-31."),
        ({"kind": "medium"}, "kind: “medium” is not one of the choices: small, large_one."),
        ({"name": "a" * 11}, "name: Enter at most 10 characters."),
        ({"price": "-5"}, ": A price is never negative."),
        ({"sizes": "1;x"}, "sizes: “x” is not a whole number."),
        ({"note": "a\x00b"}, "note: This cell holds the character NUL, which no text has: the file is damaged, or in another encoding."),
        ({"note": "a\ufffdb"}, "note: This cell holds a character that cannot be read: the file is damaged, or in another encoding."),
        ({"note": Broken("#DIV/0!")}, "note: This cell shows #DIV/0! in the spreadsheet: mend the formula there."),
        ({"note": "x" * 100_001}, "note: This cell has 100,001 characters; up to 100,000 are taken."),
        ({"count": "x", "name": ""}, "name: This field is required. | count: “x” is not a whole number."),
        ({"count": "-1", "born": "y"}, "born: “y” is not a date such as 2026-03-31. | count: Enter 0 or more."),
        ({"count": "x", "born": "y"}, "count: “x” is not a whole number. | born: “y” is not a date such as 2026-03-31."),
    ],
)
def test_every_cell_that_does_not_fit_gets_a_sentence(cells: dict[str, Cell], sentences: str) -> None:
    assert sentence(**cells) == sentences


@pytest.mark.parametrize(
    ("cell", "text"), [("'=1+1", "=1+1"), ("'+44 20", "+44 20"), ("'@home", "@home"), ("'quoted'", "'quoted'"), ("'", "'")]
)
def test_the_apostrophe_that_our_exports_put_before_formulas_is_taken_away(cell: str, text: str) -> None:
    found = read(name="x", note=cell)
    assert isinstance(found, Wide)
    assert found.note == text


def test_line_ends_stay_in_a_cell_and_other_control_characters_do_not() -> None:
    found = read(name="x", note="one\r\ntwo\x07\ttab")
    assert isinstance(found, Wide)
    assert found.note == "one\ntwo\ttab"
