"""What people type becomes typed values, and every wrong field gets its sentence at once."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from weft import Form, Invalid, read_fields

ID = "0198c0de-0000-7000-8000-000000000001"


class Colour(StrEnum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


class Every(msgspec.Struct, kw_only=True):
    """One field of every kind that a form may hold."""

    text: str = ""
    whole: int = 0
    number: Decimal = Decimal(0)
    ratio: float = 0.0
    yes: bool = False
    day: date | None = None
    moment: datetime | None = None
    hour: time | None = None
    id: UUID | None = None
    choice: Literal["a", "b"] = "a"
    stars: Literal[1, 2, 3] = 1
    colour: Colour = Colour.RED
    tags: tuple[str, ...] = ()
    counts: list[int] = []
    ids: frozenset[UUID] = frozenset()
    renamed: str = msgspec.field(name="other-name", default="")


def read(**given_: str | list[str]) -> Every:
    return read_fields(Every, {name: [value] if isinstance(value, str) else value for name, value in given_.items()})


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("text", "Ünïcode 🧵", "Ünïcode 🧵"),
        ("whole", "42", 42),
        ("whole", "-7", -7),
        ("whole", "+7", 7),
        ("number", "1.234,50", Decimal("1234.50")),
        ("ratio", "0,5", 0.5),
        ("yes", "on", True),
        ("yes", "Yes", True),
        ("yes", "x", True),
        ("yes", "off", False),
        ("yes", "0", False),
        ("day", "2026-03-31", date(2026, 3, 31)),
        ("moment", "2026-03-31T14:30", datetime(2026, 3, 31, 14, 30)),  # noqa: DTZ001 - as a browser sends it
        ("moment", "2026-03-31T14:30:00+00:00", datetime(2026, 3, 31, 14, 30, tzinfo=UTC)),
        ("hour", "14:30", time(14, 30)),
        ("id", ID, UUID(ID)),
        ("id", ID.upper().replace("-", ""), UUID(ID)),
        ("choice", "b", "b"),
        ("stars", "3", 3),
        ("colour", "blue", Colour.BLUE),
        ("tags", ["a", "b", "a"], ("a", "b", "a")),
        ("counts", ["1", "2"], [1, 2]),
        ("ids", [ID, ID], frozenset({UUID(ID)})),
    ],
)
def test_text_becomes_what_the_field_holds(field: str, text: str | list[str], value: object) -> None:
    assert getattr(read(**{field: text}), field) == value


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("whole", "1.5", "“1.5” is not a whole number."),
        ("whole", "1e3", "“1e3” is not a whole number."),
        ("whole", "1" * 19, f"“{'1' * 19}” is not a whole number."),
        ("number", "one", "“one” is not a number."),
        ("ratio", "nan", "“nan” is not a number."),
        ("yes", "maybe", "“maybe” is neither yes nor no."),
        ("day", "31.12.2026", "“31.12.2026” is not a date such as 2026-03-31."),
        ("day", "2026-02-30", "“2026-02-30” is not a date such as 2026-03-31."),
        ("moment", "noon", "“noon” is not a date and time such as 2026-03-31T14:30."),
        ("hour", "25:00", "“25:00” is not a time such as 14:30."),
        ("id", "1", "Choose one of the list."),
        ("choice", "c", "“c” is not one of the choices."),
        ("stars", "4", "“4” is not one of the choices."),
        ("colour", "green", "“green” is not one of the choices."),
        ("counts", ["1", "x"], "“x” is not a whole number."),
        ("ids", [ID, "x"], "Choose one of the list."),
    ],
)
def test_a_wrong_field_gets_a_sentence_for_a_person(field: str, text: str | list[str], sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(**{field: text})
    assert refused.value.fields == {field: sentence}


def test_every_wrong_field_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        read(whole="x", number="y", day="z", choice="c", text="fine", **{"other-name": "fine"})
    assert set(refused.value.fields) == {"whole", "number", "day", "choice"}


def test_what_is_empty_or_absent_takes_its_default() -> None:
    assert read(text="", whole="", number="", day="", choice="", colour="", stars="") == Every()
    assert read() == Every()


def test_of_a_repeated_field_the_last_counts_as_a_hidden_box_before_a_checkbox_needs() -> None:
    assert read(yes=["off", "on"]).yes is True
    assert read(yes=["off"]).yes is False
    assert read(text=["a", "b"]).text == "b"


def test_a_box_that_was_sent_empty_is_not_ticked_whatever_its_default() -> None:
    class Boxes(msgspec.Struct):
        ticked: bool = True

    assert read_fields(Boxes, {}).ticked is True
    assert read_fields(Boxes, {"ticked": [""]}).ticked is False


def test_a_field_goes_by_the_name_it_is_sent_under() -> None:
    assert read(**{"other-name": "x"}).renamed == "x"
    assert read(renamed="x").renamed == ""


def test_unknown_fields_are_told_when_they_matter() -> None:
    given_ = {"text": ["x"], "texts": ["x"], "__proto__": ["x"]}
    assert read_fields(Every, given_).text == "x"
    with pytest.raises(Invalid) as refused:
        read_fields(Every, given_, ignore_unknown=False)
    assert refused.value.fields == {"texts": "There is no such field.", "__proto__": "There is no such field."}


class Limited(msgspec.Struct, kw_only=True):
    """Fields with limits."""

    name: Annotated[str, Meta(min_length=2, max_length=4)]
    code: Annotated[str, Meta(pattern="^[A-Z]+$")] = "A"
    age: Annotated[int, Meta(ge=0, lt=150)] = 0
    price: Annotated[Decimal, Meta(gt=0, le=100)] = Decimal(1)
    rate: Annotated[Decimal | None, Meta(title="Rate")] = None
    share: Annotated[float, Meta(ge=0)] = 0.0
    tags: Annotated[tuple[str, ...], Meta(min_length=1, max_length=2)] = ("x",)


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "a", "Enter at least 2 characters."),
        ("name", "abcde", "Enter at most 4 characters."),
        ("code", "a", "This does not have the expected form."),
        ("age", "-1", "Enter 0 or more."),
        ("age", "150", "Enter 149 or less."),
        ("price", "0", "Enter more than 0."),
        ("price", "100.01", "Enter 100 or less."),
        ("share", "-0.5", "Enter 0.0 or more."),
        ("tags", ["a", "b", "c"], "Choose at most 2."),
    ],
)
def test_limits_are_told_in_words(field: str, text: str | list[str], sentence: str) -> None:
    values: dict[str, Any] = {"name": ["abc"], "tags": ["x"], field: [text] if isinstance(text, str) else text}
    with pytest.raises(Invalid) as refused:
        read_fields(Limited, values)
    assert refused.value.fields == {field: sentence}


@pytest.mark.parametrize(
    ("field", "text"), [("name", "ab"), ("name", "üüüü"), ("age", "149"), ("price", "100"), ("price", "0,01"), ("rate", "-3")]
)
def test_what_is_just_within_a_limit_passes(field: str, text: str) -> None:
    read_fields(Limited, {"name": ["abc"], "tags": ["x"], field: [text]})


def test_a_rule_over_several_fields_is_told_too() -> None:
    class Range(msgspec.Struct):
        low: int = 0
        high: int = 0

        def __post_init__(self) -> None:
            if self.high < self.low:
                raise ValueError("The end lies before the beginning.")

    with pytest.raises(Invalid, match="The end lies before the beginning"):
        read_fields(Range, {"low": ["2"], "high": ["1"]})


def test_a_form_is_free_of_what_a_database_or_a_page_cannot_bear() -> None:
    form = Form({"text": ["\0 a\x01b\x7f\x1b[31m\r\nc\td\r "], "empty": ["\0\x02"]})
    assert form.get("text") == "ab[31m\nc\td"
    assert form.read(Every).text == "ab[31m\nc\td"
    assert form.get("empty") == ""
    assert form.get("absent", "default") == "default"


def problems(values: dict[str, list[str]]) -> dict[str, str]:
    """Return what is wrong with a form; anything else that is raised fails the test."""
    try:
        Form(values).read(Every)
    except Invalid as refused:
        return refused.fields
    return {}


@given(st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=10), max_size=3), max_size=4))
def test_no_form_at_all_makes_anything_but_a_struct_or_sentences(values: dict[str, list[str]]) -> None:
    assert all(each.endswith(".") for each in problems(values).values())


@given(st.sampled_from([field.encode_name for field in msgspec.structs.fields(Every)]), st.text(max_size=12))
def test_no_text_in_any_field_makes_anything_but_a_value_or_a_sentence(field: str, text: str) -> None:
    found = problems({field: [text]})
    assert set(found) <= {field}
    assert all(each.endswith(".") for each in found.values())


def test_rows_of_a_group_come_in_order_without_empty_ones() -> None:
    form = Form(
        {
            "line.10.title": ["ten"],
            "line.2.title": ["two"],
            "line.2.count": ["3"],
            "line.5.title": ["", " "],
            "line.x.title": ["no"],
            "lines.1.title": ["no"],
            "line.1.title.x": ["no"],
            "text": ["x"],
        }
    )
    assert [row.values for row in form.rows("line")] == [{"title": ["two"], "count": ["3"]}, {"title": ["ten"]}]
    assert form.rows("none") == []
    assert form.read(Every).text == "x"


def test_an_edit_page_starts_from_stored_values() -> None:
    assert Form.of(text="x", whole="3").read(Every) == Every(text="x", whole=3)
    assert Form.of(tags="a").all("tags") == ["a"]
