"""What tills ask: the balance of a card, and points for a purchase."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from weft import Missing, Tenant, TheTenant, needs

from . import domain, queries, services
from .domain import Gift, Member
from .permissions import GIVE, READ
from .settings import LoyaltySettings


class Balance(Struct, frozen=True, kw_only=True):
    """What is on a card."""

    id: UUID
    card: str
    name: str
    points: int


class Purchase(Struct, frozen=True, kw_only=True):
    """What somebody with a card has paid, in the currency of the business."""

    amount: Decimal
    receipt: Annotated[str, Meta(max_length=100)] = ""


@get("/cards/{card:str}", summary="Read a card's balance", guards=[needs(READ)])
async def read_balance(tenant: TheTenant, card: FromPath[str]) -> Balance:
    """Return what is on a card."""
    return _balance(await _by_card(tenant, card))


@post("/cards/{card:str}/purchases", summary="Give points for a purchase", guards=[needs(GIVE)])
async def add_purchase(tenant: TheTenant, card: FromPath[str], data: JSONBody[Purchase]) -> Balance:
    """Give the points that a purchase earns, and return the balance."""
    member = await _by_card(tenant, card)
    points = domain.earned(data.amount, tenant.settings(LoyaltySettings).per_unit)
    reason = f"Receipt {data.receipt}" if data.receipt else "Purchase"
    return _balance(await services.give(tenant, member.id, Gift(points=points, reason=reason)) if points else member)


async def _by_card(tenant: Tenant, card: str) -> Member:
    async with tenant.transaction() as db:
        member = await queries.by_card(db, domain.card_number(card))
    if member is None:
        raise Missing("There is no such card.")
    return member


def _balance(member: Member) -> Balance:
    return Balance(id=member.id, card=member.card, name=member.name, points=member.points)


ALL: tuple[ControllerRouterHandler, ...] = (read_balance, add_purchase)
