"""Finding what is there twice, comparing two, making them one, and taking them apart again."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from weft import Conflict, Invalid, TheForm, TheTenant, TheUi, needs

from ..domain.merging import Side
from ..jobs import ask_for_duplicates
from ..permissions import MERGE
from ..records import PARTY
from ..services import duplicates, finding, merging, parties
from ..services.writing import ChangedMeanwhile
from .forms import uuid_of
from .view import party_view

PAGE = 20  # pairs


@get("/duplicates", guards=[needs(MERGE)])
async def duplicate_list(tenant: TheTenant, ui: TheUi, after: Annotated[str, QueryParameter(max_length=60)] = "") -> Response[str]:
    """Show the pairs that may be one, likeliest first."""
    found = await duplicates.suspects(tenant, _cursor(after), PAGE + 1)
    last = found[PAGE - 1].pair if len(found) > PAGE else None
    pairs = [
        {"id": each.pair.id, "score": each.pair.score, "because": each.because, "sides": (party_view(each.first), party_view(each.second))}
        for each in found[:PAGE]
    ]
    following = f"/contacts/duplicates?after={last.score}.{last.id}" if last else None
    return await ui.page("contacts/duplicates.html", pairs=pairs, following=following, first=not after)


@post("/duplicates/search", guards=[needs(MERGE)])
async def search_duplicates(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Ask a worker to look through all contacts."""
    await ask_for_duplicates(tenant)
    return ui.redirect("/contacts/duplicates", toast="The search has begun. Reload this page in a little while.")


@post("/duplicates/{pair_id:uuid}/dismiss", guards=[needs(MERGE)])
async def dismiss_pair(tenant: TheTenant, ui: TheUi, pair_id: FromPath[UUID]) -> Response[Any]:
    """Remember that two parties are not one."""
    await duplicates.dismiss(tenant, pair_id)
    return ui.redirect("/contacts/duplicates", toast="Remembered: these are two.")


@get("/{party_id:uuid}/merge", guards=[needs(MERGE)])
async def compare(
    tenant: TheTenant,
    ui: TheUi,
    party_id: FromPath[UUID],
    other: Annotated[str, QueryParameter(max_length=36)] = "",
    q: Annotated[str, QueryParameter(max_length=200)] = "",
) -> Response[str]:
    """Show two parties side by side; without the other one, ask which."""
    other_id = uuid_of(other)
    if other_id is None:
        return await _choose(tenant, ui, party_id, q, {})
    try:
        both = await merging.compare(tenant, party_id, other_id)
    except (Invalid, Conflict) as wrong:
        return await _choose(tenant, ui, party_id, q, {"other": wrong.message}, status=422)
    return await ui.page("contacts/merge.html", kept=party_view(both.kept), other=party_view(both.other), differences=both.differences)


@post("/{party_id:uuid}/merge", guards=[needs(MERGE)])
async def merge(tenant: TheTenant, ui: TheUi, form: TheForm, party_id: FromPath[UUID]) -> Response[Any]:
    """Make two parties one; when either was changed since they were compared, compare again."""
    other_id = uuid_of(form.get("other"))
    versions = form.get("version"), form.get("other_version")
    if other_id is None or not all(each.isdecimal() and len(each) < 10 for each in versions):
        raise Invalid("This form is incomplete: compare the two contacts again.")
    choices: dict[str, Side] = {}
    for name in form.values:
        if name.startswith("choose."):
            choices[name.removeprefix("choose.")] = "other" if form.get(name) == "other" else "kept"
    try:
        party = await merging.merge(tenant, (party_id, int(versions[0])), (other_id, int(versions[1])), choices)
    except ChangedMeanwhile as wrong:
        return ui.redirect(f"/contacts/{party_id}/merge?other={other_id}", toast=f"{wrong.message} Compare the two again.")
    return ui.redirect(PARTY.url(party.id), toast=f"“{party.details.name}” is one contact now.")


@post("/merges/{merge_id:uuid}/undo", guards=[needs(MERGE)])
async def undo_merge(tenant: TheTenant, ui: TheUi, merge_id: FromPath[UUID]) -> Response[Any]:
    """Make of one party two again."""
    party = await merging.undo_merge(tenant, merge_id)
    return ui.redirect(PARTY.url(party.id), toast=f"“{party.details.name}” is a contact of its own again.")


async def _choose(tenant: TheTenant, ui: TheUi, party_id: UUID, typed: str, errors: dict[str, str], status: int = 200) -> Response[str]:
    party = await parties.read_party(tenant, party_id)
    familiar = await duplicates.lookalikes(tenant, party.details, party_id)
    options: list[dict[str, Any]] = [{"value": each.id, "label": each.name, "hint": each.because} for each in familiar]
    if typed.strip():
        exact, others = await finding.search(tenant, typed.strip(), 20)
        options += [
            {"value": each.id, "label": each.name, "hint": each.city or each.email} for each in (*exact, *others) if each.id != party_id
        ]
    return await ui.page(
        "contacts/merge_choose.html", status=status, party=party_view(party), options=options, familiar=familiar, typed=typed, errors=errors
    )


def _cursor(text: str) -> tuple[int, UUID] | None:
    score, _, pair = text.partition(".")
    pair_id = uuid_of(pair)
    return (int(score), pair_id) if score.isdecimal() and len(score) < 4 and pair_id else None


merging_routes = [duplicate_list, search_duplicates, dismiss_pair, compare, merge, undo_merge]
