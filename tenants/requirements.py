"""Which modules a module needs, in versions that fit together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, Resolver

from weft.errors import Conflict
from weft.plugin import Plugin


class UnmetRequirement(Conflict):
    """A module needs another one that is not installed, or not in a version that fits."""


@dataclass(frozen=True, slots=True)
class Need:
    """A module somebody needs, in a range of versions."""

    key: str
    versions: SpecifierSet
    needed_by: str


def needs_of(plugin: Plugin) -> list[Need]:
    """Return what a plugin requires; raises `UnmetRequirement` for a version range that cannot be read."""
    try:
        return [Need(key, SpecifierSet(range_, prereleases=True), plugin.title) for key, range_ in plugin.requires.items()]
    except InvalidSpecifier as wrong:
        raise UnmetRequirement(f"{plugin.title} names a version range that cannot be read: {wrong}.") from wrong


class _Provider(AbstractProvider[Need, Plugin, str]):
    """Tells resolvelib about the one installed version of each plugin."""

    def __init__(self, installed: Mapping[str, Plugin]) -> None:
        self._installed = installed

    def identify(self, requirement_or_candidate: Need | Plugin) -> str:
        return requirement_or_candidate.key

    def get_preference(self, identifier: str, *_: Any, **__: Any) -> str:
        return identifier

    def find_matches(self, identifier: str, requirements: Mapping[str, Iterator[Need]], incompatibilities: Any) -> list[Plugin]:
        plugin = self._installed.get(identifier)
        fits = plugin is not None and all(Version(plugin.version) in need.versions for need in requirements[identifier])
        return [plugin] if plugin is not None and fits else []

    def is_satisfied_by(self, requirement: Need, candidate: Plugin) -> bool:
        return Version(candidate.version) in requirement.versions

    def get_dependencies(self, candidate: Plugin) -> Iterable[Need]:
        return needs_of(candidate)


def resolve(installed: Mapping[str, Plugin], wanted: Sequence[str]) -> list[str]:
    """Return the wanted modules and all they need, each after what it needs; raises `UnmetRequirement` with a sentence per missing one."""
    asked = [Need(key, SpecifierSet(), "This installation") for key in wanted]
    try:
        result = Resolver(_Provider(installed), BaseReporter()).resolve(asked)
    except ResolutionImpossible as impossible:
        raise UnmetRequirement(" ".join(_explain(installed, cause.requirement) for cause in impossible.causes)) from impossible
    return in_order(result.mapping, result.mapping)


def in_order(plugins: Mapping[str, Plugin], keys: Iterable[str]) -> list[str]:
    """Return `keys`, each after those of them that it needs; raises `UnmetRequirement` for modules that need each other."""
    wanted, ordered = set(keys), dict[str, None]()

    def visit(key: str, path: tuple[str, ...]) -> None:
        if key in path:
            ring = " needs ".join(f"“{plugins[each].title}”" for each in (*path[path.index(key) :], key))
            raise UnmetRequirement(f"{ring}: none of them can come first. Ask their vendors.")
        if key not in ordered:
            for need in sorted(plugins[key].requires if key in plugins else ()):
                if need in wanted:
                    visit(need, (*path, key))
            ordered[key] = None

    for key in sorted(wanted):
        visit(key, ())
    return list(ordered)


def closure(plugins: Mapping[str, Plugin], keys: Iterable[str]) -> set[str]:
    """Return `keys` and all they need, directly or not, as far as it is installed."""
    found: set[str] = set()
    left = list(keys)
    while left:
        key = left.pop()
        if key in plugins and key not in found:
            found.add(key)
            left += plugins[key].requires
    return found


def dependents(installed: Mapping[str, Plugin], enabled: Iterable[str], key: str) -> list[str]:
    """Return the enabled modules that need `key`, directly or not, each before what it needs."""
    needing = {other for other in enabled if other != key and key in closure(installed, [other])}
    return in_order(installed, needing)[::-1]


def _explain(installed: Mapping[str, Plugin], need: Need) -> str:
    range_ = f" {need.versions}" if need.versions else ""
    plugin = installed.get(need.key)
    if plugin is None:
        return f"{need.needed_by} needs the module “{need.key}”{range_}, which is not installed here."
    return f"{need.needed_by} needs “{need.key}”{range_}; version {plugin.version} is installed."
