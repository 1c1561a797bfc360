"""Records that are parked, tried once more."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from weft import Conflict, Missing, Scope, Tenant, WeftError

from ..domain import canonical
from ..domain.inbox import Kept, Problem
from ..domain.reasons import Reason
from ..domain.records import Receipt, Record
from ..queries import inbox, setup
from .settling import Batch, accept, begin, refusal, settle


async def retry_waiting(batch: Batch) -> None:
    """Try those again that were parked since a receipt, or a manager's word, which has arrived now was not here."""
    found = await inbox.waiting_for(batch.db, batch.applied) if batch.applied else []
    if batch.let_pass:
        found += await inbox.of_till(batch.db, batch.till.id, ["price"])
    for problem in found:
        if problem.record is not None:
            await again(batch.tenant, batch.db, problem, problem.record)


async def again(tenant: Tenant, db: Scope, problem: Problem, record_id: UUID, *, asked: bool = False) -> tuple[Reason, ...]:
    """Try a parked record again, by a person who `asked` for it also by today's book; returns what is still wrong with it, and closes its
    problem when nothing is.
    """
    batch, record, _ = await load(tenant, db, record_id)
    batch.again = asked
    await settle(batch, [record])
    if wrong := batch.parked.get(record.id):
        return wrong
    await inbox.set_state(db, record.id, "applied")
    await inbox.decide(db, problem.id, "healed", "", None, tenant.now())
    return ()


async def load(tenant: Tenant, db: Scope, record_id: UUID) -> tuple[Batch, Record, Kept]:
    """Return a record of the inbox, in a batch of its own; raises `Missing`."""
    kept = await inbox.find(db, record_id)
    till = await setup.till(db, kept.till) if kept else None
    if kept is None or till is None:
        raise Missing("There is no such record.")
    record = msgspec.structs.replace(canonical.kept(await inbox.body(db, record_id)), id=kept.id, seq=kept.seq, hash=kept.hash)
    return await begin(tenant, db, till, [record]), record, kept


async def let_pass(batch: Batch, record: Record, receipt: Receipt | None, why: str) -> None:
    """Apply a record although it was judged otherwise; raises `Conflict` with what stock or books refuse all the same."""
    if receipt is None:
        await settle(batch, [record])
        if wrong := batch.parked.get(record.id):
            raise Conflict(told(wrong))
    else:
        try:
            async with batch.tenant.transaction():
                await accept(batch, record, receipt, record.seq, why)
        except WeftError as wrong:
            raise Conflict(f"It cannot be taken in as it is: {refusal(wrong).sentence}") from wrong
    await inbox.set_state(batch.db, record.id, "applied")


def told(reasons: Sequence[Reason]) -> str:
    """Return reasons as one text."""
    return " ".join(each.sentence for each in reasons)
