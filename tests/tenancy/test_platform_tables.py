"""What a tenant may do to each table of the platform: exactly what is granted, tried for real."""

import asyncpg
import pytest

from core.settings import PLATFORM_LOGIN
from core.tenancy.opening import begin
from tests.tenancy.arena import Arena
from tests.tenancy.shared import GRANTED

VERBS = {
    "SELECT": "SELECT * FROM platform.{table} LIMIT 1",
    "INSERT": "INSERT INTO platform.{table} DEFAULT VALUES",
    "UPDATE": "UPDATE platform.{table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM platform.{table} WHERE false",
    "TRUNCATE": "TRUNCATE platform.{table}",
}
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'platform'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1"


COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = to_regclass('platform.' || $1) AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''
"""


@pytest.mark.parametrize("verb", VERBS)
async def test_a_tenant_may_do_to_a_platform_table_what_is_granted_and_no_more(arena: Arena, verb: str) -> None:
    tables = [row["relname"] for row in await arena.superuser.fetch(TABLES)]
    assert set(GRANTED) <= set(tables)
    async with arena.logged_in() as connection:
        await connection.execute(begin(arena.a.schema, 5))
        may = {table for table in tables if await _may(arena, connection, verb, table)}
    assert may == {table for table in tables if verb in GRANTED.get(table, set())}


async def _may(arena: Arena, connection: "asyncpg.Connection[asyncpg.Record]", verb: str, table: str) -> bool:
    """Try a verb on every column it could be allowed for."""
    columns = await arena.superuser.fetch(COLUMNS, table)
    names = [row["attname"] for row in columns] if verb == "UPDATE" else [""]
    return any([await _allowed(connection, VERBS[verb].format(table=table, column=name)) for name in names])


async def _allowed(connection: "asyncpg.Connection[asyncpg.Record]", sql: str) -> bool:
    await connection.execute("SAVEPOINT try")
    try:
        await connection.execute(sql)
    except asyncpg.InsufficientPrivilegeError as refused:
        return "row-level security" in str(refused)  # refused a row, not the verb
    except asyncpg.IntegrityConstraintViolationError:
        return True
    finally:
        await connection.execute("ROLLBACK TO SAVEPOINT try")
    return True


@pytest.mark.parametrize("table", ["outbox", "audit_entry", "mail", "notification", "job_receipt"])
async def test_a_tenant_cannot_say_whose_row_it_writes(arena: Arena, table: str) -> None:
    for value in (f"'{arena.b.schema}'", f"'{arena.a.schema}'", "current_user", "NULL"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await arena.send("database", f"INSERT INTO platform.{table} (tenant) VALUES ({value})")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE platform.tenant SET state = 'active'",
        "UPDATE platform.tenant SET delete_after = NULL WHERE schema = current_user",
        "SELECT slug, name FROM platform.tenant",
        "UPDATE platform.tenant_module SET enabled = true",
        "INSERT INTO platform.tenant_module (tenant_id, plugin, version) SELECT id, 'x', '1' FROM platform.tenant",
        "UPDATE platform.role SET permissions = '{everything}'",
        "INSERT INTO platform.membership_role SELECT id, id FROM platform.membership",
        "SELECT password_hash FROM platform.person",
        "SELECT token_hash FROM platform.session",
        "SELECT token_hash FROM platform.api_token",
        "INSERT INTO platform.operation (id, kind) VALUES (gen_random_uuid(), 'enable_module')",
        "UPDATE platform.job SET due = now()",
        "DELETE FROM platform.audit_entry",
        "UPDATE platform.audit_entry SET actor_name = 'somebody else'",
        "UPDATE platform.audit_entry SET position = 0",
        "INSERT INTO platform.audit_entry (at) VALUES (now() - interval '1 day')",
        "INSERT INTO platform.audit_entry (position) VALUES (7)",
        "DELETE FROM platform.audit_seal",
        "INSERT INTO platform.audit_seal (tenant, size) VALUES (current_user, 0)",
        "SELECT 1 FROM platform.job FOR UPDATE",
        "SELECT 1 FROM platform.audit_entry FOR SHARE",
        "SELECT 1 WHERE platform.tell_changed() IS NULL",
        "SELECT 1 WHERE platform.refuse_change() IS NULL",
        "SELECT 1 WHERE platform.tell_outbox() IS NULL",
        "SELECT * FROM platform.schema_step",
        "DELETE FROM platform.schema_fact",
    ],
)
async def test_a_tenant_changes_neither_its_standing_nor_its_past(arena: Arena, sql: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)):
        await arena.send("database", sql)


async def test_the_platform_reaches_no_tenant(arena: Arena) -> None:
    schemas = [row["nspname"] for row in await arena.superuser.fetch("SELECT nspname FROM pg_namespace WHERE nspname ~ '^t_'")]
    assert {arena.a.schema, arena.b.schema} <= set(schemas)
    async with arena.logged_in(PLATFORM_LOGIN) as platform:
        for schema in schemas:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await platform.fetch(f"SELECT count(*) FROM {schema}.notes_note")
            for statement in (f"SET ROLE {schema}", f"GRANT {schema} TO {PLATFORM_LOGIN}", f"DROP SCHEMA {schema} CASCADE"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await platform.execute(statement)


async def test_the_login_of_a_bucket_reads_nothing_by_itself(arena: Arena) -> None:
    readable = """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
    """
    async with arena.logged_in() as connection:
        assert await connection.fetch(readable) == []
        for schema in (arena.a.schema, "platform"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {schema}.{'notes_note' if schema != 'platform' else 'tenant'}")
        for statement in ("SET ROLE weft_owner", "SET ROLE weft_tenants", "SET ROLE weft_platform", "CREATE TEMP TABLE x (y int)"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_everything_volatile_that_a_tenant_may_call_is_on_the_list(arena: Arena) -> None:
    callable_ = """
        SELECT DISTINCT p.proname FROM pg_proc p WHERE p.provolatile = 'v' AND has_function_privilege($1, p.oid, 'EXECUTE')
          AND has_schema_privilege($1, p.pronamespace, 'USAGE')
          AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype, 'index_am_handler'::regtype, 'table_am_handler'::regtype,
                                   'tsm_handler'::regtype, 'language_handler'::regtype)
    """
    may = {row["proname"] for row in await arena.superuser.fetch(callable_, arena.a.schema)}
    assert may == {
        *("random", "random_normal", "gen_random_uuid", "uuidv4", "uuidv7", "clock_timestamp", "timeofday"),
        *("nextval", "currval", "lastval", "array_sample", "array_shuffle"),
    }
