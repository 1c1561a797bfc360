"""Parties for programs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from weft import Invalid, TheTenant, needs

from ..permissions import ARCHIVE, EDIT, NUMBERS, READ
from ..services import parties, sealing
from ..services.parties import Asked
from .answers import CONFLICT, INVALID, MISSING
from .converting import details_of, party_out
from .schemas import NewPartyBody, PartyChange, PartyOut, PartyPage


@get("/parties", guards=[needs(READ)], summary="List contacts", responses=INVALID)
async def list_parties(
    tenant: TheTenant,
    size: Annotated[int, QueryParameter(ge=1, le=200, description="Contacts per page")] = 50,
    after: Annotated[str | None, QueryParameter(description="The cursor of the previous page’s “next”")] = None,
    tag: Annotated[str | None, QueryParameter(description="Only contacts with this tag")] = None,
    identifier: Annotated[str | None, QueryParameter(description="Only who holds this number, as scheme:value")] = None,
    email: Annotated[str | None, QueryParameter(description="Only who has this e-mail address")] = None,
    updated_since: Annotated[datetime | None, QueryParameter(description="Only contacts changed at or after this moment")] = None,
    archived: Annotated[bool, QueryParameter(description="Archived contacts too")] = False,
) -> PartyPage:
    """Return contacts in the order in which they were added; a sorted and searched list is at ``/api/v1/lists/contacts.parties``."""
    asked = Asked(tag=tag, identifier=identifier, email=email, updated_since=updated_since, archived=archived)
    found = await parties.page(tenant, asked, _cursor(after), size + 1)
    following = str(found[size - 1].id) if len(found) > size else None
    return PartyPage(items=tuple(party_out(each) for each in found[:size]), next=following)


@post("/parties", guards=[needs(EDIT)], summary="Add a contact", responses={**INVALID, **CONFLICT})
async def add_party(tenant: TheTenant, data: JSONBody[NewPartyBody]) -> PartyOut:
    """Add a contact with everything it has, all or nothing."""
    return party_out(await parties.create_party(tenant, details_of(data), anyway=data.anyway))


@get("/parties/{party_id:uuid}", guards=[needs(READ)], summary="Read a contact", responses=MISSING)
async def read_party(tenant: TheTenant, party_id: FromPath[UUID]) -> PartyOut:
    """Return one contact; one that was merged away says into which."""
    return party_out(await parties.read_party(tenant, party_id))


@post("/parties/{party_id:uuid}/numbers", guards=[needs(NUMBERS)], summary="Show whole numbers", status_code=200, responses=MISSING)
async def show_numbers(tenant: TheTenant, party_id: FromPath[UUID]) -> PartyOut:
    """Return one contact with its bank accounts and tax numbers whole; the audit log keeps who asked for them."""
    return party_out(await sealing.show_numbers(tenant, party_id), whole=True)


@put("/parties/{party_id:uuid}", guards=[needs(EDIT)], summary="Change a contact", responses={**INVALID, **CONFLICT, **MISSING})
async def replace_party(tenant: TheTenant, party_id: FromPath[UUID], data: JSONBody[PartyChange]) -> PartyOut:
    """Replace what is known of a contact by what is sent."""
    return party_out(await parties.update_party(tenant, party_id, data.version, details_of(data)))


@post(
    "/parties/{party_id:uuid}/archive",
    guards=[needs(ARCHIVE)],
    summary="Archive a contact",
    status_code=200,
    responses={**CONFLICT, **MISSING},
)
async def archive_party(tenant: TheTenant, party_id: FromPath[UUID]) -> PartyOut:
    """Take a contact out of the lists; it keeps its history."""
    return party_out(await parties.set_archived(tenant, party_id, archived=True))


@post(
    "/parties/{party_id:uuid}/unarchive",
    guards=[needs(ARCHIVE)],
    summary="Bring a contact back",
    status_code=200,
    responses={**CONFLICT, **MISSING},
)
async def unarchive_party(tenant: TheTenant, party_id: FromPath[UUID]) -> PartyOut:
    """Bring an archived contact back."""
    return party_out(await parties.set_archived(tenant, party_id, archived=False))


def _cursor(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid.field("after", "This cursor is broken: begin with the first page.") from None
