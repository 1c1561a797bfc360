"""Saved views: a listing's filters, sorting and columns under a name, for one person or for everyone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.tenancy.tenant import LiveTenant
from weft.errors import Invalid, Missing
from weft.ids import new_id


@dataclass(frozen=True, slots=True)
class SavedView:
    """One view; `query` is a query string."""

    id: UUID
    title: str
    query: str
    shared: bool


async def views_of(tenant: LiveTenant, listing: str) -> Sequence[SavedView]:
    """Return the views of a listing that who acts can use: their own and everyone's."""
    person = tenant.person.id if tenant.person else None
    async with tenant.transaction() as db:
        rows = await db.fetch(
            "SELECT id, title, query, person_id IS NULL AS shared FROM platform.saved_view "
            "WHERE listing = $1 AND (person_id IS NULL OR person_id = $2) ORDER BY person_id IS NULL DESC, lower(title)",
            listing,
            person,
        )
    return [SavedView(row["id"], row["title"], row["query"], row["shared"]) for row in rows]


async def save_view(tenant: LiveTenant, listing: str, title: str, query: str, *, shared: bool) -> SavedView:
    """Keep a view; raises `Invalid` without a name."""
    if not title or len(title) > 60:
        raise Invalid.field("title", "Give the view a name of at most 60 characters.")
    view = SavedView(new_id(), title, query, shared)
    owner = None if shared or tenant.person is None else tenant.person.id
    async with tenant.transaction(unaudited="how a person likes to look at a list") as db:
        await db.execute(
            "INSERT INTO platform.saved_view (id, listing, title, query, person_id) VALUES ($1, $2, $3, $4, $5)",
            view.id,
            listing,
            title,
            query,
            owner,
        )
    return view


async def delete_view(tenant: LiveTenant, view_id: UUID) -> None:
    """Forget a view of one's own or a shared one; raises `Missing`."""
    person = tenant.person.id if tenant.person else None
    async with tenant.transaction(unaudited="how a person likes to look at a list") as db:
        gone = await db.execute("DELETE FROM platform.saved_view WHERE id = $1 AND (person_id IS NULL OR person_id = $2)", view_id, person)
    if not gone:
        raise Missing("There is no such view.")
