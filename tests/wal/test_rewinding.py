"""One business as it was at any moment, beside the one that works: everything committed by then, nothing later; and nothing left behind."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from core.runtime import Runtime
from core.tenancy.catalogue import TenantRecord
from core.tenancy.tenant import LiveTenant
from infra.servers import alive
from infra.testing import Browser, Installation, Visitors
from infra.wal import bases
from infra.wal import past as pasts
from infra.wal.bases import CANNOT_ARCHIVE
from infra.wal.keeping import WalKeeper
from infra.wal.past import WalPast
from tenants.archive.files import opened_with
from tenants.archive.importing import Target, Wanted
from tenants.backups.keeper import Keeper
from tenants.backups.making import back_up
from tenants.backups.moments import forget_kept, kept_now
from tenants.backups.past import rewind
from tenants.doctor.wal import wal
from tenants.platform_schema import migrate_platform
from weft.errors import Conflict, Invalid, Missing, Unavailable

pytestmark = pytest.mark.usefixtures("keeper")
PATIENCE = 120.0  # seconds


def target_of(installation: Installation) -> Target:
    return Target(installation.runtime, installation.provisioner, installation.modules)


async def record_of(installation: Installation, tenant: LiveTenant) -> TenantRecord:
    record = await installation.runtime.catalogue.by_id(tenant.id)
    assert record is not None
    return record


async def do(tenant: LiveTenant, *statements: str) -> None:
    async with tenant.transaction(unaudited="a test's notes") as db:
        for each in statements:
            await db.execute(each)


async def notes_of(tenant: LiveTenant) -> list[str]:
    async with tenant.transaction() as db:
        return [row["title"] for row in await db.fetch("SELECT title FROM notes_note ORDER BY title")]


def note(title: str) -> str:
    return f"INSERT INTO notes_note (id, title) VALUES (uuidv7(), '{title}')"


async def moment(installation: Installation) -> datetime:
    """Return the time as the server has it, with a commit on either side of it."""
    connection = await asyncpg.connect(installation.superuser_url)
    try:
        at: datetime = await connection.fetchval("SELECT clock_timestamp()")
        await connection.execute("SELECT pg_sleep(0.002)")
        return at + timedelta(milliseconds=1)
    finally:
        await connection.close()


async def copied(runtime: Runtime, slug: str) -> LiveTenant:
    record = await runtime.catalogue.by_slug(slug)
    assert record is not None
    return runtime.tenant(record)


def assert_nothing_is_left(past: WalPast) -> None:
    assert list(past.shelf.past.iterdir()) == []
    assert not list(alive.servers_of(past.shelf.past))


async def test_the_copy_has_what_was_committed_by_the_moment_and_the_business_that_works_is_not_touched(
    installation: Installation, tenant: LiveTenant, past: WalPast
) -> None:
    await do(tenant, note("kept"), note("changed"), note("deleted"))
    async with tenant.transaction(unaudited="a test's file"):
        kept = await tenant.files.put("kept.txt", "text/plain", b"kept")
        gone = await tenant.files.put("gone.txt", "text/plain", b"gone since")
    record = await record_of(installation, tenant)
    await back_up(target_of(installation), record)
    at = await moment(installation)
    await do(
        tenant,
        note("later"),
        "UPDATE notes_note SET title = 'changed since' WHERE title = 'changed'",
        "DELETE FROM notes_note WHERE title = 'deleted'",
    )
    await installation.runtime.store.delete(f"{tenant.schema}/{gone.id}")
    before = await notes_of(tenant)
    slug = f"{tenant.slug[:30]}-then"
    manifest, made = await rewind(target_of(installation), past, record, at, Wanted(slug, "Then", people=False, quiet=True))
    copy = await copied(installation.runtime, slug)
    assert await notes_of(copy) == ["changed", "deleted", "kept"]
    assert await notes_of(tenant) == before == ["changed since", "kept", "later"]
    assert (manifest.lost, made.files, manifest.made_at) == ((), 2, at)
    store = installation.runtime.store
    for file, content in ((kept, b"kept"), (gone, b"gone since")):
        assert b"".join([part async for part in store.read(f"{copy.schema}/{file.id}")]) == content
    assert_nothing_is_left(past)


async def test_a_moment_from_before_the_platform_was_upgraded_can_be_had(
    installation: Installation, tenant: LiveTenant, past: WalPast
) -> None:
    admin = await asyncpg.connect(installation.superuser_url)
    await admin.execute("DROP TABLE platform.wal_kept")
    await admin.execute("DELETE FROM platform.schema_step WHERE name = '0031_wal.sql'")
    await do(tenant, note("old"))
    at = await moment(installation)
    assert await migrate_platform(admin) == ["0031_wal.sql"]
    await admin.close()
    slug = f"{tenant.slug[:30]}-old"
    await rewind(target_of(installation), past, await record_of(installation, tenant), at, Wanted(slug, quiet=True))
    assert await notes_of(await copied(installation.runtime, slug)) == ["old"]


async def test_what_cannot_be_had_is_refused_with_what_can_and_leaves_nothing(
    installation: Installation, tenant: LiveTenant, past: WalPast, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, target, at = await record_of(installation, tenant), target_of(installation), await moment(installation)
    tenants = await installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant")
    [(first, _)] = await past.spans()

    async def refused(kind: type[Exception], reason: str, moment: datetime = at, of: WalPast = past, slug: str = "never") -> None:
        with pytest.raises(kind, match=reason):
            await rewind(target, of, record, moment, Wanted(slug, quiet=True))
        assert_nothing_is_left(past)

    await refused(Invalid, "still to come", datetime.now(UTC) + timedelta(hours=1))
    await refused(Missing, rf"cannot be had. What can is from {first:%Y-%m-%d %H:%M:%S} UTC to", first - timedelta(seconds=1))
    await refused(Missing, "was not there yet", first + timedelta(milliseconds=1))
    await refused(Conflict, "is taken", slug=tenant.slug)
    await refused(Unavailable, "is of PostgreSQL 18", of=replace(past, binaries=replace(past.binaries, version="17.2")))
    with monkeypatch.context() as patched:
        patched.setattr(pasts, "ROOM", 1 << 60)
        await refused(Unavailable, "make room first")
    newest = max((past.shelf.segments / f"{name}.gz" for name in past.shelf.archived()), key=lambda each: each.name)
    whole = newest.read_bytes()
    newest.write_bytes(whole[:-1])
    await refused(Invalid, "is damaged")
    newest.write_bytes(whole)
    assert await installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant") == tenants


async def test_killed_in_the_middle_the_command_leaves_no_server_and_no_folder_and_does_its_work_the_next_time(
    installation: Installation, tenant: LiveTenant, past: WalPast, tmp_path: Path
) -> None:
    await do(tenant, note("one"))
    at = await moment(installation)
    await do(tenant, note("two"))
    (tmp_path / "words").write_text("correct horse battery staple\n")
    file = tmp_path / "then.weft"
    words = (
        "tenant",
        "rewind",
        tenant.slug,
        "--at",
        at.isoformat(),
        "--keep",
        str(file),
        "--passphrase-file",
        str(tmp_path / "words"),
        "--json",
    )
    for kill in (True, False):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "infra", *words),
            env=environment(installation, past),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        if kill:
            await until(partial(is_there, past, process))
            assert process.returncode is None, (await process.communicate())[1]
            process.kill()
        out, said = await process.communicate()
        await until(lambda: not list(past.shelf.past.iterdir()))
        assert_nothing_is_left(past)
        assert (process.returncode, file.exists()) == ((-signal.SIGKILL, False) if kill else (0, True)), said
    assert json.loads(out)["lost"] == []
    async with opened_with(file, "correct horse battery staple") as opened:
        await opened.archive.check()
        [notes] = [part for part in opened.archive.manifest.parts if part.table == "notes_note"]
        assert b"one" in b"".join([each async for each in opened.archive.content(notes)])
        assert (notes.rows, opened.archive.manifest.made_at, set(opened.keys)) == (1, at, {1})


def environment(installation: Installation, past: WalPast) -> dict[str, str]:
    """Return what a command is told, to work on the installation of these tests."""
    settings = installation.settings
    return {
        **os.environ,
        "WEFT_DATABASE_URL": installation.superuser_url,
        "WEFT_REDIS_URL": settings.redis_url,
        "WEFT_SECRET_KEY": settings.secret_key,
        "WEFT_DATA_DIR": str(settings.data_dir),
        "WEFT_WAL_DAYS": "7",
        "WEFT_WAL_DIR": str(past.shelf.folder),
    }


def is_there(past: WalPast, process: asyncio.subprocess.Process) -> bool:
    """Tell whether a server of the past is there, or will never be."""
    return any(past.shelf.past.glob("*/data/postmaster.pid")) or process.returncode is not None


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not claim():  # noqa: ASYNC110  # files tell nobody
            await asyncio.sleep(0.02)


async def test_the_keeper_tells_how_far_one_can_go_back_and_closes_a_gap_with_a_new_base_backup(
    installation: Installation, past: WalPast, keeper: WalKeeper
) -> None:
    kept = await keeper.look()
    assert kept is not None
    assert await kept_now(installation.runtime.platform) == kept
    assert [each.ok for each in await wal(installation.runtime)] == [True]
    bases = past.shelf.bases()
    connection = await asyncpg.connect(installation.superuser_url)
    for _ in range(2):
        await connection.execute("SELECT pg_current_xact_id()")
        segment = await connection.fetchval("SELECT pg_walfile_name(pg_current_wal_insert_lsn() - 1)")
        await connection.execute("SELECT pg_switch_wal()")
        await until(lambda: past.shelf.take_in() or segment in past.shelf.archived())  # noqa: B023
    await connection.close()
    lost = sorted(past.shelf.archived())[-2]
    past.shelf.remove(lost)
    mended = await keeper.look()
    assert mended is not None
    assert len(past.shelf.bases()) == len(bases) + 1
    assert mended.oldest_at == past.shelf.bases()[-1].ended > kept.oldest_at  # type: ignore[operator]
    assert len(await past.spans()) == 2
    with pytest.raises(Missing, match="and from"):
        async with past.at(past.shelf.bases()[-1].ended - timedelta(milliseconds=1)):
            pass


async def test_on_the_page_one_asks_for_a_moment_and_owns_the_copy(
    installation: Installation, tenant: LiveTenant, visitors: Visitors, client: Browser, past: WalPast, keeper: WalKeeper
) -> None:
    await do(tenant, note("then"))
    at = (await moment(installation)).astimezone(tenant.timezone) + timedelta(milliseconds=1)
    await do(tenant, note("later"))
    assert await keeper.look() is not None
    assert "/backups/moment" in (await client.get("/backups")).text
    page = (await client.get("/backups/moment")).text
    assert "to now, by the clocks of Europe/London" in page
    slug = f"{tenant.slug[:30]}-asked"
    wanted = {"moment": at.replace(tzinfo=None).isoformat(), "slug": slug, "name": "As it was"}
    for wrong, reason in (
        ({"moment": "2020-01-01T12:00:00"}, "Choose a moment from"),
        ({"moment": "soon"}, "is no moment"),
        ({"slug": tenant.slug}, "is taken"),
    ):
        refused = await client.submit("/backups/moment", data=wanted | wrong)
        assert (refused.status_code, reason in refused.text) == (422, True), reason
    asked = await client.submit("/backups/moment", data=wanted, follow_redirects=True)
    assert f"A copy at “{slug}” is being made" in asked.text
    assert (await client.submit("/backups/moment", data=wanted | {"slug": f"{slug}-2"})).status_code == 409
    assert await Keeper(installation.runtime, installation.provisioner, past).work_off() == 1
    assert f"A copy at “{slug}” is ready" in (await client.get("/backups")).text
    told = "SELECT body FROM platform.notification WHERE tenant = $1 AND permission = 'core.backups'"
    assert f"is ready: {installation.settings.tenant_url(slug)}" in await installation.runtime.platform.fetchval(told, tenant.schema)
    copy = await copied(installation.runtime, slug)
    assert await notes_of(copy) == ["then"]
    owners = await installation.runtime.platform.fetch(OWNERS, copy.id)
    asker = await installation.runtime.platform.fetchval(
        "SELECT asked_by FROM platform.operation WHERE tenant_id = $1 AND kind = 'rewind'", tenant.id
    )
    assert [(row["person_id"], row["title"]) for row in owners] == [(asker, "Owner")]
    nobody = await visitors.sign_in(tenant, "notes.note.read")
    assert (await nobody.get("/backups/moment")).status_code == 403
    assert (await nobody.submit("/backups/moment", data=wanted)).status_code == 403
    async with installation.provisioner.as_owner() as connection:
        await forget_kept(connection)
    assert (await client.get("/backups/moment")).status_code == 404
    assert "/backups/moment" not in (await client.get("/backups")).text
    assert_nothing_is_left(past)


OWNERS = """
SELECT m.person_id, r.title FROM platform.membership m JOIN platform.membership_role mr ON mr.membership_id = m.id
JOIN platform.role r ON r.id = mr.role_id WHERE m.tenant_id = $1
"""


async def test_a_server_that_cannot_archive_is_told_of_and_waited_for_by_nobody(
    installation: Installation, past: WalPast, keeper: WalKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = past.shelf.folder / "away"
    connection = await asyncpg.connect(installation.superuser_url)

    async def archiving(fails: bool) -> None:
        async with asyncio.timeout(PATIENCE):
            while bool(await connection.fetchval(CANNOT_ARCHIVE)) is not fails:
                await connection.execute("SELECT pg_current_xact_id()")
                await connection.execute("SELECT pg_switch_wal()")  # which wakes the archiver
                await asyncio.sleep(0.2)

    past.shelf.incoming.rename(away)
    try:
        await archiving(fails=True)
        kept = await keeper.look()
        assert kept is not None
        assert kept.trouble.startswith("The server cannot archive 0")
        [finding] = await wal(installation.runtime)
        assert (finding.ok, finding.sentence) == (False, kept.trouble)
        monkeypatch.setattr(bases, "LOOK", 0.2)
        monkeypatch.setattr(bases, "PATIENCE", 0.4)
        before = past.shelf.bases()
        with pytest.raises(Unavailable, match="cannot archive its WAL"):
            await bases.make_base(past.shelf, past.live, past.binaries)
        assert (past.shelf.bases(), list(past.shelf.bases_folder.glob("*.part"))) == (before, [])
    finally:
        away.rename(past.shelf.incoming)
    await archiving(fails=False)
    mended = await keeper.look()
    assert (mended and mended.trouble) == ""
    await connection.close()
