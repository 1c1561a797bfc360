"""PostgreSQL itself refuses every expression and every statement on data that reaches out of A: the gate lets all of these pass."""

from typing import Any

import asyncpg
import pytest

from core.tenancy import gate
from tests.tenancy import leading_out, reaching
from tests.tenancy.arena import DOORS, SECRET, Arena, Attack, ids

ATTACKS = [
    *reaching.READING,
    *reaching.WRITING,
    *leading_out.CHANGING_WHO,
    *leading_out.RUNNING_SQL,
    *leading_out.FILES,
    *leading_out.LARGE_OBJECTS,
    *leading_out.SESSION,
    *leading_out.SERVER,
    *leading_out.CATALOGUE,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=ids(ATTACKS))
async def test_postgresql_refuses(arena: Arena, attack: Attack) -> None:
    sql = arena.fill(attack.sql)
    gate.admit(sql)  # this suite is about the lock behind the gate
    for door in DOORS:
        try:
            answer = await arena.send(door, sql)
        except attack.refused:
            continue
        assert SECRET not in repr(answer)
        assert attack.harmless, f"{door} answered {answer!r}"
        if door not in ("execute",):
            assert _first(answer) in attack.harmless, f"{door} answered {answer!r}"


def _first(answer: Any) -> Any:
    """Return the first value of whatever a door answers with; nothing where there is no row."""
    if isinstance(answer, list):
        answer = answer[0] if answer else [None]
    if isinstance(answer, dict):
        return next(iter(answer.values()))
    return answer[0] if isinstance(answer, asyncpg.Record | list) else answer
