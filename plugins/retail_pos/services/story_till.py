"""A till of the demo: it prices baskets by the rules, writes its chain of records as a device does, and sends them as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any
from uuid import UUID

import msgspec

from weft import Tenant, new_id
from weft.contracts import OfferedItem

from ..domain.canonical import digest
from ..domain.records import FIRST, LineTax
from ..domain.rules.basket import Basket, BasketLine
from ..domain.rules.pricing import price
from ..domain.setup import Till
from . import taking
from .book import TillSettings

ZERO = Decimal(0)
BEFORE = datetime(2000, 1, 1, tzinfo=UTC)  # until a session begins
NOTE = Decimal(10)  # cash is given in whole notes of this
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer puts on the counter; without an `item` a gift card is sold for `amount`. `percent` is taken off by hand."""

    item: OfferedItem | None = None
    quantity: int = 1
    card: str = ""
    amount: Decimal = ZERO
    percent: Decimal | None = None


@dataclass(slots=True)
class Device:
    """A till that writes records. `drawer` is the cash that should be in it."""

    till: Till
    chosen: TillSettings
    session: UUID = field(default_factory=new_id)
    day: date = date.min
    at: datetime = BEFORE
    operator: UUID | None = None
    drawer: Decimal = ZERO
    number: int = 0
    previous: str = FIRST
    records: list[Body] = field(default_factory=list)

    def open(self, day: date, at: datetime, operator: UUID, opening: Decimal) -> None:
        """Begin a session with money in the drawer."""
        self.session, self.day, self.at, self.operator, self.drawer = new_id(), day, at, operator, opening
        self._write("open", {"float": f"{opening:f}", "currency": self.chosen.currency}, record=self.session)

    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.at += timedelta(minutes=minutes)

    def sell(self, *wishes: Wish, tender: str = "cash", reference: str = "", **facts: object) -> Body:
        """Sell what is on the counter; returns the record."""
        lines, taxes, total = self._priced(wishes)
        return self._receipt("sale", lines, taxes, [self._tender(tender, total, reference)], total, facts)

    def take_back(self, sold: Body, position: int, reason: str) -> Body:
        """Give the money for one line of a receipt back, by cash."""
        line = sold["receipt"]["lines"][position - 1]
        back = _turned(line) | {"position": 1, "original": {"receipt": sold["id"], "position": position}, "reason": reason}
        taxes = [each for each in sold["receipt"]["taxes"] if any(tax["code"] == each["code"] for tax in line["taxes"])]
        amount = Decimal(back["amount"])
        told = [self._share(each, amount) for each in taxes]
        self.drawer += amount
        return self._receipt("return", [back], told, [{"type": "cash", "amount": f"{amount:f}"}], amount, {})

    def void(self, sold: Body) -> Body:
        """Take a whole receipt back, with the same tenders."""
        receipt = sold["receipt"]
        taxes = [{**each, **{name: f"{-Decimal(each[name]):f}" for name in ("net", "tax", "gross")}} for each in receipt["taxes"]]
        tenders = [{"type": each["type"], "amount": f"{-Decimal(each['amount']):f}"} for each in receipt["tenders"]]
        self.drawer += sum((Decimal(each["amount"]) for each in tenders if each["type"] == "cash"), ZERO)
        total = -Decimal(receipt["total"])
        return self._receipt("void", [_turned(each) for each in receipt["lines"]], taxes, tenders, total, {"voids": sold["id"]})

    def move(self, kind: str, amount: Decimal, reason: str) -> None:
        """Put money into the drawer, or take it out."""
        self.drawer += amount
        self._write("cash", {"kind": kind, "amount": f"{amount:f}", "reason": reason})

    def count(self, off: Decimal = ZERO) -> None:
        """Count the drawer, and end the session."""
        self._write("count", {"counted": f"{self.drawer + off:f}", "expected": f"{self.drawer:f}"})

    def wrong(self, sold: Body, **changes: object) -> Body:
        """Write another receipt like one, with something about it that does not fit."""
        self.number += 1
        facts = {"number": self.number, "reference": f"{self.till.code}-{self.number:06}", **changes}
        return self._write("receipt", sold["receipt"] | facts)

    async def send(self, tenant: Tenant) -> None:
        """Send what was written."""
        await taking.take(tenant.known_as(f"Till {self.till.code}"), self.till, self.records)

    def _priced(self, wishes: Sequence[Wish]) -> tuple[list[Body], list[Body], Decimal]:
        lines = tuple(self._line(each) for each in wishes)
        basket = Basket(
            lines=lines,
            digits=self.chosen.digits,
            taxes_included=self.chosen.taxes_included,
            tax_per="line" if self.chosen.tax_per == "line" else "document",
            promotions=self.chosen.promotions,
            day=self.day,
            time=f"{self.at:%H:%M}",
        )
        priced = price(basket)
        told = [
            {
                "position": place,
                "name": wish.item.name[:200] if wish.item else "Gift card",
                "quantity": f"{line.quantity:f}",
                "unit_price": f"{line.unit_price:f}",
                "base": f"{done.base:f}",
                "amount": f"{done.amount:f}",
                "taxes": [] if line.stored_value else _plain(line.taxes),
                "discounts": _plain(done.discounts),
                **(_facts_of(wish.item) if wish.item else {"stored_value": wish.card}),
            }
            for place, (wish, line, done) in enumerate(zip(wishes, lines, priced.lines, strict=True), 1)
        ]
        return told, _plain(priced.taxes), priced.total

    def _line(self, wish: Wish) -> BasketLine:
        if wish.item is None:
            return BasketLine(quantity=Decimal(1), unit_price=wish.amount, stored_value=True)
        return BasketLine(
            quantity=Decimal(wish.quantity),
            unit_price=wish.item.prices[0][1],
            item=str(wish.item.id),
            category=wish.item.category,
            tags=wish.item.tags,
            taxes=tuple(LineTax(code=tax.code, rate=tax.rate, kind=tax.kind) for tax in self.chosen.taxes.get(wish.item.tax_category, ())),
            discount_percent=wish.percent,
        )

    def _tender(self, kind: str, total: Decimal, reference: str) -> Body:
        told = {"type": kind, "amount": f"{total:f}"} | ({"reference": reference} if reference else {})
        if kind != "cash":
            return told
        self.drawer += total
        given = (total / NOTE).to_integral_value(ROUND_UP) * NOTE
        return told | {"given": f"{given:f}", "change": f"{given - total:f}"}

    def _share(self, told: Mapping[str, str], gross: Decimal) -> Body:
        """Return what a tax comes to that is held in an amount."""
        tax = (gross * Decimal(told["rate"]) / (100 + Decimal(told["rate"]))).quantize(
            Decimal(1).scaleb(-self.chosen.digits), "ROUND_HALF_UP"
        )
        return {"code": told["code"], "rate": told["rate"], "net": f"{gross - tax:f}", "tax": f"{tax:f}", "gross": f"{gross:f}"}

    def _receipt(
        self, kind: str, lines: list[Body], taxes: list[Body], tenders: list[Body], total: Decimal, facts: Mapping[str, object]
    ) -> Body:
        self.number += 1
        return self._write(
            "receipt",
            {
                "kind": kind,
                "number": self.number,
                "reference": f"{self.till.code}-{self.number:06}",
                "currency": self.chosen.currency,
                "taxes_included": self.chosen.taxes_included,
                "tax_per": self.chosen.tax_per,
                "lines": lines,
                "taxes": taxes,
                "tenders": tenders,
                "total": f"{total:f}",
                **facts,
            },
        )

    def _write(self, kind: str, body: Body, record: UUID | None = None) -> Body:
        made: Body = {
            "id": str(record or new_id()),
            "till": self.till.code,
            "seq": len(self.records) + 1,
            "type": kind,
            "made_at": f"{self.at:%Y-%m-%dT%H:%M:%S}.000Z",
            "business_date": self.day.isoformat(),
            "session": str(self.session),
            "operator": str(self.operator),
            "previous": self.previous,
            kind: body,
        }
        made["hash"] = self.previous = digest(made)
        self.records.append(made)
        return made


def _plain(values: Sequence[msgspec.Struct]) -> list[Body]:
    found: list[Body] = msgspec.to_builtins(values)
    return [{name: each for name, each in value.items() if each is not None} for value in found]


def _facts_of(item: OfferedItem) -> Body:
    return {"item": str(item.id), "sku": item.sku, "unit": item.unit, "category": item.category, "tax_category": item.tax_category}


def _turned(line: Body) -> Body:
    """Return a line of goods that come back."""
    discounts = [{**each, "amount": f"{-Decimal(each['amount']):f}"} for each in line["discounts"]]
    turned = {name: f"{-Decimal(line[name]):f}" for name in ("quantity", "base", "amount")}
    return line | turned | {"discounts": discounts}
