"""Rules about addresses: a plugin's begin with its key, and lead somewhere."""

import re
from collections.abc import Iterator

from core.rules.permitting import address_of
from core.rules.rule import Problem, Rule
from core.rules.subject import Subject

WITH_ID = ("records", "actions")


def mounts(subject: Subject) -> Iterator[Problem]:
    """Litestar takes the handlers as they are."""
    if subject.mounted.refused:
        yield Problem(subject.hook_place("routes"), f"The routes cannot be mounted: {subject.mounted.refused}")
    for warning in subject.mounted.warnings:
        yield Problem(subject.hook_place("routes"), f"Litestar warns: {warning}")
    for hidden in subject.mounted.hidden:
        yield Problem(subject.hook_place("routes"), hidden)


def paths(subject: Subject) -> Iterator[Problem]:
    """Addresses are the plugin's own, and a page answers there."""
    for hook in ("menu", "records", "listings", "actions"):
        for each in subject.declared(hook):
            problem = _wrong(subject, hook, each.path, getattr(each, "method", "get"))
            if problem:
                yield Problem(subject.hook_place(hook), f"“{each.title}” in {hook}(): {problem}")


def _wrong(subject: Subject, hook: str, path: str, method: str) -> str:
    if not path.startswith(f"/{subject.key}/") and path != f"/{subject.key}":
        return f"the path “{path}” must begin with /{subject.key}/."
    if hook in WITH_ID and "{id}" not in path:
        return f"the path “{path}” must have {{id}} in it, where the record's id goes."
    if unknown := set(re.findall(r"\{(\w*)\}", path)) - ({"id"} if hook in WITH_ID else set()):
        return f"the path “{path}” has {{{min(unknown)}}} in it, which nobody fills."
    if subject.mounted.find(address_of(path), method) is None and not subject.mounted.refused:
        return f"no route answers {method.upper()} {path}: add one to routes(), or correct the path."
    return ""


def api(subject: Subject) -> Iterator[Problem]:
    """Programs can read what the API offers."""
    if subject.mounted.schema_refused:
        yield Problem(subject.hook_place("api"), f"No OpenAPI document can be made: {subject.mounted.schema_refused}")
    for route in subject.mounted.routes:
        if route.is_api and not route.summary.strip():
            yield Problem(
                subject.place(route.handler),
                f'{route.method} {route.path} has no summary: give its handler summary="…", programmers read it.',
            )


def panels(subject: Subject) -> Iterator[Problem]:
    """A slot is one that a page really leaves open, of a plugin that is there."""
    for panel in subject.declared("panels"):
        owner = panel.slot.partition(".")[0]
        if owner not in subject.needed:
            yield Problem(
                subject.hook_place("panels"),
                f"The panel “{panel.name}” goes into “{panel.slot}” of “{owner}”, which the plugin does not require: add it to requires.",
            )
        elif panel.slot not in open_slots(subject, owner):
            found = ", ".join(sorted(open_slots(subject, owner))) or "none"
            yield Problem(
                subject.hook_place("panels"),
                f"No page of “{owner}” leaves the slot “{panel.slot}” of the panel “{panel.name}” open; those it has: {found}.",
            )


def open_slots(subject: Subject, key: str) -> set[str]:
    """Return the names of the slots that the templates of a plugin leave open."""
    plugin = subject.registry.get(key)
    if plugin is None:
        return set()
    other = subject if key == subject.key else Subject(plugin, subject.registry, subject.environment)
    return {name for template in other.templates for name in re.findall(r"""\bslot\(\s*["']([\w.]+)["']\s*\)""", template.text)}


def actions(subject: Subject) -> Iterator[Problem]:
    """A button sits on a kind of record that exists."""
    for action in subject.declared("actions"):
        kind = subject.registry.record_by_name.get(action.record)
        owner = action.record.partition(".")[0]
        if kind is None:
            yield Problem(
                subject.hook_place("actions"), f"“{action.title}” is for records of the kind “{action.record}”, which nobody declares."
            )
        elif owner not in subject.needed:
            yield Problem(
                subject.hook_place("actions"),
                f"“{action.title}” is for records of “{owner}”, which the plugin does not require: add it to requires.",
            )


RULES = (
    Rule("mounts", "The routes can be mounted, without a warning, and each is reached", mounts),
    Rule("paths", "Paths begin with /<key>/, and a route answers there", paths),
    Rule("api", "Every API route has a summary, and an OpenAPI document can be made of them", api),
    Rule("panels", "A panel goes into a slot that a page of a required plugin leaves open", panels),
    Rule("actions", "An action is for a kind of record of a required plugin", actions),
)
