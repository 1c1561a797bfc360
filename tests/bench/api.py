"""What the API's machinery costs a request, beside the same routes without it: ``python -m tests.bench.api [ROUNDS]``.

Microseconds of processor time of one request, client and all, medians over rounds in which both take turns; and statements of a scope.
"""

import asyncio
import sys
from statistics import median
from time import process_time
from typing import Any

import uvloop
from litestar import Router

from core.plugins.registry import Registry
from core.rules.trial_budgets import Recorder
from core.tenancy.metering import METER
from infra.laboratory.installation import Installation
from infra.laboratory.visitors import Browser, Visitors
from plugins.contacts.plugin import plugin as contacts
from tests.bench.figures import Hold, tell
from tests.bench.ground import ground
from web.site import Site
from web.tenant import app
from weft import new_id

PARTIES = "/api/v1/contacts/parties"
TOGETHER = 40  # requests in a round


def _bare(path: str, handlers: Any, **more: Any) -> Router:
    return Router(path, route_handlers=handlers, **more)


async def _microseconds(ask: Any) -> float:
    begun = process_time()
    for _ in range(TOGETHER):
        assert (await ask()).status_code < 300
    return (process_time() - begun) * 1e6 / TOGETHER


async def _statements(ask: Any) -> int:
    recorder = Recorder("contacts", 10**9, lambda _: "contacts")
    token = METER.set(recorder)
    try:
        await ask()
    finally:
        METER.reset(token)
    return recorder.used


async def measure(made: Installation, rounds: int) -> None:
    """Take turns; print."""
    tenant, registry = await made.new_tenant("contacts"), made.runtime.registry
    whole = Visitors(made, Site(made.settings, registry, made.runtime))
    patched: Any = app  # no door leads past the machinery but this
    machinery, patched.api_router = patched.api_router, _bare
    bare = Visitors(made, Site(made.settings, registry, made.runtime))
    patched.api_router = machinery
    there = await (await whole.program(tenant)).post(PARTIES, json={"kind": "person", "name": "Ada"})
    where = f"{PARTIES}/{there.json()['id']}"
    sides = {"with": await whole.program(tenant), "without": await bare.program(tenant)}

    def reads(program: Browser) -> Any:
        return lambda: program.get(where)

    def writes(program: Browser, **headers: str) -> Any:
        def write() -> Any:
            sent = {name: new_id().hex for name in headers}
            return program.post(PARTIES, json={"kind": "person", "name": new_id().hex, "anyway": True}, headers=sent)

        return write

    asks = {
        "a read": (reads(sides["with"]), reads(sides["without"])),
        "a write": (writes(sides["with"]), writes(sides["without"])),
        "a write with a key": (writes(sides["with"], **{"idempotency-key": ""}), writes(sides["without"])),
    }
    for name, (held, plain) in asks.items():
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            taken[0].append(await _microseconds(held))
            taken[1].append(await _microseconds(plain))
        extra = median(taken[0]) - median(taken[1])
        tell(
            f"{name} of the API: what the machinery adds", extra, "µs", hold=Hold(1500), baseline=median(taken[1]), baseline_is="without it"
        )
        tell(f"{name} of the API: statements that the machinery adds", await _statements(held) - await _statements(plain), "")
        await asyncio.sleep(0)


async def main(rounds: int) -> None:
    """Measure on a database of its own, with an allowance that nobody uses up."""
    async with ground(Registry([contacts])) as made:
        await measure(made, rounds)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
