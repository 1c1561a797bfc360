"""The tenants' application: the shell's own pages, and the routes of every plugin behind the switch of its module."""

from collections.abc import Iterable
from typing import Any

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.routes import HTTPRoute

from core.plugins.hooks import BrokenPlugin
from core.plugins.registry import Registry
from core.runtime import Runtime
from web.api.machinery import api_router
from web.api.spec import Decimals, WholeSpec
from web.dependencies import dependencies
from web.door import PUBLIC_API, cookie_name, door_of
from web.errors import ModuleIsOff, exception_handlers
from web.lists import list_routes, read_list
from web.tenant.imports.api import imports_api
from web.tenant.routes import shell_routes
from web.views import Views
from weft import ForAnyone, ForEveryone, Needs

CSRF_COOKIE = "weft_csrf"
CSRF_HEADER = "x-csrftoken"
BODY_LIMIT = 2_000_000  # bytes; a route that takes files sets its own


def csrf(runtime: Runtime) -> CSRFConfig:
    """Return the protection of forms: a token in every form and HTMX request; programs with bearer tokens have no cookie to abuse."""
    return CSRFConfig(
        secret=runtime.settings.derived("csrf").hex(),
        cookie_name=cookie_name(CSRF_COOKIE, secure=runtime.settings.secure),
        header_name=CSRF_HEADER,
        cookie_secure=runtime.settings.secure,
        cookie_httponly=True,
        cookie_samesite="lax",
        exclude=["^/api/", PUBLIC_API.pattern],
    )


class ModuleOn:
    """The guard in front of a plugin's routes: the module must be switched on in this tenant."""

    def __init__(self, key: str, title: str) -> None:
        self.key, self.title = key, title

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        record = door_of(connection).record
        if record is None or self.key not in record.modules:
            raise ModuleIsOff(self.key, self.title)


def plugin_routers(registry: Registry, keys: Iterable[str]) -> list[Router]:
    """Return one router for the pages and one for the API of each plugin; raises `BrokenPlugin` where a route carries no guard."""
    routers: list[Router] = []
    for key in keys:
        title = registry.plugins[key].title
        guard = ModuleOn(key, title)
        if pages := registry.declared("routes", key):
            routers.append(_guarded(key, Router(f"/{key}", route_handlers=pages, guards=[guard], include_in_schema=False)))
        if api := registry.declared("api", key):
            routers.append(_guarded(key, api_router(f"/api/v1/{key}", api, guards=[guard], tags=[title])))
        if public := registry.declared("public", key):
            router = Router(f"/public/{key}", route_handlers=public, guards=[guard], include_in_schema=False)
            routers.append(_guarded(key, router, ForAnyone, "for_anyone(“why”), since nobody need be signed in"))
    return routers


def unmountable(registry: Registry, views: Views) -> dict[str, str]:
    """Return the plugins whose routes cannot be served, each with its reason: each is mounted alone."""
    found = {}
    for key in registry.plugins:
        try:
            Litestar(plugin_routers(registry, [key]), dependencies=dict(dependencies(views)), logging_config=None)
        except BrokenPlugin as broken:
            found[key] = str(broken)
        except Exception as wrong:  # whatever the routes of a vendor make the framework raise
            found[key] = f"The routes of the plugin “{key}” cannot be served: {type(wrong).__name__}: {wrong}"
    return found


def _guarded(
    key: str,
    router: Router,
    kinds: type[Any] | tuple[type[Any], ...] = (Needs, ForEveryone),
    wanted: str = "needs(PERMISSION)], or for_everyone(“why”) if all may",
) -> Router:
    """Return the router of a plugin whose every route says who may use it; one that does not would be open to the whole world."""
    for route in router.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]:
            own = isinstance(handler, HTTPRouteHandler) and handler.http_methods <= {"OPTIONS"}  # Litestar's answer to OPTIONS
            if not own and not any(isinstance(guard, kinds) for guard in handler.resolve_guards()):
                sentence = (
                    f"The plugin “{key}” has a route that says nothing of who may use it: {route.path} ({handler.handler_name}). "
                    f"Add guards=[{wanted}."
                )
                raise BrokenPlugin(sentence, plugin=key, rule="guarded")
    return router


def tenant_app(runtime: Runtime, views: Views) -> Litestar:
    """Return the application behind every tenant's host."""
    return Litestar(
        [
            *shell_routes(),
            list_routes(),
            api_router("/api/v1", [read_list, imports_api]),
            *plugin_routers(runtime.registry, runtime.registry.plugins),
        ],
        dependencies=dict(dependencies(views)),
        exception_handlers=exception_handlers(views),
        csrf_config=csrf(runtime),
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5, minimum_size=1500, exclude=r"^/files/"),
        openapi_config=OpenAPIConfig(
            title="Weft",
            version="1",
            path="/api/schema",
            render_plugins=[WholeSpec(path="/openapi.json")],
            servers=[Server(url="/")],
            components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"token": []}],
            use_handler_docstrings=True,
        ),
        plugins=[Decimals()],
        logging_config=None,  # the process logs as it was told to; Litestar would set the root logger anew
        request_max_body_size=BODY_LIMIT,
        pdb_on_exception=False,
        debug=False,
    )
