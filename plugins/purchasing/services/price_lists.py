"""Suppliers' price lists, a batch at a time."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Conflict, Invalid, Missing, Outcome, RowProblem, Scope, Tenant, Written, new_id
from weft.contracts import Items, Parties

from ..domain.prices import SupplierPrice
from ..queries import suppliers as stored
from . import suppliers


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A price as a file has it."""

    supplier: str
    price: Decimal
    sku: str = ""
    barcode: str = ""
    supplier_code: str = ""
    currency: str = ""
    min_quantity: Decimal = Decimal(0)
    pack: Decimal = Decimal(1)
    lead_days: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    rank: int = 1


async def bring_in(tenant: Tenant, rows: Sequence[tuple[int, Incoming]]) -> Outcome:
    """Write what can be written of some prices; a price for the same supplier, item, step and first day is changed."""
    written: list[Written] = []
    problems: list[RowProblem] = []
    known: dict[str, UUID] = {}
    async with tenant.transaction() as db:
        for row, incoming in rows:
            try:
                async with tenant.transaction():
                    written.append(await _one(tenant, db, row, incoming, known))
            except Invalid as wrong:
                fields = wrong.fields or {"": wrong.message}
                problems += [RowProblem(row, field, sentence) for field, sentence in fields.items()]
            except (Conflict, Missing) as wrong:
                problems.append(RowProblem(row, "", wrong.message))
    return Outcome(written, problems)


async def _one(tenant: Tenant, db: Scope, row: int, incoming: Incoming, known: dict[str, UUID]) -> Written:
    supplier = known.get(incoming.supplier.casefold()) or await _supplier(tenant, db, incoming.supplier)
    known[incoming.supplier.casefold()] = supplier
    item = await _item(tenant, db, supplier, incoming)
    kept = await suppliers.ensure(tenant, db, supplier)
    currency = incoming.currency.upper() or kept.currency
    before = next(
        (
            each
            for each, _, _ in await stored.prices_of(db, supplier, item)
            if (each.currency, each.min_quantity, each.valid_from) == (currency, incoming.min_quantity, incoming.valid_from)
        ),
        None,
    )
    wanted = SupplierPrice(
        id=before.id if before else new_id(),
        supplier=supplier,
        item=item,
        price=incoming.price,
        currency=currency,
        min_quantity=incoming.min_quantity,
        pack=incoming.pack,
        supplier_code=incoming.supplier_code or (before.supplier_code if before else ""),
        lead_days=incoming.lead_days,
        valid_from=incoming.valid_from,
        valid_to=incoming.valid_to,
        rank=incoming.rank,
        note=before.note if before else "",
        version=before.version if before else 1,
    )
    if before == wanted and before:
        return Written(row, before.id, "unchanged", before.version)
    made = await suppliers.save_price(tenant, wanted, new=before is None)
    told = msgspec.to_builtins(before) if before else {}
    return Written(row, made.id, "updated" if before else "created", made.version, told)


async def _supplier(tenant: Tenant, db: Scope, text: str) -> UUID:
    wanted = text.strip().casefold()
    for each in await stored.find(db, text, 50):
        if wanted in (each.name.casefold(), each.account.casefold()):
            return each.id
    found = [each for each in await tenant.service(Parties).find(text, 20) if each.name.casefold() == wanted]
    if len(found) != 1:
        several = "Several contacts are" if found else "No contact is"
        raise Invalid.field("supplier", f"{several} called “{text.strip()}”: {'use the account number' if found else 'add it first'}.")
    return found[0].id


async def _item(tenant: Tenant, db: Scope, supplier: UUID, incoming: Incoming) -> UUID:
    catalogue = tenant.service(Items)
    if incoming.sku:
        found = await catalogue.by_sku(incoming.sku)
        if found is None:
            raise Invalid.field("sku", f"No item of the catalogue has the SKU “{incoming.sku}”.")
        return found.id
    if incoming.barcode:
        try:
            scanned = await catalogue.by_barcode(incoming.barcode)
        except Invalid as wrong:
            raise Invalid.field("barcode", wrong.message) from wrong
        if scanned is None:
            raise Invalid.field("barcode", f"No item of the catalogue has the barcode “{incoming.barcode}”.")
        return scanned.item.id
    known = await suppliers.by_code(db, supplier, incoming.supplier_code) if incoming.supplier_code else None
    if known is None:
        raise Invalid.field("sku", "Say which item it is: a SKU, a barcode, or a code under which the supplier has it already.")
    return known


async def take_back(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    """Take prices back as they were before; those that were changed since stay."""
    problems = []
    async with tenant.transaction() as db:
        for each in written:
            found = await stored.price(db, each.id, lock=True)
            if found is None or found.version != each.version:
                problems.append(RowProblem(each.row, "", "This price was changed or deleted since: it stays as it is."))
            elif each.action == "created":
                await suppliers.delete_price(tenant, each.id)
            else:
                before = msgspec.convert(each.before, SupplierPrice, strict=False)
                await suppliers.save_price(tenant, msgspec.structs.replace(before, version=found.version), new=False)
    return problems
