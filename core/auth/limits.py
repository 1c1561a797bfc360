"""How often something may be tried: the first few times at once, then each time after twice the wait of the time before."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from core.platform.database import Platform
from weft.errors import Refused


class TooManyTries(Refused):
    """Something was tried too often; `seconds` tells when it may be tried again."""

    title = "One moment"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            f"There were too many tries in a short time, so we are pausing to keep people safe. Try again in {spoken(seconds)}."
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one thing may be tried for one key."""

    name: str
    free: int  # tries without a wait
    window: timedelta  # after so long without a try the count begins anew
    first: timedelta  # the wait after the last free one; it doubles each time
    longest: timedelta


SIGN_IN = Limit("sign-in", free=5, window=timedelta(hours=1), first=timedelta(seconds=2), longest=timedelta(minutes=15))
ACCOUNT = Limit("account", free=25, window=timedelta(hours=1), first=timedelta(seconds=5), longest=timedelta(minutes=5))
ADDRESS = Limit("address", free=50, window=timedelta(hours=1), first=timedelta(seconds=5), longest=timedelta(minutes=15))
SIGN_UP = Limit("sign-up", free=20, window=timedelta(hours=1), first=timedelta(minutes=1), longest=timedelta(hours=1))
MAIL = Limit("mail", free=5, window=timedelta(hours=1), first=timedelta(minutes=2), longest=timedelta(hours=1))
ASKING = Limit("asking", free=20, window=timedelta(hours=1), first=timedelta(seconds=10), longest=timedelta(minutes=15))
INVITING = Limit("inviting", free=100, window=timedelta(hours=1), first=timedelta(seconds=30), longest=timedelta(minutes=15))
PROVING = Limit("proving", free=5, window=timedelta(hours=1), first=timedelta(seconds=2), longest=timedelta(minutes=15))


def wait_after(count: int, limit: Limit) -> timedelta:
    """Return how long to wait after a number of tries."""
    if count < limit.free:
        return timedelta()
    doublings = min(count - limit.free, 30)
    return min(limit.longest, limit.first * (1 << doublings))


def network(address: str) -> str:
    """Return what an address is counted by: itself, or of IPv6 the network that one customer is given (/64, RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped) if parsed.ipv4_mapped else str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def spoken(seconds: int) -> str:
    """Return a length of time in words."""
    count, unit = (seconds, "second") if seconds < 90 else (math.ceil(seconds / 60), "minute")
    return f"{count} {unit}{'' if count == 1 else 's'}"


# Counted before the try, not after it failed: so a hundred tries at the same moment wait like a hundred one after the other.
_SPEND = """
INSERT INTO platform.attempt AS a (key, count, free_at, resets_at) VALUES ($1, 1, $2, $2::timestamptz + $3::interval)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN a.resets_at <= $2 THEN 1 ELSE a.count + 1 END,
    free_at = CASE WHEN a.resets_at <= $2 OR a.count + 1 < $4 THEN $2
                   ELSE $2 + LEAST($6::interval, $5::interval * power(2, LEAST(a.count + 1 - $4, 30))) END,
    resets_at = $2 + $3::interval
WHERE a.free_at <= $2 OR a.resets_at <= $2
RETURNING count
"""


async def spend(platform: Platform, limit: Limit, key: str, now: datetime) -> None:
    """Count one try; raises `TooManyTries`, and then does not count it."""
    stored = _stored(limit, key)
    counted = await platform.fetchval(_SPEND, stored, now, limit.window, limit.free, limit.first, limit.longest)
    if counted is None:
        free_at = await platform.fetchval("SELECT free_at FROM platform.attempt WHERE key = $1", stored)
        raise TooManyTries(max(1, math.ceil((free_at - now).total_seconds())) if free_at else 1)


async def give_back(platform: Platform, limit: Limit, key: str) -> None:
    """Take one try off the count: it turned out to be an honest one."""
    await platform.execute("UPDATE platform.attempt SET count = GREATEST(count - 1, 0) WHERE key = $1", _stored(limit, key))


async def forget(platform: Platform, limit: Limit, key: str) -> None:
    """Forget every try: whoever it was has proven who they are."""
    await platform.execute("DELETE FROM platform.attempt WHERE key = $1", _stored(limit, key))


def _stored(limit: Limit, key: str) -> str:
    return f"{limit.name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
