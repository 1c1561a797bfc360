"""Suspended, resumed, deleted, brought back, and in the end erased without a trace."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.files.store import FileStore
from core.messaging.housekeeping import Housekeeping, Keep
from infra.testing import Clock, Installation
from tenants.life import SHARED_TABLES, delete, purge, resume, suspend, undelete
from tests.tenancy.shared import WITH_TENANT, in_order, put_row
from tests.tenants.ground import Connection, operator_of
from weft import Conflict, Missing

HELD = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname IN ('tenant', 'tenant_id', 'schema')
  AND NOT a.attisdropped ORDER BY 1
"""


async def state_of(superuser: Connection, tenant_id: UUID) -> tuple[str, str]:
    row = await superuser.fetchrow("SELECT state, reason FROM platform.tenant WHERE id = $1", tenant_id)
    assert row is not None
    return row["state"], row["reason"]


async def test_a_suspended_tenant_says_why_and_comes_back(installation: Installation, superuser: Connection) -> None:
    tenant = await installation.new_tenant()
    await suspend(installation.runtime, tenant.id, "The invoice of May is open.")
    assert await state_of(superuser, tenant.id) == ("suspended", "The invoice of May is open.")
    with pytest.raises(Conflict):
        await suspend(installation.runtime, tenant.id, "again")
    await resume(installation.runtime, tenant.id)
    assert await state_of(superuser, tenant.id) == ("active", "")
    with pytest.raises(Conflict):
        await resume(installation.runtime, tenant.id)


async def test_a_deleted_tenant_comes_back_within_its_time_of_grace(installation: Installation, superuser: Connection) -> None:
    tenant = await installation.new_tenant()
    await delete(installation.runtime, tenant.id, "Closed its doors")
    with pytest.raises(Missing):
        await purge(installation.provisioner, tenant.id)
    with pytest.raises(Conflict):
        await delete(installation.runtime, tenant.id, "twice")
    await undelete(installation.runtime, tenant.id)
    assert await state_of(superuser, tenant.id) == ("active", "")
    with pytest.raises(Conflict):
        await undelete(installation.runtime, tenant.id)


async def test_deleting_and_bringing_back_lifts_no_suspension(installation: Installation, superuser: Connection) -> None:
    tenant = await installation.new_tenant()
    await suspend(installation.runtime, tenant.id, "The invoice of May is open.")
    await delete(installation.runtime, tenant.id, "A trick")
    await undelete(installation.runtime, tenant.id)
    assert (await state_of(superuser, tenant.id))[0] == "suspended"
    await resume(installation.runtime, tenant.id)
    await delete(installation.runtime, tenant.id, "x")
    await undelete(installation.runtime, tenant.id)
    assert (await state_of(superuser, tenant.id))[0] == "active"


async def test_the_list_of_shared_tables_is_complete(installation: Installation, superuser: Connection) -> None:
    tables = {row["relname"] for row in await superuser.fetch(WITH_TENANT)}
    assert tables == {*SHARED_TABLES, "file_waste"}, "purge() would leave rows behind, or name a table that is not there"


async def test_rows_that_hang_on_the_catalogue_go_with_it(installation: Installation, superuser: Connection) -> None:
    staying = await superuser.fetch("""
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS (
            SELECT 1 FROM pg_constraint k
            WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confdeltype = 'c' AND a.attnum = ANY (k.conkey))
    """)
    assert [row["relname"] for row in staying] == []


async def rows_of(superuser: Connection, schema: str, tenant_id: UUID) -> dict[str, int]:
    """Return how many rows of a tenant's each table of the platform holds, all that hold some."""
    counted: dict[str, int] = {}
    for row in await superuser.fetch(HELD):
        mine: Any = tenant_id if row["attname"] == "tenant_id" else schema
        count = await superuser.fetchval(f"SELECT count(*) FROM platform.{row['relname']} WHERE {row['attname']} = $1", mine)
        if count:
            counted[row["relname"]] = count
    return counted


async def test_a_purged_tenant_leaves_nothing(installation: Installation, superuser: Connection, clock: Clock) -> None:
    tenant = await installation.new_tenant()
    async with tenant.transaction(unaudited="test"):
        file = await tenant.files.put("note.txt", "text/plain", b"private")
        await tenant.mail("a@example.com", "hello", "text")
    await fill_rest(superuser, tenant.schema)
    before = await rows_of(superuser, tenant.schema, tenant.id)
    assert set(SHARED_TABLES) <= set(before)
    assert {"tenant", "tenant_module", "migration_step", "operation", "role"} <= set(before)

    await delete(installation.runtime, tenant.id, "gone", grace=timedelta(0))
    assert await operator_of(installation).purge_due() == [tenant.schema]
    assert set(await rows_of(superuser, tenant.schema, tenant.id)) == {"file_waste"}
    assert await superuser.fetchval("SELECT to_regnamespace($1) IS NULL AND to_regrole($1) IS NULL", tenant.schema)
    assert await operator_of(installation).purge_due() == []

    store: FileStore = installation.runtime.store
    await Housekeeping(installation.runtime.platform, store, Keep(file_waste=timedelta(0))).turn()
    assert await rows_of(superuser, tenant.schema, tenant.id) == {}
    with pytest.raises(Missing):
        async for _ in store.read(f"{tenant.schema}/{file.id}"):
            pass


async def fill_rest(superuser: Connection, schema: str) -> None:
    """Put a row into every shared table."""
    for table in in_order(SHARED_TABLES):
        await put_row(superuser, table, schema)


async def test_a_purge_that_fails_half_way_has_done_nothing(
    installation: Installation, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = await installation.new_tenant()
    await delete(installation.runtime, tenant.id, "gone", grace=timedelta(0))
    monkeypatch.setattr("tenants.life.SHARED_TABLES", (*SHARED_TABLES, "no_such_table"))
    with pytest.raises(Exception, match="no_such_table"):
        await purge(installation.provisioner, tenant.id)
    assert await superuser.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{tenant.schema}.shop_item")
    monkeypatch.undo()
    assert await purge(installation.provisioner, tenant.id) == tenant.schema


async def test_two_operators_erase_a_tenant_once(installation: Installation) -> None:
    tenant = await installation.new_tenant()
    await delete(installation.runtime, tenant.id, "gone", grace=timedelta(0))
    gone = await asyncio.gather(operator_of(installation).purge_due(), operator_of(installation).purge_due())
    assert sorted(map(len, gone)) == [0, 1]
