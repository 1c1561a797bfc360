"""Sends what schemathesis makes up to a site of this process, with ids that exist now and then."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.transport import Response

from infra.testing import Browser

# What an answer is held against; what random values come to is the handlers' own tests' to say.
HELD = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


# Decimals that programs send: mostly amounts, now and then what no column holds.
_ODD = ("-0", "NaN", "Infinity", "-Infinity", "1e400", "1E+30", "1e-30", "9" * 40, "0." + "9" * 40, "1_0", " 1", "٣", "-1", "0x10", "")
schemathesis.openapi.format(
    "decimal",
    st.one_of(
        st.decimals(min_value=0, max_value=1000, places=2).map(str),
        st.decimals(allow_nan=False, allow_infinity=False).map(str),
        st.sampled_from(_ODD),
    ),
)


@dataclass(slots=True)
class Known:
    """Ids of records that exist, by the names that refer to them."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    def put_into(self, value: Any, name: str = "") -> Any:
        """Return a value with some of its ids replaced."""
        if isinstance(value, dict):
            return {key: self.put_into(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.put_into(each, name) for each in value]
        if isinstance(value, str) and name in self.ids and self.chance.random() < 0.7:
            return self.chance.choice(self.ids[name])
        return value


@dataclass(slots=True)
class Trial:
    """One program that tries operations; `answers` counts what came back."""

    client: Browser
    loop: asyncio.AbstractEventLoop
    known: Known
    answers: dict[tuple[str, int], int] = field(default_factory=dict)

    def try_out(self, case: "schemathesis.Case[Any]") -> None:
        """Send a request that was made up, and hold the answer against the description; raises what does not fit."""
        if isinstance(case.path_parameters, Mapping):
            case.path_parameters = self.known.put_into(dict(case.path_parameters))
        if isinstance(case.query, Mapping):
            case.query = self.known.put_into(dict(case.query))
        case.body = self.known.put_into(case.body)
        request = requests.Request(**case.as_transport_kwargs(base_url=str(self.client.base_url))).prepare()
        answer = asyncio.run_coroutine_threadsafe(self._send(request), self.loop).result(60)
        key = (case.operation.label, answer.status_code)
        self.answers[key] = self.answers.get(key, 0) + 1
        checks: list[Any] = [CHECKS.get_one(name) for name in HELD]
        case.validate_response(Response.from_any(answer), checks=checks)

    async def _send(self, request: requests.PreparedRequest) -> httpx.Response:
        dropped = {"authorization", "host", "content-length", "user-agent", "accept-encoding", "connection"}
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in dropped]
        encoded = [(name.encode(), value if isinstance(value, bytes) else value.encode("latin-1", "replace")) for name, value in headers]
        body: Any = request.body or b""
        return await self.client.request(str(request.method), str(request.url), content=body, headers=encoded)
