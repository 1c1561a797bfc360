"""Folders that a server's account can reach, and Weft processes of their own that may be killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.servers import EmbeddedPostgres

ROOT = Path(__file__).parents[2]

Parent = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as path:
        yield path


@contextmanager
def open_folder() -> Iterator[Path]:
    # pytest's own folders are closed to other accounts, as are some checkouts: that case has a test of its own.
    path = Path(tempfile.mkdtemp(prefix="weft-", dir=_memory()))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def _memory() -> Path | None:
    """Where there is room in memory, these tests do not wait for a disk that others are busy with."""
    place = Path("/dev/shm")
    if not place.exists():
        return None
    facts = os.statvfs(place)
    return place if facts.f_bavail * facts.f_frsize > 2 * 1024**3 and not facts.f_flag & os.ST_NOEXEC else None


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """Make one database for all tests that begin with an empty one: a copy is there sooner."""
    with open_folder() as path:
        server = EmbeddedPostgres(path / "postgres")
        server.start()
        server.stop()
        yield path / "postgres"


@pytest.fixture
def database(folder: Path, template: Path) -> Path:
    """Return a data folder with an empty database in it, whose server has never run here."""
    # Unlike Python's own copies, this one keeps the owner.
    subprocess.run(["/bin/cp", "-a", template, folder / "postgres"], check=True)
    return folder / "postgres"


@pytest.fixture
def parent(folder: Path) -> Iterator[Parent]:
    """Start a script in a process of its own; what it leaves behind, and itself, is gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str) -> "subprocess.Popen[str]":
        path = folder / f"parent{len(started)}.py"
        path.write_text(textwrap.dedent(script))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [sys.executable, path], cwd=folder, env=environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with process:
            process.kill()


def read_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
