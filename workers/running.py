"""The jobs that this process runs at the moment."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from core.messaging.claims import Claimed


class Why(StrEnum):
    """Why a running job was cancelled."""

    NONE = ""
    ASKED = "a person cancelled it"
    SHUTDOWN = "the worker stops"
    LOST = "it was given to another worker"


@dataclass(eq=False, slots=True)
class Run:
    """One attempt under way."""

    job: Claimed
    task: "asyncio.Task[object]"
    why: Why = Why.NONE
    ending: bool = False  # its work is done; only the word of it is under way


@dataclass(eq=False, slots=True)
class Running:
    """All attempts under way, by the job's id."""

    runs: dict[UUID, Run] = field(default_factory=dict)

    def cancel(self, job_id: UUID, why: Why) -> None:
        """Stop a job, unless it has ended or is being stopped already."""
        run = self.runs.get(job_id)
        if run and not run.why and not run.ending:
            run.why = why
            run.task.cancel()

    def cancel_all(self, why: Why) -> None:
        """Stop everything."""
        for job_id in list(self.runs):
            self.cancel(job_id, why)
