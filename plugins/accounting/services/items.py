"""What the catalogue offers for a line of a document: by its name while somebody types, or by what was scanned."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Invalid, Missing, Tenant, minor_unit
from weft.contracts import Item, ItemPrice, Items, Parties

from ..domain.tax.compute import Per, TaxableLine, TaxRounding, compute
from ..domain.tax.model import Tax, Use
from .determining import fitting
from .taxes import tax_system

MOST = 12
PRICE_STEP = Decimal("0.0001")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue is asked, for a document of a day, a currency, a party and a fiscal position."""

    use: Use
    day: date
    text: str = ""
    scan: str = ""
    currency: str = ""
    party: UUID | None = None
    position: str = ""


class FoundItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item for a line: `net` and `gross` are its price without and with tax, empty where it has none in the document's currency."""

    id: UUID
    name: str
    sku: str = ""
    unit: str = ""
    kind: str = "goods"
    tax_category: str = ""
    detail: str = ""
    quantity: str = "1"
    price: str = ""
    price_included: bool = False
    net: str = ""
    gross: str = ""
    shown: str = ""  # the price as it stands beside the name


async def find(tenant: Tenant, asked: Asked) -> list[FoundItem]:
    """Return what the catalogue has for some words, or for a scan: nothing where no catalogue is switched on."""
    async with tenant.transaction():
        try:
            catalogue = tenant.service(Items)
        except Missing:
            return []
        found, quantity = await _matching(catalogue, asked)
        prices = await catalogue.prices([each.id for each in found], asked.day) if asked.use is Use.SALE else {}
        currency = (asked.currency or tenant.currency).upper()
        return [await _offered(tenant, each, prices.get(each.id), asked, currency, quantity) for each in found]


async def _matching(catalogue: Items, asked: Asked) -> tuple[Sequence[Item], Decimal]:
    if not asked.scan:
        return await catalogue.find(asked.text, MOST), Decimal(1)
    if by_sku := await catalogue.by_sku(asked.scan):
        return [by_sku], Decimal(1)
    try:
        scanned = await catalogue.by_barcode(asked.scan)
    except Invalid:
        return [], Decimal(1)
    return ([scanned.item], scanned.weight_kg or scanned.quantity) if scanned else ([], Decimal(1))


async def _offered(tenant: Tenant, item: Item, price: ItemPrice | None, asked: Asked, currency: str, quantity: Decimal) -> FoundItem:
    told = FoundItem(
        id=item.id,
        name=item.name,
        sku=item.sku,
        unit=item.unit,
        kind=item.kind,
        tax_category=item.tax_category,
        detail=item.category,
        quantity=f"{quantity:f}",
    )
    if price is None or price.currency != currency:
        return told
    net, gross = await _both(tenant, item, price, asked)
    return msgspec.structs.replace(
        told,
        price=f"{price.amount:f}",
        price_included=price.tax_included,
        net=_plain(net),
        gross=_plain(gross),
        shown=f"{price.amount:f} {currency}",
    )


async def _both(tenant: Tenant, item: Item, price: ItemPrice, asked: Asked) -> tuple[Decimal, Decimal]:
    """Return a price without and with tax. A price that holds tax holds that of home, whoever buys."""
    home, theirs = await _taxes(tenant, item, asked)
    step = minor_unit(price.currency)
    net = _without(price.amount, home) if price.tax_included else price.amount
    if price.tax_included and home == theirs:
        return net, price.amount
    taxed = compute([TaxableLine(net, theirs, Decimal(1), included=False)], TaxRounding(Per.LINE, step), price.currency)
    return net, net + taxed.tax


def _without(amount: Decimal, taxes: Sequence[Tax]) -> Decimal:
    """Return what of a price is no tax, to four decimals."""
    taxed = compute([TaxableLine(amount, tuple(taxes), Decimal(1), included=True)], TaxRounding(Per.LINE, PRICE_STEP))
    return taxed.net


async def _taxes(tenant: Tenant, item: Item, asked: Asked) -> tuple[tuple[Tax, ...], tuple[Tax, ...]]:
    """Return the taxes of an item at home, and for whom the document is; none where its category has none that day."""
    system = await tax_system(tenant)
    if system is None:
        return (), ()
    try:
        position = system.position(asked.position) if asked.position else None
        if position is None and asked.party:
            position = fitting(tenant, system, await tenant.service(Parties).get(asked.party), asked.day)
        home = system.usual(item.tax_category, asked.use)
        theirs = system.usual(item.tax_category, asked.use, position, item.kind)
        both = [tuple(tax for code in codes for tax in system.on(code, asked.day)) for codes in (home, theirs)]
    except (Invalid, Missing):
        return (), ()
    return both[0], both[1]


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}" if part else whole
