"""Tells a tenant's audit log of changes to what the platform keeps for it: people, roles, settings, modules."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from core.platform.database import Db
from core.tenancy.pending import Actor, told_json
from weft.ids import new_id

_ENTRY = """
INSERT INTO platform.audit_entry
    (id, tenant, actor, actor_name, via, request_id, action, record_kind, record_id, record_title, before, after)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12::jsonb)
"""


async def write_entry(  # noqa: PLR0913 (an entry is as wide as this)
    db: "Db[asyncpg.Record]",
    schema: str,
    actor: Actor,
    action: str,
    kind: str,
    title: str,
    *,
    record: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry in the caller's transaction, which is the platform's; `kind` names the record's kind, such as ``core.role``.

    Of `before` and `after` only what differs is kept.
    """
    old, new = dict(before or {}), dict(after or {})
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    person = actor.person.id if actor.person else None
    await db.execute(
        _ENTRY,
        new_id(),
        schema,
        person,
        actor.name,
        actor.via,
        actor.request_id,
        action,
        kind,
        record,
        title,
        told_json({key: old[key] for key in keys if key in old}),
        told_json({key: new[key] for key in keys if key in new}),
    )
