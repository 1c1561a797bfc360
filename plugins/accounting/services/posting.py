"""Posting: in the caller's transaction, from one entry to many thousands."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

import msgspec

from weft import Change, Conflict, Invalid, Missing, Scope, Tenant
from weft.contracts import AlreadyPosted, NewEntry, NewLine, PostedEntry, PostedLine, Source

from ..domain.checking import ReadyEntry, check
from ..domain.ground import Ground, Stood
from ..queries import entries, posting
from ..queries.ground import keep_ground, kept_ground, read_ground, standing
from ..records import entry_ref

NOWHERE = UUID(int=0)


def by_whom(tenant: Tenant) -> UUID | None:
    """Return who acts."""
    return tenant.person.id if tenant.person else None


async def ground_for(tenant: Tenant, db: Scope, new: Sequence[NewEntry]) -> Ground:
    """Return what some entries are checked against."""
    return await read_ground(db, new, tenant.currency, by_whom(tenant), tenant.now())


async def post(tenant: Tenant, new: NewEntry, *, reverses: UUID | None = None, reason: str = "", carries_on: bool = False) -> PostedEntry:
    """Post an entry in the open transaction; see `weft.contracts.Ledger.post`."""
    db = tenant.scope()
    ready, version = await _checked(tenant, db, new, carries_on=carries_on)
    if new.source is not None and (found := (await standing(db, [new.source])).get((new.source.kind, new.source.id))):
        if found.digest != ready.digest:
            ready, _ = await _checked(tenant, db, new, carries_on=carries_on, anew=True)
        return await _stood(db, found, ready)
    while True:
        ready = _with_reversal(ready, reverses, reason)
        sets = await posting.dimension_sets(db, [ready])
        numbered = await posting.post_one(db, ready, sets, tenant.now(), by_whom(tenant), version)
        if numbered is not None:
            break
        ready, version = await _checked(tenant, db, new, carries_on=carries_on, anew=True)
    await tenant.record(Change(entry_ref(numbered.id, numbered.reference), "reversed" if reverses else "posted", {}, told(ready)))
    return shown(ready, numbered.id, numbered.reference, numbered.line_ids)


async def _checked(tenant: Tenant, db: Scope, new: NewEntry, *, carries_on: bool, anew: bool = False) -> tuple[ReadyEntry, UUID | None]:
    """Return an entry ready to post, with the version of what it was checked against; nothing is refused for what may have changed."""
    person = by_whom(tenant)
    kept = None if anew else kept_ground(tenant.id, tenant.currency, new, person, tenant.now())
    if kept is not None:
        with suppress(Invalid, Conflict):
            return check(new, kept, carries_on=carries_on), kept.version
    ground = await ground_for(tenant, db, [new])
    keep_ground(tenant.id, new, ground)
    return check(new, ground, carries_on=carries_on), ground.version


def _with_reversal(ready: ReadyEntry, reverses: UUID | None, reason: str) -> ReadyEntry:
    if reverses is None and not reason:
        return ready
    return replace(ready, reverses=reverses, reason=reason)


def told(ready: ReadyEntry) -> dict[str, object]:
    """Return what the audit log is told of an entry."""
    about: dict[str, object] = {"date": ready.new.date, "journal": ready.journal.code, "total": ready.total, "lines": len(ready.lines)}
    if ready.new.description:
        about["description"] = ready.new.description
    if ready.new.source:
        about["document"] = ready.new.source.title or ready.new.source.kind
    if ready.reason:
        about["reason"] = ready.reason
    return about


async def _stood(db: Scope, found: Stood, ready: ReadyEntry) -> PostedEntry:
    """Return the entry that a document has already, or refuse other figures."""
    if found.digest != ready.digest:
        raise AlreadyPosted(f"This document is posted as {found.reference} with other figures: reverse that entry first.")
    entry = await entries.entry(db, found.id)
    assert entry is not None
    return entry[0]


async def post_many(tenant: Tenant, new: Sequence[NewEntry]) -> list[UUID]:
    """Post many entries at once, numbered in this order; those whose documents are posted already keep their entries.

    Raises `Invalid` with the fields of each wrong entry: ``entries.7.lines.0.code``.
    """
    if not new:
        return []
    db = tenant.scope()
    ready = await check_many(tenant, new)
    stood = await standing(db, [each.source for each in new if each.source])
    ids: list[UUID] = [NOWHERE] * len(ready)
    left: list[int] = []
    first: dict[tuple[str, str], int] = {}
    for place, each in enumerate(ready):
        key = (each.new.source.kind, each.new.source.id) if each.new.source else None
        if key is not None and (found := stood.get(key)):
            if found.digest != each.digest:
                raise AlreadyPosted(f"{each.new.source and each.new.source.title} is posted as {found.reference} with other figures.")
            ids[place] = found.id
            continue
        if key is not None and key in first:
            raise AlreadyPosted(f"One document comes twice: entries {first[key] + 1} and {place + 1}.")
        if key is not None:
            first[key] = place
        left.append(place)
    if left:
        wanted = [ready[place] for place in left]
        sets = await posting.dimension_sets(db, wanted)
        done = await posting.post_many(db, wanted, sets, tenant.now(), by_whom(tenant))
        for place, numbered in zip(left, done, strict=True):
            ids[place] = numbered.id
        await tell_many(tenant, done)
    return ids


async def tell_many(tenant: Tenant, done: Sequence[posting.Numbered]) -> None:
    """Tell the audit log of entries that were posted together."""
    about = {"entries": len(done), "first": done[0].reference, "last": done[-1].reference}
    await tenant.record(Change(entry_ref(done[0].id, done[0].reference), "posted with others", {}, about))


async def check_many(tenant: Tenant, new: Sequence[NewEntry]) -> list[ReadyEntry]:
    """Return entries ready to post; raises `Invalid` for all that are wrong at once."""
    ground = await ground_for(tenant, tenant.scope(), new)
    wrong: dict[str, str] = {}
    ready = []
    for place, each in enumerate(new):
        try:
            ready.append(check(each, ground))
        except (Invalid, Conflict) as problem:
            fields = problem.fields if isinstance(problem, Invalid) else {}
            wrong |= {f"entries.{place}.{name}": sentence for name, sentence in fields.items()} or {f"entries.{place}": problem.message}
    if wrong:
        raise Invalid(fields=wrong)
    return ready


async def preview(tenant: Tenant, new: NewEntry) -> PostedEntry:
    """Return what posting would make."""
    ready = check(new, await ground_for(tenant, tenant.scope(), [new]))
    return shown(ready, NOWHERE, "", tuple(uuid5(NOWHERE, str(place)) for place in range(len(ready.lines))))


def shown(ready: ReadyEntry, entry_id: UUID, reference: str, line_ids: Sequence[UUID]) -> PostedEntry:
    """Return an entry as others see it."""
    lines = [
        PostedLine(
            id=line_id,
            position=position,
            account_id=line.account.id,
            code=line.account.code,
            name=line.account.name,
            currency=line.amount.currency,
            amount=line.amount.amount,
            base=line.base,
            description=line.description,
            party=line.party,
            due=line.due,
            dimensions=", ".join(value.title for value in line.dimensions),
            residual=line.residual,
        )
        for position, (line, line_id) in enumerate(zip(ready.lines, line_ids, strict=True), 1)
    ]
    return PostedEntry(
        id=entry_id,
        reference=reference,
        journal=ready.journal.code,
        date=ready.new.date,
        description=ready.new.description,
        total=ready.total,
        lines=tuple(lines),
        source=ready.new.source,
        reverses=ready.reverses,
    )


async def reverse(tenant: Tenant, entry_id: UUID, day: date, reason: str, source: Source | None = None) -> PostedEntry:
    """Post the opposite of an entry; what both left open settles each other."""
    db = tenant.scope()
    found = await entries.entry(db, entry_id)
    if found is None:
        raise Missing("There is no such entry.")
    entry, facts = found
    if facts.reversed_by:
        raise Conflict(f"{entry.reference} is reversed already, by {facts.reversed_reference}.")
    if not reason.strip():
        raise Invalid.field("reason", "Say why the entry is reversed: it stays beside it.")
    if any(line.residual is not None and line.residual != line.amount for line in entry.lines):
        raise Conflict(f"{entry.reference} is settled in part with other entries: undo that first.")
    if day < entry.date:
        raise Invalid.field("date", f"An entry is not reversed before its own day, {entry.date}.")
    new = opposite(entry, day, source, await _dimensions(db, entry))
    made = await post(tenant, new, reverses=entry_id, reason=reason.strip(), carries_on=True)
    await posting.take_back_taxes(db, entry_id, made.id, day)
    both = [line.id for each in (entry, made) for line in each.lines if line.residual]
    if both:
        await entries.settle_reversed(db, both)
        made = msgspec.structs.replace(
            made, lines=tuple(msgspec.structs.replace(line, residual=line.residual and line.residual * 0) for line in made.lines)
        )
    return made


async def _dimensions(db: Scope, entry: PostedEntry) -> dict[UUID, dict[str, str]]:
    return await entries.dimensions_of(db, entry.id) if any(line.dimensions for line in entry.lines) else {}


def opposite(entry: PostedEntry, day: date, source: Source | None, dimensions: dict[UUID, dict[str, str]]) -> NewEntry:
    """Return the entry that undoes another."""
    return NewEntry(
        journal=entry.journal,
        date=day,
        description=f"Reversal of {entry.reference}" + (f": {entry.description}" if entry.description else ""),
        source=source,
        lines=tuple(
            NewLine(
                account_id=line.account_id,
                debit=max(-line.amount, line.amount * 0),
                credit=max(line.amount, line.amount * 0),
                currency=line.currency,
                base=-line.base,
                description=line.description,
                party=line.party,
                due=day if line.due else None,
                dimensions=dimensions.get(line.id, {}),
            )
            for line in entry.lines
        ),
    )
