"""Which backups are kept: the newest of each of the last 7 days, 4 weeks, 12 months and 10 years that have one."""

from collections.abc import Callable, Iterable
from datetime import datetime

KEPT: tuple[tuple[int, Callable[[datetime], object]], ...] = (
    (7, lambda at: at.date()),
    (4, lambda at: at.isocalendar()[:2]),  # ISO 8601: weeks begin on Monday
    (12, lambda at: (at.year, at.month)),
    (10, lambda at: at.year),
)
MOST = sum(count for count, _ in KEPT)


def kept(moments: Iterable[datetime]) -> frozenset[datetime]:
    """Return those of some moments, all of one zone, whose backups are kept; at most `MOST`, and always the newest.

    What is dropped today would not be kept on any later day, so that it makes no difference how often this is asked.
    """
    found: set[datetime] = set()
    newest_first = sorted(moments, reverse=True)
    for count, period in KEPT:
        newest: dict[object, datetime] = {}
        for at in newest_first:
            newest.setdefault(period(at), at)
        found.update(list(newest.values())[:count])
    return frozenset(found)
