"""What of the tills is not finished before a month's books are closed: drawers that are not counted, records that wait, gaps."""

from datetime import date

from weft import Checked, ClosingCheck, Finding, Tenant

from ..queries import sessions
from ..records import PROBLEM, SESSION

SHOWN = 20


async def unfinished(tenant: Tenant, first: date, last: date) -> Checked:
    """Name the sessions of these days that are not closed, the records of them that are parked, and the tills with records missing."""
    found: list[Finding] = []
    async with tenant.transaction() as db:
        open_ones = await sessions.not_closed(db, first, last)
        waiting = await sessions.parked_of(db, first, last)
        gaps = await sessions.gaps(db)
    found += [Finding(f"Session {name} of {day:%d %B} is not closed.", SESSION.url(each)) for each, name, day in open_ones[:SHOWN]]
    found += [Finding(f"Record {name} of {day:%d %B} is parked: {why}", PROBLEM.url(each)) for each, name, day, why in waiting[:SHOWN]]
    found += [Finding(sentence, PROBLEM.url(each), "warning") for each, sentence in gaps]
    more = max(len(open_ones) - SHOWN, 0) + max(len(waiting) - SHOWN, 0)
    if more:
        found.append(Finding(f"And {more} more.", "/retail_pos/parked"))
    return Checked(tuple(found))


CLOSING = (
    ClosingCheck(
        name="retail_pos.unfinished",
        title="Tills",
        question="Is every session of these days closed, and does no record of a till wait for a decision?",
        run=unfinished,
        order=50,
    ),
)
