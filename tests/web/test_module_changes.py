"""An admin reads what a change of a module comes to before it is made, removes one, and brings it back."""

import re

from infra.testing import Browser, Installation, Visitors
from tenants.operator import Operator
from weft import new_id


async def operate(installation: Installation) -> None:
    await Operator(installation.runtime, installation.provisioner, spares=0).work_off()


async def tried(installation: Installation, admin: Browser, key: str, change: str) -> tuple[str, str]:
    """Have a change tried; returns the address of what it comes to, and that page."""
    asked = await admin.submit(f"/modules/{key}/preview?change={change}")
    address = asked.headers["location"]
    assert "It is being tried" in (await admin.get(address)).text
    await operate(installation)
    return address, (await admin.get(address)).text


async def test_a_module_is_switched_on_removed_and_brought_back_by_who_has_read_what_that_means(
    installation: Installation, visitors: Visitors
) -> None:
    tenant = await installation.new_tenant("contacts")
    admin = await visitors.sign_in(tenant)
    assert 'action="/modules/notes/preview"' in (await admin.get("/modules/notes/card")).text
    address, page = await tried(installation, admin, "notes", "enable")
    for told in ("notes_note", "New, 3 columns", "Write notes", "Writer", "Rows it deleted there"):
        assert told in page, told
    assert not (await installation.runtime.tenant_by_id(tenant.id)).has("notes")  # nothing has been changed yet
    assert (await admin.submit(f"{address}/confirm")).headers["location"] == "/modules"
    await operate(installation)
    async with tenant.transaction(unaudited="a test") as db:
        await db.execute("INSERT INTO notes_note (id, title, version) VALUES ($1, 'Kept', 1)", new_id())

    address, page = await tried(installation, admin, "notes", "remove")
    assert "It can be undone for 30 days" in page
    assert re.search(r"notes_note</dt><dd>Goes\s*, 1 rows of yours", page)
    await admin.submit(f"{address}/confirm")
    await operate(installation)
    card = (await admin.get("/modules/notes/card")).text
    assert "Removed on" in card
    assert "Bring back" in card
    assert (await admin.submit("/modules/notes/undo")).status_code == 303
    await operate(installation)
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT title FROM notes_note") == "Kept"
    log = (await admin.get("/audit")).text
    assert "brought back" in log
    assert "Test Person" in log


async def test_a_change_that_failed_on_the_copy_is_not_offered_and_not_made(installation: Installation, visitors: Visitors) -> None:
    tenant = await installation.new_tenant("contacts")
    admin = await visitors.sign_in(tenant)
    address, page = await tried(installation, admin, "contacts", "enable")
    assert "It failed on the copy, so it is not offered" in page
    assert "/confirm" not in page
    assert (await admin.submit(f"{address}/confirm")).status_code == 409
    stranger = await visitors.sign_in(await installation.new_tenant("contacts"))
    assert (await stranger.get(address)).status_code == 404
    assert (await (await visitors.sign_in(tenant, "core.audit")).get(address)).status_code == 403
    assert (await admin.submit("/modules/contacts/preview?change=eat")).status_code == 422
