"""Pages of gift cards, store credit and points."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response
from litestar.types import ControllerRouterHandler

from weft import Conflict, Form, Invalid, TheForm, TheTenant, TheUi, needs, new_id

from ..domain.values import KINDS, WAYS, Booking, Issue, PointsBooking
from ..listings import CARDS
from ..permissions import READ, VALUES
from ..records import LOYALTY, VALUE
from ..services import accounts


class _Key(msgspec.Struct, frozen=True):
    """The key of a form, so that what it books is booked once."""

    key: UUID


FORM, CARD, POINTS = "retail_pos/card_form.html", "retail_pos/card.html", "retail_pos/points.html"
OPTIONS = [{"value": key, "label": title} for key, (title, _) in WAYS.items()]


@get("/cards", guards=[needs(READ)])
async def card_list(ui: TheUi) -> Response[Any]:
    """Show gift cards and store credit; a number in the search box is the check of a balance."""
    return await ui.listing(CARDS, template="retail_pos/cards.html")


def _form_context(form: Form) -> dict[str, Any]:
    kinds = [{"value": key, "label": title} for key, title in KINDS.items()]
    return {"form": form, "kinds": kinds, "ways": OPTIONS}


@get("/cards/new", guards=[needs(VALUES)])
async def new_card(ui: TheUi) -> Response[str]:
    """Show the form of a new card."""
    form = Form.of(kind="gift_card", way="safe", key=str(new_id()))
    return await ui.page(FORM, **_form_context(form), errors={}, problem="")


@post("/cards/new", guards=[needs(VALUES)])
async def add_card(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a card with something on it."""
    try:
        made = await accounts.issue(tenant, form.read(Issue))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(FORM, wrong, **_form_context(form))
    return ui.redirect(VALUE.url(made), toast="It can be used at every till.")


async def _card(tenant: TheTenant, ui: TheUi, card_id: UUID, form: Form) -> dict[str, Any]:
    return {
        "page": await accounts.card(tenant, card_id),
        "form": form,
        "ways": OPTIONS,
        "people": {each.id: each.name for each in await tenant.people()},
        "history": await ui.history(VALUE.name, card_id),
    }


@get("/cards/{card_id:uuid}", guards=[needs(READ)])
async def show_card(tenant: TheTenant, ui: TheUi, card_id: FromPath[UUID]) -> Response[str]:
    """Show a card with its ledger."""
    return await ui.page(CARD, **await _card(tenant, ui, card_id, Form.of(key=str(new_id()), way="safe")), errors={}, problem="")


@post("/cards/{card_id:uuid}", guards=[needs(VALUES)])
async def change_card(tenant: TheTenant, ui: TheUi, form: TheForm, card_id: FromPath[UUID]) -> Response[Any]:
    """Put money on a card or take it off, block it, or move what is on it."""
    try:
        match form.get("do"):
            case "block" | "unblock" as way:
                await accounts.block(tenant, card_id, form.get("reason"), blocked=way == "block")
                return ui.redirect(VALUE.url(card_id), toast="It is blocked." if way == "block" else "It can be used again.")
            case "transfer":
                other = await accounts.transfer(tenant, card_id, form.get("number"), form.get("reason"), form.read(_Key).key)
                return ui.redirect(VALUE.url(other), toast="All of it was moved here; the other card is blocked.")
            case _:
                await accounts.book(tenant, card_id, form.read(Booking))
                return ui.redirect(VALUE.url(card_id), toast="It is booked.")
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(CARD, wrong, **await _card(tenant, ui, card_id, form))


@get("/loyalty", guards=[needs(READ)])
async def loyalty_list(tenant: TheTenant, ui: TheUi, q: Annotated[str, QueryParameter(max_length=100)] = "") -> Response[str]:
    """Show the customers with most points, or those whom words may mean."""
    return await ui.page("retail_pos/loyalty.html", customers=await accounts.loyal_customers(tenant, q.strip()), q=q)


async def _points(tenant: TheTenant, ui: TheUi, account_id: UUID, form: Form) -> dict[str, Any]:
    return {
        "page": await accounts.points(tenant, account_id),
        "form": form,
        "people": {each.id: each.name for each in await tenant.people()},
        "history": await ui.history(LOYALTY.name, account_id),
    }


@get("/loyalty/{account_id:uuid}", guards=[needs(READ)])
async def show_points(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID]) -> Response[str]:
    """Show a customer's points with their ledger."""
    return await ui.page(POINTS, **await _points(tenant, ui, account_id, Form.of(key=str(new_id()))), errors={}, problem="")


@post("/loyalty/{account_id:uuid}", guards=[needs(VALUES)])
async def give_points(tenant: TheTenant, ui: TheUi, form: TheForm, account_id: FromPath[UUID]) -> Response[Any]:
    """Give a customer points, or take them."""
    try:
        await accounts.give(tenant, account_id, form.read(PointsBooking))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(POINTS, wrong, **await _points(tenant, ui, account_id, form))
    return ui.redirect(LOYALTY.url(account_id), toast="It is booked.")


ACCOUNTS: tuple[ControllerRouterHandler, ...] = (
    *(card_list, new_card, add_card, show_card, change_card),
    *(loyalty_list, show_points, give_points),
)
