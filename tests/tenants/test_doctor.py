"""The doctor finds what was changed by hand, that and nothing else; the bootstrap mends it, and changes nothing that stands."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from infra.servers.postgres import EmbeddedPostgres
from infra.testing import Installation, ServerUrls, installed
from tenants.bootstrap import BootstrapRefused, bootstrap
from tenants.doctor import Finding, examine
from tenants.platform_schema import migrate_platform
from tests.tenants.ground import Connection
from tests.tenants.plugins import Shop
from tests.tenants.sabotage import SABOTAGES, Sabotage


@dataclass(slots=True)
class Patient:
    """An installation with two tenants on a server of its own, which is broken and mended again and again."""

    ground: Installation
    superuser: Connection
    schemas: dict[str, str]

    def fill(self, text: str) -> str:
        for name, value in self.schemas.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    async def examine(self, **options: Any) -> list[Finding]:
        return await examine(self.ground.provisioner, self.ground.modules, **options)

    async def wrong(self) -> list[Finding]:
        return [each for each in await self.examine() if not each.ok]

    async def bootstrap(self) -> list[str]:
        return await bootstrap(self.superuser, self.ground.settings)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def patient(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Patient]:
    """Yield the patient, in good health."""
    with tempfile.TemporaryDirectory(prefix="weft-doctor-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", say=lambda _: None)
        address = server.start()
        urls = ServerUrls(lambda database: address.dsn("postgres", database), "redis://nowhere")
        async with installed(urls, Registry([Shop()]), tmp_path_factory.mktemp("doctor")) as ground:
            t, o = await ground.new_tenant(), await ground.new_tenant()
            superuser = await asyncpg.connect(ground.superuser_url, connection_class=WeftConnection)
            await superuser.execute("DELETE FROM platform.operation")
            database = await superuser.fetchval("SELECT current_database()")
            yield Patient(ground, superuser, {"t": t.schema, "o": o.schema, "db": database})
            await superuser.close()
        server.stop()


async def test_of_a_fresh_installation_every_check_says_that_all_is_well(patient: Patient) -> None:
    findings = await patient.examine()
    assert [each for each in findings if not each.ok] == []
    assert {each.name for each in findings} >= {*(each.check for each in SABOTAGES), "server", "spares", "catalogue cost"}
    assert all(each.sentence.endswith(".") for each in findings)


async def test_running_the_bootstrap_again_changes_nothing(patient: Patient) -> None:
    await patient.bootstrap()
    before = await everything(patient.superuser)
    assert await patient.bootstrap() == []
    assert await migrate_platform(patient.superuser) == []
    assert await everything(patient.superuser) == before


async def everything(superuser: Connection) -> dict[str, list[Any]]:
    """Return every row of the catalogue that says who may do what."""
    asked = {
        "roles": "SELECT * FROM pg_authid ORDER BY oid",
        "memberships": "SELECT roleid, member, grantor, admin_option, inherit_option, set_option FROM pg_auth_members ORDER BY 1, 2, 3",
        "tables": "SELECT oid, relname, relowner, relacl::text, relrowsecurity FROM pg_class ORDER BY oid",
        "schemas": "SELECT oid, nspname, nspowner, nspacl::text FROM pg_namespace ORDER BY oid",
        "functions": "SELECT oid, proowner, proacl::text FROM pg_proc ORDER BY oid",
        "languages": "SELECT oid, lanacl::text FROM pg_language ORDER BY oid",
        "databases": "SELECT oid, datacl::text FROM pg_database ORDER BY oid",
        "defaults": "SELECT defaclrole, defaclnamespace, defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 1, 2, 3",
        "policies": "SELECT * FROM pg_policies ORDER BY 1, 2, 3",
        "extensions": "SELECT oid, extname FROM pg_extension ORDER BY oid",
    }
    return {name: await superuser.fetch(sql) for name, sql in asked.items()}


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=[each.sql[:70] for each in SABOTAGES])
async def test_one_thing_that_was_changed_is_found_alone_and_mended(patient: Patient, sabotage: Sabotage) -> None:
    await patient.superuser.execute(patient.fill(sabotage.sql))
    try:
        wrong = await patient.wrong()
        assert {each.name for each in wrong} == {sabotage.check}, wrong
        assert any(patient.fill(sabotage.names) in each.sentence for each in wrong), wrong
    finally:
        done = await patient.bootstrap()
        if sabotage.repair:
            await patient.superuser.execute(patient.fill(sabotage.repair))
    assert await patient.wrong() == []
    assert done or sabotage.repair, "the bootstrap mended it without saying so"
    assert await patient.bootstrap() == []


async def test_a_role_that_is_gone_is_found_and_made_again(patient: Patient) -> None:
    schema = patient.schemas["o"]
    await patient.superuser.execute(f"DROP OWNED BY {schema}; DROP ROLE {schema}")
    wrong = await patient.wrong()
    assert {each.name for each in wrong} == {"homes"}
    assert any(f"The tenant {schema} has no role" in each.sentence for each in wrong)
    await patient.bootstrap()
    assert await patient.wrong() == []
    async with (await patient.ground.runtime.tenant_by_id(await id_of(patient, schema))).transaction(unaudited="test") as db:
        await db.execute("INSERT INTO shop_item (id, title) VALUES (uuidv7(), 'still mine')")


async def id_of(patient: Patient, schema: str) -> Any:
    return await patient.superuser.fetchval("SELECT id FROM platform.tenant WHERE schema = $1", schema)


async def test_a_schema_that_is_gone_is_told_and_not_made_up(patient: Patient) -> None:
    schema = patient.schemas["o"]
    await patient.superuser.execute(f"ALTER SCHEMA {schema} RENAME TO aside")
    wrong = await patient.wrong()
    assert f"The tenant {schema} has no schema, which only a backup can bring back. Only a person can put this right." in [
        each.sentence for each in wrong
    ]
    assert {each.name for each in wrong} == {"homes", "tables", "bookkeeping"}
    await patient.superuser.execute(f"ALTER SCHEMA aside RENAME TO {schema}")
    assert await patient.wrong() == []


async def test_a_pool_without_a_spare_is_told(patient: Patient) -> None:
    findings = {each.name: each for each in await patient.examine(spares=3)}
    assert not findings["spares"].ok
    assert "3 should be" in findings["spares"].sentence


async def test_a_login_without_rights_learns_what_is_missing_and_changes_nothing(patient: Patient) -> None:
    url = patient.ground.settings.provisioner_url
    provisioner = await asyncpg.connect(url, connection_class=WeftConnection)
    assert await bootstrap(provisioner, patient.ground.settings) == []
    await patient.superuser.execute("GRANT USAGE ON LANGUAGE sql TO PUBLIC")
    with pytest.raises(BootstrapRefused, match=r"everybody may use the language sql.*weft migrate"):
        await bootstrap(provisioner, patient.ground.settings)
    assert [each.name for each in await patient.wrong()] == ["everybody"]
    await patient.bootstrap()
    await provisioner.close()


async def test_a_password_that_was_changed_is_set_again(patient: Patient) -> None:
    await patient.superuser.execute("ALTER ROLE weft_platform PASSWORD 'guessed'")
    assert await patient.bootstrap() == ["the password of weft_platform"]
    assert await patient.bootstrap() == []


async def test_a_server_whose_settings_do_not_fit_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    with tempfile.TemporaryDirectory(prefix="weft-unfit-") as folder:
        unfit = {"wal_level": "replica", "max_locks_per_transaction": "64", "fsync": "off"}
        server = EmbeddedPostgres(Path(folder) / "postgres", settings=unfit, say=lambda _: None)
        address = server.start()
        urls = ServerUrls(lambda database: address.dsn("postgres", database), "redis://nowhere")
        async with installed(urls, Registry([Shop()]), tmp_path_factory.mktemp("unfit")) as ground:
            wrong = [each for each in await examine(ground.provisioner, ground.modules) if not each.ok]
        server.stop()
    assert {each.name for each in wrong} == {"server"}
    assert all(any(setting in each.sentence for each in wrong) for setting in unfit)
