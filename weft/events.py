"""Facts that plugins tell each other."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from weft.tenant import Tenant


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened; named in the past tense, and made of values that survive JSON.

    To hear another plugin's event, subscribe to a class of your own with `heard_as` set to its name and the fields you need: plugins do
    not import each other, and fields that you leave out may come and go.
    """

    heard_as: ClassVar[str] = ""  # "<plugin>.<Event>"


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Subscription(Generic[E]):
    """Run `handle` in a worker after every `event` whose transaction committed.

    Delivery is at least once; with ``atomic`` the handler runs inside one transaction that also keeps its receipt, so its effects happen
    exactly once.
    """

    event: type[E]
    handle: "Callable[[Tenant, E], Awaitable[None]]"
    name: str
    atomic: bool = True
