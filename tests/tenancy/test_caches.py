"""What is cached is dropped when it changes, and nothing is cached while nobody could hear of changes."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from core.platform import changes as listening
from core.platform.changes import Changes
from core.settings import PLATFORM_LOGIN
from core.tenancy.catalogue import Catalogue
from tests.tenancy.arena import Arena


@pytest_asyncio.fixture(loop_scope="session")
async def ears(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Changes]:
    """Yield listening ears of the test's own."""
    monkeypatch.setattr(listening, "PAUSE", 0)
    changes = Changes(arena.installation.settings.login(PLATFORM_LOGIN))
    await changes.start()
    yield changes
    await changes.stop()


async def heard(changes: Changes, kind: str) -> asyncio.Event:
    """Return an event that is set when something of a kind is heard."""
    event = asyncio.Event()
    changes.subscribe(lambda what, _: event.set() if what == kind else None)
    return event


def backend(name: str = "weft changes") -> str:
    return f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}' ORDER BY backend_start DESC LIMIT 1"


async def test_a_tenant_is_looked_up_once_until_it_changes(arena: Arena, ears: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = arena.installation.runtime.platform
    asked = []
    fetchrow = platform.fetchrow

    async def counting(sql: str, *args: object) -> object:
        asked.append(sql)
        return await fetchrow(sql, *args)

    monkeypatch.setattr(platform, "fetchrow", counting)
    catalogue = Catalogue(platform, ears)
    first = await catalogue.by_slug(arena.a.slug)
    assert first is not None
    assert await catalogue.by_slug(arena.a.slug) is first
    assert len(asked) == 1
    told = await heard(ears, "tenant")
    await platform.execute("UPDATE platform.tenant SET name = 'Renamed' WHERE id = $1", arena.a.id)
    await asyncio.wait_for(told.wait(), 5)
    again = await catalogue.by_slug(arena.a.slug)
    assert again is not None
    assert again.name == "Renamed"


async def test_an_address_nobody_has_is_never_cached(arena: Arena, ears: Changes) -> None:
    catalogue = Catalogue(arena.installation.runtime.platform, ears)
    assert await catalogue.by_slug("not-yet-there") is None
    tenant = await arena.installation.new_tenant()
    assert await catalogue.by_slug(tenant.slug) is not None


async def test_a_look_up_that_a_change_overtook_is_not_kept(arena: Arena, ears: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = arena.installation.runtime.platform
    fetchrow, told = platform.fetchrow, await heard(ears, "tenant")

    async def overtaken(sql: str, *args: object) -> object:
        row = await fetchrow(sql, *args)
        await platform.execute("UPDATE platform.tenant SET name = 'Newer' WHERE id = $1", arena.b.id)
        await asyncio.wait_for(told.wait(), 5)
        return row

    catalogue = Catalogue(platform, ears)
    monkeypatch.setattr(platform, "fetchrow", overtaken)
    stale = await catalogue.by_slug(arena.b.slug)
    monkeypatch.undo()
    fresh = await catalogue.by_slug(arena.b.slug)
    assert stale is not None
    assert fresh is not None
    assert (stale.name == "Newer", fresh.name) == (False, "Newer")


async def test_only_so_many_are_kept(arena: Arena, ears: Changes) -> None:
    catalogue = Catalogue(arena.installation.runtime.platform, ears, keep=1)
    a = await catalogue.by_slug(arena.a.slug)
    await catalogue.by_slug(arena.b.slug)
    assert await catalogue.by_slug(arena.a.slug) is not a


async def test_who_lost_the_connection_caches_nothing_until_it_is_back_and_then_forgets_everything(arena: Arena, ears: Changes) -> None:
    catalogue = Catalogue(arena.installation.runtime.platform, ears)
    first = await catalogue.by_slug(arena.a.slug)
    for _ in range(3):  # each time anew, and without a connection too many
        back = await heard(ears, "everything")
        await arena.superuser.execute(backend())
        await asyncio.wait_for(back.wait(), 5)
        assert ears.alive
        assert await catalogue.by_slug(arena.a.slug) is not first
    told = await heard(ears, "tenant")
    await arena.installation.runtime.platform.execute("UPDATE platform.tenant SET name = name WHERE id = $1", arena.a.id)
    await asyncio.wait_for(told.wait(), 5)
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'weft changes' AND datname = current_database()"
    assert await arena.superuser.fetchval(count) == 2, "this test's, and the runtime's"


async def test_while_nobody_listens_nothing_is_cached(arena: Arena, ears: Changes) -> None:
    catalogue = Catalogue(arena.installation.runtime.platform, ears)
    await ears.stop()
    assert not ears.alive
    first = await catalogue.by_slug(arena.a.slug)
    assert await catalogue.by_slug(arena.a.slug) is not first


async def test_a_server_that_cannot_be_reached_is_tried_again(arena: Arena, ears: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0
    connect = ears._connect
    back = await heard(ears, "everything")

    async def failing() -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise [OSError("gone"), TimeoutError(), asyncpg.InterfaceError("closed")][tries - 1]
        await connect()

    monkeypatch.setattr(ears, "_connect", failing)
    await arena.superuser.execute(backend())
    await asyncio.wait_for(back.wait(), 5)
    assert tries == 4
    assert ears.alive
