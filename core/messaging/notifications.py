"""What a person is told in one tenant: lines addressed to them, or to everyone who holds a permission of theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

from core.platform.database import Platform
from core.tenancy.tenant import LiveTenant
from weft.errors import Refused

LOOKS_AFTER_JOBS = "core.jobs"  # the permission
COUNTED = 99  # the badge counts no further; one more stands for more


@dataclass(frozen=True, slots=True)
class Notice:
    """One line; `link` is an address in the tenant, or empty."""

    id: UUID
    text: str
    link: str
    created_at: datetime
    unread: bool


# `$3` are the permissions held; NULL holds them all.
_MINE = "n.tenant = $1 AND (n.person_id = $2 OR (n.person_id IS NULL AND ($3::text[] IS NULL OR n.permission = ANY ($3))))"
_READ_UP_TO = "COALESCE((SELECT read_up_to FROM platform.notification_read WHERE tenant_id = $4 AND person_id = $2), '-infinity')"
_LIST = f"""
SELECT n.id, n.body AS text, n.link, n.created_at, n.created_at > {_READ_UP_TO} AS unread FROM platform.notification n
WHERE {_MINE} ORDER BY n.created_at DESC, n.id DESC LIMIT $5
"""
_COUNT = f"""
SELECT count(*) FROM (SELECT 1 FROM platform.notification n WHERE {_MINE} AND n.created_at > {_READ_UP_TO} LIMIT $5) unread
"""
_MARK = """
INSERT INTO platform.notification_read AS r (tenant_id, person_id, read_up_to) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, person_id) DO UPDATE SET read_up_to = GREATEST(r.read_up_to, excluded.read_up_to)
"""
_DEAD = """
INSERT INTO platform.notification (id, tenant, permission, body, link)
SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (
    SELECT 1 FROM platform.notification WHERE tenant = $2 AND permission = $3 AND body = $4 AND created_at > now() - interval '1 hour'
)
ON CONFLICT (id) DO NOTHING
"""
HOUR = 3600


async def unread_count(platform: Platform, tenant: LiveTenant) -> int:
    """Return how many lines who acts has not read, counted up to `COUNTED` and one more; raises `Refused` when nobody acts."""
    return int(await platform.fetchval(_COUNT, *_reader(tenant), COUNTED + 1))


async def list_notices(platform: Platform, tenant: LiveTenant, size: int = 30) -> list[Notice]:
    """Return the newest lines for who acts; raises `Refused` when nobody acts."""
    return [Notice(**dict(row)) for row in await platform.fetch(_LIST, *_reader(tenant), size)]


async def mark_read(platform: Platform, tenant: LiveTenant, up_to: datetime) -> None:
    """Note that who acts has read every line up to a moment, the newest that was shown; raises `Refused` when nobody acts."""
    _, person, _, tenant_id = _reader(tenant)
    await platform.execute(_MARK, tenant_id, person, up_to)


async def tell_of_dead_job(platform: Platform, schema: str, job_id: UUID, title: str, error: str) -> None:
    """Tell those who look after a tenant's jobs that one was given up; the same twice within an hour is told once."""
    body = f"The job “{title}” was given up: {error}"[:500]
    await platform.execute(_DEAD, _once_an_hour(schema, body, datetime.now(UTC)), schema, LOOKS_AFTER_JOBS, body, f"/jobs/{job_id}")


def _once_an_hour(schema: str, body: str, now: datetime) -> UUID:
    """Return the UUIDv7 (RFC 9562 section 5.7) that a line has for an hour: of two workers that tell it at the same moment, one does."""
    hour = int(now.timestamp()) // HOUR * HOUR * 1000
    drawn = int.from_bytes(blake2b(f"{schema}\0{body}".encode(), digest_size=10).digest())
    return UUID(int=(hour << 80 | drawn) & ~(0xF << 76) & ~(0x3 << 62) | 7 << 76 | 2 << 62)


def _reader(tenant: LiveTenant) -> tuple[str, UUID, list[str] | None, UUID]:
    if tenant.person is None:
        raise Refused("Only a person who is signed in has notifications.")
    held = tenant.actor.permissions
    return tenant.schema, tenant.person.id, None if held is None else sorted(held), tenant.id
