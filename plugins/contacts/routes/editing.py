"""Adding and changing a party: one form for both, which works without a script."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs
from weft.sealed import DOTS

from ..domain.checking import checked
from ..domain.details import Address, Details, for_audit
from ..permissions import EDIT
from ..records import PARTY
from ..services import finding, parties
from ..services.duplicates import held_elsewhere
from ..services.parties import LooksFamiliar
from ..services.writing import ChangedMeanwhile, IdentifierTaken, home_country
from .forms import blank, for_form, form_context, problem_links, read_details, read_version, rearranged

PAGE = "contacts/party_form.html"


@get("/new", guards=[needs(EDIT)])
async def new_party(
    tenant: TheTenant,
    ui: TheUi,
    kind: Annotated[str, QueryParameter(max_length=20)] = "",
    name: Annotated[str, QueryParameter(max_length=200)] = "",
) -> Response[str]:
    """Show an empty form, for an organisation or a person."""
    return await _page(tenant, ui, blank(kind))


@post("/new", guards=[needs(EDIT)])
async def add_party(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Add a party, or show the form again: with another row, with what is wrong, or with parties that look like this one."""
    details = read_details(form)
    if (changed := rearranged(details, form.get("do"))) is not None:
        return await _page(tenant, ui, changed)
    try:
        party = await parties.create_party(tenant, details, anyway=form.get("do") == "anyway")
    except (Invalid, Conflict) as wrong:
        return await _refused(tenant, ui, details, wrong)
    return ui.redirect(PARTY.url(party.id), toast=f"“{party.details.name}” is added.")


@get("/{party_id:uuid}/edit", guards=[needs(EDIT)])
async def edit_party(tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID]) -> Response[str]:
    """Show the form of a party."""
    party = await parties.read_party(tenant, party_id)
    if party.merged_into:
        raise Conflict(f"“{party.details.name}” was merged with another contact: change that one.")
    return await _page(tenant, ui, for_form(party.details), party_id=party_id, version=party.version)


@post("/{party_id:uuid}/edit", guards=[needs(EDIT)])
async def save_party(tenant: TheTenant, ui: TheUi, form: TheForm, party_id: FromPath[UUID]) -> Response[Any]:
    """Change a party, or show the form again: with another row, with what is wrong, or with what somebody else saved meanwhile."""
    details, version = read_details(form), read_version(form)
    if (changed := rearranged(details, form.get("do"))) is not None:
        return await _page(tenant, ui, changed, party_id=party_id, version=version)
    try:
        party = await parties.update_party(tenant, party_id, version, details, anyway=form.get("do") == "anyway")
    except ChangedMeanwhile as wrong:
        return await _overtaken(tenant, ui, details, wrong)
    except (Invalid, Conflict) as wrong:
        return await _refused(tenant, ui, details, wrong, party_id=party_id, version=version)
    return ui.redirect(PARTY.url(party_id), toast=f"“{party.details.name}” is saved.")


@post("/check", guards=[needs(EDIT)])
async def check_field(tenant: TheTenant, ui: TheUi, form: TheForm, request: Request[Any, Any, Any]) -> Response[str]:
    """Return one field again as soon as it was left: in its normal form, or with what is wrong; HTMX says which."""
    field = request.headers.get("hx-trigger-name", "")
    group, _, rest = field.partition(".")
    place = rest.partition(".")[0]
    if group not in ("emails", "phones", "websites", "identifiers") or not place.isdecimal():
        raise Invalid("There is nothing to check in this field.")
    typed = form.get(field)
    if DOTS in typed:  # a sealed number as it was shown: saving tells whether it is that
        return await ui.fragment("contacts/_value.html", group=group, place=int(place), value=typed, error="", warning="")
    details, error = _only(read_details(form), group, typed, form.get(f"{group}.{place}.scheme")), ""
    try:
        details = checked(details, home_country(tenant))
    except Invalid as wrong:
        error = wrong.fields.get(f"{group}.0.value", "")
    shown = for_form(details, typed=True)
    rows = getattr(shown, group)
    warning = "" if error else await held_elsewhere(tenant, details, form.get("party"))
    value = rows[0].value if rows and not error else typed
    return await ui.fragment("contacts/_value.html", group=group, place=int(place), value=value, error=error, warning=warning)


def _only(details: Details, group: str, typed: str, scheme: str) -> Details:
    """Return details with nothing but the field at hand, and the addresses that say in which country it is."""
    alone = Form({f"{group}.0.value": [typed], f"{group}.0.scheme": [scheme], "name": ["-"], "kind": [details.kind]})
    found = read_details(alone)
    homes = tuple(Address(lines=("-",), country=each.country) for each in details.addresses if each.country)
    return Details(
        kind=found.kind,
        name="-",
        emails=found.emails,
        phones=found.phones,
        websites=found.websites,
        identifiers=found.identifiers,
        addresses=homes,
    )


async def _page(
    tenant: Tenant, ui: Ui, details: Details, *, party_id: UUID | None = None, version: int = 0, status: int = 200, **more: Any
) -> Response[str]:
    context = {"errors": {}, "problem": "", "links": [], "familiar": (), "may_share": False, "differences": [], **more}
    tags = await finding.tags(tenant)
    return await ui.page(
        PAGE, status=status, party_id=party_id, version=version, **form_context(details, tags, home_country(tenant)), **context
    )


async def _refused(
    tenant: Tenant, ui: Ui, details: Details, wrong: Invalid | Conflict, *, party_id: UUID | None = None, version: int = 0
) -> Response[str]:
    if isinstance(wrong, IdentifierTaken):
        errors = {wrong.field: wrong.message}
        holder = {"label": f"Open “{wrong.holder_name}”", "href": PARTY.url(wrong.holder)}
        links = [*problem_links(errors), holder]
        may_share = parties.may_share(tenant)
        return await _page(
            tenant, ui, details, party_id=party_id, version=version, status=409, errors=errors, links=links, may_share=may_share
        )
    if isinstance(wrong, Invalid):
        links = problem_links(wrong.fields)
        problem = "" if wrong.fields else wrong.message
        return await _page(
            tenant, ui, details, party_id=party_id, version=version, status=422, errors=wrong.fields, links=links, problem=problem
        )
    familiar = wrong.candidates if isinstance(wrong, LooksFamiliar) else ()
    problem = "" if familiar else wrong.message
    return await _page(tenant, ui, details, party_id=party_id, version=version, status=409, familiar=familiar, problem=problem)


async def _overtaken(tenant: Tenant, ui: Ui, mine: Details, wrong: ChangedMeanwhile) -> Response[str]:
    """Show both versions: the form keeps what was typed, and carries the version that saving again would replace."""
    theirs = wrong.current
    history = await ui.history(PARTY.name, theirs.id)
    try:
        yours = for_audit(checked(mine, home_country(tenant)))
    except Invalid:
        yours = for_audit(mine)
    saved = for_audit(theirs.details)
    differences = [
        {"label": key.replace("_", " ").capitalize(), "yours": _words(yours.get(key)), "theirs": _words(saved.get(key))}
        for key in dict.fromkeys([*yours, *saved])
        if yours.get(key) != saved.get(key)
    ]
    latest = history[0] if history else None
    return await _page(
        tenant,
        ui,
        mine,
        party_id=theirs.id,
        version=theirs.version,
        status=409,
        differences=differences,
        latest=latest,
        problem=wrong.message,
    )


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")


editing_routes = [new_party, add_party, edit_party, save_party, check_field]
