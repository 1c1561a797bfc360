"""What checks came to, as it is kept: the latest runs of each module."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from weft.checks import Answer, CheckRun
from weft.ids import new_id
from weft.tenant import Scope

KEPT = 60  # runs of a module

_RUNS = """
SELECT made_at, answers::text AS answers FROM platform.check_run WHERE tenant = current_user AND plugin = $1
ORDER BY made_at DESC, id DESC LIMIT $2
"""
_FORGET = """
DELETE FROM platform.check_run WHERE tenant = current_user AND plugin = $1 AND id NOT IN (
    SELECT id FROM platform.check_run WHERE tenant = current_user AND plugin = $1 ORDER BY made_at DESC, id DESC LIMIT $2)
"""


async def latest_runs(db: Scope, plugin: str, limit: int) -> Sequence[CheckRun]:
    """Return the latest runs of a module's checks, newest first."""
    rows = await db.fetch(_RUNS, plugin, limit)
    return [CheckRun(row["made_at"], msgspec.json.decode(row["answers"], type=tuple[Answer, ...])) for row in rows]


async def keep_run(db: Scope, plugin: str, at: datetime, answers: Sequence[Answer]) -> None:
    """Store a run, and forget those that are too many."""
    await db.execute(
        "INSERT INTO platform.check_run (id, plugin, made_at, answers) VALUES ($1, $2, $3, $4::text::jsonb)",
        *(new_id(), plugin, at, msgspec.json.encode(answers).decode()),
    )
    await db.execute(_FORGET, plugin, KEPT)
