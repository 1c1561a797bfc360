"""Recurring invoices: the same document again every so many months, as a draft, posted, or sent."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Invalid, Job, Missing, RecordRef, Refused, Schedule, Tenant, Unavailable, new_id
from weft.contracts import MissingRate, Parties

from ..domain.documents.model import DocumentKind
from ..domain.documents.terms import months_later
from ..permissions import DOCUMENT as EDIT
from ..queries import recurring as stored
from ..queries.recurring import Recurring
from ..records import ACCOUNT, BOOKS
from . import documents, issuing, mailing
from .documents import DocumentDraft

MOST_AT_ONCE = 60  # of one that was not made for long
_RECURRING = RecordRef(ACCOUNT, BOOKS, "Recurring invoices")


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """How often a document is made again, from which day, until when, and what becomes of it."""

    first: date
    every_months: Annotated[int, Meta(ge=1, le=60)] = 1
    until: date | None = None
    action: Literal["draft", "post", "send"] = "draft"


async def repeat(tenant: Tenant, document_id: UUID, wish: Repeat) -> Recurring:
    """Make a document again and again; raises `Missing`, `Invalid` by field, and `Conflict` for what is no invoice or bill."""
    if wish.until and wish.until < wish.first:
        raise Invalid.field("until", f"The last day ({wish.until}) is before the first ({wish.first}).")
    async with tenant.transaction() as db:
        found = await documents.find(db, document_id)
        if found.kind.is_credit or found.deposit_for:
            raise Conflict("Only invoices and bills come again.")
        if wish.action == "send" and found.kind is not DocumentKind.INVOICE:
            raise Invalid.field("action", "Only invoices are sent: choose another.")
        draft = DocumentDraft(
            kind=found.kind,
            party=found.party,
            issued=wish.first,
            currency=found.currency,
            lines=tuple(line for line in found.lines if line.deposit is None),
            terms=found.terms,
            included=found.included,
            reference=found.reference if found.kind is DocumentKind.INVOICE else "",
            note=found.note,
            position=found.position,
        )
        made = Recurring(
            id=new_id(),
            draft=msgspec.json.encode(draft).decode(),
            party=found.party,
            party_name=found.party_name,
            total=found.total,
            currency=found.currency,
            first=wish.first,
            every_months=wish.every_months,
            until=wish.until,
            action=wish.action,
            next_date=wish.first,
        )
        await stored.put(db, made)
        await tenant.record(Change(_RECURRING, "added", {}, _told(made)))
    return made


def _told(made: Recurring) -> dict[str, object]:
    return {"party": made.party_name, "every_months": made.every_months, "next": made.next_date, "then": made.action, "active": made.active}


async def all_recurring(tenant: Tenant) -> Sequence[Recurring]:
    """Return every recurring invoice."""
    async with tenant.transaction() as db:
        return await stored.all_recurring(db)


async def switch(tenant: Tenant, recurring_id: UUID) -> Recurring:
    """Stop a recurring invoice, or go on from the next day that is not over; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await stored.recurring(db, recurring_id)
        if found is None:
            raise Missing("There is no such recurring invoice.")
        made = msgspec.structs.replace(found, active=not found.active, problem="", version=found.version + 1)
        while made.active and made.next_date < tenant.today():
            made = _next(made)
        await stored.put(db, made)
        await tenant.record(Change(_RECURRING, "switched", _told(found), _told(made)))
    return made


def _next(found: Recurring) -> Recurring:
    """Return it with its next day, counted from the first so that the 31st comes back after February."""
    following = months_later(found.first, found.every_months * (found.made + 1))
    return msgspec.structs.replace(found, made=found.made + 1, next_date=following, active=not (found.until and following > found.until))


async def make_due(tenant: Tenant) -> int:
    """Make every invoice that is due, each in a transaction of its own; returns how many.

    One that cannot be made keeps its day and says why, and those who prepare invoices are told.
    """
    async with tenant.transaction() as db:
        waiting = await stored.due(db, tenant.today())
    made = 0
    for each in waiting:
        for _ in range(MOST_AT_ONCE):
            try:
                if not await _make(tenant, each):
                    break
                made += 1
            except (Invalid, Conflict, Missing, MissingRate, Refused, Unavailable) as wrong:
                await _failed(tenant, each, wrong.message)
                break
    return made


async def _make(tenant: Tenant, recurring_id: UUID) -> bool:
    async with tenant.transaction() as db:
        found = await stored.recurring(db, recurring_id)
        if found is None or not found.active or found.next_date > tenant.today():
            return False
        draft = msgspec.structs.replace(msgspec.json.decode(found.draft, type=DocumentDraft), issued=found.next_date)
        document = await documents.save(tenant, draft)
        if found.action != "draft":
            document = await issuing.post(tenant, document.id, document.version)
        if found.action == "send":
            party = await tenant.service(Parties).get(document.party)
            await mailing.send(tenant, document.id, party.email)
        await stored.put(db, msgspec.structs.replace(_next(found), problem=""))
        await tenant.record(Change(_RECURRING, "made", {}, {"document": document.title, "party": document.party_name}))
    return True


async def _failed(tenant: Tenant, recurring_id: UUID, why: str) -> None:
    async with tenant.transaction() as db:
        found = await stored.recurring(db, recurring_id)
        if found is None or found.problem == why:
            return
        await stored.put(db, msgspec.structs.replace(found, problem=why))
        await tenant.record(Change(_RECURRING, "failed", {}, {"party": found.party_name, "why": why}))
        await tenant.notify(f"The recurring invoice to {found.party_name} was not made: {why}", link="/accounting/recurring", to=EDIT)


class Nothing(msgspec.Struct, frozen=True):
    """This job needs to be told nothing."""


async def _run(tenant: Tenant, _: Nothing) -> None:
    await make_due(tenant)


MAKE = Job(name="accounting.make_recurring_invoices", title="Make recurring invoices", payload=Nothing, run=_run, timeout=600)
DAILY = Schedule(job=MAKE, cron="20 5 * * *", payload=Nothing())
