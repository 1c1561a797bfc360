"""Stock for programs: move goods, take that back, ask what there is. Lists are at ``/api/v1/lists/inventory.…``."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from weft import Invalid, Missing, Tenant, TheTenant, needs
from weft.contracts import Items, Moved, NewMove, Source, Stock, StockDocument

from ..permissions import ADJUST, MOVE, READ
from ..queries import cards
from ..services import desk, moving
from .schemas import AvailabilityOut, DocumentBody, DocumentOut, LocationOut, MoveBody, MoveOut, Problem, UndoBody

KIND = "inventory.api"
INVALID = {422: ResponseSpec(data_container=Problem, description="Values are wrong: one sentence for each field", generate_examples=False)}
CONFLICT = {
    409: ResponseSpec(data_container=Problem, description="Stock, or the document as it stands, forbids it", generate_examples=False)
}
MISSING = {404: ResponseSpec(data_container=Problem, description="There is no such document", generate_examples=False)}


async def _move(tenant: Tenant, place: int, body: MoveBody) -> NewMove:
    item = body.item
    if item is None:
        found = await tenant.service(Items).by_sku(body.sku) if body.sku else None
        if found is None:
            raise Invalid.field(f"moves.{place}.sku", f"There is no item with the SKU “{body.sku}”." if body.sku else "Name the item.")
        item = found.id
    return NewMove(
        key=str(place),
        item=item,
        quantity=body.quantity,
        origin=body.origin,
        destination=body.destination,
        unit=body.unit,
        unit_cost=body.unit_cost,
        lot=body.lot,
        expires=body.expires,
        note=body.note,
    )


def _out(document_id: UUID, moved: Moved) -> DocumentOut:
    moves = [
        MoveOut(
            id=each.id,
            item=each.item,
            quantity=each.quantity,
            cost=each.cost,
            origin=each.origin,
            destination=each.destination,
            lot=each.lot,
        )
        for each in moved.moves
    ]
    return DocumentOut(id=document_id, moves=moves)


@post("/documents", guards=[needs(MOVE)], summary="Move goods", responses={**INVALID, **CONFLICT})
async def move_goods(tenant: TheTenant, data: JSONBody[DocumentBody]) -> DocumentOut:
    """Move the goods of a document, all or none."""
    async with tenant.transaction(unaudited="a document that stands is told already") as db:
        moves = tuple([await _move(tenant, place, body) for place, body in enumerate(data.moves)])
        source = Source(KIND, data.id, data.title or data.id)
        done = await moving.move(tenant, StockDocument(source=source, date=data.day or tenant.today(), moves=moves))
        return _out(await cards.document_by_source(db, source), done)


@get("/documents/{document_id:uuid}", guards=[needs(READ)], summary="Read a document", responses=MISSING)
async def read_document(tenant: TheTenant, document_id: FromPath[UUID]) -> DocumentOut:
    """Return what a document moved; all moves are listed at ``/api/v1/lists/inventory.moves``."""
    async with tenant.transaction() as db:
        facts = await cards.document(db, document_id)
        moved = await tenant.service(Stock).moved(Source(facts.source_kind, facts.source_id)) if facts else None
    if moved is None:
        raise Missing("There is no such document.")
    return _out(document_id, moved)


@post("/documents/{document_id:uuid}/undo", guards=[needs(ADJUST)], summary="Undo a document", responses={**CONFLICT, **MISSING})
async def undo_document(tenant: TheTenant, document_id: FromPath[UUID], data: JSONBody[UndoBody]) -> DocumentOut:
    """Move everything back today, at the same cost."""
    async with tenant.transaction() as db:
        facts = (await desk.show_document(tenant, document_id)).facts
        done = await desk.undo(tenant, document_id, data.reason)
        return _out(await cards.document_by_source(db, Source(facts.source_kind, f"{facts.source_id}/undo")), done)


@get("/availability", guards=[needs(READ)], summary="What there is of items", responses=INVALID)
async def show_availability(
    tenant: TheTenant,
    item: Annotated[list[UUID], QueryParameter(max_items=500, description="Repeated, once for each item")],
    location: Annotated[str, QueryParameter(description="The code of a location, with all below it; everywhere when empty")] = "",
) -> list[AvailabilityOut]:
    """Return what there is of items that are kept in stock."""
    async with tenant.transaction():
        found = await tenant.service(Stock).availability(item, location)
    return [
        AvailabilityOut(item=each.item, on_hand=each.on_hand, reserved=each.reserved, available=each.available, expected=each.expected)
        for each in found.values()
    ]


@get("/locations", guards=[needs(READ)], summary="List locations")
async def list_locations(tenant: TheTenant) -> list[LocationOut]:
    """Return the business's own locations that are open."""
    return [
        LocationOut(id=each.id, code=each.code, title=each.title, kind=each.kind, warehouse=each.warehouse)
        for each in await desk.own_locations(tenant)
    ]


API: tuple[ControllerRouterHandler, ...] = (move_goods, read_document, undo_document, show_availability, list_locations)
