"""Worker and relay processes of their own, with the sample plugins, for tests that kill them."""

import asyncio
import os
from pathlib import Path

import structlog

from core.plugins.registry import Registry
from core.settings import Settings
from core.telemetry import start_logs
from tests.sample.echo import plugin as echo
from tests.sample.plugin import plugin as notes
from workers.main import relay, run
from workers.options import Options


def work(settings: Settings, options: Options, log: Path) -> None:
    """Be a worker until a signal."""
    _tell(log)
    asyncio.run(run(settings, Registry([notes, echo]), options))


def relay_only(settings: Settings, options: Options, log: Path) -> None:
    """Be a relay until a signal."""
    _tell(log)
    asyncio.run(relay(settings, Registry([notes, echo]), options))


def _tell(log: Path) -> None:
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    start_logs("INFO", json=True)
    structlog.contextvars.clear_contextvars()
