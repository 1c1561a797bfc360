"""The inbox: what tills send is kept in the transaction that applies it, each record once, in whatever order and however often it comes."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg
import msgspec

from weft import Invalid, Refused, Scope, Tenant, Unavailable

from ..domain import canonical
from ..domain.chain import Link, Walk, in_words, missing, walk
from ..domain.inbox import Result, State, Taken
from ..domain.reasons import TITLES, Reason
from ..domain.records import Record, RecordType
from ..domain.setup import Till
from ..events import RecordParked
from ..permissions import DECIDE
from ..queries import inbox
from ..records import PROBLEM
from .closing import close_counted
from .grounds import is_simple
from .retrying import again, retry_waiting
from .settling import Batch, Meanwhile, begin, settle

AT_ONCE = 10  # records in one transaction: a day's worth must not hold up others who post meanwhile
MOST = 2_000  # records in one request
TRIES = 4  # when tills wait for each other


@dataclass(frozen=True, slots=True)
class Arrived:
    """A record as it came: `wrong` says why it cannot be taken as it is."""

    raw: Mapping[str, Any]
    record: Record | None
    digest: str
    wrong: Reason | None = None

    @property
    def seq(self) -> int:
        """Its number in the chain; 0 where it cannot be read."""
        return self.record.seq if self.record else 0

    @property
    def id(self) -> UUID:
        """Its id, or one made of its content where it has none that can be read."""
        return self.record.id if self.record else uuid5(NAMESPACE_OID, self.digest)


def read(raw: Any, till: Till) -> Arrived:
    """Read one thing that a till sent."""
    try:
        if not isinstance(raw, dict):
            raise Invalid("This is no record.")
        digest = canonical.digest(raw)
        record = canonical.read(raw)
    except Invalid as wrong:
        digest = hashlib.sha256(repr(raw).encode()).hexdigest()
        return Arrived(raw if isinstance(raw, dict) else {"sent": repr(raw)[:2000]}, None, digest, Reason("unreadable", wrong.message))
    if record.till != till.code:
        return Arrived(raw, None, digest, Reason("unreadable", f"It says that it is of till {record.till}, and {till.code} sent it."))
    if digest != record.hash:
        sentence = "Its content does not fit its hash: it was changed on the way or in the till’s store."
        return Arrived(raw, record, digest, Reason("damaged", sentence))
    return Arrived(raw, record, digest)


async def take(tenant: Tenant, till: Till, sent: Sequence[Any]) -> Taken:
    """Take what a till sent and tell what became of each. Raises `Invalid` for more than `MOST` at once."""
    if len(sent) > MOST:
        raise Invalid(f"At most {MOST} records at once: send the rest afterwards.")
    arrived = [read(each, till) for each in sent]
    order = sorted(range(len(arrived)), key=lambda place: (arrived[place].seq, place))
    results: dict[int, Result] = {}
    now = till
    for part in _parts(arrived, order):
        told, now = await _until_through(tenant, till.id, [arrived[place] for place in part])
        results |= dict(zip(part, told, strict=True))
    spans = []
    if now.last_seq > now.chain_seq:
        async with tenant.transaction() as db:
            links = await inbox.links_after(db, till.id, now.chain_seq)
        spans = missing(now.chain_seq, now.last_seq, [each.seq for each in links])
    return Taken(
        results=tuple(results[place] for place in range(len(arrived))), seq=now.chain_seq, hash=now.chain_hash, missing=tuple(spans)
    )


def _parts(arrived: Sequence[Arrived], order: Sequence[int]) -> Iterator[list[int]]:
    """Cut what came into transactions, by its places: plain sales together, whatever else moves goods or money by itself.

    So goods are locked once in each, all in one order, and tills that sell the same never wait for each other in a ring.
    """
    part: list[int] = []
    for place in order:
        record = arrived[place].record
        alone = record is not None and (
            not is_simple(record.receipt) if record.receipt is not None else record.type in (RecordType.CASH, RecordType.COUNT)
        )
        if part and (alone or len(part) == AT_ONCE):
            yield part
            part = []
        part.append(place)
        if alone:
            yield part
            part = []
    if part:
        yield part


async def _until_through(tenant: Tenant, till_id: UUID, arrived: Sequence[Arrived]) -> tuple[list[Result], Till]:
    """Take some records; once more where two tills waited for each other's goods, and PostgreSQL let one of them go.

    Raises `Unavailable` where that goes on: the till keeps what it sent, and sends it again.
    """
    for _ in range(TRIES):
        with suppress(asyncpg.DeadlockDetectedError, Meanwhile):
            return await take_in(tenant, till_id, arrived)
    raise Unavailable("Other tills sell the same goods at this moment: the till sends its records again by itself.")


async def look_again(tenant: Tenant, till: Till) -> None:
    """Finish what another till's records made possible: returns whose sale arrived at that very moment, drawers that waited for them.

    Each of two transactions may have begun before the other ended, and neither saw what the other wrote: so a till that says hello is asked
    for nothing, and what waits of it is looked at once more.
    """
    with suppress(asyncpg.DeadlockDetectedError, Meanwhile):  # the till says hello again in a minute
        async with tenant.transaction(unaudited="nothing, where nothing of a till waits") as db:
            if not await inbox.unfinished(db, till.id) or await inbox.hold(db, till.id) is None:
                return
            for problem in await inbox.of_till(db, till.id, ["original"]):
                if problem.record is not None:
                    await again(tenant, db, problem, problem.record)
            await close_counted(tenant, db, till, till.chain_seq)


async def take_in(tenant: Tenant, till_id: UUID, arrived: Sequence[Arrived]) -> tuple[list[Result], Till]:
    """Take some records in one transaction; returns what became of each, and the till as it is then."""
    async with tenant.transaction(unaudited="records of a till that say nothing new, which the inbox keeps itself") as db:
        held = await inbox.hold(db, till_id)
        if held is None:
            raise Refused("This till is gone.")
        till, open_problems, counted = held
        states, fresh = await _sort(db, till, arrived)
        records = [each.record for each in fresh if each.record]
        batch = await begin(tenant, db, till, records)
        found, earlier = await _walk(batch, records)
        batch.parked |= {each.id: (_broken(till, each),) for each in found.broken if each.id not in earlier}
        await settle(batch, [each for each in records if each.id not in batch.parked])
        moved = await _keep(batch, fresh, found, earlier)
        await _tell_problems(batch, arrived, states)
        if open_problems or found.broken or moved.last_seq > moved.chain_seq:
            await _problems_after(batch, found, arrived, fresh, earlier)
        if counted or any(each.count for each in records):
            await close_counted(tenant, db, till, found.seq)
    return [_result(each, states[place], batch) for place, each in enumerate(arrived)], moved


def _result(each: Arrived, state: tuple[State, Reason | None], batch: Batch) -> Result:
    reasons = batch.parked.get(each.id) if state[0] == "applied" else None
    if reasons:
        return Result(id=str(each.id), seq=each.seq, state="parked", reason=reasons[0].sentence)
    return Result(id=str(each.id), seq=each.seq, state=state[0], reason=state[1].sentence if state[1] else "")


async def _sort(db: Scope, till: Till, arrived: Sequence[Arrived]) -> tuple[list[tuple[State, Reason | None]], list[Arrived]]:
    """Tell what is new from what came before, and from what cannot be: another content or another record in a place that is taken."""
    read = [each.record for each in arrived if each.record]
    known = await inbox.known(db, till.id, [each.id for each in read], [each.seq for each in read]) if read else []
    hashes = {each.id: each.hash for each in known}
    places = {each.seq: each.id for each in known if each.till == till.id}
    states: list[tuple[State, Reason | None]] = []
    fresh: list[Arrived] = []
    for each in arrived:
        record = each.record
        if each.wrong is not None or record is None:
            wrong = each.wrong or Reason("unreadable", "")
            here = (
                record is not None and hashes.get(record.id) == record.hash
            )  # it is here whole: nothing is missing that anybody could mend
            states.append(("damaged" if wrong.key == "damaged" else "unreadable", None if here else wrong))
        elif record.id in hashes:
            same = hashes[record.id] == record.hash
            reason = Reason("content", f"Record {record.seq} arrived before, and what it says now is something else.")
            states.append(("duplicate", None) if same else ("conflict", reason))
        elif record.seq in places:
            states.append(
                ("conflict", Reason("place", f"Another record with the number {record.seq} of till {record.till} is here already."))
            )
        else:
            hashes[record.id], places[record.seq] = record.hash, record.id
            fresh.append(each)
            states.append(("applied", None))
    for place, each in enumerate(arrived):
        if states[place][0] == "damaged" and each.record and hashes.get(each.record.id) == each.record.hash:
            states[place] = ("damaged", None)  # it is here whole: nobody has anything to mend
    return states, fresh


async def _walk(batch: Batch, records: Sequence[Record]) -> tuple[Walk, set[UUID]]:
    """Go on along the chain with what is new; returns also which records beyond its end were here before."""
    till = batch.till
    links = [Link(each.id, each.seq, each.hash, each.previous) for each in records]
    behind = await inbox.links_after(batch.db, till.id, till.chain_seq) if till.last_seq > till.chain_seq else []
    return walk(till.chain_seq, till.chain_hash, [*behind, *links]), {each.id for each in behind}


async def _keep(batch: Batch, fresh: Sequence[Arrived], found: Walk, earlier: set[UUID]) -> Till:
    """Keep what is new, and how far the chain goes now; returns the till as it is then."""
    till, now = batch.till, batch.tenant.now()
    chain = {each.id: "linked" for each in found.linked} | {each.id: "broken" for each in found.broken}
    rows = [
        inbox_row(record, each.raw, till, record.seq, now)
        | {"state": "parked" if record.id in batch.parked else "applied", "chain": chain.get(record.id, "waiting")}
        for each in fresh
        if (record := each.record)
    ]
    last = max([till.last_seq, *(each.seq for each in fresh)])
    moved = msgspec.structs.replace(till, chain_seq=found.seq, chain_hash=found.hash, last_seq=last, seen_at=now)
    await inbox.keep(batch.db, rows, moved)
    linked, broken = ([each.id for each in part if each.id in earlier] for part in (found.linked, found.broken))
    if linked or broken:
        await inbox.set_chain(batch.db, linked, broken)
    return moved


def inbox_row(record: Record, raw: Mapping[str, Any], till: Till, seq: int, now: datetime) -> dict[str, Any]:
    """Return the row that keeps a record, applied and linked."""
    return {
        "id": record.id,
        "till": till.id,
        "seq": seq,
        "type": record.type.value,
        "hash": record.hash,
        "previous": record.previous,
        "session": record.session,
        "business_date": record.business_date,
        "made_at": record.made_at,
        "received_at": now,
        "state": "applied",
        "chain": "linked",
        "body": raw,
    }


async def _tell_problems(batch: Batch, arrived: Sequence[Arrived], states: Sequence[tuple[State, Reason | None]]) -> None:
    tenant, till, now = batch.tenant, batch.till, batch.tenant.now()
    rows = []
    for each, (state, reason) in zip(arrived, states, strict=True):
        if state in ("conflict", "damaged", "unreadable") and reason:
            kind = "conflict" if state == "conflict" else "corrupt"
            row = inbox.problem_row(till.id, kind, each.id, (each.seq, each.digest), reason, now)
            rows.append({**row, "body": each.raw})
        elif state == "applied" and (reasons := batch.parked.get(each.id)):
            rows.append(parked_row(till, each.id, (each.seq, each.digest), reasons, now))
    if not rows:
        return
    for made in await inbox.open_problems(batch.db, rows):
        row = next(each for each in rows if each["id"] == made)
        await tenant.notify(f"Till {till.code}: {TITLES[row['reason']]}", link=PROBLEM.url(made), to=DECIDE)
        if row["kind"] == "parked":
            await tenant.emit(RecordParked(problem=made, record=row["record"], till=till.id, reason=row["reason"]))


def parked_row(till: Till, record: UUID, place: tuple[int, str], reasons: Sequence[Reason], now: datetime) -> dict[str, Any]:
    """Return the row of a record that waits for a person, with everything that is wrong."""
    sentence = " ".join(each.sentence for each in reasons)[:1000]
    row = inbox.problem_row(till.id, "parked", record, place, Reason(reasons[0].key, sentence), now)
    return {**row, "details": {"reasons": [{"key": each.key, "sentence": each.sentence} for each in reasons]}}


async def _problems_after(batch: Batch, found: Walk, arrived: Sequence[Arrived], fresh: Sequence[Arrived], earlier: set[UUID]) -> None:
    """What follows from new records: gaps open and heal, broken places are shown, what waited for them is tried again."""
    tenant, db, till, now = batch.tenant, batch.db, batch.till, batch.tenant.now()
    if whole := [each.id for each in arrived if each.wrong is None]:  # what came before as well: its damaged twin may have come between
        await inbox.heal(db, "corrupt", now, records=whole)
    rows = [
        inbox.problem_row(till.id, "chain", each.id, (each.seq, each.hash), Reason("late_chain", _broken(till, each).sentence), now)
        for each in found.broken
        if each.id in earlier
    ]
    if rows:
        for made in await inbox.open_problems(db, rows):
            await tenant.notify(f"Till {till.code}: {TITLES['late_chain']}", link=PROBLEM.url(made), to=DECIDE)
    last = max([till.last_seq, *(each.seq for each in fresh)])
    if last > found.seq:
        links = await inbox.links_after(db, till.id, found.seq)
        spans = missing(found.seq, last, [each.seq for each in links])
        sentence = f"Of till {till.code} these records have not arrived: {in_words(spans)}. The till sends them when it is online."
        if opened := await inbox.gap(db, till.id, sentence, found.seq + 1, now):
            await tenant.notify(f"Till {till.code}: {TITLES['gap']}", link=PROBLEM.url(opened), to=DECIDE)
    elif till.last_seq > till.chain_seq:
        await inbox.heal(db, "gap", now, till=till.id)
    await retry_waiting(batch)


def _broken(till: Till, link: Link) -> Reason:
    return Reason(
        "chain",
        f"Record {link.seq} of till {till.code} does not name the hash of the record before it: one of the two was changed, or the till "
        "was set back to an earlier state.",
    )
