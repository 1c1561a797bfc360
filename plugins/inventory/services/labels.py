"""Labels as PDF: name, price, and a code that a scanner reads."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import segno
from babel.numbers import format_currency

from weft import Invalid, Missing, PrintedDocument, Tenant
from weft.contracts import Items

from ..domain.barcodes import bars, svg
from ..domain.gs1 import element_string, modules
from ..queries import cards

LAYOUT = Path(__file__).parent.parent / "layouts" / "label.typ"
MOST = 500


async def sample(tenant: Tenant, language: str) -> Mapping[str, Any]:
    """Return what an example says."""
    price = format_currency("4.50", tenant.currency, locale=tenant.locale)
    label = _label("Green tea 100 g", "4006381333931", "P-00042", price, "L-42")
    return {"title": "Label", "language": language.split("_")[0], "labels": [label]}


LABEL = PrintedDocument("inventory.label", "Label", LAYOUT, sample)


def _label(name: str, barcode: str, sku: str, price: str, note: str) -> dict[str, Any]:
    modules = bars(barcode)
    if modules is None:
        told = io.BytesIO()
        segno.make(barcode or sku, error="m", micro=False).save(told, kind="svg", border=2, xmldecl=False)
        picture = told.getvalue()
    else:
        picture = svg(modules).encode()
    code = barcode or sku
    return {"name": name, "svg": list(picture), "square": modules is None, "code": code, "price": price, "note": note}


async def lot_labels(tenant: Tenant, lot_id: UUID, count: int) -> tuple[str, bytes]:
    """Return labels of a lot or serial number as PDF: a GS1-128 symbol where its item has a GTIN, else the item's label with the number.

    Raises `Missing` and `Invalid`.
    """
    if not 1 <= count <= MOST:
        raise Invalid.field("count", f"Between 1 and {MOST} labels are printed at once.")
    async with tenant.transaction() as db:
        lot = await cards.lot(db, lot_id)
        if lot is None:
            raise Missing("There is no such lot.")
        item = await tenant.service(Items).get(lot["item"])
    told = element_string(item.barcode, lot["number"], serial=lot["tracking"] == "serial", expires=lot["expires"])
    if told is None:
        return await labels(tenant, lot["item"], count, lot["number"])
    elements, readable = told
    label = {"name": item.name, "svg": list(svg(modules(elements)).encode()), "square": False, "code": readable, "price": ""}
    language = tenant.document_language().split("_")[0]
    whole = {"title": f"{item.name} {lot['number']}", "language": language, "wide": True, "labels": [label | {"note": item.sku}] * count}
    return f"{item.sku}-{lot['number']}.pdf", await tenant.pdf(LABEL, whole)


async def labels(tenant: Tenant, item_id: UUID, count: int, note: str = "") -> tuple[str, bytes]:
    """Return labels of an item as PDF, and what the file is called; raises `Missing` and `Invalid`."""
    if not 1 <= count <= MOST:
        raise Invalid.field("count", f"Between 1 and {MOST} labels are printed at once.")
    async with tenant.transaction():
        catalogue = tenant.service(Items)
        item = await catalogue.get(item_id)
        price = await catalogue.price(item_id, tenant.today())
    shown = format_currency(price.amount, price.currency, locale=tenant.locale) if price else ""
    label = _label(item.name, item.barcode, item.sku, shown, note)
    language = tenant.document_language().split("_")[0]
    return f"{item.sku}.pdf", await tenant.pdf(LABEL, {"title": item.name, "language": language, "labels": [label] * count})
