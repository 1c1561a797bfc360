"""A plugin's routes as the platform would mount them, for rules to read; nothing is served."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler
from litestar.types.internal_types import PathParameterDefinition

from weft import ForAnyone, ForEveryone, Needs, Permission, Plugin
from weft.web import USUAL_BUDGET

GIVEN = ("tenant", "ui", "form")  # what a handler may ask for by name
API = "/api/v1"
PUBLIC = "/public"


@dataclass(frozen=True, slots=True)
class Route:
    """One way in: a method and a path; `handler` is the function behind it."""

    method: str
    path: str  # parameters as ``{name}``
    parts: tuple[str | PathParameterDefinition, ...]
    guards: tuple[Any, ...]
    handler: Any
    summary: str
    budget: int = USUAL_BUDGET  # statements

    @property
    def is_api(self) -> bool:
        """Whether programs use it."""
        return self.path.startswith(f"{API}/")

    @property
    def permission(self) -> Permission | None:
        """What it needs."""
        return next((guard.permission for guard in self.guards if isinstance(guard, Needs)), None)

    @property
    def is_for_everyone(self) -> bool:
        """Whether it says that it needs nothing."""
        return any(isinstance(guard, ForEveryone) for guard in self.guards)

    @property
    def is_public(self) -> bool:
        """Whether it lies where nobody need be signed in."""
        return self.path.startswith(f"{PUBLIC}/")

    @property
    def is_for_anyone(self) -> bool:
        """Whether it says that nobody need be signed in."""
        return any(isinstance(guard, ForAnyone) for guard in self.guards)

    def leads_from(self, address: str) -> bool:
        """Tell whether a request to this address would come here."""
        parts = [part for part in urlsplit(address).path.split("/") if part]
        if self.parts and isinstance(self.parts[-1], PathParameterDefinition) and self.parts[-1].full.endswith(":path"):
            return len(parts) >= len(self.parts) - 1 and all(map(_fits, self.parts[:-1], parts))
        return len(parts) == len(self.parts) and all(map(_fits, self.parts, parts))


def _fits(part: str | PathParameterDefinition, given: str) -> bool:
    if isinstance(part, str):
        return part == given
    if part.parser is None:
        return True
    try:
        part.parser(given)
    except (ValueError, TypeError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Mounted:
    """What became of it: the routes, what Litestar warned of, and why it refused them, if it did."""

    routes: Sequence[Route] = ()
    warnings: Sequence[str] = ()
    refused: str = ""
    schema_refused: str = ""  # why no OpenAPI document can be made of the API
    hidden: Sequence[str] = ()  # handlers that are never reached, since another one has their method and path

    def find(self, address: str, method: str = "GET") -> Route | None:
        """Return the route that an address leads to; what follows the path is not looked at."""
        fitting = [route for route in self.routes if route.method == method.upper() and route.leads_from(address)]
        return min(fitting, key=lambda route: sum(not isinstance(part, str) for part in route.parts), default=None)


def mount(plugin: Plugin) -> Mounted:
    """Mount a plugin's routes on an application of their own."""
    handlers = {
        f"/{plugin.key}": list(plugin.routes()),
        f"{API}/{plugin.key}": list(plugin.api()),
        f"{PUBLIC}/{plugin.key}": list(plugin.public()),
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            app = Litestar(
                [Router(path, route_handlers=each, include_in_schema=path.startswith(API)) for path, each in handlers.items() if each],
                dependencies={name: Provide(_stand_in(), sync_to_thread=False) for name in GIVEN},
            )
        except Exception as wrong:
            return Mounted(refused=f"{type(wrong).__name__}: {wrong}")
        refused, hidden = _schema(app), tuple(sentence for path, each in handlers.items() for sentence in _hidden(path, each))
    told = tuple(str(each.message) for each in caught)
    return Mounted(tuple(_routes(app, plugin.key)), told, schema_refused=refused, hidden=hidden)


def _hidden(path: str, handlers: Sequence[ControllerRouterHandler]) -> Iterator[str]:
    """Yield what Litestar does not tell: of two handlers with one method and path it forgets one."""
    seen: dict[tuple[str, str], str] = {}
    for handler in handlers:
        for route in Router(path, route_handlers=[handler]).routes:
            for method in sorted(route.methods - {"OPTIONS", "HEAD"}):
                name = getattr(getattr(handler, "fn", handler), "__name__", type(handler).__name__)
                if first := seen.get((method, route.path)):
                    yield f"{method} {route.path} is answered by {first} and by {name}: only one of them is ever reached."
                seen[method, route.path] = name


def _stand_in() -> Callable[[], Any]:
    """Return a function for what the platform gives; Litestar wants another one under each name."""
    return lambda: None


def _schema(app: Litestar) -> str:
    try:
        app.openapi_schema.to_schema()
    except Exception as wrong:
        return f"{type(wrong).__name__}: {wrong}"
    return ""


def _routes(app: Litestar, key: str) -> Iterator[Route]:
    ours = (f"/{key}", f"{API}/{key}", f"{PUBLIC}/{key}")
    for route in app.routes:
        if isinstance(route, HTTPRoute) and (route.path in ours or route.path.startswith(tuple(f"{each}/" for each in ours))):
            for handler in route.route_handlers:
                for method in sorted(set(handler.http_methods) - {"OPTIONS", "HEAD"}):
                    guards = tuple(getattr(guard, "func", guard) for guard in handler.resolve_guards())  # Litestar wraps plain functions
                    yield Route(
                        str(method),
                        route.path_format,
                        tuple(route.path_components),
                        guards,
                        handler.fn,
                        str(handler.summary or ""),
                        int(handler.opt.get("weft_statements", USUAL_BUDGET)),
                    )
