"""Processes of an installation of two cells that tests kill: a worker for both, and a mover."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

from core.plugins.registry import Registry
from core.settings import Settings
from core.telemetry import start_logs
from tenants.cells import moving
from tenants.modules import Modules
from tests.cells.plugins import PLUGINS
from workers.main import run
from workers.options import Options


def work(settings: Settings, options: Options, log: Path) -> None:
    """Be a worker for both cells until a signal."""
    _tell_in(log)
    asyncio.run(run(settings, Registry(PLUGINS), options))


def move_and_die(settings: Settings, slug: str, target: str, step: str, log: Path) -> None:
    """Move a business, and be killed when a step begins."""
    _tell_in(log)
    moving.HOLD = timedelta(seconds=1)  # whoever asks while nobody moves it is told so after that

    def told(now: str) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(moving.move(settings, Modules(Registry(PLUGINS)), slug, target, told))


def _tell_in(log: Path) -> None:
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.setdefault("PICCOLO_CONF", "core.database")
    start_logs("INFO", json=True)
