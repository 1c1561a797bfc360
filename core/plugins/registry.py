"""Finds the installed plugins, asks each hook once, and shows a tenant only what it has switched on."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from importlib.metadata import entry_points
from typing import Any, TypeVar

import pluggy
from packaging.version import Version

from weft import (
    Action,
    Event,
    Exporter,
    HealthCheck,
    Importer,
    Job,
    Listing,
    MenuItem,
    Panel,
    Permission,
    PersonalData,
    Plugin,
    Provided,
    RecordKind,
    RoleTemplate,
    Schedule,
    SearchSource,
    Settings,
    Subscription,
    Widget,
)

ENTRY_POINTS = "weft.plugins"
Everyone = frozenset[str]
V = TypeVar("V")


class BrokenPlugin(RuntimeError):
    """An installed plugin cannot be loaded; the text names it and says why."""


class Registry:
    """The installed plugins. One method per hook; each takes the keys that a tenant has enabled, or nothing for all plugins."""

    def __init__(self, plugins: Iterable[Plugin] = ()) -> None:
        self._manager = pluggy.PluginManager("weft")
        self._manager.add_hookspecs(Plugin)
        for plugin in sorted(plugins, key=lambda each: each.key):
            if self._manager.has_plugin(plugin.key):
                raise BrokenPlugin(f"Two installed plugins call themselves “{plugin.key}”: uninstall one.")
            self._manager.register(plugin, plugin.key)
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as wrong:
            raise BrokenPlugin(f"A plugin overrides a hook that does not exist: {wrong}") from wrong
        self._caller: Callable[[str, Everyone | None], list[Any]] = cache(self._gather)

    @classmethod
    def installed(cls) -> "Registry":
        """Load every plugin that an installed package announces; raises `BrokenPlugin`."""
        found: list[Plugin] = []
        for entry in entry_points(group=ENTRY_POINTS):
            try:
                plugin = entry.load()
            except Exception as wrong:
                raise BrokenPlugin(f"The plugin “{entry.name}” ({entry.value}) cannot be imported: {wrong!r}") from wrong
            if not isinstance(plugin, Plugin):
                raise BrokenPlugin(f"The entry point “{entry.name}” ({entry.value}) is not an instance of weft.Plugin.")
            found.append(plugin)
        return cls(found)

    @cached_property
    def plugins(self) -> Mapping[str, Plugin]:
        """Every installed plugin, by its key, in the order of keys."""
        found = {name: plugin for name, plugin in self._manager.list_name_plugin() if isinstance(plugin, Plugin)}
        return dict(sorted(found.items()))

    def get(self, key: str) -> Plugin | None:
        """Return a plugin by its key."""
        return self.plugins.get(key)

    def versions(self) -> dict[str, Version]:
        """Return the installed version of each plugin."""
        return {key: Version(plugin.version) for key, plugin in self.plugins.items()}

    # one typed door per hook

    def records(self, enabled: Everyone | None = None) -> list[RecordKind]:
        """The kinds of record that have pages."""
        return self._caller("records", enabled)

    def menu(self, enabled: Everyone | None = None) -> list[MenuItem]:
        """The entries of the navigation, in order."""
        return sorted(self._caller("menu", enabled), key=lambda item: (item.order, item.title))

    def listings(self, enabled: Everyone | None = None) -> list[Listing]:
        """The declared tables of records."""
        return self._caller("listings", enabled)

    def widgets(self, enabled: Everyone | None = None) -> list[Widget]:
        """The cards for the dashboard, in order."""
        return sorted(self._caller("widgets", enabled), key=lambda widget: (widget.order, widget.name))

    def panels(self, slot: str, enabled: Everyone | None = None) -> list[Panel]:
        """The fragments for one named slot, in order."""
        return sorted(
            (panel for panel in self._caller("panels", enabled) if panel.slot == slot), key=lambda panel: (panel.order, panel.name)
        )

    def all_panels(self, enabled: Everyone | None = None) -> list[Panel]:
        """The fragments for every slot."""
        return self._caller("panels", enabled)

    def actions(self, record: str, enabled: Everyone | None = None) -> list[Action]:
        """The buttons on one kind of record, in order."""
        return sorted(
            (each for each in self._caller("actions", enabled) if each.record == record), key=lambda each: (each.order, each.title)
        )

    def search(self, enabled: Everyone | None = None) -> list[SearchSource]:
        """What the global search looks through."""
        return self._caller("search", enabled)

    def permissions(self, enabled: Everyone | None = None) -> list[Permission]:
        """What roles can be allowed to do."""
        return self._caller("permissions", enabled)

    def jobs(self, enabled: Everyone | None = None) -> list[Job[Any]]:
        """What workers may run."""
        return self._caller("jobs", enabled)

    def schedules(self, enabled: Everyone | None = None) -> list[Schedule]:
        """What runs by the clock."""
        return self._caller("schedules", enabled)

    def subscriptions(self, enabled: Everyone | None = None) -> list[Subscription[Any]]:
        """Who reacts to which event."""
        return self._caller("subscriptions", enabled)

    def services(self, enabled: Everyone | None = None) -> list[Provided[Any]]:
        """Which contracts are fulfilled."""
        return self._caller("services", enabled)

    def importers(self, enabled: Everyone | None = None) -> list[Importer[Any]]:
        """What can be brought in."""
        return self._caller("importers", enabled)

    def exporters(self, enabled: Everyone | None = None) -> list[Exporter]:
        """What can be written out."""
        return self._caller("exporters", enabled)

    def personal_data(self, enabled: Everyone | None = None) -> list[PersonalData]:
        """How a person's data is collected and erased."""
        return self._caller("personal_data", enabled)

    def health_checks(self, enabled: Everyone | None = None) -> list[HealthCheck]:
        """What plugins need from outside."""
        return self._caller("health_checks", enabled)

    def role_templates(self, key: str) -> list[RoleTemplate]:
        """The roles that one plugin offers."""
        return list(self.plugins[key].role_templates())

    # look-ups

    @cached_property
    def job_by_name(self) -> Mapping[str, Job[Any]]:
        """Every job of every plugin."""
        return {job.name: job for job in self.jobs()}

    @cached_property
    def record_by_name(self) -> Mapping[str, RecordKind]:
        """Every kind of record of every plugin."""
        return {kind.name: kind for kind in self.records()}

    @cached_property
    def event_names(self) -> Mapping[type[Event], str]:
        """The name an event travels under: the key of the plugin that publishes it, and its class."""
        return {kind: f"{key}.{kind.__name__}" for key, plugin in self.plugins.items() for kind in plugin.events()}

    @cached_property
    def settings_kinds(self) -> Mapping[type[Settings], str]:
        """Which plugin a settings struct belongs to."""
        return {kind: key for key, plugin in self.plugins.items() if (kind := plugin.settings())}

    def owner_of(self, hook: str, value: object) -> str:
        """Return the key of the plugin that declared a value through a list hook."""
        return next(key for key, plugin in self.plugins.items() if any(value is each for each in self._values(hook, key)))

    def _gather(self, hook: str, enabled: Everyone | None) -> list[Any]:
        keys = self.plugins if enabled is None else [key for key in self.plugins if key in enabled]
        return [value for key in keys for value in self._values(hook, key)]

    def _values(self, hook: str, key: str) -> tuple[Any, ...]:
        return self._declared(hook).get(key, ())

    @cache  # noqa: B019  # a registry lives as long as its process
    def _declared(self, hook: str) -> dict[str, tuple[Any, ...]]:
        """Ask every plugin one hook, once: what it declares never changes while the process lives."""
        declared = {}
        for key in self.plugins:
            others = [plugin for other, plugin in self.plugins.items() if other != key]
            answers = self._manager.subset_hook_caller(hook, others)()
            declared[key] = tuple(value for values in answers for value in values or ())
        return declared
