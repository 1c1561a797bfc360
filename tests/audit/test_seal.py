"""Entries are sealed in the order in which they were written, once, whoever else writes or seals at the same time."""

import asyncio

import asyncpg
import pytest

from core.audit.seal import seal_due, seal_tenant
from core.platform.connection import WeftConnection
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tests.audit.paper import Connection, verdict, write
from weft.merkle import Frontier, root_of


async def positions(superuser: Connection, tenant: LiveTenant) -> list[int | None]:
    rows = await superuser.fetch("SELECT position FROM platform.audit_entry WHERE tenant = $1 ORDER BY at, id", tenant.schema)
    return [row["position"] for row in rows]


async def test_entries_get_their_places_in_the_order_of_writing(
    installation: Installation, tenant: LiveTenant, superuser: Connection
) -> None:
    await write(tenant, 7)
    assert await seal_tenant(installation.runtime.platform, tenant.schema, batch=3) == 7
    assert await positions(superuser, tenant) == list(range(7))
    seals = await superuser.fetch("SELECT size FROM platform.audit_seal WHERE tenant = $1 ORDER BY size", tenant.schema)
    assert [row["size"] for row in seals] == [3, 6, 7]
    assert await seal_tenant(installation.runtime.platform, tenant.schema) == 0
    assert (await verdict(installation, tenant)).tampering is None


async def test_the_root_does_not_depend_on_how_it_was_sealed(installation: Installation, superuser: Connection) -> None:
    roots = set()
    for batch in (1, 2, 5, 100):
        tenant = await installation.new_tenant()
        await write(tenant, 11, before={"x": 1}, after={"x": 2})
        await seal_tenant(installation.runtime.platform, tenant.schema, batch=batch)
        seal = await superuser.fetchrow(
            "SELECT size, root, peaks FROM platform.audit_seal WHERE tenant = $1 ORDER BY size DESC LIMIT 1", tenant.schema
        )
        leaves = await superuser.fetch("SELECT leaves FROM platform.audit_seal WHERE tenant = $1 ORDER BY size", tenant.schema)
        joined = b"".join(row["leaves"] for row in leaves)
        assert seal is not None
        assert seal["root"] == root_of([joined[place : place + 32] for place in range(0, len(joined), 32)])
        assert Frontier(seal["size"], tuple(seal["peaks"])).root() == seal["root"]
        roots.add(len(joined))
    assert roots == {11 * 32}


async def test_an_entry_that_commits_late_comes_later(installation: Installation, tenant: LiveTenant, superuser: Connection) -> None:
    late: Connection = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    async with late.transaction():
        await late.execute(
            "INSERT INTO platform.audit_entry (id, tenant, actor_name, via, action, record_kind)"
            " VALUES (uuidv7(), $1, 'slow', 'job', 'counted', 'notes.note')",
            tenant.schema,
        )
        await write(tenant, 2)
        assert await seal_tenant(installation.runtime.platform, tenant.schema) == 2
    assert await seal_tenant(installation.runtime.platform, tenant.schema) == 1
    assert await positions(superuser, tenant) == [2, 0, 1], "it is older than what was sealed, and comes after it"
    assert (await verdict(installation, tenant)).tampering is None
    await late.close()


async def test_writers_and_sealers_at_once_lose_and_double_nothing(
    installation: Installation, tenant: LiveTenant, superuser: Connection
) -> None:
    done = asyncio.Event()

    async def sealer() -> int:
        sealed = 0
        while not done.is_set():
            sealed += await seal_tenant(installation.runtime.platform, tenant.schema, batch=4)
        return sealed

    sealers = [asyncio.create_task(sealer()) for _ in range(3)]
    await asyncio.gather(*(write(tenant, 25) for _ in range(4)))
    done.set()
    sealed = sum(await asyncio.gather(*sealers)) + await seal_tenant(installation.runtime.platform, tenant.schema)
    assert sealed == 100
    assert sorted(place for place in await positions(superuser, tenant) if place is not None) == list(range(100))
    found = await verdict(installation, tenant)
    assert (found.size, found.unsealed, found.tampering) == (100, 0, None)


async def test_every_tenant_that_has_something_new_is_sealed(installation: Installation, superuser: Connection) -> None:
    await seal_due(installation.runtime.platform)
    tenants = [await installation.new_tenant() for _ in range(3)]
    await asyncio.gather(*(write(tenant, count) for count, tenant in enumerate(tenants)))
    assert await seal_due(installation.runtime.platform) == 3
    assert [await positions(superuser, tenant) for tenant in tenants] == [[], [0], [0, 1]]


async def test_a_log_that_cannot_be_sealed_holds_up_no_other(installation: Installation, superuser: Connection) -> None:
    broken, fine = await installation.new_tenant(), await installation.new_tenant()
    for tenant in (broken, fine):
        await write(tenant, 1)
    seal = "INSERT INTO platform.audit_seal (tenant, size, root, peaks, leaves) VALUES ($1, 0, '', '{}', '')"
    await superuser.execute(seal.replace("0, ''", "1, ''"), broken.schema)
    await superuser.execute("UPDATE platform.audit_entry SET position = 1 WHERE tenant = $1", broken.schema)
    await write(broken, 1)
    assert await seal_due(installation.runtime.platform) == 1
    assert await positions(superuser, fine) == [0]


async def test_the_platform_can_neither_change_nor_delete_what_is_sealed(installation: Installation, tenant: LiveTenant) -> None:
    await write(tenant, 2)
    platform = installation.runtime.platform
    await seal_tenant(platform, tenant.schema)
    for sql in (
        "UPDATE platform.audit_entry SET position = 7 WHERE tenant = $1",
        "UPDATE platform.audit_entry SET position = NULL WHERE tenant = $1",
        "UPDATE platform.audit_entry SET action = 'x' WHERE tenant = $1",
        "DELETE FROM platform.audit_entry WHERE tenant = $1",
        "UPDATE platform.audit_seal SET root = '' WHERE tenant = $1",
        "DELETE FROM platform.audit_seal WHERE tenant = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await platform.execute(sql, tenant.schema)
