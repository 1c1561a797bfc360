"""An archive of an older version is brought up on its way in; one of a newer version is refused with what to install."""

import io

import pytest

from infra.testing import Installation
from tenants.archive.exporting import Source, export_tenant
from tenants.archive.importing import UNFINISHED, Imported, Target, Wanted, import_tenant
from tenants.archive.reading import Archive, Opened
from tests.tenants.ground import V1, V2, Connection, standing_of, with_plugins
from tests.tenants.plugins import Made, Shop
from weft import Invalid, Lifecycle, Tenant


async def archived(ground: Installation, title: str) -> io.BytesIO:
    """Return the archive of a new shop with one item."""
    tenant = await ground.new_tenant("shop")
    async with tenant.transaction(unaudited="test") as db:
        await db.execute("INSERT INTO shop_item (id, title) VALUES (uuidv7(), $1)", title)
    file = io.BytesIO()
    await export_tenant(Source(ground.provisioner, ground.runtime.store), tenant.id, file, ground.clock())
    return file


async def brought_in(ground: Installation, file: io.BytesIO, slug: str) -> Imported:
    return await import_tenant(Target(ground.runtime, ground.provisioner, ground.modules), Opened(Archive(file)), Wanted(slug))


async def test_an_older_archive_comes_up_to_the_installed_version_and_runs_its_step(
    installation: Installation, superuser: Connection
) -> None:
    seen: list[object] = []

    async def on_upgrade(tenant: Tenant, before: str) -> None:
        seen.append((before, await superuser.fetchval("SELECT reason FROM platform.tenant WHERE id = $1", tenant.id)))
        async with tenant.transaction() as db:
            await db.execute("UPDATE shop_item SET colour = 'was ' || title")

    file = await archived(installation, "lamp")
    same = await brought_in(installation, file, "same-version")
    assert await standing_of(superuser, same.tenant_id) == V1
    newer = with_plugins(installation, Shop("2.0", life=Lifecycle(on_upgrade=on_upgrade)))
    made = await brought_in(newer, file, "newer-version")
    assert seen == [("1.0", UNFINISHED)], "nobody could work there before its step had run"
    assert await standing_of(superuser, made.tenant_id) == V2
    assert [tuple(row) for row in await superuser.fetch(f"SELECT title, colour FROM {made.schema}.shop_item")] == [("lamp", "was lamp")]
    assert await superuser.fetchval("SELECT state FROM platform.tenant WHERE id = $1", made.tenant_id) == "active"


async def test_what_is_older_or_missing_here_is_told_and_nothing_is_made(installation: Installation, superuser: Connection) -> None:
    file = await archived(with_plugins(installation, Shop("2.0")), "lamp")
    before = await superuser.fetchval("SELECT count(*) FROM platform.tenant")
    with pytest.raises(Invalid, match=r"made with Shop 2\.0, and 1\.0 is installed here: install 2\.0 or newer"):
        await brought_in(installation, file, "older")
    with pytest.raises(Invalid, match=r"needs the module “shop” 2\.0, which is not installed here"):
        await brought_in(with_plugins(installation, Made("other")), file, "older")
    assert await superuser.fetchval("SELECT count(*) FROM platform.tenant") == before
