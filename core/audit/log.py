"""The audit log as people read it: newest first, by record, by person, by kind and by time, in the tenant's own scope."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from weft.errors import Invalid
from weft.tenant import Row, Tenant

LONGEST = 200  # entries on one page


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that a change touched; a value that was not there is None."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log; `position` is its place in the sealed tree, None until it is sealed."""

    id: UUID
    at: datetime
    actor: UUID | None
    actor_name: str
    via: str
    request_id: str
    action: str
    kind: str
    record: UUID | None
    title: str
    differences: tuple[Difference, ...]
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries to read; what is left out does not matter."""

    kind: str = ""
    record: UUID | None = None
    actor: UUID | None = None
    via: str = ""
    since: datetime | None = None
    until: datetime | None = None  # not included


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, and where to go on; empty at the end."""

    entries: Sequence[Entry]
    next: str


async def read_log(tenant: Tenant, wanted: Wanted, *, after: str = "", limit: int = 50) -> Page:
    """Return a page of a tenant's log; `after` is what the page before said to go on with. Raises `Invalid` for one that nobody said."""
    conditions, values = _conditions(wanted)
    if after:
        values += _place(after)
        conditions.append(f"(at, id) < (${len(values) - 1}, ${len(values)})")
    limit = max(1, min(limit, LONGEST))
    values.append(limit + 1)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    async with tenant.transaction() as db:
        rows = await db.fetch(f"{_SELECT} {where} ORDER BY at DESC, id DESC LIMIT ${len(values)}", *values)
    entries = [_entry(row) for row in rows[:limit]]
    return Page(entries, _told(entries[-1]) if len(rows) > limit else "")


# Row security shows a tenant its own entries alone; naming it lets the indexes, which begin with it, be used.
_SELECT = """
SELECT id, at, actor, actor_name, via, request_id, action, record_kind, record_id, record_title, before::text, after::text, position
FROM platform.audit_entry
"""


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    asked: list[tuple[str, object]] = [
        ("record_kind = ", wanted.kind),
        ("record_id = ", wanted.record),
        ("actor = ", wanted.actor),
        ("via = ", wanted.via),
        ("at >= ", wanted.since),
        ("at < ", wanted.until),
    ]
    given = [(sql, value) for sql, value in asked if value]
    conditions = [f"{sql}${number}" for number, (sql, _) in enumerate(given, 1)]
    return ["tenant = current_user", *conditions], [value for _, value in given]


def _entry(row: Row) -> Entry:
    before, after = msgspec.json.decode(row["before"]), msgspec.json.decode(row["after"])
    fields = sorted({*before, *after})
    return Entry(
        id=row["id"],
        at=row["at"],
        actor=row["actor"],
        actor_name=row["actor_name"],
        via=row["via"],
        request_id=row["request_id"],
        action=row["action"],
        kind=row["record_kind"],
        record=row["record_id"],
        title=row["record_title"],
        differences=tuple(Difference(field, before.get(field), after.get(field)) for field in fields),
        position=row["position"],
    )


def _told(last: Entry) -> str:
    return urlsafe_b64encode(f"{last.at.isoformat()} {last.id}".encode()).decode()


def _place(told: str) -> list[object]:
    try:
        at, _, entry_id = urlsafe_b64decode(told.encode()).decode().partition(" ")
        return [datetime.fromisoformat(at), UUID(entry_id)]
    except ValueError as wrong:
        raise Invalid("This page of the log does not exist: begin at its first page.") from wrong
