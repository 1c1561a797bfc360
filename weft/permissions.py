"""What a role can be allowed to do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weft.errors import Refused

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler


@dataclass(frozen=True, slots=True)
class Permission:
    """One action, named ``<plugin>.<thing>.<verb>``."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """A role to offer every tenant that switches the plugin on; ``key`` is unique within the plugin."""

    key: str
    title: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """The guard that `needs()` makes; the registry reads `permission` from it.

    It is a coroutine since Litestar runs a plain function as a guard in a thread.
    """

    permission: Permission

    async def __call__(self, connection: "ASGIConnection[Any, Any, Any, Any]", _: "BaseRouteHandler") -> None:
        if not connection.auth.may(self.permission):
            raise Refused(f"You need the permission “{self.permission.title}” for this. An administrator can give it to you.")


def needs(permission: Permission) -> Needs:
    """Return the guard that every route of a plugin carries: ``@get("/sales", guards=[needs(SELL)])``."""
    return Needs(permission)


@dataclass(frozen=True, slots=True)
class ForEveryone:
    """The guard that `for_everyone()` makes; `why` is read by whoever reviews the plugin."""

    why: str

    async def __call__(self, connection: "ASGIConnection[Any, Any, Any, Any]", _: "BaseRouteHandler") -> None:
        if connection.auth is None:
            raise Refused("Sign in first.")


def for_everyone(why: str) -> ForEveryone:
    """Return the guard of a route that everyone may use who is signed in, whatever their roles: ``guards=[for_everyone("…")]``."""
    return ForEveryone(why)


@dataclass(frozen=True, slots=True)
class ForAnyone:
    """The guard that `for_anyone()` makes; `why` is read by whoever reviews the plugin."""

    why: str

    async def __call__(self, connection: "ASGIConnection[Any, Any, Any, Any]", _: "BaseRouteHandler") -> None:
        """Let everybody in: the handler itself asks for a key, or shows what whoever has the address may see."""


def for_anyone(why: str) -> ForAnyone:
    """Return the guard of a route of `Plugin.public`, which nobody need be signed in for: ``guards=[for_anyone("…")]``."""
    return ForAnyone(why)
