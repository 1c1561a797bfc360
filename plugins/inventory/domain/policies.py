"""What categories say of how their goods are kept: the nearest rule above an item counts, and what it leaves open is the business's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .naming import within

BelowZero = Literal["forbid", "warn", "allow"]
Removal = Literal["fefo", "fifo"]  # which lots leave first: those that expire first, or those that came first


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """How goods of a category, and of all below it, are kept; empty means as the business does."""

    category: str
    method: str = ""
    tracking: str = ""
    below_zero: str = ""
    removal: str = ""
    version: int = 1


NOTHING_SAID = CategoryRule("")


def rule_for(category: str, rules: Mapping[str, CategoryRule]) -> CategoryRule:
    """Return the nearest rule of a category; without one, the rule of all categories, whose name is empty."""
    return rules.get(within(category, frozenset(rules)), NOTHING_SAID)


def policy_for(category: str, rules: Mapping[str, CategoryRule], default: BelowZero) -> BelowZero:
    """Return what happens when goods of a category fall below zero."""
    found = rule_for(category, rules).below_zero
    return "forbid" if found == "forbid" else "warn" if found == "warn" else "allow" if found == "allow" else default
