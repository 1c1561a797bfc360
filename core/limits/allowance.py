"""How many requests of programs a business may send: what the installation says, or what was agreed with this one."""

import asyncpg
import msgspec

from core.audit.trail import write_entry
from core.platform.database import Db
from core.settings import Settings
from core.tenancy.catalogue import TenantRecord
from core.tenancy.pending import Actor

KEY = "core.api"  # among the settings of a business in the catalogue; no module may have a point in its key


class Allowance(msgspec.Struct, frozen=True):
    """Requests a minute, for each token and for all of a business; 0 is no limit."""

    token: int
    business: int


class _Agreed(msgspec.Struct, frozen=True):
    token: int | None = None
    business: int | None = None


def allowance_of(record: TenantRecord, settings: Settings) -> Allowance:
    """Return what a business may send."""
    stored = record.settings.get(KEY)
    agreed = msgspec.json.decode(stored, type=_Agreed) if stored is not None else _Agreed()
    return Allowance(
        settings.api_rate if agreed.token is None else agreed.token,
        settings.api_business_rate if agreed.business is None else agreed.business,
    )


_AGREE = "UPDATE platform.tenant SET settings = jsonb_set(settings, ARRAY[$2], $3::text::jsonb), version = version + 1 WHERE id = $1"


async def agree(db: "Db[asyncpg.Record]", record: TenantRecord, actor: Actor, token: int | None, business: int | None) -> None:
    """Let a business send so many requests a minute; None is what the installation says."""
    stored = record.settings.get(KEY)
    old = msgspec.json.decode(stored, type=_Agreed) if stored is not None else _Agreed()
    new = _Agreed(token, business)
    await db.execute(_AGREE, record.id, KEY, msgspec.json.encode(new).decode())
    before, after = msgspec.to_builtins(old), msgspec.to_builtins(new)
    await write_entry(db, record.schema, actor, "changed settings", "core.settings", "Allowance of the API", before=before, after=after)
