"""The two servers of a move, and how each is reached."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from msgspec.structs import replace

from core.cells.servers import HOME
from core.platform.connection import WeftConnection
from core.runtime import Runtime, running
from core.settings import Settings
from tenants.modules import Modules
from tenants.provisioner import Provisioner
from weft.errors import Conflict

Connection = asyncpg.Connection


@dataclass(slots=True, eq=False)
class Side:
    """One server: `admin` is a superuser's session, `holder` another, in which locks are held, `witness` one that looks at a moment."""

    name: str
    runtime: Runtime
    provisioner: Provisioner
    url: str  # of the superuser: how the other server reaches this one
    admin: "Connection[asyncpg.Record]"
    holder: "Connection[asyncpg.Record]"
    witness: "Connection[asyncpg.Record]"


@dataclass(slots=True, eq=False)
class Trip:
    """A business on its way: which, from where to where, and what is known of modules."""

    id: UUID  # of the move
    tenant_id: UUID
    slug: str
    schema: str
    home: Side
    source: Side
    target: Side
    modules: Modules

    @property
    def link(self) -> str:
        """What publication, subscription and slot are called."""
        return f"weft_{self.schema}"


async def until(ask: Callable[[], Awaitable[object]], pause: float) -> None:
    """Ask again and again until the answer is true."""
    while True:
        if await ask():
            return
        await asyncio.sleep(pause)


def admin_url(settings: Settings, name: str) -> str:
    """Return the superuser's URL of a cell; raises `Conflict` with what to set where nobody told it."""
    told = next((each.admin_url for each in settings.cells if each.name == name), "")
    if not told:
        raise Conflict(
            f"Moving needs a superuser of each of the two servers, and [{name}] in the file that WEFT_CELLS names has no admin_url."
            " Servers reach each other by it, so it has to hold from there as well."
        )
    return told


@asynccontextmanager
async def sides(settings: Settings, modules: Modules, *names: str) -> AsyncIterator[dict[str, Side]]:
    """Connect to the home cell and some others; `settings` are the home cell's."""
    async with AsyncExitStack() as stack:
        opened: dict[str, Side] = {}
        for name in dict.fromkeys((HOME, *names)):
            opened[name] = await _open(stack, settings, modules, name)
        yield opened


async def _open(stack: AsyncExitStack, settings: Settings, modules: Modules, name: str) -> Side:
    url, here = admin_url(settings, name), settings.of_cell(name)
    runtime = await stack.enter_async_context(running(replace(here, pool_size=2), modules.registry, name="weft move"))
    provisioner = await Provisioner.open(here.provisioner_url or url)
    stack.push_async_callback(provisioner.close)
    called = f"weft move {secrets.token_hex(4)}"
    connections = []
    for _ in range(3):
        settings_of_session = {"application_name": called, "search_path": "pg_catalog, pg_temp", "jit": "off"}
        connection = await asyncpg.connect(url, connection_class=WeftConnection, server_settings=settings_of_session)
        stack.push_async_callback(connection.close, timeout=5)
        connections.append(connection)
    if not await connections[0].fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        raise Conflict(f"admin_url of [{name}] is no superuser's: only one may publish and subscribe for tables of others.")
    return Side(name, runtime, provisioner, url, *connections)
