"""Entries to make again: by hand from a template, or by the calendar."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Invalid, Missing, RecordRef, Tenant, WeftError, new_id
from weft.contracts import Source

from ..domain.calendar import add_months
from ..domain.drafts import DraftHead, DraftLine, Template, debits
from ..permissions import POST
from ..queries import drafts as stored_drafts
from ..records import TEMPLATE
from . import drafts


class TemplateDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a template beside its lines."""

    title: Annotated[str, Meta(min_length=1, max_length=100)]
    journal: UUID
    description: Annotated[str, Meta(max_length=500)] = ""
    currency: Annotated[str, Meta(max_length=3)] = ""
    every_months: Annotated[int, Meta(ge=0, le=60)] = 0
    next_date: date | None = None
    post_at_once: bool = False
    active: bool = False


def _ref(template: Template) -> RecordRef:
    return RecordRef(TEMPLATE, template.id, template.title)


def _told(template: Template) -> dict[str, object]:
    names = ("title", "description", "every_months", "next_date", "post_at_once", "active")
    return {**{name: getattr(template, name) for name in names}, "total": debits(template.lines), "lines": len(template.lines)}


async def all_templates(tenant: Tenant) -> list[Template]:
    """Return every template."""
    async with tenant.transaction() as db:
        return await stored_drafts.templates(db)


async def get(tenant: Tenant, template_id: UUID) -> Template:
    """Return a template; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await stored_drafts.template(db, template_id)
    if found is None:
        raise Missing("There is no such template.")
    return found


async def save(
    tenant: Tenant, draft: TemplateDraft, lines: Sequence[DraftLine], template_id: UUID | None = None, version: int = 0
) -> Template:
    """Make or change a template; raises `Invalid` by field, `Conflict`."""
    if draft.every_months and draft.next_date is None:
        raise Invalid.field("next_date", "Say on which day it is made first.")
    if not lines:
        raise Invalid.field("lines", "A template needs lines.")
    async with tenant.transaction() as db:
        stored = await stored_drafts.template(db, template_id, lock=True) if template_id else None
        if template_id and stored is None:
            raise Missing("There is no such template.")
        if stored and stored.version != version:
            raise Conflict(f"“{stored.title}” was changed by somebody else meanwhile: look at it again.")
        made = Template(
            id=template_id or new_id(), lines=tuple(lines), version=version + 1 if stored else 1, **msgspec.structs.asdict(draft)
        )
        await stored_drafts.put_template(db, made)
        changed = Change.between(_ref(made), "changed" if stored else "created", _told(stored) if stored else {}, _told(made))
        await tenant.record(changed)
    return made


async def delete(tenant: Tenant, template_id: UUID) -> str:
    """Delete a template; returns its title."""
    async with tenant.transaction() as db:
        stored = await get(tenant, template_id)
        await stored_drafts.delete_template(db, template_id)
        await tenant.record(Change(_ref(stored), "deleted", _told(stored), {}))
    return stored.title


async def make_due(tenant: Tenant) -> int:
    """Make the entries that are due, each in a transaction of its own; one that cannot be posted becomes a draft, and people are told."""
    done = 0
    while True:
        async with tenant.transaction() as db:
            due = await stored_drafts.due_templates(db, tenant.today())
        if not due:
            return done
        for template_id in due:
            await _make(tenant, template_id)
            done += 1


async def _make(tenant: Tenant, template_id: UUID) -> None:
    async with tenant.transaction() as db:
        template = await stored_drafts.template(db, template_id, lock=True)
        if template is None or template.next_date is None or not template.active or template.next_date > tenant.today():
            return
        day = template.next_date
        head = DraftHead(journal=template.journal, date=day, description=template.description or template.title, currency=template.currency)
        problem = ""
        if template.post_at_once:
            try:
                async with tenant.transaction():
                    await drafts.post(
                        tenant, head, template.lines, source=Source("accounting.template", f"{template.id}/{day}", template.title)
                    )
            except WeftError as wrong:
                problem = wrong.message
        if problem or not template.post_at_once:
            made = await drafts.save(tenant, head, template.lines)
            text = f"“{template.title}” could not be posted: {problem}" if problem else f"“{template.title}” is ready to post."
            await tenant.notify(text, link=f"/accounting/drafts/{made.id}", to=POST)
        moved = msgspec.structs.replace(template, next_date=add_months(day, template.every_months), version=template.version + 1)
        await stored_drafts.put_template(db, moved)
        await tenant.record(Change.between(_ref(moved), "made an entry", _told(template), _told(moved)))
