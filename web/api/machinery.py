"""The machinery in front of every route of the API: allowance, keys, versions, cursors. docs/api.md says what it promises."""

import gzip
import math
from collections.abc import Sequence
from typing import Any

from litestar import Response, Router
from litestar.connection import ASGIConnection
from litestar.types import ASGIApp, ControllerRouterHandler, Receive, Scope, Send

from core.limits.allowance import allowance_of
from core.limits.bucket import Bucket, Taken
from web.api.cursors import ASKED, Asked, Seal, open_query, seal_page
from web.api.exchange import Body, Held, Stopped, TooLong, body_of, header_of
from web.api.keyed import answer_alone, answer_once, fingerprint, key_of
from web.api.operation import READING, OperationFacts, facts_of
from web.api.versions import fill_in, holds, name_version, stopped, tag_answer, unchanged
from web.door import KEY, Door
from web.errors import refusal_of
from web.refusal import Refusal
from weft.errors import WeftError

SMALL = 1500  # bytes that are not worth compressing
_INSIDE = "weft_inside"  # in the scope of a request that the machinery makes itself
_OF_THE_CALL = ("type", "asgi", "http_version", "scheme", "server", "client", "root_path", "auth", "user", KEY)


def api_router(path: str, handlers: Sequence[ControllerRouterHandler], **more: Any) -> Router:
    """Return a router of the API, with the machinery in front of every route."""
    return Router(path, route_handlers=handlers, middleware=[Machinery], after_request=finish, **more)


async def finish(response: Any) -> Any:
    """Note the version of a record among the headers of its answer, of which its tag is made, and sign the cursor of a page."""
    if isinstance(response, Response):
        version = getattr(response.content, "version", None)
        if isinstance(version, int):
            response.headers["ETag"] = f'"{version}"'
        seal_page(response)
    return response


class Machinery:
    """ASGI middleware of the API's routers; answers are sent when they are whole."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        call: Any = scope
        door: Door = call[KEY]
        buckets: list[Bucket] = [] if call.get(_INSIDE) else _buckets(door)
        taken = await door.runtime.throttle.take(buckets)
        try:
            if taken.wait:
                raise _too_many(taken.wait)
            held = await self._answer(call, receive, door)
        except Stopped as why:
            held = Held.problem(why.refusal, door.request_id)
        except WeftError as why:
            held = Held.problem(refusal_of(why), door.request_id)
        _tell_allowance(held, buckets, taken)
        _compress(held, header_of(scope, b"accept-encoding"))
        await held.send(send)

    async def _answer(self, call: Any, receive: Receive, door: Door) -> Held:
        plain = [pair for pair in call["headers"] if pair[0] != b"accept-encoding"]  # what is sent is compressed at the end
        if call["method"] in READING:
            held = await self._read({**call, "headers": plain}, receive, door)
        else:
            held = await self._write({**call, "headers": plain}, receive, door)
        if held.header(b"etag") or (call["method"] == "GET" and held.status == 200):
            tag_answer(held)
        if call["method"] == "GET" and held.status == 200 and unchanged(held, header_of(call, b"if-none-match")):
            return Held(304, [pair for pair in held.headers if pair[0].lower() in (b"etag", b"link")])
        return held

    async def _read(self, call: Any, receive: Receive, door: Door) -> Held:
        assert door.record is not None
        seal = Seal(door.runtime.settings.derived("cursors of the API"), f"{door.record.id} {call['path']}")
        address = door.runtime.settings.tenant_url(door.record.slug, call["path"])
        token = ASKED.set(Asked(seal, address, call["query_string"]))
        try:
            return await Held.of(self.app, {**call, "query_string": open_query(seal, call["query_string"])}, receive)
        finally:
            ASKED.reset(token)

    async def _write(self, call: Any, receive: Receive, door: Door) -> Held:
        await call["route_handler"].authorize_connection(ASGIConnection(call))  # who may not is told nothing else
        facts, key, if_match = facts_of(call["route_handler"]), key_of(call), header_of(call, b"if-match")
        _check_kind(call, facts)
        if facts.in_query:
            call = {**call, "query_string": name_version(call["query_string"], if_match)}
        app = self._if_it_stands(if_match, door) if if_match and not (facts.versioned or facts.in_query) else self.app
        if not key and not facts.versioned:
            return await Held.of(app, call, receive)
        try:
            body = await Body.read(receive, facts.limit)
        except TooLong:
            raise Stopped(Refusal(413, "413", f"What you sent is larger than the {facts.limit:,} bytes that this address takes.")) from None
        try:
            again = body_of(fill_in(body.whole(), if_match), receive) if facts.versioned else body.again(receive)
            if not key or door.access is None:
                return await Held.of(app, call, again)
            return await answer_once(app, call, again, door, key, fingerprint(call, body))
        finally:
            body.close()

    def _if_it_stands(self, if_match: str, door: Door) -> ASGIApp:
        """Return the application behind a look at the record: whoever changes it names the state that was read."""

        async def looking(scope: Scope, receive: Receive, send: Send) -> None:
            async def look() -> None:
                current = await _tag_of(scope)
                if current is not None and not holds(if_match, current):
                    raise stopped(
                        412, "Changed meanwhile", f"The record was changed: its ETag is {current} now. Read it again, then decide."
                    )

            await (await answer_alone(self.app, scope, receive, door, look)).send(send)

        return looking


async def _tag_of(scope: Any) -> str | None:
    """Return the tag of the record that an address is about: of the nearest address above it that can be read."""
    parts = scope["path"].rstrip("/").split("/")
    while len(parts) > 4:  # "", api, v1, the module
        headers = [(b"host", header_of(scope, b"host").encode())]
        reading = {name: scope[name] for name in _OF_THE_CALL if name in scope} | {_INSIDE: True, "state": {}, "headers": headers}
        path = "/".join(parts)
        reading |= {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
        held = await Held.of(scope["litestar_app"], reading, body_of(b"", _nothing))
        if held.status == 200 and held.header(b"etag"):
            return held.header(b"etag")
        parts.pop()
    return None


async def _nothing() -> Any:
    return {"type": "http.disconnect"}


def _check_kind(call: Any, facts: OperationFacts) -> None:
    kind = header_of(call, b"content-type").partition(";")[0].strip().lower()
    if facts.takes_json and kind and kind != "application/json" and not kind.endswith("+json"):
        raise Stopped(Refusal(415, "415", f"This address takes JSON: send it as application/json, not as {kind}."))


def _buckets(door: Door) -> list[Bucket]:
    assert door.record is not None
    allowed = allowance_of(door.record, door.runtime.settings)
    of = door.access.id.hex if door.access else "nobody"
    buckets = [
        Bucket("token", f"{door.record.schema}:{of}", allowed.token),
        Bucket("business", door.record.schema, allowed.business),
    ]
    return [each for each in buckets if each.rate]


def _too_many(wait: float) -> Stopped:
    seconds = max(1, math.ceil(wait))
    sentence = f"These are more requests than this token or this business may send. Go on in {seconds} s, or ask for larger pages."
    return Stopped(Refusal(429, "429", sentence, headers={"Retry-After": str(seconds)}))


def _tell_allowance(held: Held, buckets: Sequence[Bucket], taken: Taken) -> None:
    """Say what is left of what (IETF draft ratelimit-headers)."""
    if buckets:
        held.put(b"ratelimit-policy", ", ".join(f'"{each.name}";q={each.most};w={each.window}' for each in buckets))
        left = [f'"{each.name}";r={max(0, rest)};t={each.window}' for each, rest in zip(buckets, taken.left, strict=True)]
        held.put(b"ratelimit", ", ".join(left))


def _compress(held: Held, accepted: str) -> None:
    held.put(b"vary", "Accept-Encoding")
    offers = [each.strip().lower() for each in accepted.split(",")]
    if len(held.body) >= SMALL and any(each.partition(";")[0] == "gzip" and "q=0" not in each.split(";") for each in offers):
        held.body = gzip.compress(held.body, compresslevel=5, mtime=0)
        held.put(b"content-encoding", "gzip")
