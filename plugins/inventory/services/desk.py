"""What people do at their desks: movements by hand, transfers that arrive, undoing, locations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from weft import Change, Conflict, Form, Invalid, Missing, RecordRef, Tenant
from weft.contracts import ADJUSTMENT, Items, Ledger, Moved, NewMove, PostedEntry, Source, StockDocument, StockLocation

from ..domain.forms import TITLES, TRANSIT, LocationDraft, MoveHead, MoveLine, places_of
from ..queries import cards, finding, movements, setup
from ..records import DOCUMENT, LOCATION
from . import moving

TRANSFER = "inventory.transfer"


async def own_locations(tenant: Tenant) -> Sequence[StockLocation]:
    """Return the open locations of the business."""
    async with tenant.transaction() as db:
        return await setup.locations(db, "internal")


def typed(form: Form) -> tuple[MoveHead, dict[int, MoveLine]]:
    """Return what a form says, lines by their number; raises `Invalid` by field of the form."""
    head = form.read(MoveHead)
    problems: dict[str, str] = {}
    lines: dict[int, MoveLine] = {}
    for place, row in _rows(form):
        try:
            lines[place] = row.read(MoveLine)
        except Invalid as wrong:
            problems |= {f"lines.{place}.{name}": sentence for name, sentence in wrong.fields.items()}
    if not lines and not problems:
        problems["lines"] = "Nothing is to be moved yet: scan or type an item."
    if head.kind == "transfer" and (not head.to or head.to == head.location):
        problems["to"] = "Choose another location for the goods to go to."
    if problems:
        raise Invalid(fields=problems)
    return head, lines


def title_of(head: MoveHead) -> str:
    """Return what a movement is called."""
    return head.reference or f"{TITLES[head.kind]} of {head.date}"


async def carry_out(tenant: Tenant, form: Form) -> tuple[UUID, str]:
    """Move what a form says; returns the document and its title. Raises `Invalid` by field of the form, and `Conflict`."""
    head, lines = typed(form)
    title = title_of(head)
    async with tenant.transaction() as db:
        moves = await moves_of(tenant, head, lines)
        source = Source(f"inventory.{head.kind}", head.id, title)
        try:
            await moving.move(tenant, StockDocument(source=source, date=head.date, moves=moves))
        except Invalid as wrong:
            raise Invalid(fields=_by_field(wrong, list(lines))) from wrong
        found = await cards.document_by_source(db, source)
    return found, title


def _rows(form: Form) -> list[tuple[int, Form]]:
    """Return the lines that hold something, with their numbers in the form."""
    found = []
    for place in range(200):
        values = {name: form.get(f"line.{place}.{name}") for name in ("code", "quantity", "cost", "lot", "expires")}
        if any(values.values()):
            found.append((place, Form.of(**values)))
    return found


def _by_field(wrong: Invalid, places: Sequence[int]) -> dict[str, str]:
    names = {"item": "code", "unit_cost": "cost"}
    found: dict[str, str] = {}
    for key, sentence in wrong.fields.items():
        parts = key.split(".")
        if len(parts) == 3 and parts[0] == "moves":
            found[f"lines.{places[int(parts[1])]}.{names.get(parts[2], parts[2])}"] = sentence
        else:
            found[key] = sentence
    return found or {"lines": wrong.message}


async def moves_of(tenant: Tenant, head: MoveHead, lines: dict[int, MoveLine]) -> tuple[NewMove, ...]:
    """Return the moves that lines ask for, whose codes are looked up; raises `Invalid` by field of the form."""
    catalogue, moves, wrong = tenant.service(Items), list[NewMove](), dict[str, str]()
    for place, line in lines.items():
        try:
            scanned = await catalogue.by_barcode(line.code)
        except Invalid as problem:
            wrong[f"lines.{place}.code"] = problem.message
            continue
        if scanned is None:
            wrong[f"lines.{place}.code"] = f"No product has the code “{line.code}”."
            continue
        quantity = line.quantity * scanned.quantity
        if not quantity or (quantity < 0 and head.kind != "adjustment"):
            wrong[f"lines.{place}.quantity"] = "A quantity is above zero."
            continue
        origin, destination = places_of(head, quantity)
        coming = head.kind in ("receipt", "adjustment") and quantity > 0
        moves.append(
            NewMove(
                key=str(place),
                item=scanned.item.id,
                quantity=abs(quantity),
                origin=origin,
                destination=destination,
                unit_cost=line.cost / scanned.quantity if line.cost is not None and coming else None,
                lot=line.lot or scanned.elements.get("10", "") or scanned.elements.get("21", ""),
                expires=line.expires or _expiry(scanned.elements.get("17", "")),
                note=head.to if head.on_the_way and head.kind == "transfer" else "",
            )
        )
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(moves)


def _expiry(text: str) -> date | None:
    """Read a date as GS1 application identifier 17 has it after our reading: ISO 8601, or YYMMDD (GS1 General Specifications 3.4.7)."""
    try:
        return date.fromisoformat(text if "-" in text else f"20{text[:2]}-{text[2:4]}-{text[4:6]}") if text else None
    except ValueError:
        return None


async def receive_transfer(tenant: Tenant, document_id: UUID, form: Form) -> UUID:
    """Take in what arrived of a transfer; what did not arrive is lost on the way. Raises `Missing`, `Invalid` and `Conflict`."""
    async with tenant.transaction() as db:
        shown = await show_document(tenant, document_id)
        facts = shown.facts
        if facts.source_kind != TRANSFER or "/" in facts.source_id:
            raise Missing("No goods are on their way by this document.")
        moves: list[NewMove] = []
        for row in shown.moves:
            arrived = _arrived(form.get(f"arrived.{row['id']}"), row["quantity"])
            facts_of = {"item": row["item"], "lot": row["lot"], "origin": TRANSIT}
            if arrived:
                moves.append(NewMove(key=str(row["id"]), quantity=arrived, destination=row["note"], **facts_of))
            if arrived < row["quantity"]:
                lost = row["quantity"] - arrived
                moves.append(NewMove(key=f"{row['id']}/lost", quantity=lost, destination=ADJUSTMENT, note="Lost on the way", **facts_of))
        before = await cards.arrivals(db, Source(TRANSFER, facts.source_id)) if shown.awaited else 0
        source = Source(TRANSFER, f"{facts.source_id}/in{before or ''}", f"{facts.title}, arrived")
        await moving.move(tenant, StockDocument(source=source, date=tenant.today(), moves=tuple(moves)))
        return await cards.document_by_source(db, source)


def _arrived(text: str, shipped: Decimal) -> Decimal:
    if not text:
        return shipped
    try:
        arrived = Decimal(text.replace(",", "."))
    except ArithmeticError:
        raise Invalid.field("arrived", f"“{text}” is not a number.") from None
    if not 0 <= arrived <= shipped:
        raise Invalid.field("arrived", f"Between 0 and {shipped.normalize():f} can have arrived: what is more came by another document.")
    return arrived


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document with its moves and the entry that posted it."""

    facts: cards.DocumentFacts
    moves: Sequence[Any]
    entry: PostedEntry | None
    awaited: bool
    movement: UUID | None = None  # that planned it


async def show_document(tenant: Tenant, document_id: UUID) -> ShownDocument:
    """Return a document; raises `Missing`."""
    async with tenant.transaction() as db:
        facts = await cards.document(db, document_id)
        if facts is None:
            raise Missing("There is no such document.")
        entry = await tenant.service(Ledger).find(Source(DOCUMENT.name, str(document_id)))
        awaited = any(each["id"] == document_id for each in await cards.transit(db)) if facts.source_kind == TRANSFER else False
        moves = await cards.moves_of_document(db, document_id)
        return ShownDocument(facts, moves, entry, awaited, await movements.of_document(db, document_id))


async def undo(tenant: Tenant, document_id: UUID, reason: str) -> Moved:
    """Undo a document that was made here; those of other modules are undone there."""
    async with tenant.transaction():
        shown = await show_document(tenant, document_id)
        facts = shown.facts
        if facts.source_kind == TRANSFER and "/" not in facts.source_id and any(row["note"] for row in shown.moves) and not shown.awaited:
            raise Conflict("These goods were taken in already: undo their arrival first.")
        if not facts.source_kind.startswith("inventory."):
            raise Invalid("This document is another module's: undo it there.")
        return await moving.undo(tenant, Source(facts.source_kind, facts.source_id, facts.title), tenant.today(), reason)


async def add_location(tenant: Tenant, draft: LocationDraft) -> str:
    """Make a warehouse, or a location below another one; returns its whole code. Raises `Invalid` by field."""
    async with tenant.transaction() as db:
        code = f"{draft.parent}/{draft.code}" if draft.parent else draft.code
        if draft.parent and draft.parent not in {each.code for each in await setup.locations(db, "internal")}:
            raise Invalid.field("parent", "There is no such location: choose one of the list.")
        try:
            if draft.parent:
                made = await setup.add_location(db, draft.parent, code, draft.title)
            else:
                made = await setup.add_warehouse(db, code, draft.title)
        except asyncpg.UniqueViolationError as taken:
            raise Invalid.field("code", f"There is a location “{code}” already.") from taken
        await tenant.record(Change(RecordRef(LOCATION, made, draft.title), "created", {}, {"code": code}))
        return code


async def change_location(tenant: Tenant, location_id: UUID, title: str, *, active: bool, version: int) -> None:
    """Rename, close or open a location; raises `Invalid`, `Conflict` and `Missing`."""
    if not title.strip():
        raise Invalid.field("title", "Give it a name.")
    async with tenant.transaction() as db:
        before = await finding.location(db, location_id)
        if before is None:
            raise Missing("There is no such location.")
        if not active and await setup.holds(db, location_id):
            raise Invalid.field("active", "There are goods here: move them first, then close the location.")
        if not await setup.change_location(db, location_id, title.strip(), active=active, version=version):
            raise Conflict(f"Somebody else changed “{before['title']}” meanwhile: look at it again, then save.")
        change = Change.between(
            RecordRef(LOCATION, location_id, title.strip()),
            "changed",
            {"title": before["title"], "active": before["active"]},
            {"title": title.strip(), "active": active},
        )
        await tenant.record(change)
