"""Examples in the description of the API, made of the schemas themselves: what is sent and what comes back looks like this."""

from collections.abc import Mapping
from typing import Any

_FORMATS = {
    "uuid": "01920a4e-7c1b-7d3a-9f00-2b6d5c8e4a10",
    "date": "2026-03-31",
    "date-time": "2026-03-31T14:30:00Z",
    "decimal": "12.50",
    "time": "14:30:00",
    "binary": "Name,E-mail\nAda Lovelace,ada@example.com\n",
}
_NAMES = {"currency": "EUR", "country": "DE", "language": "en", "next": "b3BhcXVl", "kind": "", "version": 1}
_DEEPEST = 6


def example_of(schema: Any, schemas: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """Return a value that fits a schema; `schemas` are those that it refers to."""
    if reference := schema.get("$ref"):
        return example_of(schemas[reference.rpartition("/")[2]], schemas, name, depth)
    if "default" in schema and schema["default"] not in ("", None, [], {}):
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return example_of(next((each for each in choices if each.get("type") != "null"), choices[0]), schemas, name, depth)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        if depth > _DEEPEST:
            return {}
        return {key: example_of(each, schemas, key, depth + 1) for key, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [] if depth > _DEEPEST else [example_of(schema.get("items", {}), schemas, name, depth + 1)]
    if kind in ("integer", "number"):
        return _NAMES.get(name, max(1, int(schema.get("minimum", 1))))
    if kind == "boolean":
        return False
    return _text(schema, name)


def _text(schema: Mapping[str, Any], name: str) -> str:
    if found := _FORMATS.get(schema.get("format", "")):
        return found
    text = str(_NAMES.get(name) or name.replace("_", " ").capitalize() or "Text")
    return text[: int(schema.get("maxLength", 200))]
