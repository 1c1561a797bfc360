"""Receipts for tests of what is printed."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel import Locale

from plugins.retail_pos.domain.records import Discount, Line, LineTax, Points, Receipt, ReceiptKind, TaxTotal, Tender
from plugins.retail_pos.domain.slip import Facts, Shop

ITEM = UUID("01931c60-0000-7000-8000-000000000001")
SHOP = Shop(name="Green & Sons", lines=("1 High Street", "London N1"), tax_number="GB123456789", foot=("Open every day 9 to 6",))


def line(position: int = 1, name: str = "Tea", quantity: str = "1", price: str = "3.50", **given: Any) -> Line:
    """Return a line at 20 % unless told otherwise."""
    base = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    off = sum((each.amount for each in given.get("discounts", ())), Decimal(0))
    values = {"item": ITEM, "taxes": (LineTax(code="S20", rate=Decimal(20)),), "base": base, "amount": base - off, **given}
    return Line(position=position, name=name, quantity=Decimal(quantity), unit_price=Decimal(price), **values)


def receipt(**given: Any) -> Receipt:
    """Return a sale of two teas and half a kilo of cheese, ten per cent off, paid in cash."""
    lines = (
        line(1, "Earl Grey tea, loose leaf, in a tin that is worth keeping", "2", "3.50"),
        line(
            2, "Cheddar", "0.512", "12.00", unit="kg", discounts=(Discount(source="manual", amount=Decimal("0.61"), percent=Decimal(10)),)
        ),
    )
    values: dict[str, Any] = {
        "kind": ReceiptKind.SALE,
        "number": 123,
        "reference": "T1-000123",
        "currency": "GBP",
        "taxes_included": True,
        "lines": lines,
        "taxes": (TaxTotal(code="S20", rate=Decimal(20), net=Decimal("10.44"), tax=Decimal("2.09"), gross=Decimal("12.53")),),
        "tenders": (Tender(type="cash", amount=Decimal("12.53"), given=Decimal("20.00"), change=Decimal("7.47")),),
        "total": Decimal("12.53"),
        "points": Points(earned=12),
        **given,
    }
    return Receipt(**values)


def facts(told: Receipt | None = None, **given: Any) -> Facts:
    """Return what a slip of a receipt tells."""
    values: dict[str, Any] = {
        "shop": SHOP,
        "receipt": told or receipt(),
        "made_at": datetime(2026, 11, 22, 14, 5),  # noqa: DTZ001  # on the shop's clock
        "till": "T1",
        "locale": Locale("en", "GB"),
        "operator": "Ann",
        **given,
    }
    return Facts(**values)
