"""A day of two tills, through the real door: shuffled, repeated and damaged, it comes to exactly its figures."""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from plugins.retail_pos.domain.canonical import digest
from plugins.retail_pos.services import values
from weft import Tenant
from weft.contracts import NewParty, Parties
from weft.testing import Client, Clock, Visitors

from .conftest import D, Shop, Till, money

DATA = Path(__file__).parents[1] / "data" / "till_day"
EXPECTED = json.loads((DATA / "expected.json").read_text())
SESSIONS = {each["till"]: each for each in json.loads((DATA / "sessions.json").read_text())}
ITEMS = {row["sku"]: row for row in csv.DictReader((DATA / "catalogue.csv").read_text().splitlines())}
RATES = {row["code"]: row["rate"] for row in csv.DictReader((DATA / "tax_rates.csv").read_text().splitlines())}
CODES = {"A": "fr_c_20", "B": "fr_c_10", "C": "fr_c_55", "Z": "fr_c_exonere"}
DAY = "2024-03-30"
EVENTS = {
    "cash": ("cash", ""),
    "card clearing": ("card_clearing", "card"),
    "gift card liability": ("gift_cards", ""),
    "store credit liability": ("store_credit", ""),
    "sales revenue": ("sales_revenue", ""),
    "cash rounding": ("cash_rounding", ""),
    "petty expense": ("petty_expenses", ""),
    "cash over/short": ("cash_short", ""),
}


class Day:
    """The day's uploads, as our tills would have written them."""

    def __init__(self, items: dict[str, UUID], customers: dict[str, UUID]) -> None:
        self.items, self.customers = items, customers
        self.receipts = [json.loads(line) for line in (DATA / "uploads.jsonl").read_text().splitlines()]
        self.ids = {each["receipt"]: each["uuid"] for each in self.receipts}

    def write(self, till: Till) -> None:
        """Write the chain of one till: float, receipts, cash paid out, count."""
        session = SESSIONS[till.code]
        till.open(session["float"], business_date=DAY, made_at=moment(session["opened"]))
        own = {each["seq"]: each for each in self.receipts if each["till"] == till.code}
        for _, receipt in sorted(own.items()):
            at = {"made_at": moment(receipt["at"]), "business_date": DAY}
            till.write("receipt", self._receipt(till, receipt), **at, id=receipt["uuid"])
        for row in csv.DictReader((DATA / "cash_movements.csv").read_text().splitlines()):
            if row["session"] == session["session"]:
                told = {"kind": row["kind"], "amount": row["amount"], "reason": row["reason"]}
                till.write("cash", told, business_date=DAY, made_at=moment(session["closed"]))
        told = {"counted": session["counted"], "expected": EXPECTED["sessions"][session["session"]]["cash_expected"]}
        till.write("count", told, business_date=DAY, made_at=moment(session["closed"]))

    def _receipt(self, till: Till, told: dict[str, Any]) -> dict[str, Any]:
        total, paid = D(told["total"]), sum((D(each["amount"]) for each in told["tenders"]), D(0))
        points = int(abs(total)) * (1 if total >= 0 else -1)
        receipt = {
            "kind": told["kind"],
            "number": told["seq"],
            "reference": told["receipt"],
            "currency": till.currency,
            "taxes_included": True,
            "lines": [self._line(place, each) for place, each in enumerate(told["lines"], 1)],
            "taxes": [{"code": CODES[code], "rate": RATES[code], **sums} for code, sums in sorted(told["tax"].items())],
            "tenders": [
                {"type": each["type"], "amount": each["amount"], "reference": each.get("ref", "")}
                | {name: each[name] for name in ("given", "change") if name in each}
                for each in told["tenders"]
            ],
            "total": told["total"],
            "rounding": money(paid - total),
        }
        if told["customer"]:
            receipt |= {"customer": str(self.customers[told["customer"]]), "points": {"earned": points, "spent": 0}}
        return receipt

    def _line(self, position: int, told: dict[str, Any]) -> dict[str, Any]:
        item = ITEMS[told["sku"]]
        base = (D(told["unit_price"]) * D(told["qty"])).quantize(D("0.01"), "ROUND_HALF_UP")
        percent = (base * D(told["line_discount_pct"]) / 100).quantize(D("0.01"), "ROUND_HALF_UP")
        order = D(told.get("order_discount", "0"))
        rest = base - percent - order - D(told["gross"])
        parts = [
            ("manual", percent, False, ""),
            ("promotion", rest, False, told.get("promo") or "mirror"),
            ("promotion", order, True, "PROMO-BASKET5"),
        ]
        line: dict[str, Any] = {
            "position": position,
            "name": item["name"],
            "sku": told["sku"],
            "scanned": told["scanned"],
            "item": str(self.items[told["sku"]]),
            "quantity": told["qty"],
            "unit_price": told["unit_price"],
            "base": money(base),
            "amount": told["gross"],
            "taxes": [{"code": CODES[item["tax"]], "rate": RATES[item["tax"]], "kind": "percent"}],
            "discounts": [
                {"source": source, "amount": money(amount), "order": whole, "code": code} for source, amount, whole, code in parts if amount
            ],
        }
        if "returns_receipt" in told:
            line |= {"original": {"receipt": self.ids[told["returns_receipt"]], "position": told["returns_line"]}, "reason": "Returned"}
        return line


def moment(text: str) -> str:
    """Return a moment as records have it."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture
async def shop(tenant: Tenant, client: Client, visitors: Visitors, clock: Clock) -> Shop:
    """Return a business with books for 2024, French taxes, the day's goods, customers and gift cards."""
    clock.set(datetime(2024, 3, 30, 8, tzinfo=UTC))
    for path, data in (
        ("/accounting/begin", {"chart": "generic"}),
        ("/accounting/taxes/choose", {"code": "fr"}),
    ):
        answer = await client.submit(path, data)
        assert answer.status_code == 303, answer.text
    await settings(client, cash_step="0.05", points_unit="1", tax_per="document", journal="sales", manual_discount_limit="25")
    for number, amount in (("GC1001", "50.00"), ("GC1002", "25.00")):
        await values.put(tenant, "gift_card", number, D(amount), "Brought along from the system before")
    return Shop(tenant, client, await visitors.program(tenant), visitors)


async def settings(client: Client, **told: str) -> None:
    """Change the settings of the tills by their page."""
    page = (await client.get("/settings/retail_pos")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    answer = await client.submit("/settings/retail_pos", {**told, "seen": seen})
    assert answer.status_code == 303, answer.text


async def promote(client: Client) -> None:
    """Make the day's promotions by their page."""
    none = dict.fromkeys(("percent", "amount", "minimum", "priority"), "0") | {"n": "3", "m": "2", "active": "yes"}
    for promotion in (
        {"code": "PROMO-3FOR2", "title": "3 for 2", "kind": "buy_n_pay_m", "skus": "S003, S004"},
        {"code": "PROMO-BASKET5", "title": "5 off", "kind": "order_amount", "amount": "5.00", "minimum": "60.00"},
    ):
        made = await client.submit("/retail_pos/promotions/new", {**none, **promotion})
        assert made.status_code == 303, made.text


async def set_up(shop: Shop) -> tuple[Day, list[Till]]:
    """Return the day, and its tills with their chains written."""
    items = {
        sku: await shop.item(
            row["name"], row["opening_qty"], row["cost"], unit="kg" if row["uom"] == "kg" else "pcs", variants=[{"sku": sku}]
        )
        for sku, row in ITEMS.items()
    }
    await promote(shop.person)
    async with shop.tenant.transaction():
        parties = shop.tenant.service(Parties)
        customers = {f"C{n}": (await parties.add(NewParty(kind="person", name=f"Customer {n}"))).id for n in range(7)}
    day, tills = Day(items, customers), [await shop.till("T1"), await shop.till("T2")]
    for till in tills:
        day.write(till)
    return day, tills


def spoilt(record: dict[str, Any], random: Random) -> dict[str, Any]:
    """Return a record that was changed on the way, or that somebody made to look like another."""
    changed: dict[str, Any] = json.loads(json.dumps(record))
    changed["receipt"]["total"] = money(D(changed["receipt"]["total"]) + 1)
    kind = random.choice(["damaged", "content", "place"])
    if kind == "place":
        changed["id"] = str(uuid4())
    if kind != "damaged":
        changed["hash"] = digest(changed)
    return changed


async def send_the_day(tills: Sequence[Till], random: Random) -> None:
    """Send everything: in disorder, in parts, some of it twice; and, when all is there, changed copies of it."""
    for till in tills:
        waiting = [*till.records, *random.sample(till.records, 9)]
        random.shuffle(waiting)
        while waiting:
            part, waiting = waiting[:7], waiting[7:]
            await till.send(*part)
        bad = [spoilt(each, random) for each in random.sample(till.records[1:31], 5)]
        answer = await till.send(*bad)
        assert all(each["state"] in ("damaged", "conflict") for each in answer["results"]), answer


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_day_comes_to_exactly_its_figures(shop: Shop, seed: int) -> None:
    day, tills = await set_up(shop)
    await send_the_day(tills, Random(seed))
    parked = await shop.ask("SELECT kind, sentence FROM retail_pos_problem WHERE state = 'open' AND kind NOT IN ('conflict', 'corrupt')")
    assert [dict(row.items()) for row in parked] == []
    assert len(await shop.receipts()) == EXPECTED["distinct_receipts"]
    await the_sessions_are_as_expected(shop)
    await the_journal_is_as_expected(shop)
    cards = await shop.ask("SELECT kind, number, balance FROM retail_pos_stored_value")
    held = {(row["kind"], row["number"]): row["balance"] for row in cards}
    assert held == {("gift_card", number): D(amount) for number, amount in EXPECTED["gift_cards"].items()} | {
        ("store_credit", number): D(amount) for number, amount in EXPECTED["store_credit"].items()
    }
    points = {row["customer"]: row["balance"] for row in await shop.ask("SELECT customer, balance FROM retail_pos_loyalty_account")}
    assert points == {day.customers[name]: count for name, count in EXPECTED["loyalty_points"].items()}
    stock = {sku: await shop.on_hand(item) for sku, item in day.items.items()}
    assert stock == {sku: D(quantity) for sku, quantity in EXPECTED["stock_after"].items()}
    assert await shop.balance("cost_of_sales") == D(EXPECTED["cogs"])


async def the_sessions_are_as_expected(shop: Shop) -> None:
    """Compare each session's Z report."""
    rows = await shop.ask(
        "SELECT t.code, s.state, s.opening_float, s.expected, s.counted, s.over_short, p.totals FROM retail_pos_session s "
        "JOIN retail_pos_till t ON t.id = s.till JOIN retail_pos_fiscal_period p ON p.id = s.period ORDER BY t.code"
    )
    assert len(rows) == len(EXPECTED["sessions"])
    for row, wanted in zip(rows, EXPECTED["sessions"].values(), strict=True):
        z = json.loads(row["totals"])
        found = {
            "receipts": z["receipts"],
            "returns": z["returns"],
            "gross_sales": D(z["gross_sales"]),
            "gross_returns": D(z["gross_returns"]),
            "net_turnover": D(z["gross"]),
            "discounts": D(z["discounts"]),
            "cash_rounding": D(z["rounding"]),
            "float": row["opening_float"],
            "cash_expected": row["expected"],
            "cash_counted": row["counted"],
            "over_short": row["over_short"],
        }
        assert found == {name: D(wanted[name]) for name in found}
        assert {kind: D(amount) for kind, amount in z["tenders"].items()} == {kind: D(each) for kind, each in wanted["tenders"].items()}
        taxes = {CODES[code]: {name: D(each) for name, each in sums.items()} for code, sums in wanted["tax"].items()}
        assert {code: {name: D(sums[name]) for name in ("gross", "net", "tax")} for code, sums in z["taxes"].items()} == taxes


async def the_journal_is_as_expected(shop: Shop) -> None:
    """Compare the accounts; the French chart has one account for the tax of all rates, so those are compared by the tax return's facts."""
    journal = {each["account"]: D(each["debit"]) - D(each["credit"]) for each in EXPECTED["journal"]}
    for name, (event, detail) in EVENTS.items():
        assert await shop.balance(event, detail) == journal[name], name
    vat = {CODES[code]: -amount for code, amount in ((code, D(each)) for code, each in EXPECTED["vat"].items())}
    assert await shop.balance("output_tax") == sum(vat.values(), Decimal(0))
    signed = "sum(CASE WHEN credit_note THEN amount ELSE -amount END)"
    rows = await shop.ask(f"SELECT tax_code, {signed} AS amount FROM accounting_tax_amount GROUP BY tax_code")
    assert {row["tax_code"]: row["amount"] for row in rows if row["amount"]} == vat
