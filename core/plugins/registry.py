"""Finds the installed plugins, asks each hook once, and shows a tenant only what it has switched on."""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

import pluggy
from packaging.version import Version

from core.plugins.hooks import HOOKS, BrokenPlugin, ask, refuse_overrides, refuse_repeats
from core.plugins.identity import ENTRY_POINTS, announced, check_identity
from weft import (
    Action,
    Check,
    ClosingCheck,
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
    PrintedDocument,
    Provided,
    RecordKind,
    Report,
    RoleTemplate,
    Schedule,
    Sealed,
    SearchSource,
    Settings,
    Subscription,
    Widget,
)

Everyone = frozenset[str]

KEPT = 10_000  # answers: a hook for one choice of modules, of which businesses make many

__all__ = ["ENTRY_POINTS", "BrokenPlugin", "Registry"]


class Registry:
    """The installed plugins. One method per hook; each takes the keys that a tenant has enabled, or nothing for all plugins.

    Every hook of every plugin is asked once, here: a registry that was made holds no plugin that fails later. Raises `BrokenPlugin`.
    """

    def __init__(self, plugins: Iterable[Plugin] = ()) -> None:
        self.set_aside: Mapping[str, str] = {}  # keys of installed plugins that cannot be used, and why: see `core.plugins.usable`
        self._manager = pluggy.PluginManager("weft")
        self._manager.add_hookspecs(Plugin)
        found = list(plugins)
        for plugin in found:
            check_identity(plugin)
        for plugin in sorted(found, key=lambda each: each.key):
            if self._manager.has_plugin(plugin.key):
                sentence = f"Two installed plugins call themselves “{plugin.key}”: uninstall one."
                raise BrokenPlugin(sentence, plugin=plugin.key, rule="key")
            refuse_overrides(plugin)
            self._manager.register(plugin, plugin.key)
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as wrong:
            key = self._manager.get_name(wrong.plugin) or ""
            sentence = f"The plugin “{key}” overrides a hook that does not exist: {wrong}"
            raise BrokenPlugin(sentence, plugin=key, rule="only-hooks") from wrong
        self._declared = {hook: {key: self._ask(hook, plugin) for key, plugin in self.plugins.items()} for hook in HOOKS}
        refuse_repeats(self._declared)
        self._caller = lru_cache(KEPT)(self._gather)

    @classmethod
    def installed(cls) -> "Registry":
        """Load every plugin that an installed package announces; raises `BrokenPlugin`."""
        return cls(announced())

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

    def sealed(self, enabled: Everyone | None = None) -> list[Sealed]:
        """The columns whose values are sealed."""
        return self._caller("sealed", enabled)

    def menu(self, enabled: Everyone | None = None) -> list[MenuItem]:
        """The entries of the navigation, in order."""
        return sorted(self._caller("menu", enabled), key=lambda item: (item.order, item.title))

    def listings(self, enabled: Everyone | None = None) -> list[Listing]:
        """The declared tables of records."""
        return self._caller("listings", enabled)

    def reports(self, enabled: Everyone | None = None) -> list[Report[Any]]:
        """The declared reports, in order."""
        return sorted(self._caller("reports", enabled), key=lambda report: (report.order, report.title))

    def documents(self, enabled: Everyone | None = None) -> list[PrintedDocument]:
        """What is printed, by title."""
        return sorted(self._caller("documents", enabled), key=lambda document: document.title)

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

    def checks(self, enabled: Everyone | None = None) -> list[Check]:
        """What is asked about records every night, in order."""
        return sorted(self._caller("checks", enabled), key=lambda check: (check.order, check.name))

    def closing_checks(self, enabled: Everyone | None = None) -> list[ClosingCheck]:
        """What is asked before books are closed, in order."""
        return sorted(self._caller("closing_checks", enabled), key=lambda check: (check.order, check.name))

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
        return list(self._declared["role_templates"][key])

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
        return {kind: f"{key}.{kind.__name__}" for key, kinds in self._declared["events"].items() for kind in kinds}

    def event_name(self, kind: type[Event]) -> str | None:
        """Return the name under which an event reaches those who subscribe to `kind`; nothing when nobody here publishes it."""
        name = self.event_names.get(kind) or kind.heard_as
        return name if name in self.event_names.values() else None

    @cached_property
    def settings_kinds(self) -> Mapping[type[Settings], str]:
        """Which plugin a settings struct belongs to."""
        return {kind: key for key, kinds in self._declared["settings"].items() for kind in kinds}

    def providers(self, contract: type[Any], enabled: Everyone | None = None) -> list[str]:
        """Return the keys of the plugins that fulfil a contract."""
        return [key for key in self._keys(enabled) if any(each.contract is contract for each in self._declared["services"][key])]

    def owner_of_table(self, table: str) -> str:
        """Return the key of the plugin that a table belongs to by its name; empty for none."""
        words = table.split("_")
        heads = ("_".join(words[:count]) for count in range(len(words) - 1, 0, -1))
        return next((key for key in heads if key in self.plugins), "")

    def owner_of(self, hook: str, value: object) -> str:
        """Return the key of the plugin that declared a value."""
        return next(key for key, declared in self._declared[hook].items() if any(value is each for each in declared))

    def declared(self, hook: str, key: str) -> tuple[Any, ...]:
        """Return what one plugin answers to one hook."""
        return self._declared[hook].get(key, ())

    def _keys(self, enabled: Everyone | None) -> list[str]:
        return [key for key in self.plugins if enabled is None or key in enabled]

    def _gather(self, hook: str, enabled: Everyone | None) -> list[Any]:
        return [value for key in self._keys(enabled) for value in self._declared[hook][key]]

    def _ask(self, hook: str, plugin: Plugin) -> tuple[Any, ...]:
        others = [other for key, other in self.plugins.items() if key != plugin.key]
        caller = self._manager.subset_hook_caller(hook, others)
        return ask(plugin, hook, lambda: _only(caller()))


def _only(answers: list[Any]) -> Any:
    """Return the one plugin's answer; pluggy leaves out an answer of None."""
    return answers[0] if answers else None
