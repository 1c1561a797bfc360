"""What tenants keep in shared tables: A sees and touches its own rows only, by whatever door and trick."""

from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from core.tenancy.opening import begin
from tests.tenancy.arena import Arena
from tests.tenancy.shared import GRANTED, content, fill

READABLE = sorted(table for table, verbs in GRANTED.items() if "SELECT" in verbs)
WRITABLE = sorted(table for table, verbs in GRANTED.items() if "UPDATE" in verbs)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(_arena: Arena) -> Arena:
    """Return the arena with one row of A's and one of B's in every shared table."""
    for schema in (_arena.a.schema, _arena.b.schema):
        tables = await fill(_arena, schema)
        assert tables == sorted(GRANTED), "a shared table is missing from the list, or has no tenant column"
    return _arena


async def test_every_table_with_a_tenant_column_has_row_security(shared: Arena) -> None:
    open_tables = await shared.superuser.fetch("""
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('tenant', 'tenant_id')
        WHERE c.relnamespace = 'platform'::regnamespace AND NOT c.relrowsecurity AND c.relkind IN ('r', 'p')
          AND has_any_column_privilege('weft_tenants', c.oid, 'SELECT, INSERT, UPDATE')
    """)
    assert open_tables == []


@pytest.mark.parametrize("table", READABLE)
async def test_a_sees_its_own_row_and_none_of_bs(shared: Arena, table: str) -> None:
    for door in ("piccolo", "fetch", "database"):
        rows = await shared.send(door, f"SELECT tenant FROM platform.{table}")
        assert {dict(row)["tenant"] for row in rows} == {shared.a.schema}


@pytest.mark.parametrize("table", READABLE)
@pytest.mark.parametrize(
    "where",
    [
        "tenant = '{b}'",
        "tenant <> current_user",
        "true OR tenant = '{b}'",
        "tenant::text || '' = '{b}'",
        "CAST(CASE WHEN tenant = '{b}' THEN 'not a number' ELSE '1' END AS integer) = 1 AND tenant <> '{a}'",  # an error would tell
        "1 / (CASE WHEN tenant = '{b}' THEN 0 ELSE 1 END) = 1 AND tenant <> '{a}'",
        "(SELECT count(*) FROM platform.{table} x WHERE x.tenant = '{b}') > 0",
        "ctid IN (SELECT ctid FROM platform.{table} x WHERE x.tenant <> '{a}')",
        "format('%s', tenant) = '{b}'",
        "to_jsonb({table}.*) ->> 'tenant' = '{b}'",
    ],
)
async def test_no_condition_is_shown_a_row_of_bs(shared: Arena, table: str, where: str) -> None:
    condition = shared.fill(where.replace("{table}", table))
    rows = await shared.send("database", f"SELECT tenant FROM platform.{table} WHERE {condition}")
    assert {row["tenant"] for row in rows} <= {shared.a.schema}


@pytest.mark.parametrize("table", WRITABLE)
async def test_a_changes_and_deletes_none_of_bs_rows(shared: Arena, table: str) -> None:
    before = await content(shared, table, shared.b.schema)
    for sql in (
        f"UPDATE platform.{table} SET tenant = tenant WHERE tenant <> current_user",
        f"DELETE FROM platform.{table} WHERE tenant = '{shared.b.schema}'",
        f"DELETE FROM platform.{table} t USING platform.{table} x WHERE t.tenant = '{shared.b.schema}'",
        f"WITH gone AS (DELETE FROM platform.{table} WHERE tenant <> current_user RETURNING 1) SELECT count(*) FROM gone",
    ):
        assert not _count(await shared.send("database", sql))
    await _commit(shared, f"DELETE FROM platform.{table} WHERE tenant = '{shared.b.schema}'")
    assert await content(shared, table, shared.b.schema) == before


def _count(answer: list[Any]) -> int:
    return answer[0][0] if answer else 0


async def _commit(arena: Arena, sql: str) -> None:
    async with arena.logged_in() as connection:
        await connection.execute(begin(arena.a.schema, 5))
        await connection.fetch(sql)
        await connection.execute("COMMIT")


@pytest.mark.parametrize("table", WRITABLE)
async def test_a_gives_no_row_to_b_and_takes_none(shared: Arena, table: str) -> None:
    for sql in (
        f"UPDATE platform.{table} SET tenant = '{shared.b.schema}'",
        f'INSERT INTO platform.{table} SELECT (jsonb_populate_record(x, \'{{"tenant": "{shared.b.schema}"}}\')).* FROM platform.{table} x',
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await shared.send("database", sql)


async def test_a_conflict_with_bs_row_neither_changes_nor_shows_it(shared: Arena) -> None:
    of_b = await shared.superuser.fetchval("SELECT id FROM platform.saved_view WHERE tenant = $1", shared.b.schema)
    insert = f"INSERT INTO platform.saved_view (id, listing, title, query) VALUES ('{of_b}', 'x', 'x', 'x')"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await shared.send("database", f"{insert} ON CONFLICT (id) DO UPDATE SET title = 'x' RETURNING *")
    assert await shared.send("database", f"{insert} ON CONFLICT (id) DO NOTHING RETURNING *") == []


async def test_a_file_with_the_id_of_one_of_bs_is_as_own_and_leaves_bs_alone(shared: Arena) -> None:
    """A copy of a business has the files of the first under the same ids."""
    of_b = await shared.superuser.fetchrow("SELECT * FROM platform.file WHERE tenant = $1", shared.b.schema)
    assert of_b is not None
    values = f"('{of_b['id']}', 'of A', 'x', 1, 'x') ON CONFLICT (tenant, id) DO UPDATE SET name = 'of A' RETURNING tenant::text, name"
    told = await shared.send("database", f"INSERT INTO platform.file (id, name, media_type, size, sha256) VALUES {values}")
    assert [tuple(row.values()) for row in told] == [(shared.a.schema, "of A")]
    now = await shared.superuser.fetchrow("SELECT * FROM platform.file WHERE tenant = $1 AND id = $2", shared.b.schema, of_b["id"])
    assert now == of_b
    await shared.superuser.execute("DELETE FROM platform.file WHERE tenant = $1 AND id = $2", shared.a.schema, of_b["id"])


async def test_a_names_no_bytes_of_bs_as_waste(shared: Arena) -> None:
    for path in (f"{shared.b.schema}/{'0' * 36}", f"{shared.a.schema}/../{shared.b.schema}/{'0' * 36}", f"{shared.a.schema}/x", "x"):
        with pytest.raises(asyncpg.CheckViolationError):
            await shared.send("database", f"INSERT INTO platform.file_waste (path) VALUES ('{path}')")


@pytest.mark.parametrize("table", ["import_problem", "import_row"])
async def test_a_hangs_nothing_on_an_import_of_bs(shared: Arena, table: str) -> None:
    of_b = await shared.superuser.fetchval("SELECT id FROM platform.import_batch WHERE tenant = $1", shared.b.schema)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await shared.send("database", f"UPDATE platform.{table} SET batch = '{of_b}', row = 999")


async def test_a_prepared_statement_follows_who_runs_it(shared: Arena) -> None:
    """Row security is part of a plan: one that A's request left on a connection must not serve B's."""
    connection = await shared.connect()
    seen = []
    statement = None
    for schema in (shared.a.schema, shared.b.schema, shared.a.schema):
        await connection.execute(begin(schema, 5))
        statement = statement or await connection.prepare("SELECT tenant, (SELECT count(*) FROM notes_note) FROM platform.job")
        # a generic plan comes after five custom ones
        seen += [(schema, {row["tenant"] for row in await statement.fetch()}) for _ in range(7)]
        await connection.execute("COMMIT")
    await connection.close()
    assert all(tenants == {schema} for schema, tenants in seen)


async def test_the_platform_sees_the_rows_of_all(shared: Arena) -> None:
    for table in ("job", "outbox", "audit_entry"):
        tenants = await shared.installation.runtime.platform.fetch(f"SELECT DISTINCT tenant FROM platform.{table}")
        assert {shared.a.schema, shared.b.schema} <= {row["tenant"] for row in tenants}
