"""What a plugin may do wrong at start, and how it is told: by the plugin's name and a reason."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from core.ending import ToldToEnd
from core.plugins.hooks import HOOKS, BrokenPlugin
from core.plugins.identity import RESERVED, load
from core.plugins.registry import Registry
from tests.plugins.workshop import installed, plugin
from web.site import Site
from weft import Event, HealthCheck, Job, Permission, Plugin, Provided, RecordKind, Subscription, hookimpl
from weft.plugin import hookspec

READ = Permission("shop.thing.read", "Read things")


class Sold(Event, frozen=True):
    number: int


class HeardSold(Event, frozen=True):
    heard_as = "shop.Sold"
    number: int


async def nothing(*_: Any) -> None: ...


def job(name: str) -> Job[Sold]:
    return Job(name=name, title="Work", payload=Sold, run=nothing)


def test_every_hook_of_the_face_is_known_to_the_registry() -> None:
    assert set(HOOKS) == {name for name, member in vars(Plugin).items() if hasattr(member, "weft_spec")}
    assert hookspec.project_name == "weft"


def test_answers_come_in_the_order_of_keys_and_only_of_enabled_plugins() -> None:
    registry = Registry([plugin("zoo", jobs=[job("zoo.a")]), plugin("ape", jobs=(each for each in [job("ape.a")]))])
    assert [each.name for each in registry.jobs()] == ["ape.a", "zoo.a"]
    assert [each.name for each in registry.jobs(frozenset({"zoo"}))] == ["zoo.a"]
    assert registry.jobs(frozenset()) == []


def test_a_hook_is_asked_once() -> None:
    asked = []

    def jobs(_: Plugin) -> list[Job[Sold]]:
        asked.append(1)
        return [job("shop.a")]

    registry = Registry([plugin(jobs=jobs)])
    for _ in range(3):
        assert len(registry.jobs()) == len(registry.jobs(frozenset({"shop"}))) == 1
    assert asked == [1]


BROKEN: dict[str, tuple[Callable[[], Plugin | list[Plugin]], str]] = {
    "two keys alike": (lambda: [plugin("shop"), plugin("shop")], "Two installed plugins call themselves “shop”"),
    "no key": (lambda: plugin(""), "has no key"),
    "a key in capitals": (lambda: plugin("Shop"), "the key “Shop” must be at most 30 small letters"),
    "a key with two underscores": (lambda: plugin("a__b"), "the key “a__b” must be"),
    "a key too long for names of indexes": (lambda: plugin("a" * 31), "must be at most 30"),
    "a word of Python": (lambda: plugin("import"), "is a word of Python"),
    "an address of the platform": (lambda: plugin("settings"), "is an address of the platform's own"),
    "no title": (lambda: plugin(title=" "), "has no title"),
    "a version that is none": (lambda: plugin(version="one"), "has the version “one”: write one as PEP 440 says"),
    "a hook that raises": (lambda: plugin(widgets=lambda self: 1 / 0), "“shop” fails in its hook widgets(): ZeroDivisionError"),
    "a list that raises while it is read": (lambda: plugin(jobs=lambda self: (1 / 0 for _ in "a")), "“shop” fails in its hook jobs()"),
    "a hook that returns no list": (lambda: plugin(menu=7), "fails in its hook menu(): TypeError: it must return a list, not 7"),
    "a hook that forgets to return": (lambda: plugin(menu=lambda self: None), "it must return a list, not None"),
    "a hook that returns text": (lambda: plugin(menu="ab"), "it must return a list, not 'ab'"),
    "a thing of another kind": (lambda: plugin(jobs=[READ]), "answers jobs() with Permission(name='shop.thing.read'"),
    "a class where a value belongs": (lambda: plugin(permissions=[Permission]), "which is not a Permission"),
    "an event that is no class": (lambda: plugin(events=[Sold(number=1)]), "which is not a subclass of Event"),
    "settings that are no struct": (lambda: plugin(settings=Sold), "which is not a subclass of Settings"),
    "one permission twice": (lambda: plugin(permissions=[READ, READ]), "“shop” declares “shop.thing.read” twice in permissions()"),
    "one job in two plugins": (
        lambda: [plugin("shop", jobs=[job("shop.a")]), plugin("zoo", jobs=[job("shop.a")])],
        "The plugins “shop” and “zoo” both declare “shop.a” in jobs()",
    ),
    "one record in two plugins": (
        lambda: [plugin(key, records=[RecordKind("shop.thing", "Thing", "/shop/{id}", READ)]) for key in ("shop", "zoo")],
        "both declare “shop.thing” in records()",
    ),
    "one health check in two plugins": (
        lambda: [plugin(key, health_checks=[HealthCheck("shop.printer", nothing)]) for key in ("shop", "zoo")],
        "both declare “shop.printer” in health_checks()",
    ),
    "one contract fulfilled twice": (
        lambda: plugin(services=[Provided(Plugin, lambda tenant: None), Provided(Plugin, lambda tenant: None)]),
        "“shop” declares “Plugin” twice in services()",
    ),
    "two reactions of one name": (
        lambda: plugin(subscriptions=[Subscription(Sold, nothing, "count"), Subscription(HeardSold, nothing, "count")]),
        "declares “count” twice in subscriptions()",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_named_at_start_with_the_reason(name: str) -> None:
    make, sentence = BROKEN[name]
    made = make()
    with pytest.raises(BrokenPlugin) as broken:
        Registry(made if isinstance(made, list) else [made])
    assert sentence in str(broken.value)


@pytest.mark.parametrize("hook", ["listings", "widgets", "panels", "importers", "exporters"])
def test_names_are_unique_over_all_plugins(hook: str) -> None:
    kind: Any = HOOKS[hook].kind
    made: Any = object.__new__(kind)
    object.__setattr__(made, "name", "shop.thing")
    with pytest.raises(BrokenPlugin, match=rf"“apes” and “shop” both declare “shop.thing” in {hook}\(\)"):
        Registry([plugin("shop", **{hook: [made]}), plugin("apes", **{hook: [made]})])


def test_a_misspelt_hook_is_named() -> None:
    class Shop(Plugin):
        key, title, version = "shop", "Shop", "1.0"

        @hookimpl
        def widget(self) -> list[Any]:
            return []

    with pytest.raises(BrokenPlugin, match="“shop” overrides a hook that does not exist: unknown hook 'widget'"):
        Registry([Shop()])


def test_a_hook_without_its_mark_is_named() -> None:
    class Shop(Plugin):
        key, title, version = "shop", "Shop", "1.0"

        def jobs(self) -> list[Job[Any]]:
            return []

    with pytest.raises(BrokenPlugin, match=r"“shop” overrides jobs\(\) without @hookimpl"):
        Registry([Shop()])


def test_two_plugins_may_fulfil_one_contract_and_are_both_known() -> None:
    registry = Registry([plugin(key, services=[Provided(Plugin, lambda tenant: None)]) for key in ("shop", "zoo")])
    assert registry.providers(Plugin) == ["shop", "zoo"]
    assert registry.providers(Plugin, frozenset({"zoo"})) == ["zoo"]


def test_an_event_is_heard_through_a_class_of_the_hearers_own() -> None:
    registry = Registry([plugin("shop", events=[Sold]), plugin("zoo", subscriptions=[Subscription(HeardSold, nothing, "count")])])
    assert registry.event_name(Sold) == registry.event_name(HeardSold) == "shop.Sold"


def test_an_event_of_a_plugin_that_is_not_installed_has_no_name() -> None:
    assert Registry([plugin("zoo")]).event_name(HeardSold) is None
    assert Registry([plugin("zoo")]).event_name(Sold) is None


# what packages announce

GOOD = """
    from weft import Plugin

    class Ducks(Plugin):
        key, title, version = "ducks", "Ducks", "1.0"

    plugin = Ducks()
"""


def test_a_package_is_found_by_its_entry_point(tmp_path: Path) -> None:
    with installed(tmp_path, "ducks_package", {"__init__.py": "", "plugin.py": GOOD}, {"ducks": "ducks_package.plugin:plugin"}):
        assert "ducks" in Registry.installed().plugins
    assert "ducks" not in Registry.installed().plugins


@pytest.mark.parametrize(
    ("text", "point", "sentence"),
    [
        (
            "import nothing_of_that_name",
            "ducks",
            "The plugin “ducks” of the package “ducks-package” (ducks_package.plugin:plugin) cannot be",
        ),
        ("raise ValueError('no ducks today')", "ducks", "cannot be imported: ValueError: no ducks today"),
        ("raise SystemExit(3)", "ducks", "cannot be imported: SystemExit: 3"),
        ("other = 1", "ducks", "cannot be imported: AttributeError"),
        ("plugin = 1", "ducks", "is not an instance of weft.Plugin"),
        (GOOD.replace("Ducks()", "Ducks"), "ducks", "is a class: end the module with `plugin = Ducks()`"),
        (GOOD, "geese", "calls itself “ducks”: entry point and key must be one word"),
    ],
)
def test_a_package_that_cannot_be_loaded_is_named(tmp_path: Path, text: str, point: str, sentence: str) -> None:
    files = {"__init__.py": "", "plugin.py": text}
    with installed(tmp_path, "ducks_package", files, {point: "ducks_package.plugin:plugin"}), pytest.raises(BrokenPlugin) as broken:
        Registry.installed()
    assert sentence in str(broken.value)


def test_no_plugin_can_take_an_address_of_the_shell(site: Site) -> None:
    first = {route.path.split("/")[1] for route in site.tenants.routes}
    plugins = set(site.registry.plugins)
    assert {each for each in first if each.replace("_", "").isalpha() and each.islower()} - plugins <= RESERVED


def test_who_is_told_to_end_while_a_plugin_is_imported_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_at_the_end.py").write_text("from core.ending import ToldToEnd\nraise ToldToEnd(143)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ToldToEnd):
        load(EntryPoint("late", "imported_at_the_end:plugin", "weft"))
