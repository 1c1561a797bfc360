"""Payments set against open items: in part, many to many, with discount and write-off; how old what stays open is."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.documents.ageing import AgeBy, age
from plugins.accounting.domain.documents.allocation import OpenItem, Wanted, allocate, match, split, suggest
from weft import Invalid

from .making import DAY


def item(key: str, amount: str | int, days: int = 0, currency: str = "USD") -> OpenItem:
    return OpenItem(key, currency, Decimal(amount), DAY + timedelta(days=days), DAY)


def pays(amount: str | int, *wanted: Wanted, items: tuple[OpenItem, ...]) -> tuple[OpenItem, ...]:
    return allocate(Decimal(amount), items, wanted).items


def test_s1_an_invoice_of_240_is_paid_by_120_then_20_then_99_and_1_written_off() -> None:
    items: tuple[OpenItem, ...] = (item("invoice", 240),)
    items = pays(120, Wanted("invoice", Decimal(120)), items=items)
    assert items[0].open == 120
    items = pays(20, Wanted("invoice", Decimal(20)), items=items)
    assert items[0].open == 100
    done = allocate(Decimal(99), items, (Wanted("invoice", Decimal(99), write_off=Decimal("1.00")),), Decimal("1.00"))
    assert (done.settled, done.items[0].open, done.unused) == (("invoice",), Decimal(0), Decimal(0))


def test_s11_a_statement_line_is_split_between_what_it_settles_and_what_is_left() -> None:
    assert split(Decimal(180), Decimal(100)) == (Decimal(100), Decimal(80))
    assert split(Decimal(80), Decimal(150)) == (Decimal(80), Decimal(0))
    assert split(Decimal(-60), Decimal(-50)) == (Decimal(-50), Decimal(-10))
    assert split(Decimal(-50), Decimal(100)) == (Decimal(0), Decimal(-50))


def test_debits_and_credits_are_settled_oldest_first_many_to_many() -> None:
    found = match([item("late", 100, 5), item("early", 50), item("payment", -120, 1), item("note", -20, 3)])
    assert [(each.debit, each.credit, each.amount) for each in found.matches] == [
        ("early", "payment", Decimal(50)),
        ("late", "payment", Decimal(70)),
        ("late", "note", Decimal(20)),
    ]
    assert [found.of(key) for key in ("late", "early", "payment", "note")] == [10, 0, 0, 0]


amounts = st.decimals(min_value=-1000, max_value=1000, places=2)


@given(st.lists(st.tuples(amounts, st.integers(0, 60)), max_size=12))
def test_settling_loses_no_amount_and_uses_one_side_up(given_items: list[tuple[Decimal, int]]) -> None:
    items = [item(str(number), str(amount), days) for number, (amount, days) in enumerate(given_items)]
    found = match(items)
    assert sum(each.open for each in found.left) == sum(each.open for each in items)
    assert all(0 <= after.open * before.open <= before.open**2 for before, after in zip(items, found.left, strict=True))
    assert not (any(each.open > 0 for each in found.left) and any(each.open < 0 for each in found.left))
    for each in items:
        taken = sum(one.amount for one in found.matches if each.key in (one.debit, one.credit))
        assert taken == abs(each.open) - abs(found.of(each.key))
    assert all(one.amount > 0 for one in found.matches)


def test_a_payment_of_exactly_one_item_is_suggested_for_it_and_others_for_the_oldest() -> None:
    items = [item("old", 100), item("new", 70, 9), item("credit", -30)]
    assert suggest(Decimal(70), items) == (Wanted("new", Decimal(70)),)
    assert suggest(Decimal(120), items) == (Wanted("old", Decimal(100)), Wanted("new", Decimal(20)))
    assert suggest(Decimal(-30), items) == (Wanted("credit", Decimal(30)),)
    assert suggest(Decimal(-10), [item("a", 5)]) == ()


@given(amounts, st.lists(st.tuples(amounts, st.integers(0, 60)), max_size=8))
def test_what_is_suggested_can_be_done(payment: Decimal, given_items: list[tuple[Decimal, int]]) -> None:
    items = [item(str(number), str(amount), days) for number, (amount, days) in enumerate(given_items)]
    done = allocate(payment, items, suggest(payment, items))
    assert done.unused * payment >= 0
    assert sum(each.open for each in items) - sum(each.open for each in done.items) == payment - done.unused


def test_money_paid_out_settles_what_the_business_owes() -> None:
    done = allocate(Decimal(-60), [item("bill", -50)], (Wanted("bill", Decimal(50)),))
    assert (done.settled, done.unused) == (("bill",), Decimal(-10))


@pytest.mark.parametrize(
    ("payment", "wanted", "sentence"),
    [
        (100, (Wanted("a", Decimal(90)), Wanted("b", Decimal(20))), "110 are set against items, but only 100 were paid: take 10 off"),
        (100, (Wanted("a", Decimal(100)),), "100 is more than the 90 that are open"),
        (100, (Wanted("a", Decimal(80), discount=Decimal(11)),), "91 is more than the 90"),
        (100, (Wanted("credit", Decimal(5)),), "on the other side"),
        (100, (Wanted("gone", Decimal(5)),), "not open any more"),
        (100, (Wanted("a", Decimal(-5), write_off=Decimal(6)),), "zero or more"),
        (100, (Wanted("a", Decimal(0)),), "how much of this item"),
        (100, (Wanted("a", Decimal(1)), Wanted("a", Decimal(1))), "there twice"),
        (100, (Wanted("a", Decimal(1), write_off=Decimal(6)),), "you may give up 5 at most"),
    ],
)
def test_what_cannot_be_settled_is_refused_whole(payment: int, wanted: tuple[Wanted, ...], sentence: str) -> None:
    items = [item("a", 90), item("b", 50), item("credit", -10)]
    with pytest.raises(Invalid, match=sentence):
        allocate(Decimal(payment), items, wanted, Decimal(5))


def test_currencies_do_not_mix() -> None:
    for call in (match, age_today):
        with pytest.raises(Invalid, match=r"currencies|EUR and USD"):
            call([item("a", 1), item("b", -1, currency="EUR")])


def age_today(items: list[OpenItem]) -> object:
    return age(items, DAY)


def test_open_amounts_stand_in_the_bucket_of_their_days() -> None:
    today = date(2026, 6, 30)
    items = [
        OpenItem(f"{days}", "EUR", Decimal(days + 10), today - timedelta(days=days), today - timedelta(days=days + 30))
        for days in (-5, 0, 1, 30, 31, 60, 61, 90, 91, 400)
    ]
    buckets = age(items, today)
    assert [(each.title, each.keys) for each in buckets] == [
        ("Not due", ("-5", "0")),
        ("1 to 30 days", ("1", "30")),
        ("31 to 60 days", ("31", "60")),
        ("61 to 90 days", ("61", "90")),
        ("Over 90 days", ("91", "400")),
    ]
    assert buckets[1].total == 11 + 40
    assert [each.keys for each in age(items[:3], today, (30, 60), AgeBy.ISSUED)] == [(), ("-5", "0"), ("1",), ()]


@given(
    st.lists(st.tuples(amounts, st.integers(-100, 400)), max_size=10), st.lists(st.integers(1, 300), min_size=1, max_size=5, unique=True)
)
def test_buckets_add_up_to_all_that_is_open(given_items: list[tuple[Decimal, int]], ends: list[int]) -> None:
    items = [item(str(number), str(amount), -days) for number, (amount, days) in enumerate(given_items)]
    buckets = age(items, DAY, sorted(ends))
    assert sum(each.total for each in buckets) == sum(each.open for each in items)
    assert sorted(key for each in buckets for key in each.keys) == sorted(each.key for each in items)


@pytest.mark.parametrize("ends", [(), (0,), (30, 30), (60, 30)])
def test_buckets_that_do_not_rise_are_refused(ends: tuple[int, ...]) -> None:
    with pytest.raises(Invalid, match="days that rise"):
        age([], DAY, ends)
