"""Entries of the ledger for programs: post, read, reverse. The list of them is at ``/api/v1/lists/accounting.entries``."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from weft import Missing, TheTenant, needs
from weft.contracts import NewEntry, NewLine, PostedEntry

from ..permissions import POST, READ
from ..queries import entries
from ..services import pages, posting
from .documents import CONFLICT, INVALID, MISSING
from .schemas import EntryBody, TakeBackBody


@post("/entries", guards=[needs(POST)], summary="Post an entry", responses={**INVALID, **CONFLICT})
async def post_entry(tenant: TheTenant, data: JSONBody[EntryBody]) -> PostedEntry:
    """Post an entry whose lines balance; it gets its number and never changes. Send an Idempotency-Key, so that it is posted once."""
    lines = tuple(NewLine(**{name: getattr(line, name) for name in line.__struct_fields__}) for line in data.lines)
    head = {name: getattr(data, name) for name in ("journal", "date", "description", "currency", "rate")}
    async with tenant.transaction():
        return await posting.post(tenant, NewEntry(lines=lines, **head))


@get("/entries/{entry_id:uuid}", guards=[needs(READ)], summary="Read an entry", responses=MISSING)
async def read_entry(tenant: TheTenant, entry_id: FromPath[UUID]) -> PostedEntry:
    """Return an entry with its lines, and what it was made from."""
    async with tenant.transaction() as db:
        found = await entries.entry(db, entry_id)
    if found is None:
        raise Missing("There is no such entry.")
    return found[0]


@post(
    "/entries/{entry_id:uuid}/reverse",
    guards=[needs(POST)],
    summary="Reverse an entry",
    responses={**INVALID, **CONFLICT, **MISSING},
)
async def reverse_entry(tenant: TheTenant, entry_id: FromPath[UUID], data: JSONBody[TakeBackBody]) -> PostedEntry:
    """Post the opposite of an entry, today unless a day is named, and return it."""
    return await pages.reverse(tenant, entry_id, data.day or tenant.today(), data.reason)


ENTRY_API = (post_entry, read_entry, reverse_entry)
