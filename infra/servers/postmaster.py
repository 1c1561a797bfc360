"""PostgreSQL's main process: what its pid file tells, how it is launched, awaited and ended."""

import signal
import socket
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.servers import alive
from infra.servers.cluster import Cluster
from infra.servers.errors import ServerError
from infra.servers.patience import Say, wait_until
from infra.servers.postgres_files import PORT

SOCKET_NAME = f".s.PGSQL.{PORT}"

_STOP_SECONDS = 60.0
_QUIT_SECONDS = 15.0
_EXIT_SECONDS = 5.0  # by then a process of that number is another one
_ANSWER_SECONDS = 5.0
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_TAIL_LINES = 12


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a pid file says; the process may be long gone."""

    pid: int
    sockets: Path
    status: str


def read(data: Path) -> Postmaster | None:
    """Return what the pid file in a data folder says, or None while there is none or it is half written."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), Path(lines[4]), lines[7].strip() if len(lines) > 7 else "starting")
    except (OSError, ValueError, IndexError):
        return None


def running(data: Path) -> Postmaster | None:
    """Return the main process that serves a data folder, or None when the pid is dead or somebody else's by now."""
    found = read(data)
    return found if found and alive.serves(found.pid, data) else None


def answers(sockets: Path) -> bool:
    """Say whether a server accepts connections and speaks PostgreSQL's protocol."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            connection.connect(str(sockets / SOCKET_NAME))
            connection.sendall(_SSL_REQUEST)
            return connection.recv(1) in {b"N", b"S"}
    except OSError:
        return False


def take_over(cluster: Cluster, say: Say) -> bool:
    """Wait for a server that outlived its Weft to be ready; False when it is leaving or does not answer."""

    def settled() -> bool:
        found = running(cluster.data)
        return found is None or found.status in {"ready", "stopping"}

    wait_until(settled, "PostgreSQL is recovering", say)
    found = running(cluster.data)
    return found is not None and found.status == "ready" and found.sockets == cluster.sockets and answers(found.sockets)


def launch(cluster: Cluster, say: Say) -> "subprocess.Popen[bytes]":
    """Start the server and return it when it accepts connections; raises ServerError with its last words if it dies."""
    _clear(cluster, say)
    cluster.forget_log()
    with cluster.start_log.open("ab") as log:
        child = cluster.popen("postgres", ["-D", str(cluster.data)], log)

    def ready() -> bool:
        if child.poll() is not None:
            raise ServerError(
                f"PostgreSQL ended while it started (exit code {child.returncode}). Its data is in {cluster.data}, "
                f"its logs in {cluster.logs}. Its last words:\n{cluster.last_words(_TAIL_LINES)}"
            )
        found = read(cluster.data)
        return found is not None and found.pid == child.pid and found.status == "ready"

    try:
        wait_until(ready, "PostgreSQL is starting; after a crash it replays its journal first", say)
    except BaseException:
        end(cluster, child, say)
        raise
    return child


def _in_silence(_: str) -> None:
    """Say nothing: it takes milliseconds."""


def _exited(pid: int) -> bool:
    wait_until(lambda: not alive.is_alive(pid), "The process ends", _in_silence, _EXIT_SECONDS)
    return True


def end(cluster: Cluster, child: "subprocess.Popen[bytes] | None", say: Say) -> None:
    """Stop the server, `child` of ours or not, first kindly, at last without asking; returns when it is gone."""
    found = running(cluster.data)
    pid = child.pid if child else found.pid if found else None
    if pid is None:
        return

    def gone() -> bool:
        if child:
            return child.poll() is not None
        # While it exits, a process has no folder to work in any more, and is still there for a moment.
        return not alive.serves(pid, cluster.data) and _exited(pid)

    # SIGINT ends sessions and writes everything out; SIGQUIT leaves that to the next start.
    for number, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, _QUIT_SECONDS)):
        if not gone():
            alive.send(pid, number)
        if wait_until(gone, "PostgreSQL is stopping", say, seconds):
            return
    alive.send(pid, signal.SIGKILL)
    wait_until(gone, "PostgreSQL is being killed", say)


def _clear(cluster: Cluster, say: Say) -> None:
    """Remove what a dead server left: sessions that outlived it, and files that name a recycled pid."""
    for number, seconds in ((signal.SIGQUIT, _QUIT_SECONDS), (signal.SIGKILL, None)):
        for pid in alive.servers_of(cluster.data):
            alive.send(pid, number)
        if wait_until(lambda: not any(alive.servers_of(cluster.data)), "Old sessions are ending", say, seconds):
            break
    for path in (cluster.data / "postmaster.pid", cluster.sockets / f"{SOCKET_NAME}.lock", cluster.sockets / SOCKET_NAME):
        path.unlink(missing_ok=True)
