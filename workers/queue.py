"""Redis as arq uses it: two queues that carry the ids of jobs, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from time import time
from typing import Any
from uuid import UUID

import msgspec
from arq.connections import ArqRedis
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from redis.asyncio import ConnectionPool

from core.cells.servers import HOME
from core.messaging.claims import Delivery
from core.messaging.feeder import Fed
from core.settings import Settings

FUNCTION = "run"  # the one arq function, which carries every job
DAY = 86_400_000  # milliseconds after which Redis forgets a job that nobody took; the sweeper then puts it back
pack = msgspec.msgpack.encode


def unpack(data: bytes) -> dict[str, Any]:
    """Read what `pack` wrote."""
    found: dict[str, Any] = msgspec.msgpack.decode(data)
    return found


class Queue:
    """Both queues of one installation; connects when it is first used."""

    def __init__(self, redis: ArqRedis, installation: str) -> None:
        """Keep installations that share a Redis apart by `installation`."""
        self.redis = redis
        self._names = {False: f"weft:{installation}:short", True: f"weft:{installation}:long"}

    @classmethod
    def open(cls, settings: Settings) -> "Queue":
        """Prepare for the Redis that the settings name, through TCP, TLS or a unix socket."""
        pool = ConnectionPool.from_url(settings.redis_url, socket_timeout=10, socket_connect_timeout=5)
        redis = ArqRedis(pool, job_serializer=pack, job_deserializer=unpack)
        purpose = "name of the queues" if settings.cell == HOME else f"name of the queues of {settings.cell}"
        return cls(redis, settings.derived(purpose).hex()[:12])

    async def close(self) -> None:
        """Close all connections."""
        await self.redis.aclose(close_connection_pool=True)

    def name(self, *, long: bool) -> str:
        """Return the key of a queue."""
        return self._names[long]

    async def put(self, fed: Sequence[Fed], *, long: bool) -> None:
        """Add jobs; one that is there already is there once, and may be begun again."""
        head = await self.redis.zrange(self._names[long], 0, 0, withscores=True)
        now = round(time() * 1000)
        async with self.redis.pipeline(transaction=False) as pipe:
            for each in fed:
                key = job_key(each.id, each.attempt)
                body = serialize_job(FUNCTION, (str(each.id), each.attempt), {}, None, now, serializer=pack)
                pipe.psetex(job_key_prefix + key, DAY, body)
            pipe.zadd(self._names[long], scores(fed, int(head[0][1]) if head else 0))
            await pipe.execute()

    async def missing(self, jobs: Sequence[tuple[Delivery, bool]]) -> list[Delivery]:
        """Return those of the given jobs that Redis does not have; each comes with whether it is on the long queue."""
        async with self.redis.pipeline(transaction=False) as pipe:
            for each, long in jobs:
                pipe.zscore(self._names[long], job_key(each.id, each.attempt))
            scores = await pipe.execute()
        return [each for (each, _), score in zip(jobs, scores, strict=True) if score is None]

    async def length(self, *, long: bool) -> int:
        """Return how many jobs nobody has taken yet."""
        return int(await self.redis.zcard(self._names[long]))


def job_key(job_id: UUID, attempt: int) -> str:
    """Return the id that arq knows an attempt by: a second delivery of the same one is the same to it."""
    return f"{job_id}:{attempt}"


def scores(fed: Iterable[Fed], head: int) -> Mapping[str, int]:
    """Return where in the queue jobs belong, the lowest first: as far behind what heads it, `head`, as their places in their own lines.

    What heads the queue moves on only, and what is added lies beyond it: so every job has finitely many before it, and a tenant's first
    overtakes another's later ones however long those have lain there. arq takes scores for times in milliseconds, and leaves alone what
    lies in the future; these count jobs, from 1970 on.
    """
    return {job_key(each.id, each.attempt): head + each.place for each in fed}
