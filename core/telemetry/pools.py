"""Shows the pools of a process to Prometheus."""

from asyncpg import Pool, Record

from core.platform.pool import TenantPool
from core.telemetry.metrics import EVICTIONS, POOLS
from core.tenancy.logins import LoginPool

WATCHED: dict[str, tuple["Pool[Record]", TenantPool, LoginPool]] = {}  # by cell


def watch_pools(platform: "Pool[Record]", tenants: TenantPool, logins: LoginPool, cell: str) -> None:
    """Have `weft_pool_connections` tell of these pools whenever somebody asks; of those of several cells it tells the sums.

    `logins` is that of strictly isolated businesses.
    """
    WATCHED[cell] = platform, tenants, logins
    EVICTIONS.set_function(lambda: sum(each.evicted for _, _, each in WATCHED.values()))
    for pool, state, count in (
        ("platform", "open", lambda: sum(each.get_size() for each, _, _ in WATCHED.values())),
        ("platform", "in_use", lambda: sum(each.get_size() - each.get_idle_size() for each, _, _ in WATCHED.values())),
        ("platform", "most", lambda: sum(each.get_max_size() for each, _, _ in WATCHED.values())),
        ("tenants", "open", lambda: sum(slot.connection is not None for _, each, _ in WATCHED.values() for slot in each.slots)),
        ("tenants", "in_use", lambda: sum(each.in_use for _, each, _ in WATCHED.values())),
        ("tenants", "most", lambda: sum(each.size for _, each, _ in WATCHED.values())),
        ("isolated", "open", lambda: sum(each.open.total() for _, _, each in WATCHED.values())),
        ("isolated", "in_use", lambda: sum(each.in_use for _, _, each in WATCHED.values())),
        ("isolated", "most", lambda: sum(each.size for _, _, each in WATCHED.values())),
    ):
        POOLS.labels(pool, state).set_function(count)
