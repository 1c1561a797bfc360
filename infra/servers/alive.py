"""Which process is which: whether a pid lives, and whether it is a server of ours or a stranger with a recycled pid."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
# A person's shell may stand in a data folder too.
_PROGRAMS = ("postgres", "redis-server", "valkey-server")


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that only waits to be collected by its parent does not."""
    if pid <= 1:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def serves(pid: int, folder: Path) -> bool:
    """Say whether `pid` is a server whose data is `folder`: PostgreSQL and Redis make it their working directory."""
    if not is_alive(pid):
        return False
    if not _PROC.joinpath("self").exists():
        return str(folder) in _command(pid)
    return _works_in(pid, folder)


def servers_of(folder: Path) -> Iterator[int]:
    """Yield the processes of a server on `folder`, those that outlived its main one included (Linux only)."""
    for entry in _PROC.glob("[1-9]*"):
        if _works_in(int(entry.name), folder) and is_alive(int(entry.name)):
            yield int(entry.name)


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _works_in(pid: int, folder: Path) -> bool:
    process = _PROC / str(pid)
    try:
        return process.joinpath("cwd").samefile(folder) and process.joinpath("comm").read_text().strip() in _PROGRAMS
    except OSError:
        return False


def _state(pid: int) -> str:
    try:
        # The name before it may hold spaces and parentheses, so the state is what follows the last one.
        return _PROC.joinpath(str(pid), "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def _command(pid: int) -> str:
    # Without /proc (macOS), the command line is what tells: both servers are started with the folder in it.
    answer = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout
