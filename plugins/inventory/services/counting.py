"""Counting stock: blind if the business wants it, and posted when somebody approves the differences."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Form, Invalid, Missing, RecordRef, Tenant, number
from weft.contracts import Items, Source, StockDocument

from ..domain.counting import CountLine, deviation, moves_of
from ..domain.reordering import Levels
from ..queries import counting, setup
from ..queries import items as reading
from ..records import COUNT, item_ref
from ..settings import InventorySettings
from . import moving
from .basics import make_known

KIND = "inventory.count"


class CountDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be counted."""

    location: Annotated[str, Meta(min_length=1)]
    title: Annotated[str, Meta(max_length=100)] = ""
    category: Annotated[str, Meta(max_length=300)] = ""


class RuleDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A reorder rule to set."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]
    location: Annotated[str, Meta(min_length=1)]
    minimum: Decimal = Decimal(0)
    target: Decimal = Decimal(0)
    pack: Decimal = Decimal(0)
    supply: str = ""


async def begin(tenant: Tenant, draft: CountDraft) -> UUID:
    """Begin to count; raises `Invalid` by field."""
    async with tenant.transaction() as db:
        if draft.location not in {each.code for each in await setup.locations(db, "internal")}:
            raise Invalid.field("location", "There is no such location: choose one of the list.")
        title = draft.title or f"Count of {draft.location}, {tenant.today()}"
        blind, by = tenant.settings(InventorySettings).blind_counts, tenant.person.id if tenant.person else None
        made, count = await counting.begin(db, title, draft.location, draft.category.strip(), blind=blind, at=tenant.now(), by=by)
        await tenant.record(Change(RecordRef(COUNT, made, title), "begun", {}, {"location": draft.location, "lines": count}))
    return made


async def show(tenant: Tenant, count_id: UUID) -> tuple[counting.CountFacts, list[CountLine]]:
    """Return a count and its lines; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await counting.count(db, count_id)
        if found is None:
            raise Missing("There is no such count.")
        return found, await counting.lines(db, count_id)


async def enter(tenant: Tenant, count_id: UUID, form: Form) -> None:
    """Keep what was counted: fields ``counted.<line>``, and what was scanned. Raises `Invalid` by field and `Conflict`."""
    facts, lines = await show(tenant, count_id)
    _in_state(facts, "counting")
    counted: dict[UUID, Decimal | None] = {}
    wrong: dict[str, str] = {}
    for line in lines:
        name = f"counted.{line.id}"
        if name not in form.values:
            continue
        try:
            counted[line.id] = _counted(form.get(name))
        except ValueError as problem:
            wrong[name] = str(problem)
    if wrong:
        raise Invalid(fields=wrong)
    async with tenant.transaction(unaudited="what is typed is told when it is handed in") as db:
        await counting.set_counted(db, count_id, counted)
        if tenant.person and (form.get("scan") or any(counted.values())):
            await counting.counted_by(db, count_id, tenant.person.id)
        if form.get("scan"):
            await _scan(tenant, count_id, form.get("scan"))


def _counted(text: str) -> Decimal | None:
    if not text:
        return None
    found = number(text)
    if found < 0:
        raise ValueError("What is counted is zero or more.")
    return found


async def _scan(tenant: Tenant, count_id: UUID, code: str) -> None:
    db = tenant.scope()
    scanned = await tenant.service(Items).by_barcode(code)
    if scanned is None:
        raise Invalid.field("scan", f"No product has the code “{code}”.")
    if not await counting.add_counted(db, count_id, scanned.item.id, scanned.quantity):
        if scanned.item.id not in await reading.known(db, [scanned.item.id]):
            await make_known(tenant, [scanned.item.id])
        await counting.add_lines(db, count_id, [(scanned.item.id, None, Decimal(0))])
        await counting.add_counted(db, count_id, scanned.item.id, scanned.quantity)


def _in_state(facts: counting.CountFacts, state: str) -> None:
    if facts.state != state:
        raise Conflict(f"This count is {facts.state} meanwhile.")


async def hand_in(tenant: Tenant, count_id: UUID, version: int) -> bool:
    """Hand a count in for approval, and post it at once where its differences need none; returns whether they were posted.

    Raises `Conflict` while nothing is counted.
    """
    facts, lines = await show(tenant, count_id)
    _in_state(facts, "counting")
    if not any(line.counted is not None for line in lines):
        raise Conflict("Nothing is counted yet.")
    about: dict[str, object] = {"counted": sum(line.counted is not None for line in lines)}
    limit = tenant.settings(InventorySettings).count_limit
    async with tenant.transaction():
        await _turn(tenant, facts, "review", version, "handed in", about)
        small = bool(limit) and deviation(lines) <= limit
        if small:
            await _post(tenant, count_id, version + 1, "posted by itself")
    return small


async def again(tenant: Tenant, count_id: UUID, version: int) -> None:
    """Send a count back to be counted again, with what was counted kept."""
    facts, _ = await show(tenant, count_id)
    _in_state(facts, "review")
    await _turn(tenant, facts, "counting", version, "sent back", {})


async def cancel(tenant: Tenant, count_id: UUID, version: int) -> None:
    """Give a count up; stock stays as it is."""
    facts, _ = await show(tenant, count_id)
    if facts.state not in ("counting", "review"):
        raise Conflict(f"This count is {facts.state} already.")
    await _turn(tenant, facts, "cancelled", version, "cancelled", {})


async def _turn(tenant: Tenant, facts: counting.CountFacts, state: str, version: int, action: str, about: dict[str, object]) -> None:
    async with tenant.transaction() as db:
        if not await counting.set_state(db, facts.id, state, version):
            raise Conflict("Somebody else changed this count meanwhile: look at it again.")
        await tenant.record(Change(RecordRef(COUNT, facts.id, facts.title), action, {"state": facts.state}, {"state": state, **about}))


async def approve(tenant: Tenant, count_id: UUID, version: int) -> Decimal:
    """Post the differences; returns what they are worth. What nobody counted stays as it is. Raises `Conflict`."""
    facts, _ = await show(tenant, count_id)
    if tenant.settings(InventorySettings).second_person and tenant.person and tenant.person.id in facts.counted_by:
        raise Conflict("You counted here yourself: somebody else has to approve the differences.")
    return await _post(tenant, count_id, version, "approved")


async def _post(tenant: Tenant, count_id: UUID, version: int, action: str) -> Decimal:
    async with tenant.transaction():
        facts, lines = await show(tenant, count_id)
        _in_state(facts, "review")
        moves = moves_of(lines, facts.location)
        await _turn(tenant, facts, "posted", version, action, {"differences": len(moves)})
        if not moves:
            return Decimal(0)
        source = Source(KIND, str(count_id), facts.title)
        done = await moving.move(tenant, StockDocument(source=source, date=tenant.today(), moves=moves, forced=True))
        more = {str(line.id) for line in lines if line.difference > 0}
        return sum((each.cost if each.key in more else -each.cost for each in done.moves), Decimal(0))


async def set_rule(tenant: Tenant, draft: RuleDraft) -> str:
    """Set when an item is ordered again; returns its name. Raises `Invalid` by field."""
    wrong: dict[str, str] = {}
    async with tenant.transaction() as db:
        places = {each.code for each in await setup.locations(db, "internal")}
        scanned = await tenant.service(Items).by_barcode(draft.code)
        if scanned is None:
            wrong["code"] = f"No product has the code “{draft.code}”."
        for name, code in (("location", draft.location), ("supply", draft.supply)):
            if code and code not in places:
                wrong[name] = "There is no such location: choose one of the list."
        if draft.supply == draft.location:
            wrong["supply"] = "Goods come from another place than where they go."
        if draft.target < draft.minimum:
            wrong["target"] = "The target is the minimum or more."
        if draft.pack < 0:
            wrong["pack"] = "A pack holds something, or leave it empty."
        if wrong or scanned is None:
            raise Invalid(fields=wrong)
        if scanned.item.id not in await reading.known(db, [scanned.item.id]):
            await make_known(tenant, [scanned.item.id])
        levels = Levels(draft.minimum, draft.target, draft.pack)
        await counting.put_rule(db, scanned.item.id, draft.location, levels, draft.supply)
        about = {"location": draft.location, "minimum": draft.minimum, "target": draft.target}
        await tenant.record(Change(item_ref(scanned.item.id, scanned.item.name), "reorder rule set", {}, about))
        return scanned.item.name


async def remove_rule(tenant: Tenant, rule_id: UUID) -> None:
    """Forget a reorder rule; raises `Missing`."""
    async with tenant.transaction() as db:
        found = next((each for each in await counting.suggestions(db) if each.rule == rule_id), None)
        if found is None or not await counting.remove_rule(db, rule_id):
            raise Missing("There is no such rule.")
        await tenant.record(Change(item_ref(found.item, found.name), "reorder rule removed", {"location": found.location}, {}))


async def bring(tenant: Tenant, rule_id: UUID) -> UUID:
    """Move what a rule asks for from the business's own place it names; returns the document. Raises `Conflict`."""
    async with tenant.transaction() as db:
        found = next((each for each in await counting.suggestions(db) if each.rule == rule_id), None)
        if found is None or not found.supply or not found.quantity:
            raise Conflict("Nothing is to be brought by this rule any more.")
        return await moving.transfer(tenant, found.item, found.quantity, found.supply, found.location, f"Refill of {found.name}")
