"""The ways out of the parked queue: each decision is a person's, has a reason, and stays in the audit log."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Tenant, new_id
from weft.contracts import Items, Parties

from ..domain import canonical
from ..domain.inbox import Problem
from ..domain.mending import of_ours, opposite, with_customer, with_items, without_unknown
from ..domain.reasons import ACCEPT, CUSTOMER, DISMISS, ITEM, REJECT, RETRY, TITLES, ways
from ..domain.records import Receipt, Record
from ..queries import inbox, receipts, setup
from ..records import PROBLEM
from .closing import close_counted
from .grounds import ground_for
from .retrying import again, let_pass, load, told
from .settling import Batch, accept, settle
from .taking import Arrived, take_in

DONE = {
    RETRY: "tried again, and all is well",
    ACCEPT: "taken in as it is",
    ITEM: "taken in with the right item",
    CUSTOMER: "taken in with the right customer",
    REJECT: "rejected",
    DISMISS: "dismissed",
}


async def find(tenant: Tenant, problem_id: UUID) -> tuple[Problem, dict[str, Any]]:
    """Return a problem, and the record that it is about as it was sent; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await inbox.problem(db, problem_id)
        if found is None:
            raise Missing("There is no such parked record.")
        raw = await inbox.problem_body(db, problem_id)
        if raw is None and found.record is not None:
            raw = await inbox.body(db, found.record)
    return found, raw or {}


def receipt_of(raw: Mapping[str, Any]) -> Receipt | None:
    """Return the receipt that was sent, where it can be read."""
    try:
        return canonical.kept(raw).receipt
    except (Invalid, KeyError, TypeError):
        return None


async def decide(tenant: Tenant, problem_id: UUID, way: str, why: str, mend: Mapping[str, Any]) -> str:
    """Decide on a problem and return what became of it, in words. `mend` has `items`, SKUs or barcodes by position, or a `customer`.

    Raises `Invalid` without a reason, and `Conflict` when it was decided already or what was chosen does not work.
    """
    if way != RETRY and not why.strip():
        raise Invalid.field("why", "Say why: it stays in the audit log beside the receipt.")
    async with tenant.transaction() as db:
        problem = await _open(db, problem_id)
        if way not in ways(problem.kind, problem.reason):
            raise Conflict("This cannot be done with it.")
        about: dict[str, object] = {"why": why.strip()}
        if problem.kind == "parked":
            about |= await _parked(tenant, db, problem, way, why.strip(), mend)
        elif way == ACCEPT:
            await _take_beside(tenant, db, problem)
        await inbox.decide(db, problem_id, way, why.strip(), tenant.person.id if tenant.person else None, tenant.now())
        await _close_what_waited(tenant, db, problem)
        await tenant.record(Change(_ref(problem), DONE[way], {}, about))
    return DONE[way]


async def _open(db: Scope, problem_id: UUID) -> Problem:
    found = await inbox.problem(db, problem_id, lock=True)
    if found is None:
        raise Missing("There is no such parked record.")
    if found.till is not None:
        await setup.till(db, found.till, lock=True)
    if found.state != "open":
        raise Conflict("Somebody has decided on it already.")
    return found


def _ref(problem: Problem) -> RecordRef:
    return RecordRef(PROBLEM, problem.id, f"{problem.till_code} {problem.seq}: {TITLES.get(problem.reason, problem.reason)}")


async def _parked(tenant: Tenant, db: Scope, problem: Problem, way: str, why: str, mend: Mapping[str, Any]) -> dict[str, object]:
    assert problem.record is not None
    if way == RETRY:
        if wrong := await again(tenant, db, problem, problem.record, asked=True):
            raise Conflict(f"It is still not right: {told(wrong)}")
        return {}
    batch, record, _ = await load(tenant, db, problem.record)
    if way == REJECT:
        return await _reject(batch, record, why)
    if way in (ITEM, CUSTOMER):
        return await _mended(batch, record, why, mend)
    receipt = record.receipt
    if receipt is not None:
        ground = await ground_for(tenant, db, [receipt])
        receipt = without_unknown(receipt, ground.items.keys(), ground.customers)
    await let_pass(batch, record, receipt, why)
    return {}


async def _mended(batch: Batch, record: Record, why: str, mend: Mapping[str, Any]) -> dict[str, object]:
    """Judge a receipt again with another item or customer; it is applied when that was all."""
    if record.receipt is None:
        raise Conflict("Only a receipt has items and a customer.")
    items = {place: await _item(batch.tenant, code) for place, code in (mend.get("items") or {}).items()}
    customer: UUID | None = mend.get("customer")
    receipt = with_items(record.receipt, items)
    if customer is not None:
        if customer not in await batch.tenant.service(Parties).many([customer]):
            raise Invalid.field("customer", "Choose one of the contacts.")
        receipt = with_customer(receipt, customer)
    if receipt == record.receipt:
        raise Invalid.field("item", "Choose what it should be instead.")
    await settle(batch, [msgspec.structs.replace(record, receipt=receipt)])
    if wrong := batch.parked.get(record.id):
        raise Conflict(f"That is not all that is wrong: {told(wrong)}")
    await inbox.set_state(batch.db, record.id, "applied")
    return {"items": {str(place): str(item) for place, item in items.items()}} if items else {"customer": str(customer)}


async def _item(tenant: Tenant, code: str) -> UUID:
    """Return the item with a SKU or barcode; raises `Invalid`."""
    catalogue = tenant.service(Items)
    found = await catalogue.by_sku(code)
    if found is None and (scanned := await catalogue.by_barcode(code)):
        found = scanned.item
    if found is None:
        raise Invalid.field("item", f"There is no item with the SKU or barcode “{code}”.")
    return found.id


async def _reject(batch: Batch, record: Record, why: str) -> dict[str, object]:
    """Take a receipt in and back out again, so that both are seen; where it cannot be taken in, nothing was booked that had to be."""
    await inbox.set_state(batch.db, record.id, "rejected")
    if record.receipt is None:
        return {"booked": "nothing"}
    ground = await ground_for(batch.tenant, batch.db, [record.receipt])
    receipt = without_unknown(record.receipt, ground.items.keys(), ground.customers)
    try:
        async with batch.tenant.transaction():
            await accept(batch, record, receipt, record.seq, f"Rejected: {why}")
            counter = opposite(receipt, record.id)
            place = await inbox.side_place(batch.db, batch.till.id)
            ours = of_ours(record, new_id(), counter, (place, record.business_date, batch.tenant.now()))
            await accept(batch, ours, counter, place, f"Counter-entry: {why}")
    except (Conflict, Invalid) as wrong:
        return {"booked": "nothing", "since": wrong.message}
    return {"booked": "receipt and counter-entry"}


async def _take_beside(tenant: Tenant, db: Scope, problem: Problem) -> None:
    """Take a record in that the inbox could not keep: a damaged one in its place, one whose id or number is taken beside the chain."""
    raw = await inbox.problem_body(db, problem.id)
    till = await setup.till(db, problem.till) if problem.till else None
    if raw is None or till is None:
        raise Missing("What was sent is not here any more.")
    record = canonical.kept(raw)
    taken = await inbox.known(db, till.id, [record.id], [record.seq])
    if any(each.id == record.id for each in taken):
        record = msgspec.structs.replace(record, id=new_id())
    if any(each.seq == record.seq for each in taken):
        record = msgspec.structs.replace(record, seq=await inbox.side_place(db, till.id))
    digest = canonical.digest(raw)
    await take_in(tenant, till.id, [Arrived(raw, msgspec.structs.replace(record, hash=digest), digest)])


async def _close_what_waited(tenant: Tenant, db: Scope, problem: Problem) -> None:
    if problem.till is not None and (till := await setup.till(db, problem.till)):
        await close_counted(tenant, db, till, till.chain_seq)


async def many(tenant: Tenant, records: Sequence[UUID]) -> list[Problem]:
    """Return the open problems of records."""
    async with tenant.transaction() as db:
        return await inbox.problems_of(db, records)


async def unknown_lines(tenant: Tenant, receipt: Receipt) -> tuple[int, ...]:
    """Return the positions of lines whose item is not in the catalogue."""
    wanted = [line.item for line in receipt.lines if line.item]
    async with tenant.transaction():
        known = await tenant.service(Items).many(wanted) if wanted else {}
    return tuple(line.position for line in receipt.lines if line.item and line.item not in known)


async def is_applied(tenant: Tenant, problem: Problem) -> bool:
    """Tell whether the receipt that a problem is about is in the figures."""
    if problem.record is None:
        return False
    async with tenant.transaction() as db:
        return problem.record in await receipts.known(db, [problem.record])
