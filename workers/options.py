"""How a worker process behaves; the defaults suit one machine with a few cores."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

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
    relay: bool = True  # whether it moves what was committed as well; else some `weft relay` has to

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Options":
        """Read the variables that an operator may want to set of a worker; raises `Misconfigured`."""
        return replace(cls(), **_given(_WORKER, environment))

    @classmethod
    def of_relay(cls, environment: Mapping[str, str] = os.environ) -> "Options":
        """Read those of a relay that is a process of its own; raises `Misconfigured`."""
        return replace(cls(connections=1), **_given(_RELAY, environment))


def _given(variables: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, Any]:
    given = {field: (name, environment[name]) for name, field in variables.items() if environment.get(name)}
    for name, value in given.values():
        if not value.isdecimal() or not int(value):
            raise Misconfigured(f"{name} is “{value}”: set it to a whole number above zero, or leave it unset.")
    return {field: int(value) for field, (_, value) in given.items()}


_WORKER: Mapping[str, str] = {
    "WEFT_WORKER_SHORT_JOBS": "short_slots",
    "WEFT_WORKER_LONG_JOBS": "long_slots",
    "WEFT_WORKER_TENANT_JOBS": "tenant_jobs",
    "WEFT_WORKER_GRACE": "grace",
    "WEFT_WORKER_METRICS_PORT": "metrics_port",
}
_RELAY: Mapping[str, str] = {"WEFT_WORKER_TENANT_JOBS": "tenant_jobs", "WEFT_RELAY_METRICS_PORT": "metrics_port"}
