"""The life of a tenant: claimed at sign-up, suspended, resumed, deleted after a time of grace."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from core.audit.trail import write_entry
from core.business import Business, check_business
from core.people.tokens import COMMAND
from core.platform.database import Db
from core.runtime import Runtime
from core.tenancy.pending import Actor
from tenants.provisioner import Provisioner
from tenants.roles import OWNER
from weft.errors import Conflict, Invalid, Missing
from weft.ids import new_id

GRACE = timedelta(days=30)
KIND = "core.business"
SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
RESERVED = frozenset(
    (
        *("www", "api", "app", "admin", "mail", "smtp", "ftp", "static", "assets", "status", "help", "support", "docs", "blog"),
        *("platform", "weft", "root", "system", "internal", "health", "metrics", "auth", "login", "signin", "signup", "account", "billing"),
    )
)


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What a business tells of itself when it signs up."""

    slug: str
    name: str
    country: str
    currency: str
    timezone: str
    locale: str


def check_slug(slug: str) -> None:
    """Raise `Invalid` unless an address is well-formed and not one of ours."""
    if not SLUG.fullmatch(slug) or "--" in slug:
        raise Invalid.field("slug", "Use 3 to 40 small letters, digits and single hyphens, beginning with a letter.")
    if slug in RESERVED:
        raise Invalid.field("slug", f"“{slug}” is reserved: choose another address.")


def check_new(new: NewTenant) -> None:
    """Raise `Invalid` with a sentence for every fact of a new business that cannot be."""
    wrong: dict[str, str] = {}
    try:
        check_slug(new.slug)
    except Invalid as refused:
        wrong |= refused.fields
    try:
        check_business(Business(name=new.name, country=new.country, currency=new.currency, timezone=new.timezone, locale=new.locale))
    except Invalid as refused:
        wrong |= refused.fields
    if not new.name.strip():
        wrong["name"] = "A business needs a name."
    if not re.fullmatch("[A-Z]{2}", new.country):
        wrong["country"] = f"“{new.country}” is not a country's code (ISO 3166-1), such as GB."
    if wrong:
        raise Invalid(fields=wrong)


_CLAIM = """
UPDATE platform.tenant SET state = 'active', slug = $1, name = $2, country = $3, currency = $4, timezone = $5, locale = $6, claimed_at =
now() WHERE id = (SELECT id FROM platform.tenant WHERE state = 'spare' ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
"""


async def claim_spare(db: "Db[asyncpg.Record]", new: NewTenant) -> UUID | None:
    """Turn a spare into a tenant, in the caller's transaction; returns nothing when none is left.

    Its modules do what they do when they are switched on soon after, in the operator's hands: only now the business is known. Raises
    `Invalid` for an address that is taken, and facts that cannot be.
    """
    check_new(new)
    try:
        async with db.transaction():
            found: UUID | None = await db.fetchval(_CLAIM, new.slug, new.name, new.country, new.currency, new.timezone, new.locale)
    except asyncpg.UniqueViolationError:
        raise Invalid.field("slug", f"The address “{new.slug}” is taken: choose another.") from None
    if found:
        await ask_operator(db, "settle", found)
    return found


async def slug_is_free(runtime: Runtime, slug: str) -> bool:
    """Tell whether an address can still be taken."""
    return not await runtime.directory.fetchval("SELECT true FROM platform.residence WHERE slug = $1", slug)


async def ask_operator(db: "Db[asyncpg.Record]", kind: str, tenant_id: UUID | None, asked_by: UUID | None = None, **arguments: str) -> UUID:
    """Ask the operator for something only it may do; returns the operation's id."""
    operation_id = new_id()
    await db.execute(
        "INSERT INTO platform.operation (id, tenant_id, kind, arguments, asked_by) VALUES ($1, $2, $3, $4::jsonb, $5)",
        operation_id,
        tenant_id,
        kind,
        msgspec.json.encode(arguments).decode(),
        asked_by,
    )
    return operation_id


async def suspend(runtime: Runtime, tenant_id: UUID, reason: str, actor: Actor = COMMAND) -> None:
    """Close a tenant to people, programs and jobs; its data stays. Raises `Conflict` unless it is active."""
    move = Move("suspended", "active", "state = 'suspended', suspended_at = now(), reason = $2")
    await _move(runtime, tenant_id, move, actor, reason)


async def resume(runtime: Runtime, tenant_id: UUID, actor: Actor = COMMAND) -> None:
    """Open a suspended tenant again; its held jobs go on. Raises `Conflict` unless it is suspended."""
    await _move(runtime, tenant_id, Move("resumed", "suspended", "state = 'active', suspended_at = NULL, reason = $2"), actor, "")


async def delete(runtime: Runtime, tenant_id: UUID, reason: str, grace: timedelta = GRACE, actor: Actor = COMMAND) -> None:
    """Close a tenant and have everything of it erased after `grace`; until then `undelete` brings it back. Raises `Conflict`."""
    move = Move("closed", "active or suspended", "state = 'deleting', reason = $2, delete_after = $3")
    await _move(runtime, tenant_id, move, actor, reason, runtime.now() + grace)


async def undelete(runtime: Runtime, tenant_id: UUID, actor: Actor = COMMAND) -> None:
    """Take a deletion back: a tenant that was suspended before is so again. Raises `Conflict` when there is none."""
    state = "CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END"
    move = Move("brought back", "deleting", f"state = {state}, reason = $2, delete_after = $3")
    await _move(runtime, tenant_id, move, actor, "", None)


@dataclass(frozen=True, slots=True)
class Move:
    """A step in a tenant's life: what the audit log calls it, the states it may begin in, and what it changes."""

    action: str
    from_states: str  # with " or " between
    change: str


async def _move(runtime: Runtime, tenant_id: UUID, move: Move, actor: Actor, reason: str, *args: datetime | None) -> None:
    sql = (
        f"UPDATE platform.tenant SET {move.change}, version = version + 1 "
        f"WHERE id = $1 AND state = ANY (string_to_array('{move.from_states}', ' or ')) RETURNING schema::text, name"
    )
    async with runtime.platform.transaction() as db:
        row = await db.fetchrow(sql, tenant_id, reason, *args)
        if row is None:
            raise Conflict(f"The tenant is not {move.from_states}.")
        after = {"reason": reason} if reason else {}
        await write_entry(db, row["schema"], actor, move.action, KIND, row["name"], record=tenant_id, after=after)
    await runtime.changes.catch_up(runtime.platform)  # so that who asked for it finds it done, whatever is cached here


async def purge(provisioner: Provisioner, tenant_id: UUID) -> str:
    """Erase a tenant whose time of grace is over: its schema, its role, its rows in shared tables. Returns the schema's name.

    One transaction, so a crash leaves all or nothing. The bytes of its files are handed to the sweeper, which may run elsewhere. Raises
    `Missing` for a tenant that is not to be deleted yet.
    """
    async with provisioner.transaction() as connection:
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
        schema = await connection.fetchval(_TO_ERASE, tenant_id)
        if schema is None:
            raise Missing("This tenant is not to be erased yet.")
        await connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        for row in await connection.fetch("SELECT schema::text FROM platform.module_trash WHERE tenant = $1", schema):
            await connection.execute(f"DROP SCHEMA IF EXISTS {row['schema']} CASCADE")  # of a module that was removed
        if not await connection.fetchval("SELECT moving = 'gone' FROM platform.tenant WHERE id = $1", tenant_id):
            await connection.execute(_WASTE, schema)  # else its files are those of the business where it lives now
        for table in SHARED_TABLES:
            await connection.execute(f"DELETE FROM platform.{table} WHERE tenant = $1", schema)
        await connection.execute("DELETE FROM platform.tenant WHERE id = $1", tenant_id)
        await connection.execute("RESET ROLE")
        await connection.execute(f"DROP ROLE IF EXISTS {schema}")  # it owns nothing, and what it was granted went with its schema
    return str(schema)


_TO_ERASE = """
SELECT schema::text FROM platform.tenant
WHERE id = $1 AND (state = 'deleting' OR state = 'deleted' AND moving = 'gone') AND delete_after <= now() FOR UPDATE
"""
_WASTE = """
INSERT INTO platform.file_waste (path, tenant)
SELECT tenant || '/' || id || suffix, tenant FROM platform.file, unnest(ARRAY['', '.thumb']) AS suffix WHERE tenant = $1
UNION ALL SELECT tenant || '/' || id, tenant FROM platform.backup WHERE tenant = $1
ON CONFLICT DO NOTHING
"""

# Tables of the platform that hold rows of tenants, named by their schema. A test finds a table that is missing here, all but `file_waste`:
# that one is emptied by the sweeper, once the bytes are gone.
SHARED_TABLES = (
    "outbox",
    "job",
    "job_receipt",
    "schedule",
    "mail",
    "notification",
    "audit_entry",
    "audit_seal",
    "file",
    "hook_fault",
    "module_preview",
    "module_trash",
    "import_problem",
    "import_row",
    "import_batch",
    "import_mapping",
    "saved_view",
    "dashboard",
    "report_pin",
    "report_letter",
    "check_run",
    "api_answer",
    "webhook_attempt",
    "webhook_delivery",
    "webhook_message",
    "webhook_endpoint",
    "backup",
    "tenant_key",
)
