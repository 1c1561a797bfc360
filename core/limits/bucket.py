"""How many requests programs may send: a bucket of tokens for each API token and one for each business, refilled all the time."""

import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

Log = structlog.get_logger("weft.limits")
BURST = 0.5  # minutes' worth that may come at once
PAUSE = 5.0  # seconds to leave Redis alone after it did not answer
KEEP = 20_000  # buckets that a process counts by itself while Redis is away

# Each bucket is a hash of what is in it and when that was counted.
# Nothing is taken unless every one has enough, so that a refusal costs nothing.
_TAKE = """
local now = redis.call('TIME')
local at = now[1] + now[2] / 1000000
local left, wait = {}, 0
for i, key in ipairs(KEYS) do
  local most, rate = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local held = redis.call('HMGET', key, 'left', 'at')
  local had = tonumber(held[1]) or most
  left[i] = math.min(most, had + math.max(0, at - (tonumber(held[2]) or at)) * rate)
  if left[i] < 1 then wait = math.max(wait, (1 - left[i]) / rate) end
end
local answer = {tostring(wait)}
for i, key in ipairs(KEYS) do
  local most, rate = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  if wait == 0 then left[i] = left[i] - 1 end
  redis.call('HSET', key, 'left', tostring(left[i]), 'at', tostring(at))
  redis.call('EXPIRE', key, math.ceil(most / rate) + 1)
  answer[i + 1] = tostring(left[i])
end
return answer
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one key may use up: `rate` requests a minute, of which half a minute's worth may come at once."""

    name: str
    key: str
    rate: int

    @property
    def most(self) -> int:
        """How many a full one holds."""
        return max(1, math.ceil(self.rate * BURST))

    @property
    def window(self) -> int:
        """Seconds in which an empty one fills."""
        return math.ceil(self.most * 60 / self.rate)


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left in each bucket, in order; `wait` is 0 where the request may pass, and else the seconds until one may."""

    wait: float
    left: tuple[int, ...]


class Throttle:
    """Counts in Redis, for all processes together; in this process alone while Redis does not answer."""

    def __init__(self, redis_url: str) -> None:
        self._redis: Redis = Redis.from_url(redis_url, socket_timeout=0.25, socket_connect_timeout=0.25)
        self._script = self._redis.register_script(_TAKE)
        self._alone_until = 0.0
        self._own: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key → what was left, and when

    async def take(self, buckets: Sequence[Bucket]) -> Taken:
        """Take one from each bucket, or from none where one is empty. A rate of 0 is no limit and must not be asked for."""
        if not buckets:
            return Taken(0, ())
        if time.monotonic() >= self._alone_until:
            try:
                return await self._shared(buckets)
            except (RedisError, OSError, TimeoutError) as wrong:
                self._alone_until = time.monotonic() + PAUSE
                Log.warning("requests are counted in this process alone: Redis does not answer", error=f"{type(wrong).__name__}: {wrong}")
        return self._alone(buckets)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _shared(self, buckets: Sequence[Bucket]) -> Taken:
        arguments = [value for each in buckets for value in (each.most, each.rate / 60)]
        wait, *left = await self._script(keys=[f"weft:rate:{each.key}" for each in buckets], args=arguments)
        return Taken(float(wait), tuple(int(float(each)) for each in left))

    def _alone(self, buckets: Sequence[Bucket]) -> Taken:
        now = time.monotonic()
        left = [self._filled(each, now) for each in buckets]
        wait = max(max(0.0, (1 - held) * 60 / each.rate) for each, held in zip(buckets, left, strict=True))
        if not wait:
            left = [held - 1 for held in left]
        for each, held in zip(buckets, left, strict=True):
            self._own[each.key] = (held, now)
            self._own.move_to_end(each.key)
        while len(self._own) > KEEP:
            self._own.popitem(last=False)
        return Taken(wait, tuple(int(held) for held in left))

    def _filled(self, bucket: Bucket, now: float) -> float:
        held, at = self._own.get(bucket.key, (float(bucket.most), now))
        return min(bucket.most, held + (now - at) * bucket.rate / 60)
