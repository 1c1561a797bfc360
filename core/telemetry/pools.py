"""Shows the pools of a process to Prometheus."""

from asyncpg import Pool, Record

from core.platform.pool import TenantPool
from core.telemetry.metrics import POOLS


def watch_pools(platform: "Pool[Record]", tenants: TenantPool) -> None:
    """Have `weft_pool_connections` tell of these pools whenever somebody asks."""
    for pool, state, count in (
        ("platform", "open", platform.get_size),
        ("platform", "in_use", lambda: platform.get_size() - platform.get_idle_size()),
        ("platform", "most", platform.get_max_size),
        ("tenants", "open", lambda: sum(slot.connection is not None for slot in tenants.slots)),
        ("tenants", "in_use", lambda: tenants.in_use),
        ("tenants", "most", lambda: tenants.size),
    ):
        POOLS.labels(pool, state).set_function(count)
