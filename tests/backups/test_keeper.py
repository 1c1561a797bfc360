"""The keeper: backs every business up each day, tries what it made by restoring it, and does what people ask for on the page."""

from datetime import timedelta

import pytest
from obstore.store import MemoryStore

from core.files.store import FileStore
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Clock, Installation, Visitors
from tenants.archive.files import opened_with
from tenants.backups.keeper import Keeper
from tenants.backups.making import opened_backup
from tenants.backups.shelf import Backup, backups_of
from tenants.life import delete, purge
from weft.errors import Invalid, Missing, Unavailable


@pytest.fixture
def keeper(installation: Installation) -> Keeper:
    return Keeper(installation.runtime, installation.provisioner)


async def write(tenant: LiveTenant, *texts: str) -> None:
    async with tenant.transaction(unaudited="a test's notes") as db:
        for each in texts:
            await db.execute("INSERT INTO notes_note (id, title) VALUES (uuidv7(), $1)", each)
        await tenant.files.put("note.txt", "text/plain", b"kept")


async def stored(installation: Installation, tenant: LiveTenant) -> list[Backup]:
    return [each for each in await backups_of(installation.runtime.platform, tenant.schema) if each.state == "stored"]


async def test_each_day_has_its_backup_which_is_tried_each_week_and_a_broken_one_is_found_out(
    installation: Installation, tenant: LiveTenant, keeper: Keeper, clock: Clock
) -> None:
    await write(tenant, "one", "two")
    tenants = await installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant")
    assert await keeper.keep_up() == 0, "a business that has just begun has nothing to lose"
    clock.forward(timedelta(hours=25))
    assert await keeper.keep_up() >= 1
    assert await keeper.keep_up() == 0
    [first] = await stored(installation, tenant)
    assert (first.files, first.asked_by, first.tested_at) == (1, "", None)
    while await keeper.try_one():
        pass
    [first] = await stored(installation, tenant)
    assert (first.tested_at is not None, first.trouble) == (True, "")
    assert await installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant") == tenants, (
        "the trial leaves nothing behind"
    )
    clock.forward(timedelta(days=8))
    assert await keeper.keep_up() >= 1
    newest, _ = await stored(installation, tenant)
    path = f"{tenant.schema}/{newest.id}"
    content = b"".join([part async for part in installation.runtime.store.read(path)])
    middle = len(content) // 2
    await installation.runtime.store.write(path, content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    while await keeper.try_one():
        pass
    newest, _ = await stored(installation, tenant)
    assert newest.trouble.startswith("It could not be restored. The archive")
    told = "SELECT body FROM platform.notification WHERE tenant = $1 AND permission = 'core.backups'"
    assert (await installation.runtime.platform.fetchval(told, tenant.schema)).startswith("A backup cannot be relied on. It could not")
    assert await installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant") == tenants


async def test_a_backup_that_fails_is_told_once_tried_again_after_an_hour_and_leaves_nothing_in_the_store(
    installation: Installation, tenant: LiveTenant, keeper: Keeper, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.forward(timedelta(hours=25))
    whole, broken = installation.runtime.store, FileStore(MemoryStore())
    monkeypatch.setattr(broken, "write", full)
    monkeypatch.setattr(installation.runtime, "store", broken)
    for _ in range(2):
        with pytest.raises(Unavailable, match="takes nothing"):
            await keeper.keep_up()
        assert await keeper.keep_up() == 0, "not again within the hour"
        clock.forward(timedelta(minutes=61))
    monkeypatch.setattr(installation.runtime, "store", whole)
    told = "SELECT count(*) FROM platform.notification WHERE tenant = $1 AND body LIKE 'The backup failed%'"
    assert await installation.runtime.platform.fetchval(told, tenant.schema) == 1
    await keeper.keep_up()
    states = [each.state for each in await backups_of(installation.runtime.platform, tenant.schema)]
    assert states == ["stored", "failed", "failed"]


async def full(path: str, content: object, limit: int | None = None) -> None:
    """Take nothing, as a store does whose disk is full."""
    raise Unavailable("The store takes nothing.")


async def test_without_the_business_its_backups_are_gone_and_what_somebody_kept_of_them_cannot_be_read(
    installation: Installation, tenant: LiveTenant, keeper: Keeper, clock: Clock
) -> None:
    await write(tenant, "secret words")
    clock.forward(timedelta(hours=25))
    await keeper.keep_up()
    [backup] = await stored(installation, tenant)
    path = f"{tenant.schema}/{backup.id}"
    copy = b"".join([part async for part in installation.runtime.store.read(path)])
    assert b"secret words" not in copy
    await delete(installation.runtime, tenant.id, "", timedelta(days=-3))
    await purge(installation.provisioner, tenant.id)
    await installation.runtime.changes.catch_up(installation.runtime.platform, patience=5)
    await installation.runtime.store.sweep(installation.runtime.platform, timedelta())
    with pytest.raises(Missing):
        [part async for part in installation.runtime.store.read(path)]
    await installation.runtime.store.write(path, copy)
    with pytest.raises(Missing):
        async with opened_backup(installation.runtime, tenant.schema, backup.id):
            pass
    await installation.runtime.store.delete(path)


async def test_on_the_page_one_asks_for_a_backup_takes_it_away_and_restores_it_beside(
    installation: Installation,
    tenant: LiveTenant,
    visitors: Visitors,
    client: Browser,
    keeper: Keeper,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    await write(tenant, "one")
    assert "No backup yet" in (await client.get("/backups")).text
    asked = await client.submit("/backups", follow_redirects=True)
    assert "A backup is being made" in asked.text
    assert (await client.submit("/backups")).status_code == 409
    assert await keeper.work_off() == 1
    [backup] = await stored(installation, tenant)
    assert backup.asked_by
    page = (await client.get("/backups")).text
    assert f"/backups/{backup.id}" in page
    here = f"/backups/{backup.id}"
    weak = await client.submit(f"{here}/archive", data={"passphrase": "short", "again": "short"})
    assert (weak.status_code, "at least 12 characters" in weak.text) == (422, True)
    taken = await client.submit(f"{here}/archive", data={"passphrase": "four words of mine", "again": "four words of mine"})
    assert taken.headers["content-disposition"].startswith(f'attachment; filename="{tenant.slug}-')
    file = tmp_path_factory.mktemp("away") / "away.weft"
    file.write_bytes(taken.content)
    async with opened_with(file, "four words of mine") as opened:
        await opened.archive.check()
        assert opened.archive.manifest.business.slug == tenant.slug
    with pytest.raises(Invalid, match="passphrase is another one"):
        async with opened_with(file, "five words of mine"):
            pass
    refused = await client.submit(f"{here}/restore", data={"slug": tenant.slug, "name": "Copy"})
    assert (refused.status_code, "is taken" in refused.text) == (422, True)
    await write(tenant, "two")
    slug = f"{tenant.slug[:30]}-b"
    await client.submit(f"{here}/restore", data={"slug": slug, "name": "As it was"})
    assert await keeper.work_off() == 1
    assert "is ready" in (await client.get("/backups")).text
    record = await installation.runtime.catalogue.by_slug(slug)
    assert record is not None
    copy = installation.runtime.tenant(record)
    async with copy.transaction() as db:
        assert [row["title"] for row in await db.fetch("SELECT title FROM notes_note")] == ["one"]
    nobody = await visitors.sign_in(tenant, "notes.note.read")
    for path in ("/backups", here):
        assert (await nobody.get(path)).status_code == 403
    for path in ("/backups", f"{here}/archive", f"{here}/restore"):
        assert (await nobody.submit(path)).status_code == 403
