"""Reports that a person has pinned to the dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.tenancy.tenant import LiveTenant
from weft.errors import Invalid, Missing
from weft.ids import new_id

MOST_PINS = 12


@dataclass(frozen=True, slots=True)
class Pin:
    """A report on somebody's dashboard; `query` is a query string."""

    id: UUID
    report: str
    title: str
    query: str


async def pins_of(tenant: LiveTenant) -> Sequence[Pin]:
    """Return the pins of who acts, oldest first."""
    if tenant.person is None:
        return ()
    async with tenant.transaction() as db:
        rows = await db.fetch(
            "SELECT id, report, title, query FROM platform.report_pin WHERE person_id = $1 ORDER BY created_at, id", tenant.person.id
        )
    return [Pin(**dict(row.items())) for row in rows]


async def pin(tenant: LiveTenant, report: str, title: str, query: str) -> Pin:
    """Put a report on the dashboard of who acts; raises `Invalid` without a title or with too many, `Missing` for a program."""
    if tenant.person is None:
        raise Missing("Only a person has a dashboard.")
    if not title or len(title) > 60:
        raise Invalid.field("title", "Give the card a title of at most 60 characters.")
    if len(await pins_of(tenant)) >= MOST_PINS:
        raise Invalid.field("title", f"There are {MOST_PINS} reports on your dashboard already: take one off first.")
    made = Pin(new_id(), report, title, query)
    async with tenant.transaction(unaudited="how a person likes their dashboard") as db:
        await db.execute(
            "INSERT INTO platform.report_pin (id, person_id, report, title, query) VALUES ($1, $2, $3, $4, $5)",
            *(made.id, tenant.person.id, report, title, query),
        )
    return made


async def unpin(tenant: LiveTenant, pin_id: UUID) -> None:
    """Take a report off the dashboard of who acts; raises `Missing`."""
    person = tenant.person.id if tenant.person else None
    async with tenant.transaction(unaudited="how a person likes their dashboard") as db:
        gone = await db.execute("DELETE FROM platform.report_pin WHERE id = $1 AND person_id = $2", pin_id, person)
    if not gone:
        raise Missing("There is no such card.")
