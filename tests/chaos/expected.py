"""What records of tills come to, added up anew from their words alone; and the same as the server tells it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from plugins.retail_pos.tests.server.conftest import Shop

COST = Decimal("4.00")  # of each thing in stock
ZERO = Decimal(0)


@dataclass(slots=True)
class Sums:
    """Everything that has to be there once."""

    receipts: dict[str, Decimal] = field(default_factory=dict)  # id → total
    tenders: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    drawers: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))  # session → cash that should be in it
    units: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))  # item → sold less taken back
    over: dict[str, Decimal] = field(default_factory=dict)  # session → over or short
    cards: Decimal = ZERO  # what gift cards still hold
    tax: Decimal = ZERO
    net: Decimal = ZERO
    moves: int = 0


def told(records: Iterable[Mapping[str, Any]]) -> Sums:
    """Add up what tills wrote."""
    sums = Sums()
    for record in records:
        session = record["session"]
        if record["type"] == "open":
            sums.drawers[session] += Decimal(record["open"]["float"])
        elif record["type"] == "cash":
            sums.drawers[session] += Decimal(record["cash"]["amount"])
        elif record["type"] == "count":
            sums.over[session] = Decimal(record["count"]["counted"])
        elif record["type"] == "receipt":
            _receipt(sums, record["id"], session, record["receipt"])
    sums.over = {session: counted - sums.drawers[session] for session, counted in sums.over.items()}
    return sums


def _receipt(sums: Sums, record: str, session: str, receipt: Mapping[str, Any]) -> None:
    assert record not in sums.receipts
    sums.receipts[record] = Decimal(receipt["total"])
    for tender in receipt["tenders"]:
        amount = Decimal(tender["amount"])
        sums.tenders[tender["type"]] += amount
        if tender["type"] == "cash":
            sums.drawers[session] += amount
        if tender["type"] == "gift_card":
            sums.cards -= amount
    tax = sum((Decimal(each["tax"]) for each in receipt["taxes"]), ZERO)
    sums.tax += tax
    for line in receipt["lines"]:
        if line.get("stored_value"):
            sums.cards += Decimal(line["amount"])
            continue
        sums.net += Decimal(line["amount"])
        if line.get("item"):
            sums.units[line["item"]] += Decimal(line["quantity"])
            sums.moves += 1
    sums.net -= tax


def same(found: Mapping[Any, Any], wanted: Mapping[Any, Any]) -> None:
    """Tell what differs, and nothing else of what may be thousands of rows."""
    differs = {key: (found.get(key), wanted.get(key)) for key in {*found, *wanted} if found.get(key) != wanted.get(key)}
    assert not differs, f"{len(differs)} differ; found and wanted: {list(differs.items())[:8]}"


async def in_stock(shop: Shop, sums: Sums, stock: int) -> None:
    """Check that each thing went out as often as it was sold, and that it was paid for."""
    same({item: await shop.on_hand(UUID(item)) for item in sums.units}, {item: stock - units for item, units in sums.units.items()})
    [row] = await shop.ask(
        "SELECT count(*) AS moves FROM inventory_move m JOIN inventory_document d ON d.id = m.document "
        "WHERE d.source_kind = 'retail_pos.receipt'"
    )
    assert row["moves"] == sums.moves
    assert await shop.balance("cost_of_sales") == sum(sums.units.values(), ZERO) * COST


async def in_the_books(shop: Shop, sums: Sums, cash: Decimal) -> None:
    """Check that each receipt has one entry, and that all come to what was sold. `cash` is what went in and out without a sale."""
    rows = await shop.ask("SELECT source_id, count(*) AS entries FROM accounting_entry WHERE source_kind = 'retail_pos.receipt' GROUP BY 1")
    same({row["source_id"]: row["entries"] for row in rows}, Counter(sums.receipts.keys()))
    wanted = {
        ("sales_revenue", ""): -sums.net,
        ("output_tax", "sale_standard"): -sums.tax,
        ("gift_cards", ""): -sums.cards,
        ("card_clearing", "card"): sums.tenders["card"],
        ("cash", ""): sums.tenders["cash"] + cash + sum(sums.over.values(), ZERO),
    }
    same({key: await shop.balance(*key) for key in wanted}, wanted)


async def in_the_drawers(shop: Shop, sums: Sums) -> None:
    """Check receipts, drawers and Z reports."""
    rows = await shop.ask("SELECT id, total FROM retail_pos_receipt")
    same({str(row["id"]): row["total"] for row in rows}, sums.receipts)
    rows = await shop.ask("SELECT id, state, over_short, expected FROM retail_pos_session")
    wanted = {session: ("closed", sums.drawers[session], over) for session, over in sums.over.items()}
    same({str(row["id"]): (row["state"], row["expected"], row["over_short"]) for row in rows}, wanted)
    [row] = await shop.ask("SELECT sum(receipts) AS receipts, sum(grand_total) AS total FROM retail_pos_fiscal_period WHERE kind = 'day'")
    assert row["receipts"] == len(sums.receipts)
    assert row["total"] == sums.net + sums.tax
    rows = await shop.ask("SELECT type, sum(amount) AS amount FROM retail_pos_tender GROUP BY type")
    same({row["type"]: row["amount"] for row in rows}, sums.tenders)


async def in_the_inbox(shop: Shop, chains: Sequence[Sequence[Mapping[str, Any]]]) -> None:
    """Check that each record is here once, applied, and in its place, and that nothing waits for anybody."""
    rows = await shop.ask(
        "SELECT i.id, t.code, i.seq, i.hash, i.state, i.chain FROM retail_pos_inbox i JOIN retail_pos_till t ON t.id = i.till"
    )
    found = {str(row["id"]): (row["code"], row["seq"], row["hash"], row["state"], row["chain"]) for row in rows}
    wanted = {each["id"]: (each["till"], each["seq"], each["hash"], "applied", "linked") for chain in chains for each in chain}
    same(found, wanted)
    problems = await shop.problems()
    assert problems == [], problems
