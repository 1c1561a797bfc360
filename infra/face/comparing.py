"""Tells what a plugin that was written for one version of the face would stumble over in another."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
MANY = ("var_positional", "var_keyword")


def breaks(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[str]:
    """Return a sentence for each promise of `old` that `new` does not keep; what was added breaks nobody."""
    found: list[str] = []
    for name, was in old.items():
        if name not in new:
            found.append(f"{name} is gone.")
        elif was["kind"] != new[name]["kind"]:
            found.append(f"{name} was a {was['kind']}, and is a {new[name]['kind']}.")
        else:
            found += _COMPARED[was["kind"]](name, was, new[name])
    return found


def _classes(name: str, was: Json, now: Json) -> Iterator[str]:
    for base in was["bases"]:
        if base not in now["bases"]:
            yield f"{name} is no {base} any more."
    for value in was.get("values", ()):
        if value not in now.get("values", ()):
            yield f"{name}.{value} is gone."
    for method in now.get("abstract", ()):
        if method not in was.get("abstract", ()):
            yield f"{name}.{method} must be there now in whatever is derived from {name.rpartition('.')[2]}: give it a body."
    yield from _fields(name, was.get("fields", {}), now.get("fields", {}))
    for member, had in was.get("members", {}).items():
        has = now.get("members", {}).get(member)
        whole = f"{name}.{member}"
        if has is None and member not in now.get("fields", {}):
            yield f"{whole} is gone."
        elif has is not None and had["kind"] != has["kind"]:
            yield f"{whole} was a {had['kind']}, and is a {has['kind']}."
        elif has is not None and "parameters" in had:
            yield from _functions(whole, had, has)


def _fields(name: str, was: Json, now: Json) -> Iterator[str]:
    for field, had in was.items():
        has = now.get(field)
        if has is None:
            yield f"{name}.{field} is gone."
        elif has["needed"] and not had["needed"]:
            yield f"{name}.{field} must be given now."
        elif had["place"] is not None and has["place"] != had["place"]:
            yield f"{name}.{field} has another place among what {name.rpartition('.')[2]} is made of."
    for field, has in now.items():
        if field not in was and has["needed"]:
            yield f"{name}.{field} must be given now: let it have a default."


def _functions(name: str, was: Json, now: Json) -> Iterator[str]:
    before = {each["name"]: each for each in was["parameters"]}
    after = {each["name"]: each for each in now["parameters"]}
    takes_any = {each["how"] for each in after.values()} & set(MANY)
    for place, (parameter, had) in enumerate(before.items()):
        has = after.get(parameter)
        if has is None:
            if not takes_any or had["how"] in MANY:
                yield f"{name} does not take “{parameter}” any more."
        elif has["needed"] and not had["needed"]:
            yield f"{name} must be given “{parameter}” now."
        elif had["how"] == "positional_or_keyword" and (has["how"] != had["how"] or list(after).index(parameter) != place):
            yield f"{name} takes “{parameter}” in another place or way."
    for parameter, has in after.items():
        if parameter not in before and has["needed"] and has["how"] not in MANY:
            yield f"{name} must be given “{parameter}” now: let it have a default."


_COMPARED: Mapping[str, Any] = {
    "class": _classes,
    "function": _functions,
    "value": lambda name, was, now: [f"{name} was a {was['type']}, and is a {now['type']}."] if was["type"] != now["type"] else [],
}
