"""Pages that show stock: lists, cards, documents, lots."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Conflict, Invalid, Missing, TheForm, TheTenant, TheUi, needs

from ..listings import ITEMS, LOTS, METHODS, MOVES, STOCK, TRACKINGS
from ..permissions import ADJUST, READ, VALUE
from ..queries import cards
from ..records import DOCUMENT, ITEM
from ..services import desk
from ..services.cards import item_card, lot_card, set_cost_by_hand, set_method_by_hand
from ..services.labels import labels, lot_labels

ITEM_PAGE = "inventory/item.html"


@get("/stock", guards=[needs(READ)])
async def stock_list(ui: TheUi) -> Response[Any]:
    """Show what there is where."""
    return await ui.listing(STOCK, template="inventory/stock.html")


@get("/items", guards=[needs(VALUE)])
async def item_list(ui: TheUi) -> Response[Any]:
    """Show what stock is worth."""
    return await ui.listing(ITEMS)


@get("/moves", guards=[needs(READ)])
async def move_list(ui: TheUi) -> Response[Any]:
    """Show every move."""
    return await ui.listing(MOVES)


@get("/lots", guards=[needs(READ)])
async def lot_list(ui: TheUi) -> Response[Any]:
    """Show lots and serial numbers."""
    return await ui.listing(LOTS)


@get("/stock/{balance_id:uuid}", guards=[needs(READ)])
async def item_of_row(tenant: TheTenant, ui: TheUi, balance_id: FromPath[UUID]) -> Response[Any]:
    """Open the card of the item of a row."""
    async with tenant.transaction() as db:
        item = await cards.item_of_balance(db, balance_id)
    if item is None:
        raise Missing("There is no such stock.")
    return ui.redirect(ITEM.url(item))


@get("/moves/{move_id:uuid}", guards=[needs(READ)])
async def document_of_row(tenant: TheTenant, ui: TheUi, move_id: FromPath[UUID]) -> Response[Any]:
    """Open the document of a move."""
    async with tenant.transaction() as db:
        document = await cards.document_of_move(db, move_id)
    if document is None:
        raise Missing("There is no such move.")
    return ui.redirect(DOCUMENT.url(document))


async def _card(tenant: TheTenant, ui: TheUi, item_id: UUID) -> dict[str, Any]:
    context = await item_card(tenant, item_id)
    context |= {"methods": METHODS, "trackings": TRACKINGS, "currency": tenant.currency}
    return context | {"history": await ui.history(ITEM.name, item_id), "actions": ui.actions(ITEM.name, item_id)}


@get("/items/{item_id:uuid}", guards=[needs(READ)])
async def show_item(tenant: TheTenant, ui: TheUi, item_id: FromPath[UUID]) -> Response[str]:
    """Show an item's stock card."""
    return await ui.page(ITEM_PAGE, slots={"inventory.item.side": item_id}, **await _card(tenant, ui, item_id), errors={}, problem="")


@post("/items/{item_id:uuid}/cost", guards=[needs(ADJUST)])
async def change_cost(tenant: TheTenant, ui: TheUi, form: TheForm, item_id: FromPath[UUID]) -> Response[Any]:
    """Set what a piece costs."""
    try:
        difference = await set_cost_by_hand(tenant, item_id, form)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(ITEM_PAGE, wrong, **await _card(tenant, ui, item_id))
    return ui.redirect(ITEM.url(item_id), toast=f"The cost is set; it changes the stock’s value by {difference} {tenant.currency}.")


@post("/items/{item_id:uuid}/method", guards=[needs(ADJUST)])
async def change_method(tenant: TheTenant, ui: TheUi, form: TheForm, item_id: FromPath[UUID]) -> Response[Any]:
    """Choose how an item is valued and told apart."""
    try:
        await set_method_by_hand(tenant, item_id, form)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(ITEM_PAGE, wrong, **await _card(tenant, ui, item_id))
    return ui.redirect(ITEM.url(item_id), toast="Saved.")


@get("/items/{item_id:uuid}/labels", guards=[needs(READ)])
async def print_labels(tenant: TheTenant, item_id: FromPath[UUID], count: FromQuery[int] = 1, lot: FromQuery[str] = "") -> Response[bytes]:
    """Return labels of an item as PDF."""
    name, content = await labels(tenant, item_id, count, lot[:40])
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type="application/pdf", headers=headers)


@get("/lots/{lot_id:uuid}/labels", guards=[needs(READ)])
async def print_lot_labels(tenant: TheTenant, lot_id: FromPath[UUID], count: FromQuery[int] = 1) -> Response[bytes]:
    """Return labels of a lot as PDF."""
    name, content = await lot_labels(tenant, lot_id, count)
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type="application/pdf", headers=headers)


@get("/documents/{document_id:uuid}", guards=[needs(READ)])
async def show_document(tenant: TheTenant, ui: TheUi, document_id: FromPath[UUID]) -> Response[str]:
    """Show what a document moved."""
    shown = await desk.show_document(tenant, document_id)
    history = await ui.history(DOCUMENT.name, document_id)
    return await ui.page("inventory/document.html", shown=shown, history=history, currency=tenant.currency, errors={}, problem="")


@post("/documents/{document_id:uuid}/undo", guards=[needs(ADJUST)])
async def undo_document(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Move everything back."""
    try:
        await desk.undo(tenant, document_id, form.get("reason"))
    except (Invalid, Conflict) as wrong:
        shown = await desk.show_document(tenant, document_id)
        history = await ui.history(DOCUMENT.name, document_id)
        return await ui.rejected("inventory/document.html", wrong, shown=shown, history=history, currency=tenant.currency)
    return ui.redirect(DOCUMENT.url(document_id), toast="The goods are back where they were, at the same cost.")


@get("/lots/{lot_id:uuid}", guards=[needs(READ)])
async def show_lot(tenant: TheTenant, ui: TheUi, lot_id: FromPath[UUID]) -> Response[str]:
    """Show where a lot came from and went."""
    return await ui.page("inventory/lot.html", **await lot_card(tenant, lot_id), currency=tenant.currency)
