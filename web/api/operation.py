"""What the machinery knows of a route: whether it writes, what it takes, whether that names a version."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.utils.empty import value_or_default

from weft.forms import unwrap

READING = frozenset({"GET", "HEAD", "OPTIONS"})
JSON_LIMIT = 2_000_000  # bytes of a body that is no file


@dataclass(frozen=True, slots=True)
class OperationFacts:
    """One route of the API."""

    takes_json: bool
    versioned: bool  # its body has a `version`: the one that was read
    in_query: bool  # its query has one
    limit: int  # bytes of its body


@lru_cache(maxsize=4096)
def facts_of(handler: HTTPRouteHandler) -> OperationFacts:
    """Return what there is to know of a route."""
    data = handler.parsed_fn_signature.parameters.get("data")
    body: Any = data.annotation if data else None
    limit = value_or_default(handler.resolve_request_max_body_size(), JSON_LIMIT)
    return OperationFacts(data is not None, _versioned(body), "version" in handler.parsed_fn_signature.parameters, limit or JSON_LIMIT)


def _versioned(body: Any) -> bool:
    if not (isinstance(body, type) and issubclass(body, msgspec.Struct)):
        return False
    return any(each.encode_name == "version" and unwrap(each.type)[0] is int for each in msgspec.structs.fields(body))
