"""A shop with books and stock, and tills that write chains of records and send them through the real door."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from plugins.retail_pos.domain.canonical import digest
from plugins.retail_pos.domain.records import FIRST
from weft import Tenant, new_id
from weft.contracts import SUPPLIER, Ledger, NewMove, Source, Stock, StockDocument
from weft.testing import Client, Clock, Visitors

D = Decimal
NOW = datetime(2026, 3, 31, 10, tzinfo=UTC)
DAY = "2026-03-31"
API = "/public/retail_pos/api"
TAX = {"code": "sale_standard", "rate": "10", "kind": "percent"}


def money(value: Decimal) -> str:
    """Return an amount as records have it."""
    return f"{value:.2f}"


class Shop:
    """A business that sells."""

    def __init__(self, tenant: Tenant, person: Client, program: Client, visitors: Visitors) -> None:
        self.tenant, self.person, self.program, self.visitors = tenant, person, program, visitors

    async def item(self, name: str = "Coffee", stock: int | str = 0, cost: str = "4.00", **facts: Any) -> UUID:
        """Add a product, with some of it in stock; returns its item."""
        answer = await self.program.request("POST", "/api/v1/catalogue/products", json={"name": name, **facts})
        assert answer.status_code == 201, answer.text
        item = UUID(answer.json()["variants"][0]["id"])
        if D(stock):
            await self.restock(item, stock, cost)
        return item

    async def restock(self, item: UUID, quantity: int | str, cost: str, lot: str = "") -> None:
        """Bring goods in."""
        move = NewMove(key="1", item=item, quantity=D(quantity), origin=SUPPLIER, destination="main", unit_cost=D(cost), lot=lot)
        document = StockDocument(source=Source("shop.test", str(uuid4())), date=self.tenant.today(), moves=(move,))
        async with self.tenant.transaction():
            await self.tenant.service(Stock).move(document)

    async def till(self, code: str = "T1") -> "Till":
        """Make a till as a manager does, and pair a device with it."""
        page = (await self.person.get("/retail_pos/tills/new")).text
        store = re.search(r'name="store".*?<option value="([0-9a-f-]{36})"', page, re.DOTALL)
        assert store, page
        made = await self.person.submit(
            "/retail_pos/tills/new", {"title": f"Till {code}", "code": code, "store": store[1], "active": "yes"}
        )
        assert made.status_code == 303, made.text
        path = made.headers["location"]
        shown = await self.person.submit(f"{path}/pairing")
        found = re.search(r"data-pairing-code>([A-Z0-9-]+)<", shown.text)
        assert found, shown.text
        device = self.visitors.visit(self.tenant)
        answer = await device.request("POST", f"{API}/pair", json={"code": found[1].lower(), "device": "A tablet"})
        assert answer.status_code == 200, answer.text
        return Till(device, code, answer.json()["key"], path)

    async def on_hand(self, item: UUID) -> Decimal:
        """Return how much of an item there is."""
        async with self.tenant.transaction():
            return (await self.tenant.service(Stock).availability([item]))[item].on_hand

    async def balance(self, event: str, detail: str = "") -> Decimal:
        """Return what the account of a posting rule holds, debits positive."""
        async with self.tenant.transaction():
            ledger = self.tenant.service(Ledger)
            found = await ledger.balance(await ledger.account_for(event, detail), self.tenant.today().replace(month=12, day=31))
        return sum((each.base for each in found), D(0))

    async def ask(self, sql: str, *args: object) -> Sequence[Any]:
        """Ask the tables."""
        async with self.tenant.transaction() as db:
            return await db.fetch(sql, *args)

    async def receipts(self) -> list[str]:
        """Return the references of all receipts that were applied, in order."""
        return [row["reference"] for row in await self.ask("SELECT reference FROM retail_pos_receipt ORDER BY reference")]

    async def problems(self) -> list[tuple[str, str]]:
        """Return kind and reason of all that waits for a person, oldest first."""
        rows = await self.ask("SELECT kind, reason FROM retail_pos_problem WHERE state = 'open' ORDER BY opened_at, id")
        return [(row["kind"], row["reason"]) for row in rows]


class Till:
    """A device that writes records, and sends them when it is told to."""

    currency = "GBP"

    def __init__(self, device: Client, code: str, key: str, path: str) -> None:
        self.device, self.code, self.key, self.path = device, code, key, path
        self.seq, self.previous, self.number = 0, FIRST, 0
        self.session = str(new_id())
        self.records: list[dict[str, Any]] = []

    def write(self, kind: str, body: Mapping[str, Any], **facts: Any) -> dict[str, Any]:
        """Write the next record of the chain."""
        self.seq += 1
        record: dict[str, Any] = {
            "id": self.session if kind == "open" else str(new_id()),
            "till": self.code,
            "seq": self.seq,
            "type": kind,
            "made_at": f"{DAY}T10:{self.seq % 60:02}:00.000Z",
            "business_date": DAY,
            "session": self.session,
            "operator": None,
            "previous": self.previous,
            kind: dict(body),
            **facts,
        }
        record["hash"] = self.previous = digest(record)
        self.records.append(record)
        return record

    def open(self, opening: str = "100.00", **facts: Any) -> dict[str, Any]:
        """Open a session."""
        self.session = str(new_id())
        return self.write("open", {"float": opening, "currency": self.currency}, **facts)

    def sell(self, *lines: Mapping[str, Any], tenders: Sequence[Mapping[str, Any]] = (), **facts: Any) -> dict[str, Any]:
        """Write a receipt of lines with prices that hold 10 % tax, paid in cash unless told otherwise."""
        return self.write("receipt", self.receipt(*lines, tenders=tenders, **facts))

    def receipt(self, *lines: Mapping[str, Any], tenders: Sequence[Mapping[str, Any]] = (), **facts: Any) -> dict[str, Any]:
        """Return a receipt."""
        self.number += 1
        told = [{"position": place, **line} for place, line in enumerate(lines, 1)]
        total = sum((D(each["amount"]) for each in told), D(0))
        taxed = sum((D(each["amount"]) for each in told if each.get("taxes")), D(0))
        tax = (taxed * 10 / 110).quantize(D("0.01"), "ROUND_HALF_UP")
        sums = {"code": TAX["code"], "rate": "10", "net": money(taxed - tax), "tax": money(tax), "gross": money(taxed)}
        return {
            "kind": "sale" if total >= 0 else "return",
            "number": self.number,
            "reference": f"{self.code}-{self.number:06}",
            "currency": self.currency,
            "taxes_included": True,
            "lines": told,
            "taxes": [sums] if taxed else [],
            "tenders": list(tenders) or [{"type": "cash", "amount": money(total)}],
            "total": money(total),
            **facts,
        }

    async def send(self, *records: Any) -> dict[str, Any]:
        """Send records, all that were written unless some are named; returns what the server says."""
        answer = await self.device.request("POST", f"{API}/records", json={"records": list(records or self.records)}, headers=self.keyed)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def states(self, *records: Mapping[str, Any]) -> list[str]:
        """Send records and return what became of each."""
        return [each["state"] for each in (await self.send(*records))["results"]]

    @property
    def keyed(self) -> dict[str, str]:
        """The header with the device's key."""
        return {"authorization": f"Bearer {self.key}"}


def goods(item: UUID | None, quantity: int | str = 1, price: str = "11.00", **facts: Any) -> dict[str, Any]:
    """Return a line of goods at a price that holds its tax."""
    amount = money((D(quantity) * D(price)).quantize(D("0.01"), "ROUND_HALF_UP"))
    line = {"name": "Coffee", "quantity": str(quantity), "unit_price": price, "base": amount, "amount": amount, "taxes": [TAX], **facts}
    return line | ({"item": str(item)} if item else {})


def back(receipt: Mapping[str, Any], position: int = 1, quantity: int | str = 1, **facts: Any) -> dict[str, Any]:
    """Return a line that takes goods of a receipt back."""
    sold = receipt["receipt"]["lines"][position - 1]
    line = goods(UUID(sold["item"]), f"-{quantity}", sold["unit_price"], original={"receipt": receipt["id"], "position": position})
    return line | {"reason": "Does not fit"} | facts


@pytest.fixture
async def shop(tenant: Tenant, client: Client, visitors: Visitors, clock: Clock, moment: datetime) -> Shop:
    """Return a business with books of the year by the generic chart, and its taxes."""
    clock.set(moment)
    answer = await client.submit("/accounting/begin", {"chart": "generic"})
    assert answer.status_code == 303, answer.text
    answer = await client.submit("/accounting/taxes/choose", {"code": "generic"})
    assert answer.status_code == 303, answer.text
    return Shop(tenant, client, await visitors.program(tenant), visitors)


@pytest.fixture
async def till(shop: Shop) -> Till:
    """Return a till with an open session whose first record has not been sent."""
    made = await shop.till()
    made.open()
    return made
