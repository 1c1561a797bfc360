"""The hooks, and what each must answer: a plugin that answers anything else is named at start, not at the first page that trips over it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from piccolo.conf.apps import AppConfig

from weft import (
    Action,
    Assets,
    Check,
    ClosingCheck,
    Event,
    Exporter,
    HealthCheck,
    Importer,
    Job,
    Lifecycle,
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


class BrokenPlugin(RuntimeError):
    """An installed plugin cannot be used; the text names it and says why, `rule` is the rule of `weft plugin check` that it breaks."""

    def __init__(self, sentence: str, *, plugin: str, rule: str = "loads") -> None:
        super().__init__(sentence)
        self.plugin = plugin
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook: what it answers, whether that is a list, and by what an answer is told from all others of the installation.

    `names` tells an answer's name; with `everywhere` no two plugins may give the same one, else no plugin may give it twice.
    """

    kind: type[Any] | None  # None: anything, as Litestar's handlers are
    many: bool = True
    is_class: bool = False  # the answers are subclasses of `kind`, not instances
    names: Callable[[Any], object] | None = None
    everywhere: bool = False

    def fits(self, answer: object) -> bool:
        """Tell whether an answer is of the kind the hook promises."""
        if self.kind is None:
            return True
        return isinstance(answer, type) and issubclass(answer, self.kind) if self.is_class else isinstance(answer, self.kind)

    @property
    def wanted(self) -> str:
        """What an answer has to be, in words."""
        assert self.kind is not None
        return f"a subclass of {self.kind.__name__}" if self.is_class else f"a {self.kind.__name__}"


def _name(answer: Any) -> object:
    return answer.name


HOOKS: Mapping[str, Hook] = MappingProxyType(
    {
        "storage": Hook(AppConfig, many=False),
        "sealed": Hook(Sealed, names=_name),
        "settings": Hook(Settings, many=False, is_class=True),
        "lifecycle": Hook(Lifecycle, many=False),
        "records": Hook(RecordKind, names=_name, everywhere=True),
        "routes": Hook(None),
        "api": Hook(None),
        "public": Hook(None),
        "assets": Hook(Assets, many=False),
        "menu": Hook(MenuItem),
        "listings": Hook(Listing, names=_name, everywhere=True),
        "reports": Hook(Report, names=_name, everywhere=True),
        "documents": Hook(PrintedDocument, names=_name, everywhere=True),
        "widgets": Hook(Widget, names=_name, everywhere=True),
        "panels": Hook(Panel, names=_name, everywhere=True),
        "actions": Hook(Action),
        "search": Hook(SearchSource),
        "permissions": Hook(Permission, names=_name, everywhere=True),
        "role_templates": Hook(RoleTemplate, names=lambda role: role.key),
        "jobs": Hook(Job, names=_name, everywhere=True),
        "schedules": Hook(Schedule),
        "checks": Hook(Check, names=_name, everywhere=True),
        "closing_checks": Hook(ClosingCheck, names=_name, everywhere=True),
        "events": Hook(Event, is_class=True, names=lambda kind: kind.__name__),
        "subscriptions": Hook(Subscription, names=_name),
        "services": Hook(Provided, names=lambda provided: provided.contract),
        "importers": Hook(Importer, names=_name, everywhere=True),
        "exporters": Hook(Exporter, names=_name, everywhere=True),
        "personal_data": Hook(PersonalData),
        "health_checks": Hook(HealthCheck, names=_name, everywhere=True),
    }
)


def ask(plugin: Plugin, hook: str, answer: Callable[[], object]) -> tuple[Any, ...]:
    """Return what a plugin answers to one hook, as a tuple; raises `BrokenPlugin` when it raises, or answers something else."""
    try:
        given = answer()
        if given is None and HOOKS[hook].many and getattr(type(plugin), hook) is not getattr(Plugin, hook):
            raise TypeError("it must return a list, not None")
        answers = _as_tuple(given, HOOKS[hook])
    except Exception as wrong:
        sentence = f"The plugin “{plugin.key}” fails in its hook {hook}(): {type(wrong).__name__}: {wrong}"
        raise BrokenPlugin(sentence, plugin=plugin.key) from wrong
    for each in answers:
        if not HOOKS[hook].fits(each):
            sentence = f"The plugin “{plugin.key}” answers {hook}() with {each!r}, which is not {HOOKS[hook].wanted}."
            raise BrokenPlugin(sentence, plugin=plugin.key)
    return answers


def _as_tuple(given: object, hook: Hook) -> tuple[Any, ...]:
    if given is None:
        return ()
    if not hook.many:
        return (given,)
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise TypeError(f"it must return a list, not {given!r}")
    return tuple(given)


def refuse_overrides(plugin: Plugin) -> None:
    """Raise `BrokenPlugin` where a hook is overridden without ``@hookimpl``: one half of the house would hear it, the other not."""
    for hook in HOOKS:
        method = getattr(type(plugin), hook)
        if method is not getattr(Plugin, hook) and not hasattr(method, "weft_impl"):
            sentence = f"The plugin “{plugin.key}” overrides {hook}() without @hookimpl: put it above the method."
            raise BrokenPlugin(sentence, plugin=plugin.key, rule="only-hooks")


def refuse_repeats(declared: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
    """Raise `BrokenPlugin` where two declarations have one name; `declared` is hook → plugin → answers."""
    for hook, facts in HOOKS.items():
        if facts.names is None:
            continue
        seen: dict[object, str] = {}
        for key, answers in declared[hook].items():
            if not facts.everywhere:
                seen = {}
            for answer in answers:
                name = facts.names(answer)
                if name in seen:
                    sentence = _repeated(hook, getattr(name, "__name__", name), seen[name], key)
                    raise BrokenPlugin(sentence, plugin=key, rule="unique")
                seen[name] = key


def _repeated(hook: str, name: object, first: str, second: str) -> str:
    if first == second:
        return f"The plugin “{first}” declares “{name}” twice in {hook}(): give one of them another name."
    return f"The plugins “{first}” and “{second}” both declare “{name}” in {hook}(): uninstall one, or ask its vendor for another name."
