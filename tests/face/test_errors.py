"""What goes wrong is told to people: five kinds, each with a sentence."""

import pytest

import weft.errors
from weft import Conflict, Invalid, Missing, Refused, Unavailable, WeftError

KINDS = (Refused, Missing, Conflict, Invalid, Unavailable)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_carries_its_sentence(kind: type[WeftError]) -> None:
    error = kind("The till is closed.")
    assert error.message == str(error) == "The till is closed."
    assert issubclass(kind, WeftError)
    assert kind.title != WeftError.title


def test_an_invalid_form_names_every_field() -> None:
    error = Invalid(fields={"name": "This field is required.", "age": "Enter 0 or more."})
    assert error.fields == {"name": "This field is required.", "age": "Enter 0 or more."}
    assert error.message == "This field is required.; Enter 0 or more."
    assert Invalid.field("age", "Too old.").fields == {"age": "Too old."}


def test_an_invalid_form_without_fields_still_says_something() -> None:
    assert Invalid().message == "Please check your entries"
    assert Invalid("The file is empty.").fields == {}


def test_the_fields_of_one_error_are_not_those_of_another() -> None:
    fields = {"a": "b"}
    one = Invalid(fields=fields)
    fields["c"] = "d"
    assert one.fields == {"a": "b"}


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = [line.split()[1] for line in (weft.errors.__doc__ or "").splitlines() if line.strip().startswith(("├", "└"))]
    assert drawn == [kind.__name__ for kind in KINDS]
