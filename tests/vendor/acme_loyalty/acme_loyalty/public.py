"""What whoever holds a card may see without signing in."""

from litestar import get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from weft import Missing, TheTenant, for_anyone

from . import domain, queries


class Points(Struct, frozen=True):
    """What is on a card, and nothing of whom it belongs to."""

    points: int


@get("/api/cards/{card:str}", guards=[for_anyone("who holds a card knows its number, and sees no more than its points")])
async def show_points(tenant: TheTenant, card: FromPath[str]) -> Points:
    """Return what is on a card."""
    async with tenant.transaction() as db:
        member = await queries.by_card(db, domain.card_number(card))
    if member is None:
        raise Missing("There is no such card.")
    return Points(member.points)


ALL: tuple[ControllerRouterHandler, ...] = (show_points,)
