"""What a scan means while goods are counted: a line of the order."""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from weft import Invalid, Tenant
from weft.contracts import Items

from . import orders, suppliers


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan means while goods are counted: a line of the order and how many units the code stands for, or why it means none."""

    line: UUID | None = None
    quantity: Decimal = Decimal(1)
    lot: str = ""
    expires: str = ""
    why: str = ""


async def scan(tenant: Tenant, order_id: UUID, code: str) -> Scanned:
    """Return which line of an order a barcode, SKU or the supplier's own code means."""
    async with tenant.transaction() as db:
        order = await orders.find(db, order_id)
        catalogue = tenant.service(Items)
        text = code.strip()
        by_code = next((each for each in order.lines if text and each.supplier_code.casefold() == text.casefold()), None)
        if by_code:
            return Scanned(by_code.id)
        try:
            found = await catalogue.by_barcode(text)
        except Invalid as wrong:
            return Scanned(why=wrong.message)
        item = found.item if found else await catalogue.by_sku(text)
        if item is None:
            known = await suppliers.by_code(db, order.supplier, text)
            item = await catalogue.get(known) if known else None
        if item is None:
            return Scanned(why=f"“{text[:60]}” is no barcode, SKU or supplier's code that is known here.")
    line = next((each for each in order.lines if each.item == item.id and each.outstanding > 0), None)
    line = line or next((each for each in order.lines if each.item == item.id), None)
    if line is None:
        return Scanned(why=f"{item.name} was not ordered here: lay it aside, or ask the buyer.")
    told = Scanned(line.id)
    if found:
        told = replace(told, quantity=found.quantity, lot=found.elements.get("10", ""), expires=_day(found.elements.get("17", "")))
    return told


def _day(text: str) -> str:
    """Return a GS1 date (YYMMDD) as people's forms take it; day 00 is left to the person (General Specifications, section 3.4.2)."""
    if len(text) == 6 and text.isdigit() and text[4:] != "00":
        return f"20{text[:2]}-{text[2:4]}-{text[4:]}"
    return text if text.count("-") == 2 else ""
