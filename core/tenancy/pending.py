"""What a scope has been told and writes just before it commits: audit entries, outbox rows, notifications, mail."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from weft.ids import new_id
from weft.records import Change
from weft.sealed import Secret
from weft.tenant import Person


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, by which door, and in which request or job; `permissions` is None for the platform itself, which may do everything."""

    via: str  # session, token, job, command, platform
    name: str
    person: Person | None = None
    permissions: frozenset[str] | None = None
    request_id: str = ""
    trace: str = ""
    job_id: UUID | None = None


class Writes(Protocol):
    """The part of a scope that the core's own bookkeeping uses."""

    async def internal(self, sql: str, *args: object) -> None:
        """Run a statement that is not the tenant's own change."""


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the outbox."""

    id: UUID
    kind: str  # job, event; cancel, whose name is the id of the job to call off
    name: str
    payload: str = "{}"
    due: datetime | None = None
    key: str | None = None
    priority: int | None = None  # None: what the job's declaration says


@dataclass(slots=True)
class Pending:
    """Lists that grow while a scope is open; a savepoint that rolls back cuts them to where they were."""

    changes: list[Change] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    notices: list[tuple[UUID, UUID | None, str, str, str]] = field(default_factory=list)  # id, person, permission, body, link
    mails: list[tuple[UUID, str, str, str, str, str]] = field(default_factory=list)  # id, recipient, subject, text, html, files

    def marks(self) -> tuple[int, int, int, int]:
        """Return how long each list is."""
        return len(self.changes), len(self.messages), len(self.notices), len(self.mails)

    def cut(self, marks: tuple[int, int, int, int]) -> None:
        """Forget what came after `marks`."""
        del self.changes[marks[0] :], self.messages[marks[1] :], self.notices[marks[2] :], self.mails[marks[3] :]

    async def flush(self, scope: Writes, actor: Actor) -> None:
        """Write everything, in one statement per kind."""
        if self.changes:
            await _write_changes(scope, actor, self.changes)
        if self.messages:
            await _write_messages(scope, actor, self.messages)
        for notice in self.notices:
            await scope.internal(_NOTICE, *notice)
        for mail in self.mails:
            await scope.internal(_MAIL, *mail)


_CHANGES = """
INSERT INTO platform.audit_entry
    (id, actor, actor_name, via, request_id, action, record_kind, record_id, record_title, before, after)
SELECT row.id, $2, $3, $4, $5, row.action, row.kind, row.record_id, row.title, row.before::jsonb, row.after::jsonb
FROM unnest($1::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[])
    AS row (id, action, kind, record_id, title, before, after)
"""
_MESSAGES = """
INSERT INTO platform.outbox (id, kind, name, payload, due, key, priority, actor, request_id, trace)
SELECT row.id, row.kind, row.name, row.payload::jsonb, row.due, row.key, row.priority, $2, $3, $4
FROM unnest($1::uuid[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::smallint[])
    AS row (id, kind, name, payload, due, key, priority)
"""
_NOTICE = "INSERT INTO platform.notification (id, person_id, permission, body, link) VALUES ($1, $2, $3, $4, $5)"
_MAIL = "INSERT INTO platform.mail (id, recipient, subject, body_text, body_html, files) VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)"


def as_json(value: Any) -> str:
    """Return JSON text; decimals, dates and ids become strings."""
    return msgspec.json.encode(value).decode()


def told_json(value: Any) -> str:
    """Return JSON text for the audit log: as `as_json`, with secrets masked."""
    return msgspec.json.encode(value, enc_hook=_masked).decode()


def _masked(value: Any) -> str:
    if isinstance(value, Secret):
        return value.masked
    raise TypeError(f"The audit log cannot hold a {type(value).__name__}: give text, numbers, days or ids.")


async def _write_changes(scope: Writes, actor: Actor, changes: list[Change]) -> None:
    await scope.internal(
        _CHANGES,
        [new_id() for _ in changes],
        actor.person.id if actor.person else None,
        actor.name,
        actor.via,
        actor.request_id,
        [change.action for change in changes],
        [change.record.kind.name for change in changes],
        [change.record.id for change in changes],
        [change.record.title for change in changes],
        [told_json(change.before) for change in changes],
        [told_json(change.after) for change in changes],
    )


async def _write_messages(scope: Writes, actor: Actor, messages: list[Message]) -> None:
    await scope.internal(
        _MESSAGES,
        [message.id for message in messages],
        actor.person.id if actor.person else None,
        actor.request_id,
        actor.trace,
        [message.kind for message in messages],
        [message.name for message in messages],
        [message.payload for message in messages],
        [message.due for message in messages],
        [message.key for message in messages],
        [message.priority for message in messages],
    )
