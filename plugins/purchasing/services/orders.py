"""Purchase orders: written, priced, kept, taken back; what happens to them is in the modules beside this one."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Invalid, Missing, Scope, Stale, Tenant, new_id
from weft.contracts import ExpectedLine, Item, Items, Source, Stock, Taxes

from ..domain import orders as rules
from ..domain.orders import Order, OrderLine, OrderTax, State, Totals, must_be, totals
from ..domain.prices import expected_on
from ..domain.suppliers import Supplier
from ..queries import orders as stored
from ..records import ORDER, ref
from ..settings import PurchasingSettings
from . import suppliers
from .rules import name_of, who

MAIN = "main"  # the warehouse that every business begins with


class DraftLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as somebody writes it; without a price it is the supplier's for the quantity."""

    quantity: Decimal
    item: UUID | None = None
    description: Annotated[str, Meta(max_length=300)] = ""
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    supplier_code: Annotated[str, Meta(max_length=60)] = ""
    unit: Annotated[str, Meta(max_length=20)] = ""
    tax_category: Annotated[str, Meta(max_length=40)] = ""
    expected: date | None = None


class OrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An order as somebody writes it; `rate` is what one unit of a foreign currency is worth."""

    supplier: UUID
    lines: tuple[DraftLine, ...]
    ordered: date | None = None  # today unless told
    currency: Annotated[str, Meta(max_length=3)] = ""  # empty: the supplier's
    rate: Decimal | None = None
    location: Annotated[str, Meta(max_length=100)] = ""  # empty: the usual one
    expected: date | None = None  # empty: by the lead times
    note: Annotated[str, Meta(max_length=2000)] = ""
    reference: Annotated[str, Meta(max_length=100)] = ""


class OrderChanged(Stale):
    """Somebody else changed the order; `current` is how it is now."""

    def __init__(self, current: Order) -> None:
        super().__init__("This order was changed by somebody else meanwhile: look at both and save again.")
        self.current = current


async def find(db: Scope, order_id: UUID, *, lock: bool = False) -> Order:
    """Return an order in the open transaction; raises `Missing`."""
    found = await stored.order(db, order_id, lock=lock)
    if found is None:
        raise Missing("There is no such order. It may have been deleted.")
    return found


async def get(tenant: Tenant, order_id: UUID) -> Order:
    """Return an order; raises `Missing`."""
    async with tenant.transaction() as db:
        return await find(db, order_id)


async def number(tenant: Tenant, db: Scope, kind: str, prefix: str, day: date) -> str:
    """Take the next number of a kind of document: ``PO-2026-0007``."""
    return f"{prefix}-{day.year}-{await stored.next_number(db, kind, day.year):04d}"


def totals_of(tenant: Tenant, order: Order) -> Totals:
    """Return what an order comes to."""
    return totals(order.lines, order.currency, order.rate, tenant.currency)


async def save(tenant: Tenant, draft: OrderDraft, order_id: UUID, version: int = 0) -> Order:
    """Keep an order as a draft; `order_id` is chosen by who asks, so that the same order sent twice is one.

    Raises `Invalid` by field, `OrderChanged`, `Missing`, and `Conflict` when it is no draft any more.
    """
    async with tenant.transaction() as db:
        before = await stored.order(db, order_id, lock=True)
        if before and not version:
            return before
        if before:
            must_be(before, State.DRAFT, doing="changed")
            if before.version != version:
                raise OrderChanged(before)
        elif version:
            raise Missing("There is no such order. It may have been deleted.")
        made = await prepare(tenant, draft, order_id, before)
        rules.check(made)
        if not before:
            made = msgspec.structs.replace(made, number=await number(tenant, db, "order", "PO", made.ordered))
        await stored.put(db, made, totals_of(tenant, made))
        told = [told_of(tenant, each) if each else {} for each in (before, made)]
        await tenant.record(Change.between(ref(ORDER, made.id, made.title), "changed" if before else "created", *told))
    return made


def told_of(tenant: Tenant, order: Order) -> dict[str, object]:
    """Return what the audit log keeps of an order."""
    return {
        "supplier": order.supplier_name,
        "total": totals_of(tenant, order).total,
        "currency": order.currency,
        "expected": order.expected,
        "lines": [f"{each.quantity:f} × {each.description} at {each.price:f}" for each in order.lines],
    }


async def prepare(tenant: Tenant, draft: OrderDraft, order_id: UUID, before: Order | None = None) -> Order:
    """Return a draft as it would be kept, with prices, taxes and days filled in, in the open transaction; raises `Invalid` by field."""
    db = tenant.scope()
    supplier = await suppliers.ensure(tenant, db, draft.supplier)
    ordered = draft.ordered or tenant.today()
    currency = draft.currency.upper() or supplier.currency
    ids = list({each.item for each in draft.lines if each.item})
    items = await tenant.service(Items).many(ids)
    tracked = await tenant.service(Stock).tracking(ids) if ids else {}
    lines = await _lines(tenant, db, draft, supplier, currency, ordered, items, tracked)
    days = [each.expected for each in lines if each.expected]
    return Order(
        id=order_id,
        number=before.number if before else "new",
        state=State.DRAFT,
        supplier=supplier.id,
        supplier_name=supplier.name,
        currency=currency,
        rate=_rate(tenant, draft, currency),
        ordered=ordered,
        location=draft.location.strip() or await usual_location(tenant),
        lines=lines,
        expected=draft.expected or max(days, default=expected_on(ordered, None, supplier.lead_days)),
        note=draft.note.strip(),
        reference=" ".join(draft.reference.split()),
        asked_by=who(tenant),
        asked_name=name_of(tenant),
        reason=before.reason if before else "",
        version=before.version + 1 if before else 1,
        made_at=before.made_at if before else tenant.now(),
    )


def _rate(tenant: Tenant, draft: OrderDraft, currency: str) -> Decimal:
    if currency == tenant.currency:
        return Decimal(1)
    if draft.rate is None:
        raise Invalid.field("rate", f"Enter what one {currency} is worth in {tenant.currency}: goods are valued by it when they come.")
    return draft.rate


async def usual_location(tenant: Tenant) -> str:
    """Return where goods come to unless an order says otherwise: as set, or a main place of stock, or the first one."""
    chosen = tenant.settings(PurchasingSettings).location.strip()
    if chosen:
        return chosen
    places = await tenant.service(Stock).locations()
    main = next((each.code for each in places if each.code == MAIN), "")
    return main or (places[0].code if places else "")


async def _lines(
    tenant: Tenant,
    db: Scope,
    draft: OrderDraft,
    supplier: Supplier,
    currency: str,
    day: date,
    items: Mapping[UUID, Item],
    tracked: Mapping[UUID, str],
) -> tuple[OrderLine, ...]:
    wrong: dict[str, str] = {}
    made = []
    taxes: dict[tuple[str, str], tuple[OrderTax, ...]] = {}
    for place, line in enumerate(draft.lines):
        item = items.get(line.item) if line.item else None
        if line.item and item is None:
            wrong[f"lines.{place}.item"] = "There is no such item in the catalogue."
            continue
        price = await suppliers.price_for(db, supplier.id, line.item, line.quantity, day) if line.item else None
        asked = price.price if price and price.currency == currency else None
        if line.unit_price is None and asked is None:
            wrong[f"lines.{place}.unit_price"] = f"{supplier.name} has no price for this in {currency}: enter one."
            continue
        category, kind = (item.tax_category, item.kind) if item else (line.tax_category, "goods")
        if (category, kind) not in taxes:
            taxes[category, kind] = await _taxes(tenant, category, day, supplier.id, kind)
        made.append(
            OrderLine(
                id=new_id(),
                position=place + 1,
                item=line.item,
                sku=item.sku if item else "",
                description=" ".join(line.description.split()) or (item.name if item else ""),
                supplier_code=line.supplier_code or (price.supplier_code if price else ""),
                quantity=line.quantity,
                unit=line.unit or (item.unit if item else ""),
                pack=price.pack if price else Decimal(1),
                unit_price=line.unit_price if line.unit_price is not None else asked or Decimal(0),
                discount=line.discount,
                tax_category=category,
                taxes=taxes[category, kind],
                category=item.category if item else "",
                expected=line.expected or expected_on(day, price.lead_days if price else None, supplier.lead_days),
                stocked=bool(line.item and line.item in tracked),
            )
        )
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(made)


async def _taxes(tenant: Tenant, category: str, day: date, supplier: UUID, kind: str) -> tuple[OrderTax, ...]:
    """Return the taxes a supplier adds; those by amount and a category that the business does not know are left to the bill."""
    try:
        found = await tenant.service(Taxes).on_purchase(category, day, supplier, "service" if kind == "service" else "goods")
    except Invalid:
        return ()
    return tuple(OrderTax(code=each.code, title=each.title, rate=each.rate) for each in found if each.kind == "percent")


async def preview(tenant: Tenant, draft: OrderDraft) -> tuple[Order, Totals]:
    """Return what an order would be and come to; nothing is kept. Raises `Invalid` by field and `Missing`."""
    async with tenant.transaction(unaudited="nothing is kept: what is written is rolled back"):
        made = await _discarded(tenant, draft)
    return made, totals_of(tenant, made)


async def _discarded(tenant: Tenant, draft: OrderDraft) -> Order:
    kept: list[Order] = []
    try:
        async with tenant.transaction():
            kept.append(await prepare(tenant, draft, new_id()))
            raise _Discard
    except _Discard:
        return kept[0]


class _Discard(Exception):
    """Rolls a savepoint back."""


async def delete(tenant: Tenant, order_id: UUID) -> Order:
    """Delete a draft; raises `Missing` and `Conflict`."""
    async with tenant.transaction() as db:
        found = await find(db, order_id, lock=True)
        must_be(found, State.DRAFT, doing="deleted")
        await stored.delete(db, order_id)
        await tenant.record(Change(ref(ORDER, found.id, found.title), "deleted", told_of(tenant, found), {}))
    return found


def source_of(order: Order) -> Source:
    """Return how other modules know an order."""
    return Source(ORDER.name, str(order.id), order.title)


async def tell_stock(tenant: Tenant, order: Order) -> None:
    """Say what of an order is still to come; nothing where nothing more is expected."""
    lines: Sequence[ExpectedLine] = ()
    if order.state in rules.OPEN:
        lines = [
            ExpectedLine(
                key=str(each.id),
                item=each.item,
                quantity=each.outstanding,
                location=order.location,
                day=each.expected or order.expected or order.ordered,
            )
            for each in order.lines
            if each.item and each.stocked and each.outstanding > 0
        ]
    await tenant.service(Stock).expect(source_of(order), lines)
