"""How much waits, for the metrics and the health page."""

from dataclasses import dataclass
from datetime import datetime

from core.platform.database import Platform

COUNTED = 10_000  # nothing is counted further: a long line must not make looking at it slow


@dataclass(frozen=True, slots=True)
class Depth:
    """Numbers of rows, each counted up to `COUNTED`, and the age in seconds of the oldest job that is due and not begun."""

    outbox: int
    mail: int
    dead: int
    states: dict[tuple[str, bool], int]  # (state, long) → jobs, of those that have not ended
    oldest_due: float


_ROWS = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM platform.outbox LIMIT $1) o) AS outbox,
       (SELECT count(*) FROM (SELECT 1 FROM platform.mail WHERE state = 'waiting' LIMIT $1) m) AS mail,
       (SELECT count(*) FROM (SELECT 1 FROM platform.job WHERE state = 'dead' AND finished_at > now() - interval '1 d' LIMIT $1) d) AS dead,
       (SELECT min(due) FROM (SELECT due FROM platform.job WHERE state = 'waiting' AND due <= $2 LIMIT $1) j) AS oldest
"""
_STATES = """
SELECT state, long, count(*) AS n FROM (
    (SELECT state, long FROM platform.job WHERE state = 'waiting' AND NOT long LIMIT $1)
    UNION ALL (SELECT state, long FROM platform.job WHERE state = 'waiting' AND long LIMIT $1)
    UNION ALL (SELECT state, long FROM platform.job WHERE state IN ('queued', 'running') LIMIT $1)
) open GROUP BY state, long
"""


async def measure(platform: Platform, now: datetime) -> Depth:
    """Ask the database."""
    row = await platform.fetchrow(_ROWS, COUNTED, now)
    states = await platform.fetch(_STATES, COUNTED)
    assert row is not None
    oldest = (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0
    return Depth(row["outbox"], row["mail"], row["dead"], {(each["state"], each["long"]): each["n"] for each in states}, oldest)
