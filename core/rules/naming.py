"""Rules about names: what belongs to a plugin can be told by how it begins."""

import re
from collections.abc import Iterator
from typing import Any

from core.rules.rule import Problem, Rule
from core.rules.subject import Subject

NAMED = (
    *("permissions", "records", "listings", "reports", "documents", "widgets", "panels", "importers", "exporters", "jobs"),
    *("checks", "closing_checks", "health_checks"),
)
_PERMISSION = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


def names(subject: Subject) -> Iterator[Problem]:
    """Names begin with the key."""
    for hook in NAMED:
        for each in subject.declared(hook):
            if not each.name.startswith(f"{subject.key}.") or not _NAME.fullmatch(each.name):
                yield Problem(
                    subject.hook_place(hook),
                    f"“{each.name}” in {hook}() must begin with “{subject.key}.” and go on with small letters, digits and underscores.",
                )


def permission_names(subject: Subject) -> Iterator[Problem]:
    """A permission tells what may be done with which thing."""
    for each in subject.declared("permissions"):
        if each.name.startswith(f"{subject.key}.") and not _PERMISSION.fullmatch(each.name):
            yield Problem(
                subject.hook_place("permissions"),
                f"The permission “{each.name}” must be named {subject.key}.<thing>.<verb>, such as {subject.key}.order.read.",
            )


def titles(subject: Subject) -> Iterator[Problem]:
    """What a person reads has words."""
    hooks = (
        "permissions",
        "role_templates",
        "records",
        "menu",
        "listings",
        "reports",
        "documents",
        "widgets",
        "panels",
        "actions",
        "search",
        "jobs",
        "importers",
    )
    for hook in hooks:
        for each in subject.declared(hook):
            if not each.title.strip():
                yield Problem(subject.hook_place(hook), f"{_called(each)} in {hook}() has no title: people read it on a page.")


def _called(each: Any) -> str:
    return f"“{getattr(each, 'name', '') or getattr(each, 'key', '') or type(each).__name__}”"


RULES = (
    Rule(
        "names",
        "Permissions, records, listings, reports, widgets, panels, importers, exporters, jobs, checks of every kind are named <key>.…",
        names,
    ),
    Rule("permission-names", "A permission is named <key>.<thing>.<verb>", permission_names),
    Rule("titles", "Everything a person sees has a title", titles),
)
