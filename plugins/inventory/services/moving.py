"""Moving goods: in the caller's transaction, from one document to many thousands."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, Tenant, new_id
from weft.contracts import AlreadyMoved, DoneMove, Items, Ledger, Moved, NewEntry, NewLine, NewMove, Source, StockDocument

from ..domain import accounts
from ..domain.ground import Ground, Kept
from ..domain.plan import SMALLEST, Plan, Planner, Policy
from ..domain.valuing import comes_late, value
from ..queries import ground as reading
from ..queries import moved as done
from ..queries import moving as writing
from ..records import DOCUMENT, document_ref
from . import transit
from .basics import make_known, policy_of

Undoing = Mapping[tuple[str, int], UUID]


def digest_of(document: StockDocument) -> str:
    """Return what two documents share that move the same goods on the same day."""
    facts = msgspec.json.encode((document.date, document.moves))
    return hashlib.sha256(facts).hexdigest()


async def move(tenant: Tenant, document: StockDocument) -> Moved:
    """Move the goods of one document; see `weft.contracts.Stock.move`."""
    return (await move_many(tenant, [document]))[0]


async def move_many(tenant: Tenant, documents: Sequence[StockDocument]) -> list[Moved]:
    """Move the goods of many documents; see `weft.contracts.Stock.move_many`."""
    if not documents:
        return []
    digests = [digest_of(each) for each in documents]
    ground = await _ground(tenant, documents)
    _refuse_twice(documents)
    found: dict[int, Moved] = {}
    for place, (document, digest) in enumerate(zip(documents, digests, strict=True)):
        stood = ground.stood.get((document.source.kind, document.source.id))
        if stood is not None:
            if stood.digest != digest:
                raise AlreadyMoved(f"{document.source.title or 'This document'} moved goods already, with other figures: undo it first.")
            found[place] = Moved(moves=(await done.of_documents(tenant.scope(), [stood.id]))[stood.id])
    left = [place for place in range(len(documents)) if place not in found]
    if left:
        wanted = [documents[place] for place in left]
        made = await _carry_out(tenant, ground, wanted, [digests[place] for place in left])
        found |= dict(zip(left, made, strict=True))
    return [found[place] for place in range(len(documents))]


def _refuse_twice(documents: Sequence[StockDocument]) -> None:
    seen: set[tuple[str, str]] = set()
    for document in documents:
        key = (document.source.kind, document.source.id)
        if key in seen:
            raise AlreadyMoved(f"{document.source.title or 'One document'} comes twice.")
        seen.add(key)
        keys = [each.key for each in document.moves]
        if len(set(keys)) < len(keys):
            raise Invalid.field("moves", "Two moves of a document have the same key.")


async def _ground(tenant: Tenant, documents: Sequence[StockDocument], originals: Sequence[UUID] = ()) -> Ground:
    db = tenant.scope()
    moves = [move for document in documents for move in document.moves]
    wanted = {move.item for move in moves}
    codes = {code for move in moves for code in (move.origin, move.destination)}
    sources = [document.source for document in documents]
    ground = await reading.lock(db, wanted, codes, sources)
    if wanted - ground.items.keys():
        await make_known(tenant, wanted - ground.items.keys())
        ground = await reading.lock(db, wanted, codes, sources)
    items, places = ground.items, ground.places
    back = {move.returns for move in moves if move.returns} | set(originals)
    changes: dict[str, Any] = {}
    if back:
        changes["originals"] = await reading.originals(db, back)
    default = policy_of(tenant).below_zero
    refusing = any((each.below_zero or default) == "forbid" for each in items.values())
    if refusing and not all(each.forced for each in documents):
        changes["on_hand"] = await reading.on_hand(db, wanted, [each.id for each in places.values() if each.ours])
    tracked = [each.item for each in items.values() if each.tracking != "none"]
    if tracked:
        held, ids, present = await reading.lots(db, tracked, {move.lot for move in moves if move.lot})
        changes |= {"lots": held, "lot_ids": ids, "present": present}
    if late := _late(items, documents):
        changes["pasts"] = await reading.pasts(db, late)
    return replace(ground, **changes)


def _late(items: Mapping[UUID, Kept], documents: Sequence[StockDocument]) -> set[UUID]:
    return {
        move.item for document in documents for move in document.moves if move.item in items and comes_late(items[move.item], document.date)
    }


async def _in_own_units(tenant: Tenant, ground: Ground, document: StockDocument) -> StockDocument:
    """Return a document with its quantities in the items' own units."""
    if not any(move.unit and move.item in ground.items and move.unit != ground.items[move.item].unit for move in document.moves):
        return document
    catalogue, moves, wrong = tenant.service(Items), list[NewMove](), dict[str, str]()
    for place, each in enumerate(document.moves):
        kept = ground.items.get(each.item)
        if kept is None or not each.unit or each.unit == kept.unit:
            moves.append(each)
            continue
        try:
            quantity = await catalogue.convert(each.quantity, each.unit, kept.unit, SMALLEST)
        except Invalid as problem:
            wrong[f"moves.{place}.unit"] = problem.message
            continue
        cost = each.unit_cost * each.quantity / quantity if each.unit_cost is not None and quantity else each.unit_cost
        moves.append(msgspec.structs.replace(each, quantity=quantity, unit=kept.unit, unit_cost=cost))
    if wrong:
        raise Invalid(fields=wrong)
    return msgspec.structs.replace(document, moves=tuple(moves))


async def _carry_out(
    tenant: Tenant,
    ground: Ground,
    documents: Sequence[StockDocument],
    digests: Sequence[str],
    *,
    undoing: Undoing | None = None,
    undoes: UUID | None = None,
    reason: str = "",
) -> list[Moved]:
    db, policy = tenant.scope(), policy_of(tenant)
    documents = [await _in_own_units(tenant, ground, each) for each in documents]
    plan = value(Planner(ground, policy, undoing).run(documents), ground, policy)
    by = tenant.person.id if tenant.person else None
    ids = await writing.write(db, plan, documents, digests, at=tenant.now(), by=by, undoes=undoes, reason=reason)
    await transit.keep(tenant, documents, plan)
    lines = await post(tenant, plan, policy, documents, ids)
    await _tell(tenant, documents, ids, "undone" if undoes else "moved")
    moves: list[list[DoneMove]] = [[] for _ in documents]
    for each in plan.moves:
        moves[each.document].append(
            DoneMove(
                id=each.id,
                key=each.move.key,
                item=each.move.item,
                quantity=each.part.quantity,
                cost=each.cost,
                origin=each.origin.code,
                destination=each.destination.code,
                lot=each.move.lot,
            )
        )
    return [Moved(moves=tuple(each), lines=handed) for each, handed in zip(moves, lines, strict=True)]


async def post(
    tenant: Tenant, plan: Plan, policy: Policy, documents: Sequence[StockDocument], ids: Sequence[UUID]
) -> list[tuple[NewLine, ...]]:
    """Post what documents changed of the stock's value; returns the lines of those whose callers post themselves."""
    entries: list[NewEntry] = []
    handed: list[tuple[NewLine, ...]] = []
    for place, (document, document_id) in enumerate(zip(documents, ids, strict=True)):
        lines = accounts.lines(policy.style, plan.shares.get(place, ()), document.source.kind)
        handed.append(lines if document.post == "caller" else ())
        if lines and document.post == "own":
            entries.append(_entry(document.date, lines, document.source, str(document_id)))
    for (place, day), shares in plan.later.items():
        if lines := accounts.lines(policy.style, shares, documents[place].source.kind):
            entries.append(_entry(day, lines, documents[place].source, f"{ids[place]}/{day}", "Stock valued anew"))
    if len(entries) == 1:
        await tenant.service(Ledger).post(entries[0])
    elif entries:
        await tenant.service(Ledger).post_many(entries)
    return handed


def _entry(day: date, lines: tuple[NewLine, ...], source: Source, entry_id: str, about: str = "Stock") -> NewEntry:
    title = f"{about}: {source.title}" if source.title else about
    return NewEntry(journal="general", date=day, description=title, lines=lines, source=Source(DOCUMENT.name, entry_id, source.title))


async def _tell(tenant: Tenant, documents: Sequence[StockDocument], ids: Sequence[UUID], action: str) -> None:
    """Tell the audit log of documents that stand by themselves; those of a caller are part of what it tells."""
    own = [(document, document_id) for document, document_id in zip(documents, ids, strict=True) if document.post == "own"]
    if not own:
        return
    document, document_id = own[0]
    about: dict[str, object] = {"date": document.date, "lines": len(document.moves), "document": document.source.title}
    if len(own) > 1:
        about["documents"] = len(own)
    await tenant.record(Change(document_ref(document_id, document.source.title), action, {}, about))


async def undo(tenant: Tenant, source: Source, day: date, reason: str) -> Moved:
    """Move back all that a document moved; see `weft.contracts.Stock.undo`."""
    db = tenant.scope()
    found = await done.document(db, source)
    if found is None:
        raise Missing("This document moved no goods.")
    if found.undone:
        raise Conflict(f"{source.title or 'This document'} was undone already.")
    if not reason.strip():
        raise Invalid.field("reason", "Say why it is undone: it stays beside it.")
    if day < found.date:
        raise Invalid.field("date", f"Goods are not moved back before the day they were moved, {found.date}.")
    stood = (await done.of_documents(db, [found.id]))[found.id]
    back = StockDocument(
        source=Source(source.kind, f"{source.id}/undo", f"{source.title or found.title}, undone"),
        date=day,
        moves=tuple(
            NewMove(key=each.key, item=each.item, quantity=each.quantity, origin=each.destination, destination=each.origin, lot=each.lot)
            for each in {each.key: each for each in stood}.values()
        ),
    )
    ground = await _ground(tenant, [back], [each.id for each in stood])
    parts: dict[str, int] = {}
    undoing: dict[tuple[str, int], UUID] = {}
    for each in stood:
        undoing[each.key, parts.setdefault(each.key, 0)] = each.id
        parts[each.key] += 1
    return (await _carry_out(tenant, ground, [back], [digest_of(back)], undoing=undoing, undoes=found.id, reason=reason.strip()))[0]


async def moved(tenant: Tenant, source: Source) -> Moved | None:
    """Return what a document moved."""
    db = tenant.scope()
    found = await done.document(db, source)
    return Moved(moves=(await done.of_documents(db, [found.id]))[found.id]) if found else None


async def transfer(tenant: Tenant, item: UUID, quantity: Decimal, origin: str, destination: str, title: str) -> UUID:
    """Move an item between places of the business; returns the document."""
    source = Source("inventory.transfer", str(new_id()), title)
    move_ = NewMove(key="1", item=item, quantity=quantity, origin=origin, destination=destination)
    await move(tenant, StockDocument(source=source, date=tenant.today(), moves=(move_,)))
    found = await done.document(tenant.scope(), source)
    assert found is not None
    return found.id
