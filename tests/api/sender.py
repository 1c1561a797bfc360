"""A web process that takes one request after the other until it is killed."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import httpx

from core.plugins.registry import Registry
from core.runtime import running
from core.settings import Settings
from web.site import Site


async def send(url: str, redis: str, key: str, slug: str, token: str, folder: str, first: str) -> None:
    """Send requests to a site of this process, and tell what came of each."""
    settings = Settings(
        database_url=url, redis_url=redis, secret_key=key, data_dir=Path(folder), base_url="http://weft.test", strict=True, api_rate=0
    )
    registry = Registry.installed()
    async with running(settings, registry, name="weft killed") as runtime:
        app: Any = Site(settings, registry, runtime)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{slug}.weft.test") as client:
            print("ready", flush=True)  # noqa: T201
            for number in range(int(first), 10**6):
                answer = await client.post(
                    "/api/v1/contacts/parties",
                    json={"kind": "person", "name": f"Person {number:05}", "anyway": True},
                    headers={"authorization": f"Bearer {token}", "idempotency-key": f"k{number}"},
                )
                print(number, answer.json()["id"], flush=True)  # noqa: T201


if __name__ == "__main__":
    os.environ.setdefault("PICCOLO_CONF", "core.database")
    asyncio.run(send(*sys.argv[1:]))
