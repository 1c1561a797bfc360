"""Guards of routes, without a copy of the route's handler for each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Litestar, delete, get, patch, post, put
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]


def quick_guards(app: Litestar) -> Litestar:
    """Let the handlers of a finished application ask their guards themselves; returns the application.

    Litestar copies the handler for every guard of every request, in case one changes it. Ours do not, plugins' are ours (`needs`), and two
    copies were a fifteenth of what a page costs.
    """
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if isinstance(
                    handler, (get, post, put, patch, delete)
                ):  # not Litestar's own answer to OPTIONS, which nothing can be set on
                    vars(handler)["authorize_connection"] = _asking(handler.resolve_guards(), handler)
    return app


def _asking(guards: Sequence[Any], handler: BaseRouteHandler) -> Callable[[Connection], Awaitable[None]]:
    async def authorize_connection(connection: Connection) -> None:
        for guard in guards:
            await guard(connection, handler)

    return authorize_connection
