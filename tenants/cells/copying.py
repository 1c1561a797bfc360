"""Replicates a business to another server while it works there: a publication of its rows, a subscription to it, and waiting.

The rules are PostgreSQL's: a filter of updated rows may only use columns of the replica identity (SQL reference, CREATE PUBLICATION), and
a table without a primary key needs all its columns as one, so both are given to tables as long as a move goes on. Tables are not
replicated, only rows: the other server makes the tables as it makes any business's. Sequences are not replicated either.
"""

import asyncio
from contextlib import suppress
from uuid import uuid4

import asyncpg

from tenants.archive.tables import tables_of
from tenants.cells.belongings import MARK, PUBLISHED, row_filter
from tenants.cells.sides import Side, Trip, until
from tenants.life import SHARED_TABLES
from tenants.roles import OWNER
from tenants.spares import make_role_and_schema
from weft.errors import Conflict, Unavailable

PAUSE = 0.05  # seconds between two looks at how far it is
QUICK = 0.005  # the same, while requests wait


async def build(trip: Trip) -> None:
    """Make the business's home on the other server: role, schema, and empty tables of all its modules."""
    source, target = trip.source, trip.target
    modules = [row["plugin"] for row in await source.admin.fetch(_MODULES, trip.tenant_id)]
    bucket = await source.admin.fetchval("SELECT bucket FROM platform.tenant WHERE id = $1", trip.tenant_id)
    async with target.provisioner.transaction() as db:
        await make_role_and_schema(db, trip.schema, bucket)
        await db.execute(f"SET LOCAL ROLE {OWNER}")
        await db.execute(
            "INSERT INTO platform.tenant (id, schema, bucket, state) VALUES ($1, $2, $3, 'building')", trip.tenant_id, trip.schema, bucket
        )
        for key in trip.modules.with_requirements(modules):
            await trip.modules.make_tables(db, trip.tenant_id, trip.schema, key)
        await db.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        await db.execute(f"CREATE TABLE {trip.schema}.{MARK} (id uuid PRIMARY KEY)")
        found = await tables_of(db, trip.schema)
    async with target.admin.transaction():
        await target.admin.execute("SET LOCAL session_replication_role = replica")  # else triggers would write into what was emptied
        await target.admin.execute(f"TRUNCATE {', '.join(f'{trip.schema}.{each.quoted}' for each in found)}")
    async with source.provisioner.as_owner() as db:
        await db.execute(f"CREATE TABLE IF NOT EXISTS {trip.schema}.{MARK} (id uuid PRIMARY KEY)")
        had = await tables_of(db, trip.schema)
    here = {(each.name, frozenset(each.columns)) for each in found}
    if differs := here ^ {(each.name, frozenset(each.columns)) for each in had}:
        raise Conflict(
            f"The table {min(name for name, _ in differs)} is not the same on both servers. Run `weft migrate` for each of the cells first."
        )


_MODULES = "SELECT plugin FROM platform.tenant_module WHERE tenant_id = $1 ORDER BY plugin"


async def replicate(trip: Trip) -> None:
    """Publish the business's rows, and have the other server subscribe to them; returns when it has begun."""
    schema, admin = trip.schema, trip.source.admin
    shared = [f"TABLE platform.{table} WHERE ({row_filter(table, schema)})" for table in PUBLISHED]
    async with admin.transaction():
        await admin.execute("SET LOCAL lock_timeout = '10s'")
        for row in await admin.fetch(_WITHOUT_KEY, schema):
            await admin.execute(f'ALTER TABLE {schema}."{row["name"]}" REPLICA IDENTITY FULL')
        for table in PUBLISHED:
            await admin.execute(f"ALTER TABLE platform.{table} REPLICA IDENTITY FULL")
        await admin.execute(f"CREATE PUBLICATION {trip.link} FOR TABLES IN SCHEMA {schema}, {', '.join(shared)}")
    where = trip.source.url.replace("'", "''")
    await trip.target.admin.execute(
        f"CREATE SUBSCRIPTION {trip.link} CONNECTION '{where}' PUBLICATION {trip.link} WITH (streaming = off, disable_on_error = true)"
    )


_WITHOUT_KEY = """
SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r' AND c.relreplident = 'd'
AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
"""


async def caught_up(trip: Trip) -> None:
    """Wait until every table is there; raises `Unavailable` when the other server cannot go on."""
    while True:
        row = await trip.target.admin.fetchrow(_STATE, trip.link)
        if row is None or not row["subenabled"]:
            raise Unavailable(f"{trip.target.name} could not take what was copied: its PostgreSQL log says why. Nothing was changed.")
        if row["left"] == 0:
            break
        await asyncio.sleep(PAUSE)
    await passed(trip, pause=PAUSE)


_STATE = """
SELECT s.subenabled, (SELECT count(*) FROM pg_subscription_rel r WHERE r.srsubid = s.oid AND r.srsubstate <> 'r') AS left
FROM pg_subscription s WHERE s.subname = $1 AND s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def passed(trip: Trip, *, pause: float = QUICK, patience: float = 3600) -> None:
    """Put a mark behind all that was committed, and wait until it is over there: commits are replicated in their order."""
    mark = uuid4()
    await trip.source.admin.execute(f"INSERT INTO {trip.schema}.{MARK} (id) VALUES ($1)", mark)
    try:
        async with asyncio.timeout(patience):
            await until(lambda: trip.target.admin.fetchval(f"SELECT true FROM {trip.schema}.{MARK} WHERE id = $1", mark), pause)
    except TimeoutError:
        raise Unavailable(f"{trip.target.name} was more than {patience:g} seconds behind. Nothing was changed; try again later.") from None


async def unsubscribe(trip: Trip) -> None:
    """Have the other server take no more; its slot goes with it, or is dropped here where the two do not reach each other."""
    admin = trip.target.admin
    if await admin.fetchval(_STATE, trip.link) is not None:
        try:
            await admin.execute(f"DROP SUBSCRIPTION {trip.link}", timeout=10)
        except (asyncpg.PostgresError, TimeoutError):
            await admin.execute(f"ALTER SUBSCRIPTION {trip.link} DISABLE")
            await admin.execute(f"ALTER SUBSCRIPTION {trip.link} SET (slot_name = NONE)")
            await admin.execute(f"DROP SUBSCRIPTION {trip.link}")


async def unpublish(trip: Trip) -> None:
    """Drop the publication and what a subscriber that died left behind, and give tables their usual identity again."""
    admin = trip.source.admin
    while held := await admin.fetch("SELECT slot_name, active_pid FROM pg_replication_slots WHERE slot_name = $1", trip.link):
        if held[0]["active_pid"]:
            await admin.execute("SELECT pg_terminate_backend($1)", held[0]["active_pid"])
            await asyncio.sleep(PAUSE)
        with suppress(asyncpg.ObjectInUseError, asyncpg.UndefinedObjectError):
            await admin.execute("SELECT pg_drop_replication_slot($1)", trip.link)
    async with admin.transaction():
        await admin.execute("SET LOCAL lock_timeout = '10s'")
        await admin.execute(f"DROP PUBLICATION IF EXISTS {trip.link}")
        if not await admin.fetchval("SELECT count(*) FROM pg_publication WHERE pubname LIKE 'weft\\_t\\_%'"):
            for row in await admin.fetch(_FULL):
                await admin.execute(f"ALTER TABLE platform.{row['name']} REPLICA IDENTITY DEFAULT")


_FULL = "SELECT relname AS name FROM pg_class WHERE relnamespace = 'platform'::regnamespace AND relkind = 'r' AND relreplident = 'f'"


async def end_others(side: Side) -> None:
    """End what a mover that died has left running on a server, so that nothing of it happens later."""
    await until(lambda: side.admin.fetchval(_NONE_LEFT), PAUSE)


_NONE_LEFT = """
SELECT count(pg_terminate_backend(pid)) = 0 FROM pg_stat_activity
WHERE application_name LIKE 'weft move %' AND application_name <> current_setting('application_name') AND backend_type = 'client backend'
"""


async def erase_there(trip: Trip) -> None:
    """Remove what arrived of a business that is not at home there yet: schema, role, and rows in tables of the platform."""
    admin, schema = trip.target.admin, trip.schema
    state = await admin.fetchval("SELECT state FROM platform.tenant WHERE id = $1", trip.tenant_id)
    if state not in (None, "building"):
        raise Conflict(f"{trip.slug} is at home in {trip.target.name} already: move it back instead.")
    async with admin.transaction():
        await admin.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        for table in (*SHARED_TABLES, "file_waste"):
            await admin.execute(f"DELETE FROM platform.{table} WHERE tenant = $1", schema)
        await admin.execute("DELETE FROM platform.tenant WHERE id = $1", trip.tenant_id)
    async with trip.target.provisioner.transaction() as db:
        await db.execute(f"DROP ROLE IF EXISTS {schema}")
