"""Requests that are carried out once however often they come, and such as depend on the state of a record: both in one transaction."""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from litestar.types import ASGIApp, Receive

from core.idempotency.answers import Claim, KeptAnswer, claim, done, keep, one_at_a_time
from core.tenancy.scope import LiveScope
from web.api.exchange import Body, Held, header_of
from web.api.versions import stopped
from web.door import Door

HEADER = b"idempotency-key"
REPLAYED = (b"idempotent-replayed", b"true")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_ID = re.compile(r"/[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?=/|$)")
_NOT_KEPT = frozenset({b"content-length", b"x-request-id"})


class _RolledBack(Exception):
    """Ends the transaction of a request that was refused."""


def key_of(scope: Any) -> str:
    """Return the request's key, or nothing; stops a request whose key cannot be one (draft, section 2.1: a string of RFC 8941)."""
    given = header_of(scope, HEADER).strip()
    if not given and not any(name == HEADER for name, _ in scope["headers"]):
        return ""
    key = given[1:-1] if len(given) > 1 and given[0] == given[-1] == '"' else given
    if not _KEY.fullmatch(key):
        raise stopped(400, "No such key", "An Idempotency-Key has 1 to 200 visible ASCII characters without spaces: a UUID does well.")
    return key


def fingerprint(scope: Any, body: Body) -> bytes:
    """Return a digest of what is asked: method, address, kind and bytes of the body."""
    asked = (scope["method"], scope["path"], scope["query_string"].decode("latin-1"), header_of(scope, b"content-type"))
    digest = sha256("\n".join((*asked, header_of(scope, b"if-match"))).encode())
    digest.update(body.digest)
    return digest.digest()


async def answer_once(app: ASGIApp, scope: Any, receive: Receive, door: Door, key: str, asked: bytes) -> Held:
    """Answer in one transaction with what the request changes, or as it was answered before.

    Raises `StillRunning` and `OtherRequest`. Whatever is refused is rolled back whole, and not kept.
    """
    assert door.access is not None
    wanted = Claim(door.access.id, key, asked, door.runtime.now())
    held = Held()
    try:
        async with door.tenant.transaction() as db:
            assert isinstance(db, LiveScope)
            kept = await claim(db, wanted)
            if kept is not None:
                return Held(kept.status, [*((name.encode(), value.encode()) for name, value in kept.headers), REPLAYED], kept.body)
            held = await Held.of(app, scope, receive)
            if held.status >= 400:
                raise _RolledBack
            await keep(db, wanted, KeptAnswer(held.status, _lasting(held), held.body))
    except _RolledBack:
        pass
    return held


async def answer_alone(app: ASGIApp, scope: Any, receive: Receive, door: Door, look: Callable[[], Awaitable[None]]) -> Held:
    """Answer a request that depends on the state of a record, in one transaction with the look at it.

    Of two that look at one record the second waits until the first is done, and sees what that made of it. What is refused is rolled back.
    """
    held = Held()
    try:
        async with door.tenant.transaction() as db:
            assert isinstance(db, LiveScope)
            await one_at_a_time(db, record_of(scope["path"]), door.runtime.now())
            await look()
            held = await Held.of(app, scope, receive)
            if held.status >= 400:
                raise _RolledBack
            await done(db, record_of(scope["path"]))
    except _RolledBack:
        pass
    return held


def record_of(path: str) -> str:
    """Return the part of an address that names the record which its parts belong to: up to its first id."""
    found = _ID.search(path)
    return path[: found.end()] if found else path.rstrip("/")


def _lasting(held: Held) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in held.headers if name.lower() not in _NOT_KEPT)
