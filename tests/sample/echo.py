"""A second sample plugin: it stores nothing, and reacts to what the first one tells."""

from collections.abc import Sequence
from typing import Any

from weft import Plugin, Subscription, Tenant, hookimpl

from .events import NoteWritten
from .jobs import ACTS, Told


async def answer(tenant: Tenant, event: NoteWritten) -> None:
    if then := ACTS.get(f"echo {event.title}"):
        await then(tenant, Told(title=event.title))


class Echo(Plugin):
    key = "echo"
    title = "Echo"
    version = "1.0"

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription[Any]]:
        return [Subscription(NoteWritten, answer, "answer", atomic=False)]


plugin = Echo()
