"""What a till's device asks for with its key, and how it gets one; nobody is signed in here."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import JSONBody

from weft import TheTenant, for_anyone

from ..domain.inbox import Taken
from ..services import book, setup
from ..services.taking import look_again, take
from .reading import bearer

BODY = 20_000_000  # bytes: a long day without a connection
KEYED = for_anyone("it asks for the key of a paired device, which can do nothing but this")


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """What a device sends to become a till."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    device: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """What it gets: the key, and where the till's chain goes on."""

    key: str
    till: str
    title: str
    store: str
    seq: int
    hash: str
    numbers: dict[str, int]  # the highest of its receipts, and of those in training


class TillState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a till's records are here."""

    till: str
    seq: int
    hash: str
    last_seq: int


@post("/api/pair", guards=[for_anyone("it asks for a pairing code, which a manager makes and which holds once")], status_code=200)
async def pair(tenant: TheTenant, data: JSONBody[Pairing]) -> Paired:
    """Turn the device that sends a pairing code into its till."""
    key, till = await setup.pair(tenant, data.code, data.device)
    seq, last_hash = await setup.end_of_chain(tenant, till)
    numbers = await book.numbers(tenant, till.code)
    return Paired(key=key, till=till.code, title=till.title, store=till.store_title, seq=seq, hash=last_hash, numbers=numbers)


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one till, in any order; each is read by itself, so that one that cannot be read keeps no other from arriving."""

    records: list[Any]


@post("/api/records", guards=[KEYED], status_code=200, request_max_body_size=BODY)
async def take_records(tenant: TheTenant, request: Request[Any, Any, Any], data: JSONBody[Upload]) -> Taken:
    """Take what a till sends, each record once, and tell what became of each."""
    acting, till = await setup.device(tenant, bearer(request))
    return await take(acting, till, data.records)


@get("/api/state", guards=[KEYED])
async def show_state(tenant: TheTenant, request: Request[Any, Any, Any]) -> TillState:
    """Tell how far the till's records are here, and look once more at what of them waits."""
    acting, till = await setup.device(tenant, bearer(request))
    await look_again(acting, till)
    return TillState(till=till.code, seq=till.chain_seq, hash=till.chain_hash, last_seq=till.last_seq)
