"""Utility statements never reach PostgreSQL: the gate refuses them at every door, whatever stands before the keyword."""

from functools import partial
from typing import Any

import asyncpg
import pytest

from core.tenancy import gate
from core.tenancy.gate import NotAllowed
from core.tenancy.scope import OutsideTenant
from tests.sample.tables import Note
from tests.tenancy import utilities
from tests.tenancy.arena import DOORS, Arena, Attack, doors, ids

POOL_DOORS = [door for door in DOORS if door != "database"]
ATTACKS = [
    *utilities.BECOMING_ANOTHER,
    *utilities.ENDING,
    *utilities.STAYING,
    *utilities.RUNNING,
    *utilities.CHANGING_THINGS,
    *utilities.HIDING,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=ids(ATTACKS))
async def test_the_gate_refuses(arena: Arena, attack: Attack) -> None:
    sql = arena.fill(attack.sql)
    async with arena.a.transaction() as scope:  # one scope for all doors: a refusal costs it nothing
        for name in POOL_DOORS:
            with pytest.raises(NotAllowed):
                await doors(scope)[name](sql)
        assert await scope.fetchval("SELECT current_user") == arena.a.schema


@pytest.mark.parametrize("attack", utilities.HIDING, ids=ids(utilities.HIDING))
async def test_a_bracket_before_the_trick_makes_it_no_better(arena: Arena, attack: Attack) -> None:
    sql = f"( {arena.fill(attack.sql)}"
    for name in POOL_DOORS:
        with pytest.raises((NotAllowed, asyncpg.PostgresSyntaxError)):
            await arena.send(name, sql)


async def test_what_is_sent_begins_with_the_keyword_itself() -> None:
    assert gate.admit("-- why\r\n /* /* deep */ */ SELECT 1 -- end").sql == "SELECT 1 -- end"
    assert gate.admit(" (SELECT 1)").sql == "(SELECT 1)"


async def test_piccolo_runs_no_ddl_in_a_scope(arena: Arena) -> None:
    queries: tuple[Any, ...] = (
        Note.alter().drop_table(),
        Note.alter().drop_column("title"),
        Note.alter().set_schema("public"),
        Note.create_table(),
    )
    for query in queries:
        async with arena.a.transaction():
            with pytest.raises(NotAllowed):
                await query.run()


async def test_piccolo_opens_no_connection_of_its_own(arena: Arena) -> None:
    engine: Any = Note._meta.db
    async with arena.a.transaction():
        for attempt in (
            engine.get_new_connection,
            engine.start_connection_pool,
            partial(engine._run_in_new_connection, "SELECT 1"),
            partial(engine._run_in_pool, "SELECT 1"),
        ):
            with pytest.raises((OutsideTenant, ValueError), match=r"outside of a tenant|pool isn.t"):
                await attempt()
        with pytest.raises(OutsideTenant):
            engine.transaction()
        with pytest.raises(OutsideTenant):
            engine.atomic()
        with pytest.raises(OutsideTenant):
            await engine.batch(Note.select())


async def test_a_statement_that_ended_the_transaction_all_the_same_is_noticed(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second lock: were the gate ever to let COMMIT pass, the next thing to happen is that the connection is gone."""
    monkeypatch.setattr(gate, "admit", lambda sql: gate.Admitted(sql, False))
    for name in POOL_DOORS:
        with pytest.raises(Exception, match=r"ended this transaction"):
            async with arena.a.transaction() as scope:
                await doors(scope)[name]("COMMIT")
    async with arena.b.transaction() as scope:
        assert await scope.fetchval("SELECT current_user") == arena.b.schema
