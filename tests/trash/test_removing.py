"""A module is removed, wanted back, or purged: nothing of it is lost before its time, and nothing of others at all."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from core.platform.connection import WeftConnection
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock, Installation
from plugins.accounting.services import setup
from tenants.life import delete, purge
from tenants.modules import disable, enable
from tenants.operator import Operator
from tenants.trash.removing import KEPT, remove, trash_of, undo
from weft import Conflict, Missing, new_id

# Everything that PostgreSQL knows of a schema, apart from what its objects are numbered.
FACTS = """
SELECT format('%s %s %s %s', c.relkind, c.relname, c.relacl, c.relowner::regrole) AS fact FROM pg_class c
    WHERE c.relnamespace = $1::regnamespace
UNION ALL SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid)) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relnamespace = $1::regnamespace
UNION ALL SELECT format('%s on %s: %s %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_constraint k WHERE k.connamespace = $1::regnamespace
UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = $1::regnamespace
UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal
UNION ALL SELECT pg_get_functiondef(p.oid) || p.proowner::regrole FROM pg_proc p WHERE p.pronamespace = $1::regnamespace
"""
KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'weft operator' AND wait_event_type = 'Lock' AND datname = current_database()
"""
PLATFORM = {
    "saved_view": "tenant = $1",
    "report_pin": "tenant = $1",
    "tenant_module": "tenant_id = $2",
    "migration_step": "tenant_id = $2",
    "role": "tenant_id = $2",
    "schedule": "tenant = $1",
}


@pytest.fixture
async def superuser(installation: Installation) -> Any:
    connection = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    yield connection
    await connection.close()


async def everything(superuser: Any, tenant: LiveTenant) -> dict[str, list[str]]:
    """Return all there is of a business, row by row."""
    found = {"facts": sorted(row["fact"] for row in await superuser.fetch(FACTS, tenant.schema))}
    for row in await superuser.fetch("SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'", tenant.schema):
        rows = await superuser.fetch(f'SELECT x::text AS row FROM {tenant.schema}."{row["relname"]}" x')
        found[row["relname"]] = sorted(each["row"] for each in rows)
    for table, where in PLATFORM.items():
        left = {"migration_step": "id", "schedule": "due"}.get(table, "")  # numbered, and reckoned, anew
        rows = await superuser.fetch(
            f"SELECT (to_jsonb(x) - '{left}')::text AS row FROM platform.{table} x WHERE {where} AND ($1::name, $2::uuid) IS NOT NULL",
            *(tenant.schema, tenant.id),
        )
        found[table] = sorted(each["row"] for each in rows)
    settings = await superuser.fetchval("SELECT settings::text FROM platform.tenant WHERE id = $1", tenant.id)
    return {**found, "settings": [settings]}


@pytest.fixture
async def shop(installation: Installation, superuser: Any) -> LiveTenant:
    """Return a business with books, something in all corners of the platform, and a role of its own."""
    tenant = await installation.new_tenant("accounting", "notes")
    await setup.set_up(tenant, "generic")
    await superuser.execute(f"ALTER TABLE {tenant.schema}.accounting_account ADD party uuid REFERENCES {tenant.schema}.contacts_party (id)")
    async with installation.provisioner.as_owner() as db:
        await installation.modules.make_schedules(db, installation.runtime, tenant.schema)
    await superuser.execute(
        "UPDATE platform.schedule SET paused = true WHERE tenant = $1 AND name = 'accounting.fold_balances'", tenant.schema
    )
    await superuser.execute(
        """UPDATE platform.tenant SET settings = '{"accounting": {"x": 1}, "contacts": {"y": 2}}' WHERE id = $1""", tenant.id
    )
    await superuser.execute(
        "INSERT INTO platform.saved_view (id, tenant, listing, title, query) VALUES ($1, $2, 'accounting.entries', 'Mine', 'a=b')",
        *(new_id(), tenant.schema),
    )
    await superuser.execute(
        "INSERT INTO platform.role (id, tenant_id, title, permissions) VALUES ($1, $2, 'Both', '{accounting.entry.post,notes.note.read}')",
        *(new_id(), tenant.id),
    )
    return tenant


async def test_a_module_that_is_removed_comes_back_row_by_row_with_rights_settings_and_views(
    installation: Installation, superuser: Any, shop: LiveTenant
) -> None:
    parts = (installation.provisioner, installation.runtime, installation.modules, shop.id)
    before = await everything(superuser, shop)
    assert len(before["accounting_account"]) > 10
    gone = await remove(*parts, "accounting")
    assert gone == {name: len(rows) for name, rows in before.items() if name.startswith("accounting_")}
    assert not (await installation.runtime.tenant_by_id(shop.id)).has("accounting")
    [removed] = await trash_of(installation.runtime.platform, shop.schema)
    trash = await superuser.fetchval("SELECT schema::text FROM platform.module_trash WHERE id = $1", removed.id)
    between = await everything(superuser, shop)
    assert not [name for name in between if name.startswith("accounting_")]
    assert not [fact for fact in between["facts"] if "accounting" in fact]
    assert between["settings"] == ['{"contacts": {"y": 2}}']
    assert between["saved_view"] == []
    assert {name: rows for name, rows in between.items() if name.startswith("contacts_")} == {
        name: rows for name, rows in before.items() if name.startswith("contacts_")
    }
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with shop.transaction() as db:
            await db.fetch(f"SELECT * FROM {trash}.accounting_account")
    assert await undo(*parts, "accounting") == []
    after = await everything(superuser, shop)
    for name in before:
        assert after[name] == before[name], name
    assert after.keys() == before.keys()
    assert await superuser.fetchval("SELECT to_regnamespace($1) IS NULL", trash)


async def test_what_others_need_or_refer_to_stays(installation: Installation, superuser: Any, shop: LiveTenant) -> None:
    parts = (installation.provisioner, installation.runtime, installation.modules, shop.id)
    with pytest.raises(Conflict, match="is needed by Accounting"):
        await remove(*parts, "contacts")
    await disable(*parts, "accounting")  # it keeps its data, which refers to contacts
    with pytest.raises(Conflict, match="Accounting is switched off, but its data refers to Contacts"):
        await remove(*parts, "contacts")
    with pytest.raises(Missing, match="nothing to remove"):
        await remove(*parts, "inventory")
    await superuser.execute(f"ALTER TABLE {shop.schema}.contacts_party ADD note uuid REFERENCES {shop.schema}.notes_note (id)")
    with pytest.raises(Conflict, match="Data of Contacts refers to Notes: remove Contacts first"):
        await remove(*parts, "notes")
    assert (await installation.runtime.tenant_by_id(shop.id)).has("notes")


async def test_a_module_that_is_there_again_is_not_overwritten_by_the_one_in_the_trash(
    installation: Installation, superuser: Any, shop: LiveTenant
) -> None:
    parts = (installation.provisioner, installation.runtime, installation.modules, shop.id)

    async def write(title: str) -> None:
        async with shop.transaction(unaudited="a test") as db:
            await db.execute("INSERT INTO notes_note (id, title, version) VALUES ($1, $2, 1)", new_id(), title)

    async def titles() -> list[str]:
        return [row["title"] for row in await superuser.fetch(f"SELECT title FROM {shop.schema}.notes_note")]

    await write("old")
    await remove(*parts, "notes")
    await enable(*parts, "notes")
    assert await titles() == []
    await write("new")
    with pytest.raises(Conflict, match="remove that first"):
        await undo(*parts, "notes")
    await remove(*parts, "notes")
    await undo(*parts, "notes")  # the latest
    assert await titles() == ["new"]
    await remove(*parts, "notes")
    assert [each.rows for each in await trash_of(installation.runtime.platform, shop.schema)] == [1, 1, 1]


async def test_after_its_time_it_is_purged_and_the_audit_log_keeps_the_certificate(
    installation: Installation, clock: Clock, superuser: Any, shop: LiveTenant
) -> None:
    parts = (installation.provisioner, installation.runtime, installation.modules, shop.id)
    operator = Operator(installation.runtime, installation.provisioner, spares=0)
    gone = await remove(*parts, "accounting")
    mine, trash = await superuser.fetchrow("SELECT id, schema::text FROM platform.module_trash WHERE tenant = $1", shop.schema)
    clock.forward(KEPT - timedelta(minutes=1))
    assert mine not in await operator.purge_trash()
    clock.forward(timedelta(minutes=1))
    with pytest.raises(Missing, match="30 days"):
        await undo(*parts, "accounting")
    assert mine in await operator.purge_trash()  # those of other businesses are due as well
    assert await operator.purge_trash() == []
    assert await superuser.fetchval("SELECT to_regnamespace($1) IS NULL", trash)
    [kept] = await trash_of(installation.runtime.platform, shop.schema)
    assert kept.id == mine
    assert kept.state == "purged"
    assert kept.certificate is not None
    assert {each["table"]: each["rows"] for each in kept.certificate["tables"]} == gone
    assert len(kept.certificate["sha256"]) == 64
    logged = await superuser.fetchval(
        "SELECT after ->> 'sha256' FROM platform.audit_entry WHERE tenant = $1 AND action = 'purged'", shop.schema
    )
    assert logged == kept.certificate["sha256"]
    given = await superuser.fetch("SELECT unnest(permissions) AS p FROM platform.role WHERE tenant_id = $1", shop.id)
    assert not [row["p"] for row in given if row["p"].startswith("accounting.")]


async def test_a_removal_that_dies_half_way_has_moved_nothing_and_can_be_done_again(
    installation: Installation, superuser: Any, shop: LiveTenant
) -> None:
    parts = (installation.provisioner, installation.runtime, installation.modules, shop.id)
    before = await everything(superuser, shop)
    last = max(name for name in before if name.startswith("accounting_"))  # all others are moved before it
    reader = await asyncpg.connect(installation.superuser_url)
    held = reader.transaction()
    await held.start()
    await reader.execute(f"LOCK TABLE {shop.schema}.{last} IN ROW EXCLUSIVE MODE")
    removing = asyncio.create_task(remove(*parts, "accounting"))
    while not removing.done() and not await superuser.fetchval(KILL):
        pass
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):  # killed, or, on a slow day, out of patience
        await removing
    await held.rollback()
    await reader.close()
    after = await everything(superuser, shop)
    assert after == before
    assert (await remove(*parts, "accounting")).keys() == {name for name in before if name.startswith("accounting_")}


async def test_a_business_that_is_erased_leaves_no_trash(installation: Installation, superuser: Any, shop: LiveTenant) -> None:
    await remove(installation.provisioner, installation.runtime, installation.modules, shop.id, "notes")
    trash = await superuser.fetchval("SELECT schema::text FROM platform.module_trash WHERE tenant = $1", shop.schema)
    await delete(installation.runtime, shop.id, "a test", grace=timedelta(seconds=-1))
    await purge(installation.provisioner, shop.id)
    assert await superuser.fetchval("SELECT to_regnamespace($1) IS NULL", trash)
