"""The history of one record, as the `timeline` macro shows it."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from core.tenancy.tenant import LiveTenant
from web.formats import Formats, locale_of
from weft.tenant import Row

Item = dict[str, object]
Moment = Callable[[datetime], str]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

_LATEST = """
SELECT actor_name, action, at, via, before::text, after::text FROM platform.audit_entry
WHERE record_id = $1 AND record_kind = $2 ORDER BY at DESC, id DESC LIMIT $3
"""


async def history_items(tenant: LiveTenant, kind: str, record_id: UUID, limit: int = 50) -> list[Item]:
    """Return the latest changes of a record, newest first."""
    async with tenant.transaction() as db:
        rows = await db.fetch(_LATEST, record_id, kind, limit)
    moment = moments_of(tenant)
    return [timeline_item(row, moment) for row in rows]


def timeline_item(row: Row, moment: Moment) -> Item:
    """Turn an audit entry into an item of the `timeline` macro."""
    before, after = msgspec.json.decode(row["before"]), msgspec.json.decode(row["after"])
    changes = [
        {"label": key.replace("_", " "), "before": shown(before.get(key), moment), "after": shown(after.get(key), moment)}
        for key in dict.fromkeys([*before, *after])
    ]
    told = [each for each in changes if each["before"] or each["after"]]  # what was nothing and is nothing tells nobody anything
    return {"who": row["actor_name"], "what": row["action"], "when": row["at"], "changes": told}


def moments_of(tenant: LiveTenant) -> Moment:
    """Return what writes a moment in a tenant's locale and on its clocks."""
    return Formats(locale_of(tenant.locale), tenant.timezone, tenant.now, "XXX").moment


def shown(value: object, moment: Moment) -> str | None:
    """Return a value of an audit entry as a person reads it."""
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(filter(None, (shown(each, moment) for each in value)))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown(each, moment)}" for key, each in value.items() if shown(each, moment))
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return moment(datetime.fromisoformat(value))
    return str(value)
