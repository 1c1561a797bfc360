"""What a sale that is no invoice tells the tax return: facts of others, held against the taxes of the business."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from weft.contracts.taxes import TaxFact
from weft.errors import Invalid
from weft.money import minor_unit

from ..amounts import rounded
from .compute import TaxAmount
from .jurisdiction import Jurisdiction

CHOOSE = "Choose the taxes of the business first, under Accounting, Taxes."


def tax_amounts(
    facts: Sequence[TaxFact], system: Jurisdiction | None, day: date, currency: str, wrong: dict[str, str]
) -> tuple[TaxAmount, ...]:
    """Return facts with the taxes they tell of as they hold on a day; what is wrong goes into `wrong` by field: ``taxes.0.code``."""
    step = minor_unit(currency)
    found = []
    for place, fact in enumerate(facts):
        try:
            if system is None:
                raise Invalid(CHOOSE)
            tax = system.rule(fact.code).on(day)
        except Invalid as problem:
            wrong[f"taxes.{place}.code"] = next(iter(problem.fields.values()), problem.message)
            continue
        for name, amount in (("base", fact.base), ("amount", fact.amount)):
            if not amount.is_finite() or amount % step:
                wrong[f"taxes.{place}.{name}"] = f"{amount} is no amount in {currency}: give it in steps of {step:f}."
        if f"taxes.{place}.base" in wrong or f"taxes.{place}.amount" in wrong:
            continue
        found.append(TaxAmount(tax, fact.base, fact.amount, rounded(Fraction(fact.amount) * Fraction(tax.deductible) / 100, step)))
    return tuple(found)
