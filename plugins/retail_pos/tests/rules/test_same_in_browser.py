"""Server and till compute by one set of rules: Python and JavaScript give the same figures, to the letter, for whatever is put to both."""

from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.async_api import Page

from plugins.retail_pos.domain.rules import exact, payment, refunds
from plugins.retail_pos.domain.rules.basket import Basket, Priced
from plugins.retail_pos.domain.rules.pricing import price
from weft import Invalid

from .baskets import basket

PRICE = """async (baskets) => {
  const { price } = await import('/till/rules/pricing.js');
  const { Refused } = await import('/till/rules/exact.js');
  return baskets.map((basket) => {
    try { return price(basket); } catch (wrong) { if (wrong instanceof Refused) return wrong.message; throw wrong; }
  });
}"""
NUMBERS = """async (cases) => {
  const { spread, fit, divide } = await import('/till/rules/exact.js');
  const { settle, points } = await import('/till/rules/payment.js');
  const { takeBack, giveBack, pointsBack } = await import('/till/rules/refunds.js');
  const text = (value) => typeof value === 'bigint' ? String(value) : Array.isArray(value) ? value.map(text)
    : typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, text(each)])) : value;
  return cases.map(({ total, weights, others, given, step, line, quantity }) => {
    const big = (list) => list.map(BigInt);
    const left = { quantity: BigInt(line.quantity), base: BigInt(line.base), discounts: big(line.discounts), taxes: big(line.taxes) };
    const shares = spread(BigInt(total), big(weights));
    return text({
      shares, fitted: fit(BigInt(total), big(others)), divided: divide(BigInt(total), BigInt(step + 1)),
      settled: settle(BigInt(total), big(others), BigInt(given), BigInt(step)), points: points(BigInt(total), 100n, 2n),
      back: takeBack(left, BigInt(quantity)), tenders: giveBack(BigInt(Math.abs(total)) % 50n, big(weights)),
      lost: pointsBack(BigInt(Math.abs(given)), { total: 100n, before: 13n, now: 29n }),
    });
  });
}"""


def in_python(asked: Basket) -> Any:
    """Return what the rules say here."""
    try:
        return msgspec.to_builtins(price(asked))
    except Invalid as wrong:
        return str(wrong)


def in_order(answer: Any) -> Any:
    """Return what the browser said with everything that it left out."""
    return answer if isinstance(answer, str) else msgspec.to_builtins(msgspec.convert(answer, Priced))


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**48), count=st.integers(100, 200))
async def test_random_baskets_have_the_same_figures_in_the_browser(modules: Page, seed: int, count: int) -> None:
    baskets = [basket(Random(seed + n)) for n in range(count)]
    answers = await modules.evaluate(PRICE, [msgspec.to_builtins(each) for each in baskets])
    for asked, answer in zip(baskets, answers, strict=True):
        assert in_order(answer) == in_python(asked), asked


def case(random: Random) -> dict[str, Any]:
    """Return numbers to put to the small rules."""
    base, quantity = random.randrange(100_000), random.randrange(1, 5_000_000)
    first = random.randrange(base + 1)
    return {
        "total": random.randrange(-5000, 5000),
        "weights": [random.randrange(1000) for _ in range(random.randrange(1, 6))] + [100],
        "others": [random.randrange(-3_000_000, 3_000_000) for _ in range(random.randrange(1, 4))],
        "given": random.randrange(-6000, 6000),
        "step": random.choice((0, 1, 5, 10, 100)),
        "line": {
            "quantity": quantity,
            "base": base,
            "discounts": [first, random.randrange(base - first + 1)],
            "taxes": [random.randrange(500)],
        },
        "quantity": random.randrange(1, quantity + 1),
    }


def numbers(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the small rules say here, in the words of the browser."""
    total, step, line = asked["total"], asked["step"], asked["line"]
    settled = payment.settle(total, asked["others"], asked["given"], step)
    left = refunds.Left(line["quantity"], line["base"], tuple(line["discounts"]), tuple(line["taxes"]))
    return {
        "shares": exact.spread(total, asked["weights"]),
        "fitted": exact.fit(total, asked["others"]),
        "divided": exact.divide(total, step + 1),
        "settled": {
            "open": settled.open,
            "cash": settled.cash,
            "cashDue": settled.cash_due,
            "rounding": settled.rounding,
            "change": settled.change,
            "paid": settled.paid,
        },
        "points": payment.points(total, 100, 2),
        "back": [
            {"quantity": each.quantity, "base": each.base, "discounts": each.discounts, "taxes": each.taxes}
            for each in refunds.take_back(left, asked["quantity"])
        ],
        "tenders": refunds.give_back(abs(total) % 50, asked["weights"]),
        "lost": refunds.points_back(abs(asked["given"]), {"total": 100, "before": 13, "now": 29}),
    }


def texts(value: Any) -> Any:
    """Return whole numbers as texts, as they come out of the browser."""
    if isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {key: texts(each) for key, each in value.items()}
    return [texts(each) for each in value] if isinstance(value, (list, tuple)) else str(value)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**48))
async def test_splitting_paying_and_giving_back_are_the_same_in_the_browser(modules: Page, seed: int) -> None:
    cases = [case(Random(seed + n)) for n in range(300)]
    answers = await modules.evaluate(NUMBERS, cases)
    for asked, answer in zip(cases, answers, strict=True):
        assert answer == texts(numbers(asked)), asked
