"""Templates, and what every one of them can count on."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import jinja2.runtime
from asyncpg import Record
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, Undefined
from markupsafe import Markup, escape

from core.messaging.repertoire import Repertoire
from core.plugins.registry import Registry
from core.runtime import Runtime
from web.assets import Assets
from web.formats import Formats, locale_of
from web.furniture import AtHand, as_ascii, furnish
from web.icons import icon_svg
from web.quick import QuickTemplate
from web.shell import Navigation
from web.unread import Unread
from weft.permissions import Permission

MISSING: Any = vars(jinja2.runtime)["missing"]  # what Jinja gives as the owner of a name that is not in the context
FRAMES = 2000  # kept
STAND_IN = "the-form-token-goes-here"
FILTERS = ("money", "amount", "number", "percent", "date", "month", "datetime", "minute", "ago", "bytes")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a page being rendered knows of its reader. Macros are imported without context, so it travels beside them."""

    formats: Formats
    csrf_token: str = ""
    permissions: frozenset[str] | None = frozenset()
    slots: Mapping[str, Markup] = field(default_factory=dict)

    def may(self, permission: Permission | str) -> bool:
        """Tell whether the reader may do something; by a permission or its name."""
        name = permission if isinstance(permission, str) else permission.name
        return self.permissions is None or name in self.permissions


_AROUND: ContextVar[Surroundings] = ContextVar("weft_page")


class Lenient(Undefined):
    """To print a name that nobody passed is an error; to ask whether there is one is not, nor is a key that a small mapping lacks."""

    def __str__(self) -> str:
        self._must_be_a_key()
        return ""

    def __iter__(self) -> Iterator[object]:
        self._must_be_a_key()
        return iter(())

    def _must_be_a_key(self) -> None:
        if self._undefined_obj is MISSING:
            self._fail_with_undefined_error()


class Templates(Environment):
    """Jinja, with a short way to the keys of rows and mappings: to look for an attribute first, and fail, is most of what a cell costs."""

    template_class = QuickTemplate

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a template means by ``obj.attribute``; a mapping's methods come before its keys, a row's columns before anything."""
        kind = obj.__class__
        if (kind is dict and attribute not in _METHODS) or kind is Record:
            try:
                return obj[attribute]
            except KeyError:
                pass
        return super().getattr(obj, attribute)


_METHODS = frozenset(dir(dict))


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the pages of one reader; between the parts of `corner` belongs their form token."""

    shell: Mapping[str, Any]
    corner: Sequence[Markup]


class Views:
    """The Jinja environment: our templates, and those of each plugin below its key."""

    def __init__(self, runtime: Runtime, assets: Assets) -> None:
        self.runtime = runtime
        self.environment = environment_for(runtime.registry)
        self.environment.globals["asset"] = assets.url
        furnish(self.environment)
        self.repertoire = Repertoire.of(runtime.registry)
        self.unread = Unread(runtime)
        self.navigation = Navigation(runtime.registry)
        self._frames: OrderedDict[Hashable, Frame] = OrderedDict()
        self._formats: dict[tuple[str, str, str], Formats] = {}

    def formats(self, locale: str, zone: str, currency: str) -> Formats:
        """Return the filters for a tenant's locale, zone and currency."""
        key = (locale, zone, currency)
        if key not in self._formats:
            self._formats[key] = Formats(locale_of(locale), ZoneInfo(zone), self.runtime.now, currency)
        return self._formats[key]

    def render(self, name: str, around: Surroundings, context: Mapping[str, Any]) -> str:
        """Render a template for a reader."""
        token = _AROUND.set(around)
        try:
            return self.environment.get_template(name).render(context)
        finally:
            _AROUND.reset(token)

    def frame(self, key: Hashable, around: Surroundings, make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        """Return the `shell` of a page with what stands around every page rendered, once for everybody who sees the same.

        `key` tells who does. Only the token of its forms differs from browser to browser, and is put in place of a stand-in.
        """
        kept = self._frames.get(key)
        if kept is None:
            kept = self._frames[key] = self._frame(make(), replace(around, csrf_token=STAND_IN))
            if len(self._frames) > FRAMES:
                self._frames.popitem(last=False)
        return {**kept.shell, "corner": Markup(escape(around.csrf_token).join(kept.corner))}  # noqa: S704  # both are escaped

    def _frame(self, shell: Mapping[str, Any], around: Surroundings) -> "Frame":
        side, corner, after = (self.render(f"shell/_{name}.html", around, {"shell": shell}) for name in ("side", "corner", "after"))
        return Frame({**shell, "side": as_ascii(side), "after": as_ascii(after)}, [as_ascii(part) for part in corner.split(STAND_IN)])


def environment_for(registry: Registry) -> Environment:
    """Return the Jinja environment over the platform's templates and those of the plugins of a registry."""
    own = {key: loader for key, plugin in registry.plugins.items() if (loader := _loader(type(plugin).__module__, key))}
    environment = Templates(
        extensions=[AtHand],
        loader=ChoiceLoader([PackageLoader("web"), PrefixLoader(own)]),
        autoescape=True,
        undefined=Lenient,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=2000,
    )
    environment.filters.update({name: _filter(name) for name in FILTERS})
    environment.globals.update(icon_svg=icon_svg, csrf_input=_csrf_input, may=_may, slot=_slot)
    return environment


def _filter(name: str) -> Any:
    def apply(*args: Any) -> str:
        return str(_AROUND.get().formats.filters[name](*args))

    return apply


def _csrf_input() -> Markup:
    return Markup('<input type="hidden" name="_csrf_token" value="{}">').format(_AROUND.get().csrf_token)


def _may(permission: Permission | str) -> bool:
    return _AROUND.get().may(permission)


def _slot(name: str) -> Markup:
    return _AROUND.get().slots.get(name, Markup())


def _loader(module: str, key: str) -> PackageLoader | None:
    """Return the loader of a plugin's folder ``templates/KEY``."""
    package = module.rpartition(".")[0]
    if not files(package).joinpath("templates", key).is_dir():
        return None
    return PackageLoader(package, f"templates/{key}")
