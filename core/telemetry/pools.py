"""Shows the pools of a process to Prometheus."""

from asyncpg import Pool, Record

from core.platform.pool import TenantPool
from core.telemetry.metrics import POOLS

WATCHED: dict[str, tuple["Pool[Record]", TenantPool]] = {}  # by cell


def watch_pools(platform: "Pool[Record]", tenants: TenantPool, cell: str) -> None:
    """Have `weft_pool_connections` tell of these pools whenever somebody asks; of those of several cells it tells the sums."""
    WATCHED[cell] = platform, tenants
    for pool, state, count in (
        ("platform", "open", lambda: sum(each.get_size() for each, _ in WATCHED.values())),
        ("platform", "in_use", lambda: sum(each.get_size() - each.get_idle_size() for each, _ in WATCHED.values())),
        ("platform", "most", lambda: sum(each.get_max_size() for each, _ in WATCHED.values())),
        ("tenants", "open", lambda: sum(slot.connection is not None for _, each in WATCHED.values() for slot in each.slots)),
        ("tenants", "in_use", lambda: sum(each.in_use for _, each in WATCHED.values())),
        ("tenants", "most", lambda: sum(each.size for _, each in WATCHED.values())),
    ):
        POOLS.labels(pool, state).set_function(count)
