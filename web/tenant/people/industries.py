"""What kinds of business there are, and which modules each begins with."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.plugins.registry import Registry
from tenants.requirements import UnmetRequirement, resolve
from weft.plugin import Plugin


@dataclass(frozen=True, slots=True)
class Industry:
    """One kind of business; of its modules, those that are installed are suggested."""

    key: str
    title: str
    hint: str
    modules: tuple[str, ...]


INDUSTRIES = (
    Industry("retail", "Shop", "Sells goods, over a counter or online", ("contacts", "catalogue", "inventory", "retail_pos", "accounting")),
    Industry(
        "clinic", "Clinic", "Sees patients, and bills for care", ("contacts", "catalogue", "healthcare", "healthcare_claims", "accounting")
    ),
    Industry(
        "manufacturer", "Manufacturer", "Makes goods from parts", ("contacts", "catalogue", "inventory", "manufacturing", "accounting")
    ),
    Industry("other", "Something else", "Choose the modules yourself", ("contacts",)),
)
BY_KEY = {each.key: each for each in INDUSTRIES}


@dataclass(frozen=True, slots=True)
class Choice:
    """One installed module: whether the industry suggests it, and whether it is on already."""

    plugin: Plugin
    suggested: bool
    on: bool
    needs: tuple[str, ...]


def choices(registry: Registry, enabled: frozenset[str], industry: Industry) -> list[Choice]:
    """Return the modules that can be switched on: what the industry suggests first, then by title."""
    found = []
    for key, plugin in registry.plugins.items():
        try:
            needed = resolve(registry.plugins, [key])
        except UnmetRequirement:
            continue
        titles = tuple(registry.plugins[each].title for each in needed if each != key)
        found.append(Choice(plugin, key in industry.modules, key in enabled, titles))
    return sorted(found, key=lambda each: (not each.suggested, each.plugin.title))


def to_switch_on(registry: Registry, enabled: frozenset[str], wanted: Sequence[str]) -> list[str]:
    """Return the chosen modules that are not on yet, without those that another brings along by itself."""
    missing = [key for key in dict.fromkeys(wanted) if registry.get(key) and key not in enabled]
    brought = {each for key in missing for each in resolve(registry.plugins, [key]) if each != key}
    return [key for key in missing if key not in brought]
