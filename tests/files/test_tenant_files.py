"""A tenant's files share the fate of the transaction that made or removed them, and nobody else sees them."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from core.platform.connection import WeftConnection
from core.tenancy.scope import OutsideTenant
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from weft.errors import Invalid, Missing, Unavailable
from weft.files import StoredFile

NOW = timedelta()


class Oops(Exception):
    """What a service may raise."""


async def put(tenant: LiveTenant, content: bytes = b"hello", name: str = "letter.txt") -> StoredFile:
    async with tenant.transaction(unaudited="a test"):
        return await tenant.files.put(name, "text/plain", content)


async def content_of(tenant: LiveTenant, file_id: UUID) -> bytes:
    return b"".join([part async for part in tenant.files.read(file_id)])


async def has_bytes(installation: Installation, tenant: LiveTenant, file_id: UUID, suffix: str = "") -> bool:
    try:
        async for _ in installation.runtime.store.read(f"{tenant.schema}/{file_id}{suffix}"):
            break
    except Missing:
        return False
    return True


async def make_old(installation: Installation) -> None:
    admin = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    await admin.execute("UPDATE platform.file_waste SET at = now() - interval '1 hour'")
    await admin.close()


async def test_a_file_is_found_and_read_as_it_was_put(tenant: LiveTenant) -> None:
    file = await put(tenant)
    assert await tenant.files.find(file.id) == file
    assert (file.name, file.media_type, file.size) == ("letter.txt", "text/plain", 5)
    assert await content_of(tenant, file.id) == b"hello"


async def test_a_file_is_put_only_inside_a_transaction(tenant: LiveTenant) -> None:
    with pytest.raises(OutsideTenant):
        await tenant.files.put("letter.txt", "text/plain", b"hello")


async def test_the_bytes_go_when_the_transaction_rolls_back(installation: Installation, tenant: LiveTenant) -> None:
    with pytest.raises(Oops):
        async with tenant.transaction(unaudited="a test"):
            file = await tenant.files.put("letter.txt", "text/plain", b"hello")
            raise Oops
    assert not await has_bytes(installation, tenant, file.id)
    with pytest.raises(Missing):
        await tenant.files.find(file.id)


async def test_the_bytes_go_when_a_savepoint_rolls_back_and_the_rest_commits(installation: Installation, tenant: LiveTenant) -> None:
    async with tenant.transaction(unaudited="a test"):
        kept = await tenant.files.put("kept.txt", "text/plain", b"kept")
        with pytest.raises(Oops):
            async with tenant.transaction():
                file = await tenant.files.put("letter.txt", "text/plain", b"hello")
                raise Oops
    assert await content_of(tenant, kept.id) == b"kept"
    assert not await has_bytes(installation, tenant, file.id)


async def test_the_bytes_of_a_removed_file_go_after_the_commit_and_not_before(installation: Installation, tenant: LiveTenant) -> None:
    file = await put(tenant)
    with pytest.raises(Oops):
        async with tenant.transaction(unaudited="a test"):
            await tenant.files.remove(file.id)
            raise Oops
    assert await content_of(tenant, file.id) == b"hello"
    async with tenant.transaction(unaudited="a test"):
        await tenant.files.remove(file.id)
        assert await has_bytes(installation, tenant, file.id)
    assert not await has_bytes(installation, tenant, file.id)
    with pytest.raises(Missing):
        await content_of(tenant, file.id)


async def test_bytes_whose_process_died_before_they_became_a_file_are_swept_up(installation: Installation, tenant: LiveTenant) -> None:
    runtime = installation.runtime
    staged = await tenant.files.stage(b"hello")
    await runtime.store.sweep(runtime.platform, NOW)
    assert await has_bytes(installation, tenant, staged.id), "bytes that may still become a file must stay for a day"
    await make_old(installation)
    assert await runtime.store.sweep(runtime.platform, NOW) >= 1
    assert not await has_bytes(installation, tenant, staged.id)


async def test_staged_bytes_that_were_swept_up_make_no_file(installation: Installation, tenant: LiveTenant) -> None:
    runtime = installation.runtime
    staged = await tenant.files.stage(b"hello")
    await make_old(installation)
    await runtime.store.sweep(runtime.platform, NOW)
    with pytest.raises(Unavailable):
        async with tenant.transaction(unaudited="a test"):
            await tenant.files.keep(staged, "letter.txt", "text/plain")
    with pytest.raises(Missing):
        await tenant.files.find(staged.id)


async def test_the_sweeper_never_takes_the_bytes_of_a_file_that_is_just_being_made(installation: Installation, tenant: LiveTenant) -> None:
    runtime = installation.runtime
    staged = await tenant.files.stage(b"hello")
    await make_old(installation)
    async with tenant.transaction(unaudited="a test"):
        file = await tenant.files.keep(staged, "letter.txt", "text/plain")
        async with asyncio.timeout(60):
            await runtime.store.sweep(runtime.platform, NOW)
    await runtime.store.sweep(runtime.platform, NOW)
    assert await content_of(tenant, file.id) == b"hello"


async def test_a_file_that_is_too_long_leaves_neither_bytes_nor_facts_nor_waste(installation: Installation, tenant: LiveTenant) -> None:
    with pytest.raises(Invalid, match="larger than 3 bytes"):
        async with tenant.transaction(unaudited="a test"):
            await tenant.files.put("letter.txt", "text/plain", b"hello", limit=3)
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM platform.file_waste") == 0
        assert await db.fetchval("SELECT count(*) FROM platform.file") == 0


async def test_one_business_sees_reads_and_removes_no_file_of_another(tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    file = await put(tenant)
    with pytest.raises(Missing):
        await other_tenant.files.find(file.id)
    with pytest.raises(Missing):
        await content_of(other_tenant, file.id)
    async with other_tenant.transaction(unaudited="a test"):
        await other_tenant.files.remove(file.id)
    assert await content_of(tenant, file.id) == b"hello"


async def test_one_business_cannot_have_the_bytes_of_another_thrown_away(tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    file = await put(tenant)
    with pytest.raises(asyncpg.CheckViolationError):
        async with other_tenant.transaction(unaudited="a test") as db:
            await db.execute("INSERT INTO platform.file_waste (path) VALUES ($1)", f"{tenant.schema}/{file.id}")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\Kunden 2026.csv", "Kunden 2026.csv"),
        (".bashrc", "bashrc"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
        ("日本語.csv", "日本語.csv"),
    ],
)
async def test_a_name_is_no_path_and_misleads_nobody(tenant: LiveTenant, given: str, kept: str) -> None:
    assert (await put(tenant, name=given)).name == kept
