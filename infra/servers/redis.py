"""The embedded Redis: started, found again after a crash, and stopped."""

import atexit
import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
from pathlib import Path

from infra.servers import alive
from infra.servers.account import current_account
from infra.servers.errors import ServerError, unusable
from infra.servers.holding import FolderLock
from infra.servers.patience import Say, say_on_stderr, wait_until
from infra.servers.place import make_folder
from infra.servers.redis_binary import RedisBinary, find_redis
from infra.servers.sockets import remove_socket_folder, socket_folder

_SOCKET_NAME = "redis.sock"
_ANSWER_SECONDS = 5.0
_STOP_SECONDS = 30.0
_LARGEST_LOG = 10 * 1024 * 1024
_TAIL_LINES = 12


class EmbeddedRedis:
    """A Redis of our own for one data folder."""

    def __init__(self, folder: Path, *, say: Say = say_on_stderr) -> None:
        self._folder = folder.absolute()
        self._say = say
        self._lock = FolderLock(self._folder)
        self._guard = threading.RLock()
        self._sockets: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server, or take over one of this folder that outlived its Weft, and return its URL for redis-py.

        Returns when its data is loaded. Raises AlreadyRunningError when another process holds the folder, and
        ServerError when the server cannot run.
        """
        with self._guard:
            if self._sockets and self.is_running():
                return _url(self._sockets)
            make_folder(self._folder, 0o700)
            self._lock.acquire()
            try:
                binary = find_redis()
                sockets = socket_folder(self._folder / "run", _SOCKET_NAME, current_account())
                self._child = self._bring_up(binary, sockets)
            except BaseException as error:
                self._sockets = self._child = None
                self._lock.release()
                if isinstance(error, OSError):
                    raise unusable("Redis", self._folder, "WEFT_REDIS_URL", error) from error
                raise
            self._sockets = sockets
            atexit.register(self.stop)
            return _url(sockets)

    def stop(self) -> None:
        """Stop the server and return when it is gone; does nothing when this object did not start it."""
        with self._guard:
            if self._sockets is None or not self._lock.is_ours:
                return
            self._end(self._child)
            self._remove_traces(self._sockets)
            remove_socket_folder(self._sockets)
            self._sockets = self._child = None
            self._lock.release()
            atexit.unregister(self.stop)

    def is_running(self) -> bool:
        """Say whether the server that this object started still runs; one that is too busy to answer does."""
        if self._sockets is None:
            return False
        return self._child.poll() is None if self._child else self._running() is not None

    def running_url(self) -> str | None:
        """Return the URL of this folder's server, whichever process started it, or None; starts nothing."""
        with contextlib.suppress(OSError):
            for line in self._configuration.read_text().splitlines():
                found = re.fullmatch(r'unixsocket "(.+)"', line)
                if found and _ask(Path(found.group(1)).parent, "PING") == "+PONG":
                    return _url(Path(found.group(1)).parent)
        return None

    @property
    def folder(self) -> Path:
        """The folder that holds the data."""
        return self._folder

    @property
    def _configuration(self) -> Path:
        return self._folder / "redis.conf"

    @property
    def _log(self) -> Path:
        return self._folder / "redis.log"

    def _bring_up(self, binary: RedisBinary, sockets: Path) -> "subprocess.Popen[bytes] | None":
        wanted = _configuration(binary, self._folder, sockets)
        unchanged = self._configuration.exists() and self._configuration.read_text() == wanted
        if unchanged and self._running() and self._take_over(sockets):
            return None
        self._end(None)
        self._remove_traces(sockets)
        self._configuration.write_text(wanted)
        if self._log.exists() and self._log.stat().st_size > _LARGEST_LOG:
            self._log.replace(self._log.with_suffix(".log.1"))
        return self._launch(binary, sockets)

    def _launch(self, binary: RedisBinary, sockets: Path) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            begun = log.tell()
            child = subprocess.Popen(
                [binary.path, self._configuration],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
            )

        def ready() -> bool:
            if child.poll() is not None:
                raise ServerError(self._obituary(child.returncode, begun))
            return _ask(sockets, "PING") == "+PONG"

        try:
            wait_until(ready, "Redis is starting", self._say)
        except BaseException:
            self._end(child)
            raise
        return child

    def _obituary(self, code: int, begun: int) -> str:
        words = self._log.read_bytes()[begun:].decode(errors="replace")
        tail = "\n".join(words.splitlines()[-_TAIL_LINES:])
        if re.search("Bad file format reading the append only file|Wrong signature|AOF .*corrupt", words):
            return (
                f"Redis cannot read its journal in {self._folder}. It only holds what PostgreSQL knows as well, so "
                f"remove the files in that folder whose names begin with `appendonly`, and start again.\n{tail}"
            )
        return f"Redis ended while it started (exit code {code}). Its data is in {self._folder}. Last words:\n{tail}"

    def _running(self) -> int | None:
        """Return the pid of a server of this folder, or None when the pid is dead or somebody else's by now."""
        try:
            pid = int((self._folder / "redis.pid").read_text())
        except (OSError, ValueError):
            return next(alive.servers_of(self._folder), None)
        return pid if alive.serves(pid, self._folder) else None

    def _take_over(self, sockets: Path) -> bool:
        def settled() -> bool:
            return not self._running() or not (_ask(sockets, "PING") or "").startswith("-LOADING")

        wait_until(settled, "Redis is loading its data", self._say)
        return _ask(sockets, "PING") == "+PONG"

    def _end(self, child: "subprocess.Popen[bytes] | None") -> None:
        pid = child.pid if child else self._running()
        if pid is None:
            return

        def gone() -> bool:
            return child.poll() is not None if child else not alive.serves(pid, self._folder)

        if not gone():
            # On SIGTERM it writes its journal out before it leaves.
            alive.send(pid, signal.SIGTERM)
        if not wait_until(gone, "Redis is stopping", self._say, _STOP_SECONDS):
            alive.send(pid, signal.SIGKILL)
            wait_until(gone, "Redis is being killed", self._say)

    def _remove_traces(self, sockets: Path) -> None:
        for path in (sockets / _SOCKET_NAME, self._folder / "redis.pid"):
            path.unlink(missing_ok=True)


def _url(sockets: Path) -> str:
    return f"unix://{sockets / _SOCKET_NAME}?db=0"


def _ask(sockets: Path, command: str) -> str | None:
    """Send one command and return the first line of the answer, or None when nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            connection.connect(os.fspath(sockets / _SOCKET_NAME))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(256).decode(errors="replace").partition("\r\n")[0] or None
    except OSError:
        return None


def _configuration(binary: RedisBinary, folder: Path, sockets: Path) -> str:
    settings = {
        # Only through the socket: no port for anybody to find.
        "port": "0",
        "unixsocket": _quoted(sockets / _SOCKET_NAME),
        "unixsocketperm": "700",
        "dir": _quoted(folder),
        "pidfile": _quoted(folder / "redis.pid"),
        "daemonize": "no",
        "loglevel": "warning",
        "save": '""',
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        # A queue that silently forgets is worse than one that refuses.
        "maxmemory-policy": "noeviction",
        "databases": "16",
    }
    lines = [f"# Written by Weft at each start for {binary} in {binary.path}: what is changed here is lost."]
    return "\n".join((*lines, *(f"{name} {value}" for name, value in settings.items()), ""))


def _quoted(path: Path) -> str:
    return '"{}"'.format(str(path).replace("\\", "\\\\").replace('"', '\\"'))
