"""Movements that are planned: kept as drafts, held or expected, and carried out in part or whole."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from weft import Change, Conflict, Form, Invalid, Missing, RecordRef, Tenant, new_id, number
from weft.contracts import ADJUSTMENT, NewMove, Source, StockDocument

from ..domain.forms import TITLES, MoveHead
from ..domain.movements import Movement, left_of, moves_of, to_expect, to_reserve
from ..domain.picking import amount
from ..queries import cards
from ..queries import items as reading
from ..queries import movements as stored
from ..queries.movements import KIND, Facts, NewLine
from ..records import MOVEMENT
from . import desk, moving, reserving
from .basics import make_known

LATE = "Somebody else changed this movement meanwhile: look at it again."


async def show(tenant: Tenant, movement_id: UUID) -> Movement:
    """Return a movement; raises `Missing`."""
    async with tenant.transaction() as db:
        return _there(await stored.movement(db, movement_id))


def _there(found: Movement | None) -> Movement:
    if found is None:
        raise Missing("There is no such movement.")
    return found


async def keep(tenant: Tenant, form: Form, movement_id: UUID | None = None, version: int = 0) -> UUID:
    """Keep what a form says as a draft, a new one or instead of what a draft said; the same form again changes nothing.

    Raises `Invalid` by field of the form, and `Conflict`.
    """
    head, typed = desk.typed(form)
    by = tenant.person.id if tenant.person else None
    async with tenant.transaction() as db:
        moves = await desk.moves_of(tenant, head, typed)
        await _check_places(tenant, head)
        if strange := {each.item for each in moves} - await reading.known(db, [each.item for each in moves]):
            await make_known(tenant, strange)
        facts = Facts(desk.title_of(head), head.date, head.location, head.to, head.on_the_way and head.kind == "transfer")
        if movement_id is None:
            made = UUID(head.id)
            if not await stored.add(db, made, head.kind, facts, by):
                return made
        else:
            made = movement_id
            if not await stored.change(db, made, version, facts):
                raise Conflict(LATE)
        await stored.put_lines(db, made, [_line(head, each) for each in moves])
        action = "drafted" if movement_id is None else "changed"
        await tenant.record(Change(RecordRef(MOVEMENT, made, facts.title), action, {}, {"kind": head.kind, "lines": len(moves)}))
    return made


async def _check_places(tenant: Tenant, head: MoveHead) -> None:
    codes = {each.code for each in await desk.own_locations(tenant)}
    wanted = {"location": head.location} | ({"to": head.to} if head.kind == "transfer" else {})
    if wrong := {name: "There is no such location: choose one of the list." for name, code in wanted.items() if code not in codes}:
        raise Invalid(fields=wrong)


def _line(head: MoveHead, move: NewMove) -> NewLine:
    lost = head.kind == "adjustment" and move.destination == ADJUSTMENT
    quantity = -move.quantity if lost else move.quantity
    return NewLine(int(move.key), move.item, quantity, move.unit_cost, move.lot, move.expires)


async def reserve(tenant: Tenant, movement_id: UUID, version: int) -> str:
    """Hold what can be held for a movement, and expect what it brings; again, hold what came since. Returns a sentence.

    Raises `Conflict` and `Missing`.
    """
    async with tenant.transaction() as db:
        found = await _open(tenant, movement_id, version)
        source = Source(KIND, str(found.id), found.title)
        wanted = to_reserve(found)
        held = await reserving.reserve(tenant, source, wanted) if wanted else {}
        await reserving.expect(tenant, source, to_expect(found))
        if not await stored.set_state(db, found.id, "reserved", version):
            raise Conflict(LATE)
        short = sum(1 for each in wanted if held.get(each.key, each.quantity) < each.quantity)
        about = {"state": "reserved", "held": sum(held.values(), Decimal(0)), "short": short}
        await tenant.record(Change(RecordRef(MOVEMENT, found.id, found.title), "reserved", {"state": found.state}, about))
    if not wanted:
        return "The goods are expected now."
    return f"{short} of {len(wanted)} lines are held in part only: reserve again when goods came." if short else "All of it is reserved."


async def let_go(tenant: Tenant, movement_id: UUID, version: int) -> None:
    """Make a movement a draft again: nothing is held for it, and nothing expected. Raises `Conflict` and `Missing`."""
    async with tenant.transaction() as db:
        found = await _open(tenant, movement_id, version)
        await _release(tenant, found)
        if not await stored.set_state(db, found.id, "draft", version):
            raise Conflict(LATE)
        await tenant.record(Change(RecordRef(MOVEMENT, found.id, found.title), "let go", {"state": found.state}, {"state": "draft"}))


async def cancel(tenant: Tenant, movement_id: UUID, version: int) -> None:
    """Give a movement up; nothing moves. Raises `Conflict` and `Missing`."""
    async with tenant.transaction() as db:
        found = await _open(tenant, movement_id, version)
        await _release(tenant, found)
        if not await stored.set_state(db, found.id, "cancelled", version):
            raise Conflict(LATE)
        await tenant.record(Change(RecordRef(MOVEMENT, found.id, found.title), "cancelled", {"state": found.state}, {"state": "cancelled"}))


async def carry_out(tenant: Tenant, movement_id: UUID, version: int, form: Form) -> tuple[UUID, UUID | None]:
    """Move the goods: fields ``done.<line>`` say how much of each line, all of it unless told; ``rest`` keeps what is left as a draft.

    Returns the document and the draft of the rest. Raises `Invalid`, `Conflict` and `Missing`.
    """
    async with tenant.transaction() as db:
        found = await _open(tenant, movement_id, version)
        done = _done(found, form)
        moves = moves_of(found, done)
        if not moves:
            raise Invalid("Nothing of it is to be moved: say how much, or give the movement up.")
        await _release(tenant, found)
        source = Source(f"inventory.{found.kind}", str(found.id), found.title)
        await moving.move(tenant, StockDocument(source=source, date=tenant.today(), moves=moves))
        document = await cards.document_by_source(db, source)
        if not await stored.set_state(db, found.id, "done", version, document):
            raise Conflict(LATE)
        rest = await _keep_rest(tenant, found, done) if form.get("rest") else None
        change = {"state": "done", "lines": len(moves), "rest": bool(rest)}
        await tenant.record(Change(RecordRef(MOVEMENT, found.id, found.title), "carried out", {"state": found.state}, change))
    return document, rest


def _done(found: Movement, form: Form) -> dict[UUID, Decimal]:
    done: dict[UUID, Decimal] = {}
    wrong: dict[str, str] = {}
    for line in found.lines:
        name = f"done.{line.id}"
        if name not in form.values:
            continue
        try:
            done[line.id] = number(form.get(name) or "0")
        except ValueError as problem:
            wrong[name] = f"{line.name}: {problem}"
            continue
        if not 0 <= done[line.id] <= line.amount:
            wrong[name] = f"{line.name}: between 0 and {amount(line.amount)}; what is more goes by another movement."
    if wrong:
        raise Invalid(fields=wrong)
    return done


async def _keep_rest(tenant: Tenant, found: Movement, done: Mapping[UUID, Decimal]) -> UUID | None:
    left = left_of(found, done)
    if not left:
        return None
    db, made = tenant.scope(), new_id()
    title = found.title if found.title.endswith(", the rest") else f"{found.title}, the rest"
    facts = Facts(title, found.date, found.location, found.destination, found.on_the_way)
    await stored.add(db, made, found.kind, facts, tenant.person.id if tenant.person else None, found.id)
    await stored.put_lines(
        db, made, [NewLine(each.place, each.item, quantity, each.cost, each.lot, each.expires) for each, quantity in left]
    )
    await tenant.record(Change(RecordRef(MOVEMENT, made, title), "drafted", {}, {"kind": found.kind, "lines": len(left)}))
    return made


async def _open(tenant: Tenant, movement_id: UUID, version: int) -> Movement:
    found = _there(await stored.movement(tenant.scope(), movement_id, lock=True))
    if found.state not in ("draft", "reserved"):
        raise Conflict(f"This {TITLES[found.kind].lower()} is {found.state} meanwhile.")
    if found.version != version:
        raise Conflict(LATE)
    return found


async def _release(tenant: Tenant, found: Movement) -> None:
    if found.state == "reserved":
        source = Source(KIND, str(found.id), found.title)
        await reserving.reserve(tenant, source, ())
        await reserving.expect(tenant, source, ())


def form_of(found: Movement) -> Form:
    """Return the form that made a draft, to be changed."""
    form = Form.of(
        kind=found.kind,
        date=str(found.date),
        location=found.location,
        to=found.destination,
        reference=found.title,
        on_the_way="on" if found.on_the_way else "",
        id=str(found.id),
    )
    for line in found.lines:
        facts = {"code": line.sku, "quantity": amount(line.quantity), "lot": line.lot, "expires": str(line.expires or "")}
        facts["cost"] = amount(line.cost) if line.cost is not None else ""
        for name, value in facts.items():
            form.values[f"line.{line.place}.{name}"] = [value]
    return form
