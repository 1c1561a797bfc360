"""The history of one record, as the `timeline` macro shows it."""

from uuid import UUID

import msgspec

from core.tenancy.tenant import LiveTenant
from weft.tenant import Row

Item = dict[str, object]

_LATEST = """
SELECT actor_name, action, at, via, before::text, after::text FROM platform.audit_entry
WHERE record_id = $1 AND record_kind = $2 ORDER BY at DESC, id DESC LIMIT $3
"""


async def history_items(tenant: LiveTenant, kind: str, record_id: UUID, limit: int = 50) -> list[Item]:
    """Return the latest changes of a record, newest first."""
    async with tenant.transaction() as db:
        rows = await db.fetch(_LATEST, record_id, kind, limit)
    return [timeline_item(row) for row in rows]


def timeline_item(row: Row) -> Item:
    """Turn an audit entry into an item of the `timeline` macro."""
    before, after = msgspec.json.decode(row["before"]), msgspec.json.decode(row["after"])
    changes = [
        {"label": key.replace("_", " "), "before": shown(before.get(key)), "after": shown(after.get(key))}
        for key in dict.fromkeys([*before, *after])
    ]
    return {"who": row["actor_name"], "what": row["action"], "when": row["at"], "changes": changes}


def shown(value: object) -> str | None:
    """Return a value of an audit entry as a person reads it."""
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(filter(None, (shown(each) for each in value)))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown(each)}" for key, each in value.items() if shown(each))
    return str(value)
