"""The front door: one ASGI application that sends each request to the platform's or a tenant's pages, by its host."""

import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Litestar
from litestar.types import Receive, Send

from core.auth.access import Access
from core.auth.sessions import Visitor
from core.plugins.registry import Registry
from core.plugins.usable import usable_of
from core.runtime import Runtime, running
from core.settings import Settings
from core.telemetry import REQUESTS, known_method, request_span, traceparent
from core.telemetry.pools import watch_pools
from web.assets import Assets, asset_folders
from web.door import KEY, PUBLIC_API, SESSION_COOKIE, Door, cookie_name, wants_json
from web.errors import failure
from web.guarding import quick_guards
from web.headers import fixed_headers, with_headers
from web.platform.app import platform_app
from web.refusal import Refusal, refuse
from web.tenant.app import tenant_app, unmountable
from web.views import Views
from weft.ids import new_id

Log = structlog.get_logger("weft.web")
ANYWHERE = ("/health/", "/metrics")
READING = frozenset({"GET", "HEAD", "OPTIONS"})
_REQUEST_ID = re.compile(rb"[A-Za-z0-9_.-]{8,64}")


class Site:
    """Finds tenant and person for every request, so that no handler can forget to."""

    def __init__(self, settings: Settings, registry: Registry, runtime: Runtime | None = None) -> None:
        self.settings = settings
        self.registry = registry
        self.assets = Assets(asset_folders(registry))
        self._session_cookie = cookie_name(SESSION_COOKIE, secure=settings.secure)
        self._fixed = fixed_headers(secure=settings.secure, forms=self._form_targets())
        self._stack = AsyncExitStack()
        if runtime:
            self._open(runtime)

    def _open(self, runtime: Runtime) -> None:
        watch_pools(runtime.platform.pool, runtime.pools[0], runtime.logins, runtime.settings.cell)
        try:
            self._build(runtime)
        except Exception as wrong:
            aside = unmountable(runtime.registry, Views(runtime, self.assets))
            if not aside:
                raise
            for key, why in aside.items():
                Log.error("a plugin is set aside", plugin=key, why=why, exc_info=wrong)
            left = [plugin for key, plugin in runtime.registry.plugins.items() if key not in aside]
            self.registry = usable_of(left, {**runtime.registry.set_aside, **aside})
            self.assets = Assets(asset_folders(self.registry))
            self._build(replace(runtime, registry=self.registry))

    def _build(self, runtime: Runtime) -> None:
        self.runtime = runtime
        views = Views(runtime, self.assets)
        self.platform: Litestar = quick_guards(platform_app(runtime, views))
        self.tenants: Litestar = quick_guards(tenant_app(runtime, views))
        self.views = views

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": "There are no web sockets here."})

    async def _lifespan(self, receive: Receive, send: Any) -> None:
        await receive()
        try:
            self._open(await self._stack.enter_async_context(running(self.settings, self.registry, name="weft web")))
        except Exception as wrong:
            Log.exception("the web could not start")
            await send({"type": "lifespan.startup.failed", "message": str(wrong)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _request(self, scope: Any, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if _REQUEST_ID.fullmatch(given) else new_id().hex
        door = Door(self.runtime, request_id, self._visitor(scope, headers))
        scope[KEY] = door
        status, started, answering = 500, time.perf_counter(), False

        async def noting(message: Any) -> None:
            nonlocal status, answering
            if message["type"] == "http.response.start":
                status, answering = message["status"], True
                if scope["method"] not in READING and status < 400:  # so that the next page shows what was just saved
                    await self.runtime.changes.catch_up(self.runtime.platform)
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        sending = with_headers(noting, request_id, self._fixed)
        try:
            with request_span(scope["method"], scope["path"], headers) as span:
                door.trace = traceparent()
                try:
                    await self._dispatch(scope, receive, sending, headers, door)
                except Exception as wrong:  # before any handler was reached: the catalogue could not be asked, for instance
                    if answering:
                        raise
                    await refuse(self.views, failure(wrong, scope["path"]), scope, receive, sending)
                finally:
                    if span:
                        tenant = door.record.slug if door.record else ""
                        span.ended(scope.get("path_template", ""), status, tenant=tenant, request=request_id)
        finally:
            seconds, side = time.perf_counter() - started, _side(scope["path"], door)
            REQUESTS.labels(known_method(scope["method"]), str(status), side).observe(seconds)
            tell = Log.debug if side in ("health", "static") else Log.info  # machines ask every few seconds
            tell("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))
            structlog.contextvars.clear_contextvars()

    async def _dispatch(self, scope: Any, receive: Receive, send: Send, headers: dict[bytes, bytes], door: Door) -> None:
        path = scope["path"]
        if path.startswith("/static/"):
            await self.assets.app(scope, receive, send)
            return
        if path.startswith(ANYWHERE):  # nobody is looked up: it must answer while the database does not
            door.bearer = _bearer(headers)
            await self._run(self.platform, scope, receive, send, door)
            return
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host == self.settings.base_host:
            door.access = await self._who(scope, headers, door, None)
            await self._run(self.platform, scope, receive, send, door)
            return
        slug, _, rest = host.partition(".")
        door.record = await self.runtime.catalogue.by_slug(slug) if rest == self.settings.base_host else None
        if refused := self._closed(door, path):
            await refuse(self.views, refused, scope, receive, send)
            return
        assert door.record is not None
        structlog.contextvars.bind_contextvars(tenant=door.record.slug)
        if not PUBLIC_API.match(path):
            door.access = await self._who(scope, headers, door, door.record.id)
        door.public = path.startswith("/public/")
        if door.access is None and path != "/enter" and not door.public:
            await self._ask_to_sign_in(scope, receive, send, door)
            return
        await self._run(self.tenants, scope, receive, send, door)

    async def _run(self, app: Callable[..., Awaitable[None]], scope: Any, receive: Receive, send: Send, door: Door) -> None:
        scope["auth"], scope["user"] = door.access, door.access.person if door.access else None
        if door.person_id:
            structlog.contextvars.bind_contextvars(person=str(door.person_id))
        await app(scope, receive, send)

    def _closed(self, door: Door, path: str) -> Refusal | None:
        """Tell why a tenant's door stays shut, if it does."""
        record = door.record
        if record is not None and record.state in ("suspended", "deleting") and path.startswith("/public/"):
            return Refusal(402, "public_closed", f"{record.name} is closed at the moment.")  # whoever asks is no member of it
        if record is not None and record.state == "deleted" and record.reason:  # its directory has not heard of it yet
            return Refusal(503, "503", "This business is on its way to another server. Please try again.", headers={"Retry-After": "2"})
        if record is None or record.state in ("spare", "building", "deleted"):
            return Refusal(404, "tenant_unknown", "There is no business at this address. Check the spelling, or ask whoever invited you.")
        if record.state == "suspended":
            return Refusal(
                402, "402", record.reason or "This business is suspended. Its data is safe; an owner can settle the bill to reopen it."
            )
        if record.state == "deleting":
            return Refusal(402, "closed", "Everything in it is kept for a while, and then erased. Until then an owner can bring it back.")
        return None

    async def _who(self, scope: Any, headers: dict[bytes, bytes], door: Door, tenant_id: Any) -> Access | None:
        """Find out who is there: on pages by their cookie, on the API by their token.

        The API has no form tokens, so a cookie, which browsers send without being asked, only reads there (OWASP, CSRF prevention).
        """
        now, api = self.runtime.now(), wants_json(scope["path"])
        if bearer := _bearer(headers):
            door.bearer = bearer
            access = await self.runtime.sessions.by_bearer(door.bearer, now) if api else None
        elif (token := _cookie(headers, self._session_cookie)) and (not api or scope["method"] in READING):
            access = await self.runtime.sessions.by_cookie(token, now)
        else:
            return None
        return access if access and access.tenant_id == tenant_id else None

    async def _ask_to_sign_in(self, scope: Any, receive: Receive, send: Send, door: Door) -> None:
        assert door.record is not None
        path = scope["path"]
        if wants_json(path):
            refusal = Refusal(
                401, "401", "Send a valid API token as “Authorization: Bearer …”. An administrator can make one under Settings."
            )
        else:
            query = scope["query_string"].decode("latin-1")
            wanted = f"{path}?{query}" if query else path
            keep = scope["method"] == "GET" and dict(scope["headers"]).get(b"hx-request") is None
            to = f"{self.settings.platform_url}/open/{door.record.slug}?next={quote(wanted if keep else '/', safe='')}"
            refusal = Refusal(303, "", "Sign in to go on.", location=to)
        await refuse(self.views, refusal, scope, receive, send)

    def _visitor(self, scope: Any, headers: dict[bytes, bytes]) -> Visitor:
        client = scope.get("client")
        address = str(client[0]) if client else ""
        if trusted := self.settings.trusted_proxies:
            hops = [hop.strip() for hop in headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",") if hop.strip()]
            address = hops[-trusted] if len(hops) >= trusted else address
        return Visitor(address, headers.get(b"user-agent", b"").decode("latin-1"))

    def _form_targets(self) -> str:
        scheme = "https" if self.settings.secure else "http"
        return f"{self.settings.base_url} {scheme}://*.{self.settings.base_host}"


def _side(path: str, door: Door) -> str:
    """Tell whose pages were asked for, as a label of the metrics."""
    if path.startswith("/static/"):
        return "static"
    if path.startswith(ANYWHERE):
        return "health"
    return "tenant" if door.record else "platform"


def _bearer(headers: dict[bytes, bytes]) -> str:
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    return authorization[7:].strip() if authorization[:7].lower() == "bearer " else ""


def _cookie(headers: dict[bytes, bytes], name: str) -> str:
    """Return a cookie's value (RFC 6265, section 4.2.1); of several of one name the first, which is of the closest path."""
    for pair in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        key, _, value = pair.partition("=")
        if key.strip() == name:
            return value.strip().strip('"')
    return ""
