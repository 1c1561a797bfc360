"""The door in front of several cells: sends each request to the site of the cell where its business lives."""

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any
from urllib.parse import parse_qs

import structlog
from litestar.types import Receive, Send

from core.cells.directory import Directory, businesses_in, closed_cells
from core.cells.servers import HOME
from core.outages import OUTAGES
from core.plugins.registry import Registry
from core.runtime import Runtime, running
from core.settings import Settings
from web.door import SESSION_COOKIE, cookie_name
from web.site import Site

Log = structlog.get_logger("weft.web")
CELL_COOKIE = "weft_cell"
AWAY = b'{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"%s"}'
ASKS_BY_EMAIL = frozenset({"/sign-in", "/reset"})
LARGEST_FORM = 20_000  # bytes of a form that is looked into


class Cells:
    """One site for each cell. Pages of the platform are the home cell's, unless a browser was led to another's."""

    def __init__(self, settings: Settings, registry: Registry, runtimes: dict[str, Runtime] | None = None) -> None:
        self.settings = settings
        self.registry = registry
        self.sites: dict[str, Site] = {}
        self._stack = AsyncExitStack()
        self._opening: list[asyncio.Task[None]] = []
        self._session = cookie_name(SESSION_COOKIE, secure=settings.secure)
        for name, runtime in (runtimes or {}).items():
            self._open(name, runtime)

    def _open(self, name: str, runtime: Runtime) -> None:
        self.sites[name] = Site(runtime.settings, self.registry, runtime)
        if name == HOME:
            self.directory = Directory(runtime.platform, runtime.changes)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.sites[HOME](scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Any) -> None:
        await receive()
        try:
            self._open(HOME, await self._stack.enter_async_context(running(self.settings, self.registry, name="weft web")))
        except Exception as wrong:
            Log.exception("the web could not start")
            await send({"type": "lifespan.startup.failed", "message": str(wrong)})
            return
        stop, opened = asyncio.Event(), [asyncio.Event() for _ in self.settings.cell_names[1:]]
        self._opening = [
            asyncio.create_task(self._keep(name, first, stop)) for name, first in zip(self.settings.cell_names[1:], opened, strict=True)
        ]
        await asyncio.gather(*(first.wait() for first in opened))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        stop.set()
        await asyncio.gather(*self._opening, return_exceptions=True)
        await self._stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _keep(self, name: str, tried: asyncio.Event, stop: asyncio.Event) -> None:
        """Open a cell, however often that takes: one that does not answer keeps the others from nothing."""
        while not stop.is_set():
            try:
                async with running(self.settings.of_cell(name), self.registry, name="weft web") as runtime:
                    self._open(name, runtime)
                    tried.set()
                    await stop.wait()
            except OUTAGES as wrong:
                Log.warning("a cell does not answer; trying again until it does", cell=name, error=str(wrong))
                tried.set()
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 2)

    async def _request(self, scope: Any, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        host, path = headers.get(b"host", b"").decode("latin-1").lower(), scope["path"]
        slug, _, rest = host.partition(".")
        if path.startswith(("/static/", "/health/", "/metrics")) or (host != self.settings.base_host and rest != self.settings.base_host):
            await self.sites[HOME](scope, receive, send)
        elif host == self.settings.base_host:
            await self._platform(scope, receive, send, headers)
        else:
            await self._tenant(scope, receive, send, slug)

    async def _tenant(self, scope: Any, receive: Receive, send: Send, slug: str) -> None:
        """Send a request to where its business lives; while that is on its way, the request waits."""
        try:
            found = await self.directory.settled(slug)
        except OUTAGES:
            await _away(send, b"The directory of businesses does not answer. Please try again.")
            return
        if found and found.held():
            await _away(send, b"This business is being moved to another server. Please try again.")
            return
        await self._at(found.cell if found else HOME, scope, receive, send)

    async def _at(self, cell: str, scope: Any, receive: Receive, send: Send) -> None:
        if site := self.sites.get(cell):
            await site(scope, receive, send)
        else:
            await _away(send, b"The server where this business lives does not answer. Please try again.")

    async def _platform(self, scope: Any, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """Send a request for the platform's pages to the cell that the browser was led to, or to which its sign-in belongs."""
        cookies = _cookies(headers)
        cell, path = cookies.get(CELL_COOKIE, HOME), scope["path"]
        cell = cell if cell in self.settings.cell_names else HOME
        wanted, by_email = cell, False
        if path.startswith("/at/"):
            wanted, _, below = path.removeprefix("/at/").partition("/")
            path = f"/{below}"
            wanted = wanted if wanted in self.settings.cell_names else HOME
            scope = {**scope, "path": path, "raw_path": path.encode()}
        elif path.startswith("/open/"):
            found = await self.directory.settled(path.removeprefix("/open/").partition("/")[0])
            wanted = found.cell if found else cell
        elif path == "/sign-up" and scope["method"] == "GET" and self._named(cell) not in cookies:
            wanted = await self.emptiest() if CELL_COOKIE not in cookies else cell
        elif path in ASKS_BY_EMAIL and scope["method"] == "POST":
            wanted, receive, by_email = *await self._cell_of_email(cell, receive), True
        marked = wanted if wanted != cell or (wanted != HOME and CELL_COOKIE not in cookies) else ""
        # where an address is known is told to nobody but who signs in with it
        sending = self._outward(send, wanted, marked, only_signed_in=by_email)
        await self._at(wanted, self._inward(scope, wanted), receive, sending)

    def _named(self, cell: str) -> str:
        """Return what the cookie of a sign-in to a cell is called at the platform's host."""
        return self._session if cell == HOME else f"{self._session}.{cell}"

    def _inward(self, scope: Any, cell: str) -> Any:
        """Give a cell the cookie of the sign-in to it under the name that every site knows, and none of the others."""
        if cell == HOME:
            return scope
        mine = self._named(cell)
        headers = []
        for name, value in scope["headers"]:
            if name == b"cookie":
                pairs = [each.strip() for each in value.decode("latin-1").split(";")]
                kept = [each for each in pairs if each.partition("=")[0] != self._session]
                kept = [f"{self._session}={each.partition('=')[2]}" if each.partition("=")[0] == mine else each for each in kept]
                headers.append((name, "; ".join(kept).encode("latin-1")))
            else:
                headers.append((name, value))
        return {**scope, "headers": headers}

    def _outward(self, send: Send, cell: str, marked: str, *, only_signed_in: bool) -> Send:
        if cell == HOME and not marked:
            return send
        theirs, ours = f"{self._session}=".encode(), f"{self._named(cell)}=".encode()

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name, ours + value.removeprefix(theirs))
                    if name.lower() == b"set-cookie" and value.startswith(theirs)
                    else (name, value)
                    for name, value in message["headers"]
                ]
                if marked and (not only_signed_in or any(value.startswith(ours) for _, value in headers)):
                    secure = "; Secure" if self.settings.secure else ""
                    headers.append(
                        (b"set-cookie", f"{CELL_COOKIE}={marked}; Path=/; HttpOnly; SameSite=lax; Max-Age=31536000{secure}".encode())
                    )
                message = {**message, "headers": headers}
            await send(message)

        return sending

    async def emptiest(self) -> str:
        """Return the open cell with the fewest businesses; the home cell when none is open, or none answers."""
        closed = await closed_cells(self.sites[HOME].runtime.platform)
        counted: list[tuple[int, str]] = []
        for name in self.settings.cell_names:
            if name not in closed and (site := self.sites.get(name)):
                with suppress(*OUTAGES):
                    counted.append((await businesses_in(site.runtime.platform), name))
        return min(counted, key=lambda each: each[0])[1] if counted else HOME

    async def _cell_of_email(self, cell: str, receive: Receive) -> tuple[str, Receive]:
        """Find the cell where somebody has an account, the browser's own first, and return the form to be read again."""
        body, messages = b"", []
        while True:
            message = await receive()
            messages.append(message)
            body += message.get("body", b"") if message["type"] == "http.request" else b""
            if message["type"] != "http.request" or not message.get("more_body") or len(body) > LARGEST_FORM:
                break

        async def again() -> Any:
            return messages.pop(0) if messages else await receive()

        [email] = parse_qs(body.decode("utf-8", "replace")).get("email", [""])[:1]
        for name in dict.fromkeys((cell, *self.settings.cell_names)):
            if site := self.sites.get(name):
                with suppress(*OUTAGES):
                    if await site.runtime.platform.fetchval(_KNOWS, email.strip().lower()):
                        return name, again
        return cell, again


_KNOWS = "SELECT true FROM platform.person WHERE email = $1 OR pending_email = $1 LIMIT 1"


def _cookies(headers: dict[bytes, bytes]) -> dict[str, str]:
    pairs = (each.partition("=") for each in headers.get(b"cookie", b"").decode("latin-1").split(";"))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


async def _away(send: Any, sentence: bytes) -> None:
    headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"2"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": AWAY % sentence})
