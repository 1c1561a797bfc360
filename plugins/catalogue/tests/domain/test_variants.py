"""Options and the variants they make."""

from math import prod

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugins.catalogue.domain.naming import folded
from plugins.catalogue.domain.numbering import numbered, variant_skus
from plugins.catalogue.domain.variants import Option, check_choices, check_options, fill, matrix, widen
from weft import Invalid

SIZE = Option(name="Size", values=("S", "M", "L"))
COLOUR = Option(name="Colour", values=("Red", "Blue"))
names = st.text("abcdefgh", min_size=1, max_size=4)
options = st.lists(
    st.builds(Option, name=names, values=st.lists(names, min_size=1, max_size=4, unique=True).map(tuple)),
    max_size=3,
    unique_by=lambda each: each.name,
)


@given(options)
def test_the_matrix_has_every_combination_exactly_once(given_options: list[Option]) -> None:
    cells = matrix(given_options)
    assert len(cells) == len(set(cells)) == prod(len(option.values) for option in given_options)
    assert all(choice in option.values for choices in cells for choice, option in zip(choices, given_options, strict=True))
    check_choices(given_options, cells)


@given(options, st.data())
def test_filling_keeps_each_variant_once_or_tells_that_it_is_left(given_options: list[Option], data: st.DataObject) -> None:
    known = data.draw(st.sets(st.sampled_from((*matrix(given_options), ("gone",))), max_size=5))
    existing = {choices: number for number, choices in enumerate(sorted(known))}
    cells, left = fill(existing, given_options)
    assert tuple(choices for choices, _ in cells) == matrix(given_options)
    kept = [variant for _, variant in cells if variant is not None]
    assert sorted([*kept, *left]) == sorted(existing.values())


def test_the_variant_of_a_simple_product_becomes_the_first_combination_and_comes_back() -> None:
    cells, left = fill({(): "old"}, (SIZE, COLOUR))
    assert cells[0] == (("S", "Red"), "old")
    assert left == []
    cells, left = fill({("S", "Red"): "first", ("S", "Blue"): "second"}, ())
    assert (cells, left) == ([((), "first")], ["second"])


def test_correcting_the_spelling_of_a_value_keeps_its_variant() -> None:
    cells, left = fill({("creme",): 7}, (Option(name="Flavour", values=("Crème",)),))
    assert (cells, left) == ([(("Crème",), 7)], [])


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ([Option(name="", values=("S",))], "options.0.name", "a name"),
        ([SIZE, Option(name="size", values=("S",))], "options.1.name", "two options"),
        ([Option(name="Size", values=())], "options.0.values", "commas"),
        ([Option(name="Size", values=("S", "s"))], "options.0.values", "twice"),
        ([Option(name="Size", values=("S; M",))], "options.0.values", "Semicolons"),
        ([Option(name="A", values=tuple(map(str, range(101))))], "options.0.values", "at most 100"),
        ([Option(name=name, values=tuple(map(str, range(10)))) for name in "ABC"], "options.0.values", "make 1000 variants"),
        ([Option(name=name, values=("x",)) for name in "ABCDEF"], "options.5.name", "at most 5"),
    ],
)
def test_options_that_make_no_sense_are_refused_by_field(wrong: list[Option], field: str, told: str) -> None:
    with pytest.raises(Invalid) as found:
        check_options(wrong)
    assert told in found.value.fields[field]


def test_each_variant_chooses_one_value_of_every_option_and_no_two_the_same() -> None:
    with pytest.raises(Invalid, match="is no choice of Size and Colour"):
        check_choices((SIZE, COLOUR), [("S",)])
    with pytest.raises(Invalid, match="two variants “s”"):
        check_choices((SIZE,), [("S",), ("s",)])


def test_options_widen_by_what_variants_choose_in_the_order_met() -> None:
    assert widen([Option(name="Size", values=("S",))], [("M",), ("S",), ("m",), ("XL",)])[0].values == ("S", "M", "XL")


@given(st.lists(st.lists(st.text(max_size=6), max_size=3).map(tuple), max_size=12))
def test_made_skus_differ_and_fit(choices: list[tuple[str, ...]]) -> None:
    skus = variant_skus("P-00001", choices, {"P-00001"})
    assert len({sku.upper() for sku in skus} | {"P-00001"}) == len(skus) + 1
    assert all(len(sku) <= 40 for sku in skus)


def test_a_sku_tells_what_was_chosen() -> None:
    assert variant_skus("P-00042", [("Small", "Rouge vif"), ("Größe L", "")]) == ["P-00042-SMALL-ROUGEVIF", "P-00042-GROSSEL"]
    assert numbered("A", 4, 12345) == "A12345"


@example("㎀")
@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
