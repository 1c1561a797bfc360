"""Migrations run once, in order, in the tenant's own schema, and Piccolo's two mistakes are corrected."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from piccolo.apps.migrations.auto import migration_manager
from piccolo.columns import ForeignKey, Integer
from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from core.platform.connection import WeftConnection
from core.tenancy.scope import CURRENT, OutsideTenant
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tenants import platform_schema
from tenants.facts import changed_facts
from tenants.platform_schema import SchemaChanged, migrate_platform
from tenants.steps import MigrationScope, enter_schema, last_migration, migrations_of
from tests.tenants.ground import Connection
from tests.tenants.plugins import Made, Shop
from tests.tenants.shop.tables import Item
from weft import Plugin, hookimpl

patched: Any = migration_manager  # the module as `tenants.steps` corrects it


class Shelf(Table, tablename="shop_shelf"):
    """Where items lie."""

    number = Integer()


class Place(Table, tablename="shop_place"):
    """Which item lies where."""

    shelf = ForeignKey(Shelf)


@asynccontextmanager
async def migrating(installation: Installation, tenant: LiveTenant) -> AsyncIterator[MigrationScope]:
    """Open what a migration runs in."""
    async with installation.provisioner.transaction() as connection:
        await enter_schema(connection, tenant.schema)
        scope = MigrationScope(connection)
        token = CURRENT.set(scope)
        yield scope
        scope.ended = True
        CURRENT.reset(token)


async def test_migrations_come_in_the_order_of_their_names_and_know_the_last() -> None:
    assert [name for name, _ in migrations_of(Shop("2.0"))] == ["shop_0001", "shop_0002"]
    assert last_migration(Shop()) == "shop_0001"
    assert last_migration(Made("nothing")) == ""


async def test_equal_file_names_of_two_plugins_do_not_collide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stored(Plugin):
        title, version = "Stored", "1"

        def __init__(self, key: str) -> None:
            self.key = key  # type: ignore[misc]

        @hookimpl
        def storage(self) -> AppConfig:
            return AppConfig(app_name=self.key, migrations_folder_path=tmp_path / self.key / "migrations", table_classes=[])

    monkeypatch.syspath_prepend(tmp_path)
    for key in ("first", "second"):
        folder = tmp_path / key / "migrations"
        folder.mkdir(parents=True)
        for package in (folder, folder.parent):
            (package / "__init__.py").write_text("")
        (folder / "same_0001.py").write_text(f"async def forwards():\n    return {key!r}\n")
        (folder / "notes.py").write_text("# no migration\n")
    told = [await module.forwards() for key in ("first", "second") for _, module in migrations_of(Stored(key))]
    assert told == ["first", "second"]


async def test_a_foreign_keys_constraint_is_found_in_the_tenants_own_schema(installation: Installation) -> None:
    for suffix in ("a", "b"):
        tenant = await installation.new_tenant()
        async with migrating(installation, tenant) as scope:
            await scope.rows(
                "CREATE TABLE shop_shelf (id serial PRIMARY KEY, number integer);"
                f"CREATE TABLE shop_place (id serial PRIMARY KEY, shelf integer CONSTRAINT of_{suffix} REFERENCES shop_shelf)",
                (),
            )
            assert await patched.get_fk_constraint_name(Place.shelf) == f"of_{suffix}"


async def test_a_migration_may_read_and_write_rows_with_parameters(installation: Installation) -> None:
    tenant = await installation.new_tenant()
    async with migrating(installation, tenant):
        await Item.insert(Item(id="0198c0de-0000-7000-8000-000000000001", title="a lamp")).run()
        assert [row["title"] for row in await Item.select(Item.title).where(Item.title == "a lamp").run()] == ["a lamp"]
        async with Item._meta.db.transaction():  # Piccolo's own migrations open one: it is the operator's
            await Item.update({Item.title: "two lamps"}, force=True).run()
    with pytest.raises(OutsideTenant):
        await Item.select().run()
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT title FROM shop_item") == "two lamps"


async def test_a_tenants_transaction_is_refused_while_its_tables_change(installation: Installation) -> None:
    tenant = await installation.new_tenant()
    async with migrating(installation, tenant):
        with pytest.raises(Exception, match="never spans two tenants"):
            tenant.transaction()


async def test_the_platforms_files_run_once_and_an_edited_one_is_told(
    installation: Installation, superuser: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await migrate_platform(superuser) == []
    folder = tmp_path / "schema"
    folder.mkdir()
    for file in (Path(__file__).parents[2] / "core" / "platform" / "schema").glob("*.sql"):
        (folder / file.name).write_text(file.read_text())
    (folder / "9999_last.sql").write_text("CREATE TABLE platform.zebra (x int); GRANT SELECT ON platform.zebra TO weft_platform")
    (folder / "README").write_text("not a step")
    monkeypatch.setattr(platform_schema, "files", lambda _: tmp_path)
    assert await migrate_platform(superuser) == ["9999_last.sql"]
    assert await migrate_platform(superuser) == []
    async with superuser.transaction():
        await superuser.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        assert await changed_facts(superuser) == [], "what the new file granted was kept as a fact"
    (folder / "9999_last.sql").write_text("CREATE TABLE platform.zebra (x bigint)")
    with pytest.raises(SchemaChanged, match=r"9999_last\.sql was edited"):
        await migrate_platform(superuser)
    await superuser.execute("DROP TABLE platform.zebra; DELETE FROM platform.schema_step WHERE name = '9999_last.sql'")
    await superuser.execute("DELETE FROM platform.schema_fact WHERE fact LIKE '%zebra%'")


async def test_a_platform_file_that_fails_leaves_nothing(
    installation: Installation, superuser: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "9998_half.sql").write_text("CREATE TABLE platform.half (x int); SELECT 1 / 0")
    monkeypatch.setattr(platform_schema, "files", lambda _: tmp_path)
    connection: Connection = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate_platform(connection)
    await connection.close()
    assert await superuser.fetchval("SELECT to_regclass('platform.half') IS NULL")
