"""What is told and what waits inside a transaction shares its fate, savepoints included; what nobody knows the end of stays."""

from typing import Any

import asyncpg
import pytest

from core.tenancy import opening
from core.tenancy.afterwards import Afterwards, Ending
from core.tenancy.opening import OpenScope
from core.tenancy.scope import LiveScope, Unrecorded
from tests.audit.paper import NOTE
from tests.tenancy.arena import Arena
from weft import Change, Missing, RecordRef, new_id


def change(title: str) -> Change:
    return Change(RecordRef(NOTE, new_id(), title), "noted")


async def entries(arena: Arena, title: str) -> int:
    return int(await arena.superuser.fetchval("SELECT count(*) FROM platform.audit_entry WHERE record_title = $1", title))


async def test_a_write_that_tells_nobody_is_refused_in_tests(arena: Arena) -> None:
    with pytest.raises(Unrecorded, match="UPDATE notes_note"):
        async with arena.a.transaction() as db:
            await db.execute("UPDATE notes_note SET version = 7")
    async with arena.a.transaction() as db:
        assert await db.fetchval("SELECT version FROM notes_note") == 1


async def test_a_write_that_tells_nobody_leaves_an_entry_in_production(arena: Arena) -> None:
    scope = OpenScope(arena.installation.runtime.pools[0], arena.a.schema, arena.a.actor, strict=False)
    async with scope as db:
        await db.execute("-- quietly\nUPDATE notes_note SET version = version")
    row = await arena.superuser.fetchrow("SELECT * FROM platform.audit_entry WHERE action = 'unrecorded write' ORDER BY at DESC LIMIT 1")
    assert row is not None
    assert (row["tenant"], row["record_kind"], row["actor_name"]) == (arena.a.schema, "core.sql", "Test")
    assert row["after"] == '{"statement": "UPDATE notes_note SET version = version"}'


async def test_a_savepoint_that_rolls_back_takes_its_write_and_what_it_told_with_it(arena: Arena) -> None:
    async with arena.a.transaction() as db:
        with pytest.raises(ZeroDivisionError):
            async with arena.a.transaction():
                await db.execute("UPDATE notes_note SET version = 9")
                await arena.a.record(change("inner, undone"))
                await arena.a.mail("x@example.com", "inner, undone", "x")
                raise ZeroDivisionError
        assert await db.fetchval("SELECT version FROM notes_note") == 1
    assert await entries(arena, "inner, undone") == 0
    assert not await arena.superuser.fetchval("SELECT count(*) FROM platform.mail WHERE subject = 'inner, undone'")


async def test_a_savepoint_that_holds_keeps_what_it_told(arena: Arena) -> None:
    async with arena.a.transaction():
        async with arena.a.transaction():
            await arena.a.record(change("inner, kept"))
        with pytest.raises(ZeroDivisionError):
            async with arena.a.transaction():
                async with arena.a.transaction():
                    await arena.a.record(change("innermost, undone"))
                raise ZeroDivisionError
        await arena.a.record(change("outer, kept"))
    assert [await entries(arena, title) for title in ("inner, kept", "innermost, undone", "outer, kept")] == [1, 0, 1]


def note(said: list[str], what: str) -> Any:
    async def step() -> None:
        said.append(what)

    return step


async def steps(arena: Arena, *, fail: bool = False) -> list[str]:
    """Run a transaction with steps in and around a savepoint that rolls back; return which ran."""
    said: list[str] = []

    def wait(scope: object, what: str) -> None:
        assert isinstance(scope, LiveScope)
        scope.afterwards.on_commit.append(note(said, f"{what}: committed"))
        scope.afterwards.on_rollback.append(note(said, f"{what}: undone"))

    try:
        async with arena.a.transaction() as db:
            wait(db, "before")
            with pytest.raises(ZeroDivisionError):
                async with arena.a.transaction():
                    wait(db, "inside")
                    raise ZeroDivisionError
            wait(db, "after")
            if fail:
                raise ArithmeticError
    except ArithmeticError:
        pass
    return said


async def test_steps_of_a_savepoint_that_rolled_back_are_undone_however_the_rest_ends(arena: Arena) -> None:
    assert await steps(arena) == ["before: committed", "inside: undone", "after: committed"]
    assert await steps(arena, fail=True) == ["before: undone", "inside: undone", "after: undone"]


async def test_a_step_that_fails_stops_neither_the_others_nor_the_caller() -> None:
    said: list[str] = []

    async def broken() -> None:
        raise OSError("the disk is full")

    waiting = Afterwards(on_commit=[note(said, "one"), broken, note(said, "two")])
    await waiting.run(Ending.COMMITTED)
    assert said == ["one", "two"]


async def test_nothing_is_deleted_when_nobody_knows_whether_it_was_committed(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)):
        async with arena.a.transaction() as db:
            assert isinstance(db, LiveScope)
            db.afterwards.on_commit.append(note(said, "committed"))
            db.afterwards.on_rollback.append(note(said, "undone"))
            pid = await db.fetchval("SELECT pg_backend_pid()")
            finish = opening.OpenScope._finish

            async def killed(self: opening.OpenScope, scope: LiveScope) -> None:
                await finish(self, scope)
                await arena.superuser.execute("SELECT pg_terminate_backend($1)", pid)  # just before COMMIT is sent

            monkeypatch.setattr(opening.OpenScope, "_finish", killed)
    assert said == []


async def test_files_follow_the_transaction(arena: Arena) -> None:
    tenant = arena.a
    async with tenant.transaction(unaudited="test"):
        kept = await tenant.files.put("kept.txt", "text/plain", b"kept")
        with pytest.raises(ZeroDivisionError):
            async with tenant.transaction():
                lost = await tenant.files.put("lost.txt", "text/plain", b"lost")
                await tenant.files.remove(kept.id)
                raise ZeroDivisionError
    assert b"".join([part async for part in tenant.files.read(kept.id)]) == b"kept"
    with pytest.raises(Missing):
        async for _ in tenant.files.read(lost.id):
            pass
    with pytest.raises(Missing):
        async for _ in arena.installation.runtime.store.read(f"{tenant.schema}/{lost.id}"):
            pass
    with pytest.raises(Missing):
        async for _ in arena.b.files.read(kept.id):
            pass
