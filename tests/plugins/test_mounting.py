"""A route that does not say who may use it is refused before the first visitor comes: it would be open to the whole world."""

from typing import Any

import pytest
from litestar import Controller, Router, asgi, get, websocket

from core.plugins.hooks import BrokenPlugin
from core.plugins.registry import Registry
from tests.plugins.workshop import plugin
from web.tenant.app import plugin_routers
from weft import Permission, TheTenant, for_anyone, for_everyone, needs

READ = Permission("shop.thing.read", "Read things")


@get("/open")
async def open_to_all() -> str:
    return ""


@get("/locked", guards=[needs(READ)])
async def locked() -> str:
    return ""


@get("/help", guards=[for_everyone("It says nothing of anybody.")])
async def instructions() -> str:
    return ""


@websocket("/talk")
async def talk(socket: Any) -> None: ...


@asgi("/raw")
async def raw(scope: Any, receive: Any, send: Any) -> None: ...


class Things(Controller):
    """Things, of which one is not locked."""

    path = "/things"

    @get("/a", guards=[needs(READ)])
    async def first(self) -> str:
        return ""

    @get("/b")
    async def second(self) -> str:
        return ""


class Guarded(Controller):
    """Things that are all locked, by the controller."""

    path = "/guarded"
    guards = [needs(READ)]  # noqa: RUF012  # Litestar's own spelling

    @get("/a")
    async def first(self) -> str:
        return ""


def routers(**hooks: Any) -> list[Router]:
    registry = Registry([plugin(**hooks)])
    return plugin_routers(registry, registry.plugins)


@pytest.mark.parametrize("handler", [open_to_all, talk, raw, Things, Router("/more", route_handlers=[open_to_all])])
@pytest.mark.parametrize("hook", ["routes", "api"])
def test_an_open_route_is_refused_at_start_and_named(hook: str, handler: Any) -> None:
    with pytest.raises(BrokenPlugin, match=r"The plugin “shop” has a route that says nothing of who may use it: ") as broken:
        routers(**{hook: [locked, handler]})
    assert (broken.value.plugin, broken.value.rule) == ("shop", "guarded")


def test_what_says_who_may_use_it_is_mounted() -> None:
    [pages, api] = routers(routes=[locked, instructions, Guarded], api=[locked])
    assert {route.path for route in pages.routes} == {"/shop/locked", "/shop/help", "/shop/guarded/a"}
    assert {route.path for route in api.routes} == {"/api/v1/shop/locked"}


@get("/api/key", guards=[for_anyone("It asks for a key.")])
async def ask_for_key(tenant: TheTenant) -> str:
    """Tell who acts."""
    return f"{tenant.slug} {tenant.person} {tenant.may(READ)}"


@pytest.mark.parametrize("handler", [locked, instructions, open_to_all])
def test_what_nobody_need_be_signed_in_for_says_that_it_means_to(handler: Any) -> None:
    with pytest.raises(BrokenPlugin, match=r"says nothing of who may use it: .*for_anyone"):
        routers(public=[ask_for_key, handler])


def test_what_is_for_anyone_lies_under_public_alone() -> None:
    [public] = routers(public=[ask_for_key])
    assert {route.path for route in public.routes} == {"/public/shop/api/key"}
    with pytest.raises(BrokenPlugin, match="says nothing of who may use it"):
        routers(routes=[ask_for_key])
