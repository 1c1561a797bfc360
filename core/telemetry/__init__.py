"""What the installation tells of itself: logs, metrics, traces."""

from core.telemetry.logs import start_logs
from core.telemetry.metrics import (
    BACKUP_AGE,
    BACKUP_TROUBLE,
    ISOLATED,
    POOLS,
    QUARANTINES,
    REQUESTS,
    SPARES,
    TENANT_ERRORS,
    WAL_AGE,
    WAL_BASE_AGE,
    WAL_TROUBLE,
    known_method,
)
from core.telemetry.traces import job_span, request_span, start_traces, stop_traces, traced, traceparent

__all__ = [
    "BACKUP_AGE",
    "BACKUP_TROUBLE",
    "ISOLATED",
    "POOLS",
    "QUARANTINES",
    "REQUESTS",
    "SPARES",
    "TENANT_ERRORS",
    "WAL_AGE",
    "WAL_BASE_AGE",
    "WAL_TROUBLE",
    "job_span",
    "known_method",
    "request_span",
    "start_logs",
    "start_traces",
    "stop_traces",
    "traced",
    "traceparent",
]
