"""The jobs of the platform itself: workers run them beside those of plugins, in every tenant."""

from typing import Any

from weft.jobs import Job

CORE_JOBS: tuple[Job[Any], ...] = ()
