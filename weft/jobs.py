"""Work that happens outside a request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from weft.tenant import Tenant

P = TypeVar("P", bound=msgspec.Struct)


class Priority(IntEnum):
    """Which of a tenant's own jobs that are due comes first; no job gets before another tenant's by it."""

    LOW = -1
    NORMAL = 0
    HIGH = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Generic[P]):
    """A function that workers may run for a tenant.

    A job may run twice (a worker can die after the work and before saying so). With ``atomic`` the platform opens one transaction around
    the whole job and keeps a receipt in it, so its effects on the database happen exactly once; use it for all work shorter than a few
    seconds. A job that is not atomic opens transactions of its own, remembers how far it got, and may report progress with
    `Tenant.progress()`.
    """

    name: str  # "<plugin>.<verb>_<thing>"
    title: str  # what the Jobs page calls it
    payload: type[P]
    run: "Callable[[Tenant, P], Awaitable[None]]"
    atomic: bool = False
    attempts: int = 5  # how often it is tried before it is laid aside for a person to look at
    timeout: int = 30  # seconds; more than 30 puts it on the queue of long jobs
    priority: Priority = Priority.NORMAL  # `Tenant.enqueue()` may say another
    concurrency: int | None = None  # how many of it may run at once for one tenant, on all workers together; None: any number

    def __post_init__(self) -> None:
        """Raise `ValueError` for a job that could never run."""
        for what, many in (("attempts", self.attempts), ("timeout", self.timeout), ("concurrency", self.concurrency)):
            if many is not None and many < 1:
                raise ValueError(f"The job “{self.name}” would never run: its {what} is {many}. Set it to 1 or more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Run `job` by the clock, once for each tenant that has the plugin, in that tenant's time zone.

    `cron` has five fields; a time that a daylight-saving change skips runs right after the gap, one that it repeats runs once.
    """

    job: Job[Any]
    cron: str
    payload: msgspec.Struct
