"""What a load balancer is told, while PostgreSQL or Redis are away and after they came back."""

import asyncio
import os
import signal
from typing import Any

from tests.telemetry.house import House
from tests.workers.waiting import until


async def health(house: House, query: str = "") -> tuple[int, dict[str, str]]:
    """Return the status and what is said of each part."""
    answer = await house.ask("GET", f"/health/ready{query}", host="balancer")
    told: dict[str, Any] = answer.json()
    assert told["status"] == ("ok" if answer.status_code == 200 else "unavailable")
    checks: dict[str, str] = told["checks"]
    return answer.status_code, checks


async def test_without_redis_it_says_so_and_recovers_by_itself(house: House) -> None:
    assert (await health(house))[0] == 200
    os.kill(int((house.redis.folder / "redis.pid").read_text()), signal.SIGKILL)
    try:
        status, checks = await health(house)
        assert (status, checks["database"], checks["tenants"]) == (503, "ok", "ok")
        assert checks["redis"].startswith("does not answer")
        assert (await health(house, "?without=redis"))[0] == 200
        assert (await house.ask("GET", "/contacts")).status_code == 200  # pages need no Redis
        assert (await house.upload("Hypatia")).status_code == 201
    finally:
        await asyncio.to_thread(house.redis.stop)
        await asyncio.to_thread(house.redis.start)
    await house.answers()


async def test_without_postgresql_it_lives_says_so_and_recovers_by_itself(house: House) -> None:
    os.kill(int((house.postgres.home / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    try:
        await asyncio.to_thread(house.postgres.stop)
        assert (await house.ask("GET", "/health/live", host="balancer")).status_code == 200
        status, checks = await health(house)
        assert (status, checks["redis"]) == (503, "ok")
        for part in ("database", "tenants"):
            assert checks[part].startswith("does not answer")
            assert str(house.postgres.home) not in checks[part], "addresses are nobody's business"
        assert "weft_spare_tenants NaN" in (await house.ask("GET", "/metrics", host="prometheus")).text
    finally:
        await asyncio.to_thread(house.postgres.start)
    await house.answers()

    async def cached_again() -> bool:
        return (await health(house))[1]["cache"] == "ok"

    await until(cached_again, "changes are heard again")
    assert (await house.ask("GET", "/contacts")).status_code == 200
