"""How a worker process behaves; the defaults suit one machine with a few cores."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from core.settings import Misconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Times are in seconds."""

    short_slots: int = 32  # how many jobs of up to 30 s run at once
    long_slots: int = 4
    connections: int = 20  # to tenants' schemas: what runs shares them
    window: int = 128  # how many jobs of each queue lie in Redis
    tenant_jobs: int = 100_000  # how many jobs of one tenant may be queued or running in each queue
    poll: float = 0.05  # how often Redis is asked while nothing wakes the worker
    grace: float = 8.0  # how long running jobs may take to end after SIGTERM; the supervisor allows 15 for everything
    beat: float = 5.0  # how often a worker says that it lives
    silence: float = 30.0  # after how long without a word its jobs are taken from it
    forgotten: float = 15.0  # after how long a queued job is looked for in Redis
    tick: float = 1.0  # how often the clock looks for schedules that are due
    stall: float = 60.0  # after how long a job that blocks the whole process ends it; 0: never
    seal_every: float = 60.0  # how often new entries of the audit logs are sealed
    metrics_port: int = 0  # where Prometheus finds the metrics of this process; 0: nowhere

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Options":
        """Read the variables that an operator may want to set; raises `Misconfigured`."""
        given = {field: environment[name] for name, field in _VARIABLES.items() if environment.get(name)}
        for name, field in _VARIABLES.items():
            if field in given and (not given[field].isdecimal() or not int(given[field])):
                raise Misconfigured(f"{name} is “{given[field]}”: set it to a whole number above zero, or leave it unset.")
        return cls(**{field: int(value) for field, value in given.items()})


_VARIABLES: Mapping[str, str] = {
    "WEFT_WORKER_SHORT_JOBS": "short_slots",
    "WEFT_WORKER_LONG_JOBS": "long_slots",
    "WEFT_WORKER_TENANT_JOBS": "tenant_jobs",
    "WEFT_WORKER_GRACE": "grace",
    "WEFT_WORKER_METRICS_PORT": "metrics_port",
}
