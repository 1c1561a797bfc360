"""Eight plugins, each broken in its own way, as their vendors might ship them."""

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from markupsafe import Markup
from piccolo.conf.apps import AppConfig

from tests.hostile.tables import First, Stolen
from weft import Hit, MenuItem, Panel, Permission, Plugin, SearchSource, Tenant, Ui, Widget, hookimpl

HERE = Path(__file__).parent
SEEN = Permission("contacts.party.read", "See contacts")  # what whoever looks at the pages holds


class Hostile(Plugin):
    """What the eight have in common: a card on the dashboard, unless they have something else."""

    key = "hostile"
    title = "Hostile"
    version = "1.0"
    sound: ClassVar[bool] = False  # set by a test: its vendor has mended it
    calls: ClassVar[int] = 0

    async def card(self, tenant: Tenant, ui: Ui) -> Markup:
        """Render the card of the dashboard."""
        type(self).calls += 1
        return Markup("the card of {}").format(self.title) if self.sound else await self.misbehave(tenant)

    async def misbehave(self, tenant: Tenant) -> Any:
        """Do what this plugin is here for."""

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return [Widget(name=f"{self.key}.card", title=f"Card of {self.title}", permission=SEEN, render=self.card)]


class Raises(Hostile):
    key = "raises"
    title = "Raises"

    async def misbehave(self, tenant: Tenant) -> Any:
        async with tenant.transaction() as db:
            await db.fetchval("SELECT 1 / 0")

    async def leave(self, tenant: Tenant, ui: Ui, record: UUID) -> Markup:
        """End the whole process, if it can."""
        sys.exit(3)

    @hookimpl
    def panels(self) -> Sequence[Panel]:
        return [Panel(slot="contacts.party.side", name="raises.side", title="Exit", permission=SEEN, render=self.leave)]


class Hangs(Hostile):
    key = "hangs"
    title = "Hangs"

    async def misbehave(self, tenant: Tenant) -> Any:
        async with tenant.transaction():
            while not self.sound:
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(0.05)
        return Markup("too late")


class Blocks(Hostile):
    """The other half of hanging: nothing can stop it, but it can be found out."""

    key = "blocks"
    title = "Blocks"

    async def misbehave(self, tenant: Tenant) -> Any:
        time.sleep(1.7)  # noqa: ASYNC251  # that is its fault
        return Markup("at last")


class Floods(Hostile):
    key = "floods"
    title = "Floods"

    async def find(self, tenant: Tenant, text: str, most: int) -> list[Hit]:
        """Ask the database a thousand times, whatever it says."""
        async with tenant.transaction() as db:
            for _ in range(1000):
                with suppress(RuntimeError):
                    await db.fetchval("SELECT 1")
        return []

    @hookimpl
    def search(self) -> Sequence[SearchSource]:
        return [SearchSource(title="Floods", icon="ripple", permission=SEEN, find=self.find)]

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return []


class Asks(Hostile):
    key = "asks"
    title = "Asks"

    @hookimpl
    def menu(self) -> Sequence[MenuItem]:
        return [MenuItem(title="Asks", path="/asks", permission=Permission("asks.everything", "Everything"))]


class Takes(Hostile):
    key = "a_takes"  # before the module whose table it takes
    title = "Takes"

    @hookimpl
    def storage(self) -> AppConfig:
        return AppConfig(app_name="a_takes", migrations_folder_path=HERE / "halfway", table_classes=[Stolen])


class Halfway(Hostile):
    key = "halfway"
    title = "Halfway"

    @hookimpl
    def storage(self) -> AppConfig:
        return AppConfig(app_name="halfway", migrations_folder_path=HERE / "halfway", table_classes=[First])


class Outside(Hostile):
    key = "outside"
    title = "Outside"

    async def misbehave(self, tenant: Tenant) -> Any:
        async with tenant.transaction(unaudited="mischief") as db:
            await db.execute("UPDATE contacts_party SET name = 'taken over'")
        return Markup("done")


class Types(Hostile):
    key = "types"
    title = "Types"

    async def misbehave(self, tenant: Tenant) -> Any:
        return "<script>alert(1)</script>"


EIGHT = (Raises(), Hangs(), Blocks(), Floods(), Asks(), Takes(), Halfway(), Outside(), Types())
AT_RUN_TIME = ("raises", "hangs", "blocks", "floods", "outside", "types")
