"""The jobs of the platform itself: workers run them beside those of plugins, in every tenant."""

from typing import Any

from core.checks.running import RUN_CHECKS
from core.imports.jobs import IMPORT_JOBS
from core.reports.letters import SEND_REPORT
from core.sealing import SEAL_READABLE
from weft.jobs import Job

CORE_JOBS: tuple[Job[Any], ...] = (*IMPORT_JOBS, RUN_CHECKS, SEAL_READABLE, SEND_REPORT)
