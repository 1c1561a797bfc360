"""Is it alive, can it work, and how is it doing: for machines that watch."""

import asyncio
import hmac
from typing import Any

from litestar import Router, get
from litestar.response import Response
from litestar.types import ControllerRouterHandler
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.runtime import Runtime
from core.telemetry import SPARES
from web.dependencies import TheDoor
from weft.errors import Refused

BUDGET = 3.0  # seconds for all checks


@get("/health/live", include_in_schema=False)
async def live() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


@get("/health/ready", include_in_schema=False)
async def ready(door: TheDoor) -> Response[dict[str, Any]]:
    """Tell whether everything needed to serve people answers; 503 with what does not, otherwise."""
    runtime = door.runtime
    checks: dict[str, str] = {}

    async def check(name: str, working: Any) -> None:
        try:
            async with asyncio.timeout(BUDGET):
                await working
        except Exception as wrong:
            checks[name] = f"{type(wrong).__name__}: {wrong}" if str(wrong) else type(wrong).__name__
        else:
            checks[name] = "ok"

    await check("database", runtime.platform.fetchval("SELECT 1"))
    await check("tenants", runtime.pools[0].fetchval("SELECT 1"))
    for each in runtime.registry.health_checks():
        await check(each.name, each.check())
    checks["cache"] = "ok" if runtime.changes.alive else "off: the listening connection is being made anew"
    healthy = all(state == "ok" for name, state in checks.items() if name != "cache")
    return Response({"status": "ok" if healthy else "unavailable", "checks": checks}, status_code=200 if healthy else 503)


@get("/metrics", include_in_schema=False)
async def metrics(door: TheDoor) -> Response[bytes]:
    """Return Prometheus metrics; with WEFT_METRICS_TOKEN set, only to who sends it."""
    runtime = door.runtime
    token = runtime.settings.metrics_token
    given = door.bearer
    if token and not hmac.compare_digest(token, given):
        raise Refused("Metrics need the token that WEFT_METRICS_TOKEN names.")
    SPARES.set(await runtime.platform.fetchval("SELECT count(*) FROM platform.tenant WHERE state = 'spare'"))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def health_routes(_: Runtime) -> list[ControllerRouterHandler]:
    """Return the routes that answer on every host."""
    return [Router("/", route_handlers=[live, ready, metrics])]
