"""Is it alive, can it work, and how is it doing: for machines that watch."""

import asyncio
import hmac
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from litestar import Router, get
from litestar.params import FromQuery
from litestar.response import Response
from litestar.types import ControllerRouterHandler
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis

from core.runtime import Runtime
from core.telemetry import BACKUP_AGE, BACKUP_TROUBLE, ISOLATED, SPARES, WAL_AGE, WAL_BASE_AGE, WAL_TROUBLE
from web.dependencies import TheDoor
from weft.errors import Refused, WeftError

Log = structlog.get_logger("weft.health")
BUDGET = 3.0  # seconds for all checks together
Check = Callable[[], Awaitable[object]]


@get("/health/live", include_in_schema=False)
async def live() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


@get("/health/ready", include_in_schema=False)
async def ready(door: TheDoor, without: FromQuery[str] = "") -> Response[dict[str, Any]]:
    """Tell whether everything that is needed answers; 503 with what does not, otherwise.

    `without` names parts, with commas between, whose silence does not count: pages go on without Redis, and only jobs wait.
    """
    runtime = door.runtime
    parts = _parts(runtime)
    states = dict(zip(parts, await asyncio.gather(*(_state(name, check) for name, check in parts.items())), strict=True))
    healthy = all(state == "ok" or name in without.split(",") for name, state in states.items())
    cache = "ok" if runtime.changes.alive else "off: the listening connection is being made anew"
    told = {"status": "ok" if healthy else "unavailable", "checks": {**states, "cache": cache}}
    return Response(told, status_code=200 if healthy else 503)


def _parts(runtime: Runtime) -> Mapping[str, Check]:
    """Return what is asked, by name."""
    parts: dict[str, Check] = {
        "database": lambda: runtime.platform.fetchval("SELECT 1"),
        "tenants": lambda: runtime.pools[0].fetchval("SELECT 1"),
        "redis": lambda: _ping(runtime.settings.redis_url),
    }
    return {**parts, **{each.name: each.check for each in runtime.registry.health_checks()}}


async def _ping(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:  # a new connection each time: it tells of the server, not of what we hold
        await redis.ping()


async def _state(name: str, check: Check) -> str:
    """Return "ok", or a few words for anybody to read: addresses and the like go to the log alone."""
    try:
        async with asyncio.timeout(BUDGET):
            await check()
    except WeftError as wrong:
        return wrong.message
    except Exception as wrong:
        Log.warning("a part does not answer", part=name, error=f"{type(wrong).__name__}: {wrong}")
        return f"does not answer ({type(wrong).__name__})"
    return "ok"


@get("/metrics", include_in_schema=False)
async def metrics(door: TheDoor) -> Response[bytes]:
    """Return Prometheus metrics; with WEFT_METRICS_TOKEN set, only to who sends it."""
    runtime = door.runtime
    token = runtime.settings.metrics_token
    if token and not hmac.compare_digest(token.encode(), door.bearer.encode()):
        raise Refused("Metrics need the token that WEFT_METRICS_TOKEN names.")
    SPARES.set(await _count(runtime, _SPARES))
    ISOLATED.set(await _count(runtime, _ISOLATED))
    BACKUP_AGE.set(await _count(runtime, _BACKUP_AGE))
    BACKUP_TROUBLE.set(await _count(runtime, _BACKUP_TROUBLE))
    WAL_AGE.set(await _count(runtime, _WAL_AGE))
    WAL_BASE_AGE.set(await _count(runtime, _WAL_BASE_AGE))
    WAL_TROUBLE.set(await _count(runtime, _WAL_TROUBLE))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


_ISOLATED = "SELECT count(*) FROM platform.tenant WHERE isolation = 'strict' AND state IN ('active', 'suspended')"
_SPARES = "SELECT count(*) FROM platform.tenant WHERE state = 'spare'"
# Seconds since the newest backup of the business that has gone without one for longest, counted from its first day on.
_BACKUP_AGE = """
SELECT COALESCE(max(extract(epoch FROM now() - COALESCE(last.stored, t.claimed_at))), 0) FROM platform.tenant t
LEFT JOIN LATERAL (SELECT made_at AS stored FROM platform.backup b WHERE b.tenant = t.schema AND b.state = 'stored'
                   ORDER BY made_at DESC LIMIT 1) last ON true
WHERE t.state IN ('active', 'suspended')
"""
_BACKUP_TROUBLE = """
SELECT count(*) FROM platform.tenant t
LEFT JOIN LATERAL (SELECT state FROM platform.backup b WHERE b.tenant = t.schema ORDER BY made_at DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (SELECT trouble FROM platform.backup b WHERE b.tenant = t.schema AND b.tested_at IS NOT NULL
                   ORDER BY tested_at DESC LIMIT 1) tried ON true
WHERE t.state IN ('active', 'suspended') AND (last.state = 'failed' OR tried.trouble <> '')
"""
_WAL_AGE = "SELECT COALESCE((SELECT extract(epoch FROM now() - newest_at) FROM platform.wal_kept), 'NaN')"
_WAL_BASE_AGE = "SELECT COALESCE((SELECT extract(epoch FROM now() - based_at) FROM platform.wal_kept), 'NaN')"
_WAL_TROUBLE = "SELECT count(*) FROM platform.wal_kept WHERE trouble <> '' OR looked_at < now() - interval '10 minutes'"


async def _count(runtime: Runtime, sql: str) -> float:
    """Return a figure of the database; not a number while it is away, when the other figures matter most."""
    try:
        async with asyncio.timeout(BUDGET):
            return float(await runtime.platform.fetchval(sql))
    except Exception as wrong:
        Log.warning("a figure cannot be told", error=f"{type(wrong).__name__}: {wrong}")
        return math.nan


def health_routes(_: Runtime) -> list[ControllerRouterHandler]:
    """Return the routes that answer on every host."""
    return [Router("/", route_handlers=[live, ready, metrics])]
