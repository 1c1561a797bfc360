"""Stops a business's writes on the server it leaves, by means of the database alone, so that every process obeys.

Nobody may take on its role any more, so that no transaction of it begins; those that had begun are waited for. What the platform takes up
for it (jobs, letters, messages) is locked row by row, and everybody who takes such rows up passes locked ones by. Tables of people and
rights, which are rarely written, are locked as a whole for the moment; who waited for that is then refused by a trigger.
"""

import asyncio
from contextlib import suppress
from datetime import datetime

import asyncpg

from core.runtime import app_login
from tenants.cells.belongings import QUEUES
from tenants.cells.sides import Trip, until
from tenants.passwords import scram
from tenants.roles import OWNER
from weft.errors import Unavailable

PATIENCE = 5.0  # seconds for transactions that had begun; after that everything goes on where it was
DRAIN = 20.0  # seconds for jobs that run, before anything is stopped
QUICK = 0.005


async def drain(trip: Trip) -> None:
    """Let no further jobs of the business begin, and wait a while for those that run; what still runs then begins anew elsewhere."""
    await _set(trip, "draining")
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN):
            await until(lambda: trip.source.admin.fetchval(_NONE_RUNS, trip.schema), 0.05)


_NONE_RUNS = "SELECT count(*) = 0 FROM platform.job WHERE tenant = $1 AND state IN ('queued', 'running')"


async def freeze(trip: Trip) -> None:
    """Have the database refuse every transaction of the business, and wait for those that had begun; raises `Unavailable`."""
    source, schema = trip.source, trip.schema
    facts = await source.admin.fetchrow("SELECT bucket, isolation FROM platform.tenant WHERE id = $1", trip.tenant_id)
    assert facts is not None
    logins = [app_login(facts["bucket"]), schema]
    async with source.provisioner.transaction() as db:
        if facts["isolation"] == "strict":
            await db.execute(f"ALTER ROLE {schema} NOLOGIN")
        else:
            for row in await source.admin.fetch(_MEMBERS, schema, logins[0]):
                await db.execute(row["revoke"])
        await db.execute(f"SET LOCAL ROLE {OWNER}")
        await db.execute("UPDATE platform.tenant SET moving = 'frozen' WHERE id = $1", trip.tenant_id)
    since: datetime = await source.admin.fetchval("SELECT clock_timestamp()")
    try:
        async with asyncio.timeout(PATIENCE):
            await until(lambda: source.admin.fetchval(_NONE_BEGUN, logins, since, schema), QUICK)
            await until(lambda: source.admin.fetchval(_NONE_OWN, schema), QUICK)
    except TimeoutError:
        raise Unavailable(f"A transaction of {trip.slug} does not end. Nothing was changed; try again when it is less busy.") from None


_MEMBERS = """
SELECT format('REVOKE %I FROM %I GRANTED BY %I', $1::text, m.rolname, by.rolname) AS revoke
FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles by ON by.oid = a.grantor
WHERE a.roleid = to_regrole($1) AND m.rolname = $2
"""
# Transactions that had begun and may be this business's: those that hold tables of it, or of nobody yet.
_NONE_BEGUN = """
SELECT count(*) = 0 FROM pg_stat_activity s
WHERE s.datname = current_database() AND s.usename = ANY ($1::name[]) AND s.xact_start IS NOT NULL AND s.xact_start <= $2
AND NOT EXISTS (
    SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = s.pid AND l.locktype = 'relation' AND n.nspname ~ '^t_[a-z0-9]{10}$' AND n.nspname <> $3)
"""
# Sessions of its own, where it is strictly isolated: those that do nothing are ended.
_NONE_OWN = """
SELECT count(CASE WHEN s.xact_start IS NULL THEN pg_terminate_backend(s.pid) ELSE true END) = 0 FROM pg_stat_activity s WHERE s.usename = $1
"""


async def lock(trip: Trip) -> None:
    """Open the transaction that holds what is taken along, until it is gone or the transaction ends."""
    holder = trip.source.holder
    await holder.execute("BEGIN; SET LOCAL lock_timeout = '5s'")
    try:
        await holder.execute(
            "LOCK TABLE platform.role, platform.membership, platform.membership_role, platform.api_token, platform.operation IN SHARE MODE"
        )
        for table, which in QUEUES.items():
            await holder.fetch(f"SELECT 1 FROM platform.{table} WHERE tenant = $1 AND {which} FOR UPDATE", trip.schema)
    except asyncpg.LockNotAvailableError:
        raise Unavailable(f"Somebody holds rows of {trip.slug} for long. Nothing was changed; try again when it is less busy.") from None


async def leave(trip: Trip) -> None:
    """End the transaction of `lock` with the business gone from here: what would be carried out is taken away, all else is left to lie."""
    holder = trip.source.holder
    for table, which in QUEUES.items():
        if table != "audit_entry":  # append-only: they lie there as well
            await holder.execute(f"DELETE FROM platform.{table} WHERE tenant = $1 AND {which}", trip.schema)
    await holder.execute(_GONE, trip.tenant_id, f"It lives in {trip.target.name} now.")
    await holder.execute("COMMIT")


_GONE = "UPDATE platform.tenant SET moving = 'gone', state = 'deleted', delete_after = NULL, reason = $2 WHERE id = $1"


async def thaw(trip: Trip) -> None:
    """Let the business go on where it is."""
    source, schema = trip.source, trip.schema
    if source.holder.is_in_transaction():
        await source.holder.execute("ROLLBACK")
    facts = await source.admin.fetchrow("SELECT bucket, isolation, moving FROM platform.tenant WHERE id = $1", trip.tenant_id)
    if facts is None or facts["moving"] == "gone":
        return
    async with source.provisioner.transaction() as db:
        if facts["isolation"] == "strict":
            await db.execute(f"ALTER ROLE {schema} LOGIN PASSWORD '{scram(source.runtime.settings.role_password(schema))}'")
        else:
            await db.execute(f"GRANT {schema} TO {app_login(facts['bucket'])} WITH INHERIT FALSE, SET TRUE")
    await _set(trip, "")


async def _set(trip: Trip, moving: str) -> None:
    async with trip.source.provisioner.as_owner() as db:
        await db.execute("UPDATE platform.tenant SET moving = $2 WHERE id = $1", trip.tenant_id, moving)
