"""Tills that sell whatever happens: they keep what the server has not said that it has, as the till in the browser does."""

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from plugins.retail_pos.tests.server.conftest import API, Till, back, goods, money

KEPT = ("applied", "duplicate", "parked", "conflict")
HEARD = 60.0  # seconds that an answer may take
ALL = 200  # records of one upload, as the till in the browser sends


class Cut(Exception):
    """The line broke, before or after the server took what was sent; nobody knows."""


@dataclass(slots=True)
class Line:
    """A line to the server, which breaks at random: before all was said, after it was, while the server works."""

    port: int
    host: str
    random: Random
    faults: float = 0.25
    down: bool = False
    cuts: int = 0

    async def ask(self, path: str, key: str, body: Any = None) -> Any:
        """Send something, or ask for something, and return the answer; raises `Cut`."""
        if self.down:
            raise Cut
        text = json.dumps(body).encode() if body else b""
        head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n"
        sent = f"{head}Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text
        chance = self.random.random()
        try:
            async with asyncio.timeout(HEARD):
                return await self._exchange(sent, chance)
        except (OSError, TimeoutError, EOFError, ValueError) as broken:
            self.cuts += 1
            raise Cut from broken

    async def _exchange(self, sent: bytes, chance: float) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            if chance < self.faults / 2:
                writer.write(sent[: self.random.randrange(len(sent))])
                await writer.drain()
                raise EOFError
            writer.write(sent)
            await writer.drain()
            if chance < self.faults:
                await asyncio.sleep(self.random.random() * 0.1)  # the server may have begun, or be through
                raise EOFError
            answer, _, body = (await reader.read()).partition(b"\r\n\r\n")
            if not answer.startswith(b"HTTP/1.1 200"):
                assert answer[9:10] in (b"", b"5"), (answer[:200], body[:500])
                raise EOFError
            return json.loads(body)
        finally:
            writer.transport.abort()


@dataclass(slots=True)
class Sold:
    """A line that may come back: all of it, once."""

    till: str
    receipt: Mapping[str, Any]
    position: int


@dataclass(slots=True)
class Street:
    """What the tills of a shop sell and share: goods by price, and what customers may bring back to any of them."""

    random: Random
    day: str
    goods: Sequence[tuple[UUID, str]]
    sold: list[Sold] = field(default_factory=list)


class RandomTill(Till):
    """A till whose clock is wrong, and which sells at random."""

    def __init__(self, paired: Till, street: Street, line: Line) -> None:
        super().__init__(paired.device, paired.code, paired.key, paired.path)
        self.street, self.line, self.random = street, line, street.random
        self.outbox: dict[int, dict[str, Any]] = {}
        self.ahead = timedelta(hours=self.random.uniform(-30, 26))  # of the server's clock
        self.drawers: dict[str, Decimal] = {}
        self.heard = self.uploads = self.damaged = 0
        self.cards: list[str] = []  # gift cards that the server knows of
        self.new_cards: dict[str, str] = {}  # id of the receipt that sold it → its number
        self.voidable: dict[str, Any] | None = None

    def write(self, kind: str, body: Mapping[str, Any], **facts: Any) -> dict[str, Any]:
        """Write the next record by the till's own clock, and keep it until the server has it."""
        if self.random.random() < 0.05:
            self.ahead += timedelta(minutes=self.random.uniform(-300, 200))  # somebody sets it, backwards too
        at = datetime.now(UTC) + self.ahead
        milliseconds = int(at.timestamp() * 1000)
        made = UUID(int=milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62))
        stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
        told = {"id": self.session if kind == "open" else str(made), "made_at": stamp, "business_date": self.street.day, **facts}
        record = super().write(kind, body, **told)
        self.outbox[record["seq"]] = record
        if "receipt" in record:
            self.drawers[self.session] += sum(
                (Decimal(each["amount"]) for each in record["receipt"]["tenders"] if each["type"] == "cash"), Decimal(0)
            )
        return record

    def begin(self) -> None:
        """Open a session."""
        self.open("100.00")
        self.drawers[self.session] = Decimal(100)
        self.voidable = None

    def finish(self, over: str = "0.00") -> None:
        """Count the drawer, with something too much in it."""
        expected = self.drawers[self.session]
        self.write("count", {"counted": money(expected + Decimal(over)), "expected": money(expected)})

    def serve(self) -> None:
        """Serve one customer: sell, take back, void, sell a gift card, or pay with one."""
        chance = self.random.random()
        if chance < 0.08 and self.street.sold:
            self._take_back()
        elif chance < 0.11 and self.voidable:
            self._void()
        elif chance < 0.14:
            number = f"{self.code}-{len(self.records)}"
            self.new_cards[self.sell(goods(None, price="50.00", name="Gift card", taxes=[], stored_value=number))["id"]] = number
        elif chance < 0.16 and self.cards:
            item, price = self.street.goods[0]
            card = {"type": "gift_card", "amount": "1.00", "reference": self.random.choice(self.cards)}
            self.sell(goods(item, price=price), tenders=[card, {"type": "cash", "amount": money(Decimal(price) - 1)}])
        elif chance < 0.18:
            kind, amount = self.random.choice((("pay_in", "5.00"), ("pay_out", "-2.00"), ("drop", "-3.00")))
            self.write("cash", {"kind": kind, "amount": amount, "reason": "Change"})
            self.drawers[self.session] += Decimal(amount)
            self.serve()
        else:
            self._sell()

    def _sell(self) -> None:
        chosen = self.random.sample(self.street.goods, self.random.randint(1, 3))
        lines = [goods(item, self.random.randint(1, 3), price) for item, price in chosen]
        total = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
        tenders: list[dict[str, Any]] = [{"type": self.random.choice(("cash", "card")), "amount": money(total)}]
        if self.random.random() < 0.3:
            part = (total / 3).quantize(Decimal("0.01"))
            tenders = [{"type": "card", "amount": money(part)}, {"type": "cash", "amount": money(total - part)}]
        record = self.sell(*lines, tenders=tenders)
        self.voidable = None
        if self.random.random() < 0.3:
            self.voidable = record
        elif self.random.random() < 0.5:  # goods with a tax of whole pennies, so that their share of it is known without the rules
            whole = [place for place, line in enumerate(lines, 1) if not Decimal(line["amount"]) % Decimal("0.11")]
            self.street.sold += [Sold(self.code, record, place) for place in whole]

    def _take_back(self) -> None:
        sold = self.street.sold.pop(self.random.randrange(len(self.street.sold)))
        quantity = sold.receipt["receipt"]["lines"][sold.position - 1]["quantity"]
        self.sell(back(sold.receipt, sold.position, quantity))

    def _void(self) -> None:
        assert self.voidable
        told, self.number = self.voidable["receipt"], self.number + 1
        lines = [
            {**line, **{name: f"-{line[name]}" for name in ("quantity", "base", "amount")}, "original": _origin(self.voidable["id"], line)}
            for line in told["lines"]
        ]
        taken = {
            "kind": "void",
            "number": self.number,
            "reference": f"{self.code}-{self.number:06}",
            "lines": lines,
            "taxes": [{**tax, **{name: f"-{tax[name]}" for name in ("net", "tax", "gross")}} for tax in told["taxes"]],
            "tenders": [{**tender, "amount": f"-{tender['amount']}"} for tender in told["tenders"]],
            "total": f"-{told['total']}",
            "voids": self.voidable["id"],
        }
        self.write("receipt", {**told, **taken})
        self.voidable = None

    async def upload(self) -> None:
        """Send some of what waits, shuffled, with some that was heard of before and some damaged; raises `Cut`."""
        waiting = list(self.outbox.values())[: self.random.choice((3, 20, ALL))]
        if self.random.random() < 0.3:
            waiting += self.random.sample(self.records, min(3, len(self.records)))
        self.random.shuffle(waiting)
        if waiting and self.random.random() < 0.1:
            waiting[0] = {**waiting[0], "made_at": "2020-02-02T02:02:02.000Z"}
            self.damaged += 1
        self.uploads += 1
        answer = await self.line.ask(f"{API}/records", self.key, {"records": waiting})
        for result in answer["results"]:
            assert result["state"] not in ("conflict", "unreadable"), result
            if result["state"] in KEPT and result["seq"] in self.outbox:
                del self.outbox[result["seq"]]
                self.heard += 1
                if result["id"] in self.new_cards:
                    self.cards.append(self.new_cards.pop(result["id"]))

    async def send_on(self, finished: asyncio.Event) -> None:
        """Send until everything was heard and nothing more comes, and wait longer from one failure to the next, as the till does."""
        failures = 0
        while self.outbox or not finished.is_set():
            try:
                await self.upload()
            except Cut:
                failures += 1
                await asyncio.sleep(self.random.random() * min(2.0, 0.05 * 2**failures))
            else:
                failures = 0
                await asyncio.sleep(0.02)

    async def hello(self) -> None:
        """Ask how far the chain is there, as a till does every minute that it has nothing to send."""
        told = await self.line.ask(f"{API}/state", self.key)
        assert (told["seq"], told["hash"], told["last_seq"]) == (self.seq, self.previous, self.seq)


def _origin(receipt: str, line: Mapping[str, Any]) -> dict[str, Any]:
    return {"receipt": receipt, "position": line["position"]}
