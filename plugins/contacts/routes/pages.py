"""Pages that show parties, and the buttons on them."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from weft import Invalid, Refused, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..listing import PARTIES
from ..permissions import ARCHIVE, EDIT, EXPORT, NUMBERS, READ
from ..records import PARTY
from ..services import finding, parties, sealing
from ..services.cards import card_file
from .forms import tag_choices, uuid_of
from .view import found_options, party_view


@get("/", guards=[needs(READ)])
async def party_list(ui: TheUi) -> Response[Any]:
    """Show the list."""
    return await ui.listing(PARTIES, template="contacts/parties.html", select="ids", bulk_action="/contacts/bulk")


@get("/{party_id:uuid}", guards=[needs(READ)])
async def show_party(tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID]) -> Response[Any]:
    """Show a party; one that was merged leads on to the one that was kept."""
    return await _party(tenant, ui, party_id)


@post("/{party_id:uuid}/numbers", guards=[needs(NUMBERS)], status_code=200)
async def show_numbers(tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID]) -> Response[Any]:
    """Show a party with its sealed numbers whole, which the audit log keeps."""
    await sealing.show_numbers(tenant, party_id)
    return await _party(tenant, ui, party_id, whole=True)


async def _party(tenant: Tenant, ui: Ui, party_id: UUID, *, whole: bool = False) -> Response[Any]:
    page = await parties.read_page(tenant, party_id)
    if page.into:
        return ui.redirect(PARTY.url(page.into), toast=f"“{page.party.details.name}” was merged with this contact.")
    return await ui.page(
        "contacts/party.html",
        slots={"contacts.party.main": party_id, "contacts.party.side": party_id},
        party=party_view(page.party, whole=whole),
        page=page,
        actions=ui.actions(PARTY.name, party_id),
        history=await ui.history(PARTY.name, party_id),
    )


@get("/{party_id:uuid}/vcard", guards=[needs(EXPORT)])
async def party_card(tenant: TheTenant, party_id: FromPath[UUID]) -> Response[bytes]:
    """Return a party as a vCard."""
    return _card(*await card_file(tenant, [party_id]))


@post("/{party_id:uuid}/archive", guards=[needs(ARCHIVE)])
async def archive_party(tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID]) -> Response[Any]:
    """Archive a party."""
    party = await parties.set_archived(tenant, party_id, archived=True)
    return ui.redirect(PARTY.url(party_id), toast=f"“{party.details.name}” is archived.")


@post("/{party_id:uuid}/unarchive", guards=[needs(ARCHIVE)])
async def unarchive_party(tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID]) -> Response[Any]:
    """Bring an archived party back."""
    party = await parties.set_archived(tenant, party_id, archived=False)
    return ui.redirect(PARTY.url(party_id), toast=f"“{party.details.name}” is back.")


@post("/bulk", guards=[needs(READ)])
async def bulk(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Do one thing to every chosen party: ``do`` is tag, untag, archive, unarchive or vcard."""
    ids = [party_id for text in form.all("ids") if (party_id := uuid_of(text))]
    if not ids:
        raise Invalid("Choose at least one contact first.")
    wish, tag = form.get("do"), form.get("tag")
    permission = {"tag": EDIT, "untag": EDIT, "archive": ARCHIVE, "unarchive": ARCHIVE, "vcard": EXPORT}.get(wish)
    if permission is None:
        raise Invalid("Choose what to do with the chosen contacts.")
    if not tenant.may(permission):
        raise Refused(f"You need the permission “{permission.title}” for this. An administrator can give it to you.")
    if wish == "vcard":
        return _card(*await card_file(tenant, ids))
    if wish in ("tag", "untag") and not tag:
        raise Invalid.field("tag", "Enter the tag first.")
    if wish == "tag":
        return ui.redirect(PARTIES.path, toast=f"{_contacts(await parties.add_tag(tenant, ids, tag))} tagged “{tag}”.")
    if wish == "untag":
        return ui.redirect(PARTIES.path, toast=f"Tag “{tag}” taken from {_contacts(await parties.remove_tag(tenant, ids, tag))}.")
    if wish == "archive":
        return ui.redirect(PARTIES.path, toast=f"{_contacts(await parties.archive(tenant, ids))} archived.")
    return ui.redirect(f"{PARTIES.path}?segment=archived", toast=f"{_contacts(await parties.unarchive(tenant, ids))} brought back.")


@get("/lookup", guards=[needs(READ)])
async def look_up(tenant: TheTenant, ui: TheUi, q: Annotated[str, QueryParameter(max_length=200)] = "") -> Response[str]:
    """Return the parties that a lookup field finds, here and in forms of other modules."""
    exact, others = await finding.search(tenant, q.strip(), 12) if q.strip() else ((), ())
    options = found_options((*exact, *others))
    return await ui.fragment("shell/_options.html", options=options)


@get("/tags", guards=[needs(READ)])
async def look_up_tags(tenant: TheTenant, ui: TheUi, q: Annotated[str, QueryParameter(max_length=60)] = "") -> Response[str]:
    """Return the tags that a tags field finds, and what is typed as a new one."""
    options = [{"value": each.value, "label": each.title} for each in tag_choices(await finding.tags(tenant), q.strip())]
    return await ui.fragment("shell/_options.html", options=options)


def _contacts(count: int) -> str:
    return "1 contact" if count == 1 else f"{count} contacts"


def _card(name: str, content: bytes) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/vcard; charset=utf-8", headers=headers)


page_routes = [party_list, show_party, show_numbers, party_card, archive_party, unarchive_party, bulk, look_up, look_up_tags]
