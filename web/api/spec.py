"""The description of the API (OpenAPI 3.1): what routes tell of themselves, and all that the machinery adds to each of them."""

import copy
import re
from decimal import Decimal
from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from core.tenancy.catalogue import TenantRecord
from web.api.examples import example_of
from web.api.spec_lists import PATH as ANY_LIST
from web.api.spec_lists import list_operation
from web.door import door_of
from web.refusal import PROBLEM
from weft.listing import Listing

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
_REF = "#/components/schemas/"
_OUR_PROBLEMS = re.compile(r"(\w+_)?(Field)?Problem")

REFUSALS = {
    "304": "Nothing has changed since the answer whose ETag was sent",
    "400": "The request could not be read",
    "401": "There is no valid token",
    "403": "The token may not do this",
    "404": "There is no such thing, or its module is switched off",
    "409": "Its state forbids it, somebody else has changed it, or the same Idempotency-Key is being worked on",
    "412": "Somebody else has changed it: If-Match names an old state",
    "413": "What was sent is too large",
    "415": "What was sent is not JSON",
    "422": "Values are wrong: one sentence for each field; or the Idempotency-Key came with another request before",
    "428": "The request does not say which version it was made from: send If-Match",
    "429": "Too many requests: go on after Retry-After",
    "503": "Something that is needed does not answer: try again after Retry-After",
}
HEADERS: Json = {
    "ETag": {"description": "Names this state of the record or answer", "schema": {"type": "string"}},
    "Link": {"description": "The address of the next page (rel=next)", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}},
    "RateLimit": {"description": "What is left of each allowance: r requests, full again within t seconds", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "The allowances: q requests within w seconds", "schema": {"type": "string"}},
    "Idempotent-Replayed": {"description": "true: an earlier answer, sent again", "schema": {"type": "string", "enum": ["true"]}},
}
PARAMETERS: Json = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Made up for one intent: the same request with it again is answered alike, and carried out once",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,200}$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of the record as it was read: anything else is refused with 412",
        "schema": {"type": "string", "pattern": '^"[0-9a-f-]{1,40}"$'},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of the answer that is held: 304 while it stands",
        "schema": {"type": "string", "pattern": '^"[0-9a-f-]{1,40}"$'},
    },
}
FIELD_PROBLEM: Json = {
    "type": "object",
    "title": "FieldProblem",
    "properties": {
        "field": {"type": "string", "description": "Such as lines.2.taxes"},
        "pointer": {"type": "string", "description": "The same as JSON pointer (RFC 6901)"},
        "detail": {"type": "string"},
    },
    "required": ["field", "pointer", "detail"],
}
PROBLEM_SCHEMA: Json = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong and how to mend it (RFC 9457)",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request": {"type": "string", "description": "The number under which an operator finds it"},
        "errors": {"type": "array", "items": {"$ref": f"{_REF}FieldProblem"}},
        "current": {"type": "integer", "description": "The version that stands, where another was changed"},
    },
    "required": ["type", "title", "status", "detail", "request"],
}


class Decimals(OpenAPISchemaPlugin):
    """Tells that decimals are text with a number in it, not any text."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:
        """Tell whether a type is that of decimals."""
        return value is Decimal

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """Return how decimals are written."""
        return Schema(type=OpenAPIType.STRING, format="decimal")  # type: ignore[arg-type]  # a format of ours


class WholeSpec(JsonRenderPlugin):
    """Renders the description for one business: its own modules and lists."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: Json) -> bytes:
        """Return the document as JSON."""
        door = door_of(request)
        assert door.record is not None
        registry = door.runtime.registry
        modules = frozenset(registry.plugins)
        whole = complete(openapi_schema, door.record, modules, list(registry.listings(door.record.enabled)))
        return self.render_json(request, whole)


def complete(told: Json, record: TenantRecord, modules: frozenset[str], listings: list[Listing]) -> Json:
    """Return the whole description for a business, after what routes tell of themselves."""
    spec = copy.deepcopy(told)
    spec["info"] |= {"title": f"{record.name}: API", "description": "docs/api.md tells of keys, versions, pages and allowances."}
    spec["paths"] = {path: item for path, item in spec["paths"].items() if _is_here(path, record, modules)}
    generic = spec["paths"].pop(ANY_LIST)["get"]
    for listing in listings:
        spec["paths"][ANY_LIST.format(name=listing.name)] = {"get": list_operation(listing, copy.deepcopy(generic))}
    schemas = spec["components"]["schemas"]
    for name in [name for name in schemas if _is_ours(name, schemas[name])]:
        del schemas[name]
    schemas |= {"Problem": PROBLEM_SCHEMA, "FieldProblem": FIELD_PROBLEM}
    spec["components"] |= {
        "parameters": PARAMETERS,
        "headers": HEADERS,
        "responses": {f"Refused{status}": _refused(status) for status in REFUSALS if status != "304"},
    }
    versioned = {_REF + name for name, each in schemas.items() if _loosen_version(each)}
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                _complete_operation(method, path, item[method], schemas, versioned)
    return spec


def _is_here(path: str, record: TenantRecord, modules: frozenset[str]) -> bool:
    if not path.startswith("/api/v1/"):
        return False
    module = path.split("/")[3]
    return module not in modules or module in record.modules


def _is_ours(name: str, schema: Json) -> bool:
    return _OUR_PROBLEMS.fullmatch(name) is not None and "row" not in schema.get("properties", {})


def _loosen_version(schema: Json) -> bool:
    """Let `version` be left out of what is sent, since If-Match may name it; only of bodies, whose other fields have defaults or not."""
    title = schema.get("title", "")
    if "version" not in schema.get("required", ()) or not title.endswith(("Body", "Change")):
        return False
    schema["required"] = [name for name in schema["required"] if name != "version"]
    return True


def _complete_operation(method: str, path: str, operation: Json, schemas: Json, versioned: set[str]) -> None:
    parameters, answers = operation.setdefault("parameters", []), operation["responses"]
    body = operation.get("requestBody", {}).get("content", {})
    needs_version = any(each["schema"].get("$ref") in versioned for each in body.values())
    for each in parameters:
        if each["name"] == "version" and method != "get":
            each["required"], needs_version = False, True
    statuses = {"400", "401", "403", "404", "422", "429", "503"}
    if method == "get":
        parameters.append({"$ref": "#/components/parameters/IfNoneMatch"})
        answers["304"] = {"description": REFUSALS["304"]}
    else:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
        statuses |= {"409", "413"} | ({"415"} if "application/json" in body else set()) | ({"428"} if needs_version else set())
        if "{" in path:
            parameters.append({"$ref": "#/components/parameters/IfMatch"})
            statuses.add("412")
    for status in statuses:
        answers[status] = {"$ref": f"#/components/responses/Refused{status}"}
    for status, answer in answers.items():
        if status[0] == "2":
            _complete_answer(method, answer, schemas)
    for content in body.values():
        content["example"] = example_of(content["schema"], schemas)


def _complete_answer(method: str, answer: Json, schemas: Json) -> None:
    names = ["RateLimit", "RateLimit-Policy", *(["ETag"] if method == "get" else ["Idempotent-Replayed"])]
    for content in answer.get("content", {}).values():
        properties = _resolved(content["schema"], schemas).get("properties", {})
        names += ["Link"] if {"items", "next"} <= set(properties) else []
        names += ["ETag"] if "version" in properties and "ETag" not in names else []
        content["example"] = example_of(content["schema"], schemas)
    answer["headers"] = {**answer.get("headers", {}), **{name: {"$ref": f"#/components/headers/{name}"} for name in names}}


def _resolved(schema: Json, schemas: Json) -> Json:
    reference = schema.get("$ref", "")
    return schemas[reference.rpartition("/")[2]] if reference else schema


def _refused(status: str) -> Json:
    example = {"type": "about:blank", "title": "…", "status": int(status), "detail": f"{REFUSALS[status]}.", "request": "0192…"}
    names = ["Retry-After"] if status in ("429", "503") else []
    return {
        "description": REFUSALS[status],
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {PROBLEM: {"schema": {"$ref": f"{_REF}Problem"}, "example": example}},
    }
