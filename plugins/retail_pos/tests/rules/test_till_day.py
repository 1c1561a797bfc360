"""A day of two tills, recomputed to the cent from what was scanned."""

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from plugins.retail_pos.domain.records import LineTax
from plugins.retail_pos.domain.rules.basket import Basket, BasketLine, Promotion, Selector
from plugins.retail_pos.domain.rules.exact import major, minor
from plugins.retail_pos.domain.rules.payment import settle
from plugins.retail_pos.domain.rules.pricing import price
from plugins.retail_pos.domain.rules.taxes import Taxed, tax

DATA = Path(__file__).parents[1] / "data" / "till_day"
RECEIPTS = {each["uuid"]: each for each in map(json.loads, (DATA / "uploads.jsonl").read_text().splitlines())}
SALES = [each for each in RECEIPTS.values() if each["kind"] == "sale"]
RETURNS = [each for each in RECEIPTS.values() if each["kind"] == "return"]
RATES = {row["code"]: Decimal(row["rate"]) for row in csv.DictReader((DATA / "tax_rates.csv").read_text().splitlines())}
ITEMS = {row["sku"]: row for row in csv.DictReader((DATA / "catalogue.csv").read_text().splitlines())}


def promotions() -> tuple[Promotion, ...]:
    """Return the promotions of the day as the engine knows them."""
    three, off = json.loads((DATA / "promotions.json").read_text())
    return (
        Promotion(
            code=three["id"], title="3 for 2", kind="buy_n_pay_m", n=three["n"], m=three["m"], goods=Selector(items=tuple(three["skus"]))
        ),
        Promotion(code=off["id"], title="5 off", kind="order_amount", amount=Decimal(off["amount"]), minimum=Decimal(off["minimum_gross"])),
    )


def taxes_of(sku: str) -> tuple[LineTax, ...]:
    """Return the tax that stands on an item."""
    code = ITEMS[sku]["tax"]
    return (LineTax(code=code, rate=RATES[code]),)


def told(taxes: Any) -> dict[str, dict[str, str]]:
    """Return taxes as the file tells them."""
    return {each.code: {"gross": str(each.gross), "net": str(each.net), "tax": str(each.tax)} for each in taxes}


@pytest.mark.parametrize("receipt", SALES, ids=lambda receipt: receipt["receipt"])
def test_a_sale_comes_to_the_figures_of_its_till(receipt: dict[str, Any]) -> None:
    lines = tuple(
        BasketLine(
            item=line["sku"],
            quantity=Decimal(line["qty"]),
            unit_price=Decimal(line["unit_price"]),
            taxes=taxes_of(line["sku"]),
            discount_percent=Decimal(line["line_discount_pct"]),
        )
        for line in receipt["lines"]
    )
    priced = price(Basket(lines=lines, promotions=promotions(), day=date(2024, 3, 30)))
    assert [str(line.amount) for line in priced.lines] == [line["gross"] for line in receipt["lines"]]
    for line, found in zip(receipt["lines"], priced.lines, strict=True):
        assert {each.code for each in found.discounts if each.source == "promotion" and not each.order} == {
            each for each in (line["promo"],) if each
        }
        assert sum((each.amount for each in found.discounts if each.order), Decimal(0)) == Decimal(line.get("order_discount", "0"))
    assert str(priced.total) == receipt["total"]
    assert told(priced.taxes) == receipt["tax"]


@pytest.mark.parametrize("receipt", RETURNS, ids=lambda receipt: receipt["receipt"])
def test_the_taxes_of_a_return_follow_from_its_amounts(receipt: dict[str, Any]) -> None:
    lines = [Taxed(minor(Decimal(each["gross"]), 2), 0, taxes_of(each["sku"])) for each in receipt["lines"]]
    assert told(tax(lines, included=True, per="document", digits=2).totals) == receipt["tax"]


@pytest.mark.parametrize("receipt", RECEIPTS.values(), ids=lambda receipt: receipt["receipt"])
def test_cash_is_rounded_and_change_is_given_as_at_the_till(receipt: dict[str, Any]) -> None:
    cash = [each for each in receipt["tenders"] if each["type"] == "cash"]
    others = [minor(Decimal(each["amount"]), 2) for each in receipt["tenders"] if each["type"] != "cash"]
    given = sum(minor(Decimal(each.get("given", each["amount"])), 2) for each in cash)
    settled = settle(minor(Decimal(receipt["total"]), 2), others, given, 5)
    assert settled.paid
    assert [str(major(settled.cash, 2))] * len(cash) == [each["amount"] for each in cash]
    assert major(settled.change, 2) == sum((Decimal(each.get("change", 0)) for each in cash), Decimal(0))
