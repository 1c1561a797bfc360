"""What Prometheus is told by every process; no label takes values that people or tenants choose."""

from prometheus_client import Counter, Gauge, Histogram

# Seconds. Below 50 ms a page feels instant, 150 ms and 250 ms are figures the house promises, 30 s is what a statement may take.
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Histogram("weft_request_seconds", "Time to answer a request", ["method", "status", "side"], buckets=REQUEST_BUCKETS)
TENANT_ERRORS = Counter("weft_plugin_failures_total", "Plugin parts that failed and were left out of a page", ["plugin", "hook"])
QUARANTINES = Counter("weft_plugin_quarantines_total", "Times that a hook of a plugin began to be left out in a tenant", ["plugin", "hook"])
SPARES = Gauge("weft_spare_tenants", "Schemas that wait for a sign-up")
BACKUP_AGE = Gauge("weft_backup_oldest_seconds", "Age of the newest backup of the business whose newest backup is oldest")
BACKUP_TROUBLE = Gauge("weft_backups_unreliable", "Businesses whose last backup, or its last trial, went wrong")
WAL_AGE = Gauge("weft_wal_archived_seconds", "Since the newest WAL segment was archived; not a number where no WAL is kept")
WAL_BASE_AGE = Gauge("weft_wal_base_seconds", "Age of the newest base backup; not a number where no WAL is kept")
WAL_TROUBLE = Gauge("weft_wal_unreliable", "1 while something keeps WAL or base backups from being kept, or nobody looks after them")
POOLS = Gauge("weft_pool_connections", "Connections to PostgreSQL that this process holds or may hold", ["pool", "state"])

EVICTIONS = Gauge("weft_isolated_evictions", "Connections of isolated tenants that gave way to another's since this process began")
ISOLATED = Gauge("weft_isolated_tenants", "Tenants with database connections of their own")


def known_method(method: str) -> str:
    """Return a request's method as a label: whatever a client makes up counts as one."""
    return method if method in METHODS else "other"
