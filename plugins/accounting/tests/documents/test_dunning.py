"""Reminders and what the law lets a creditor ask for."""

from datetime import timedelta
from decimal import Decimal

import pytest

from plugins.accounting.domain.documents.allocation import OpenItem
from plugins.accounting.domain.documents.dunning import DunningLevel, DunningPolicy, Reminded, check_policy, next_level, remind
from plugins.accounting.domain.documents.late_payment import interest, late_payment_rule, late_payment_rules
from weft import Invalid, is_currency

from .making import DAY

POLICY = DunningPolicy(
    levels=(
        DunningLevel(title="Reminder", days=5),
        DunningLevel(title="Second reminder", days=20, fee=Decimal(5), flat_fee=True),
        DunningLevel(title="Last reminder", days=40, fee=Decimal(10), flat_fee=True, interest=True),
    ),
    pause=7,
    least=Decimal(10),
)


def item(amount: str | int, overdue: int, key: str = "a", currency: str = "EUR") -> OpenItem:
    return OpenItem(key, currency, Decimal(amount), DAY - timedelta(days=overdue), DAY - timedelta(days=overdue + 30))


def ago(level: int, days: int, *, flat_fee: bool = False) -> Reminded:
    return Reminded(level, DAY - timedelta(days=days), flat_fee)


@pytest.mark.parametrize(
    ("overdue", "before", "level"),
    [
        (4, None, None),
        (5, None, 1),
        (400, None, 1),  # nobody gets the last reminder first
        (20, ago(1, 6), None),
        (19, ago(1, 30), None),
        (20, ago(1, 7), 2),
        (50, ago(2, 10), 3),
        (90, ago(3, 10), 3),  # the last one is repeated
    ],
)
def test_levels_follow_each_other_with_a_pause_between(overdue: int, before: Reminded | None, level: int | None) -> None:
    assert next_level(item(100, overdue), before, POLICY, DAY) == level


def test_a_letter_asks_for_its_items_their_fees_and_interest() -> None:
    items = [item(1000, 41, "old"), item(100, 25, "newer"), item(50, 2, "young")]
    reminded = {"old": ago(2, 14, flat_fee=True), "newer": ago(1, 14)}
    (letter,) = remind(items, reminded, POLICY, DAY, law=late_payment_rule("eu"), reference_rate=Decimal("2.15"))
    assert [(each.item.key, each.level, each.days, each.flat_fee, each.interest) for each in letter.lines] == [
        ("old", 3, 41, Decimal(0), Decimal("11.40")),  # 1000 × 10.15 % × 41 / 365; its flat fee was asked for before
        ("newer", 2, 25, Decimal(40), Decimal(0)),
    ]
    assert (letter.level, letter.fee, letter.open) == (3, Decimal(10), Decimal(1100))
    assert (letter.charges, letter.total) == (Decimal("61.40"), Decimal("1161.40"))


def test_nobody_is_reminded_of_little_or_of_what_credits_cover() -> None:
    assert remind([item("9.99", 30)], {}, POLICY, DAY) == []
    assert remind([item(100, 30), item(-95, 0, "payment")], {}, POLICY, DAY) == []
    (letter,) = remind([item(100, 30), item(-20, 0, "payment")], {}, POLICY, DAY)
    assert [each.item.key for each in letter.lines] == ["a"]


def test_each_currency_has_a_letter_of_its_own_and_the_laws_fee_only_its_own_currency() -> None:
    items = [item(100, 30, "a"), item(100, 30, "b", "USD")]
    letters = remind(items, {"a": ago(1, 9), "b": ago(1, 9)}, POLICY, DAY, law=late_payment_rule("de"))
    assert [(each.currency, each.lines[0].flat_fee) for each in letters] == [("EUR", Decimal(40)), ("USD", Decimal(0))]


def test_interest_without_a_reference_rate_is_refused_and_not_guessed() -> None:
    with pytest.raises(Invalid, match="Basiszinssatz"):
        remind([item(100, 60)], {"a": ago(2, 14)}, POLICY, DAY, law=late_payment_rule("de"))


@pytest.mark.parametrize(("amount", "fee"), [("999.99", 40), ("1000", 70), ("9999.99", 70), ("10000", 100)])
def test_the_uk_fee_rises_with_the_debt(amount: str, fee: int) -> None:
    assert late_payment_rule("gb").fee(Decimal(amount)) == fee


@pytest.mark.parametrize(("code", "margin", "fee"), [("eu", 8, 40), ("de", 9, 40), ("de_consumer", 5, 0), ("fr", 10, 40), ("none", 0, 0)])
def test_each_law_has_its_margin_and_its_fee(code: str, margin: int, fee: int) -> None:
    rule = late_payment_rule(code)
    assert [rule.margin, rule.fee(Decimal(100))] == [margin, fee]
    assert rule.law


def test_the_laws_are_told_and_an_unknown_one_is_refused() -> None:
    assert all(is_currency(each.currency) for each in late_payment_rules().values() if each.code != "none")
    with pytest.raises(Invalid, match="choose one of de, de_consumer, eu, fr, gb, none"):
        late_payment_rule("xx")


def test_interest_is_counted_by_days_of_a_year_of_365_and_never_before_the_due_date() -> None:
    assert interest(Decimal(1000), 365, Decimal("10.15")) == Decimal("101.50")
    assert interest(Decimal(1000), 1, Decimal("9.12")) == Decimal("0.25")
    assert interest(Decimal(1000), -3, Decimal(10)) == 0


@pytest.mark.parametrize(
    "levels",
    [
        (),
        (DunningLevel(title="a", days=9), DunningLevel(title="b", days=9)),
        (DunningLevel(title="a", days=5, fee=Decimal(-1)),),
    ],
)
def test_levels_that_make_no_sense_are_refused(levels: tuple[DunningLevel, ...]) -> None:
    with pytest.raises(Invalid):
        check_policy(DunningPolicy(levels=levels))
