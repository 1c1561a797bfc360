"""The embedded PostgreSQL: started, found again after a crash, and stopped."""

import atexit
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from infra.servers import postmaster
from infra.servers.binaries import find_binaries
from infra.servers.cluster import Cluster, settle
from infra.servers.errors import unusable
from infra.servers.holding import FolderLock
from infra.servers.patience import Say, say_on_stderr
from infra.servers.place import archive_folder, existing_home, make_folder
from infra.servers.postgres_files import PORT, SUPERUSER, archive_settings, settings, write_files
from infra.servers.sockets import remove_socket_folder

_KEPT_LOGS = 7


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """Where a server listens: a folder with its socket."""

    sockets: Path
    port: int = PORT

    def dsn(self, user: str = SUPERUSER, database: str = "postgres") -> str:
        """Return the address of a database for a role, as asyncpg and libpq read it."""
        where = f"host={quote(str(self.sockets), safe='')}&port={self.port}"
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?{where}"


class EmbeddedPostgres:
    """A PostgreSQL of our own for one data folder."""

    def __init__(
        self, folder: Path, *, settings: Mapping[str, str] = MappingProxyType({}), say: Say = say_on_stderr, wal: Path | bool = False
    ) -> None:
        self._folder = folder.absolute()
        self._settings = settings
        self._wal = wal
        self._say = say
        self._lock = FolderLock(self._folder)
        self._guard = threading.RLock()
        self._cluster: Cluster | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> PostgresAddress:
        """Start the server, or take over one of this folder that outlived its Weft, and return its address.

        Returns when the server accepts connections, however long its recovery takes. Raises AlreadyRunningError when
        another process holds the folder, and ServerError when the server cannot run.
        """
        with self._guard:
            if self._cluster and self.is_running():
                return PostgresAddress(self._cluster.sockets)
            make_folder(self._folder, 0o711 if os.geteuid() == 0 else 0o700)
            self._lock.acquire()
            try:
                cluster = settle(self._folder, postmaster.SOCKET_NAME, self._say)
                self._child = self._bring_up(cluster)
            except BaseException as error:
                self._cluster = self._child = None
                self._lock.release()
                if isinstance(error, OSError):
                    raise unusable("PostgreSQL", self._folder, "WEFT_DATABASE_URL", error) from error
                raise
            self._cluster = cluster
            atexit.register(self.stop)
            return PostgresAddress(cluster.sockets)

    def stop(self) -> None:
        """Stop the server and return when it is gone; does nothing when this object did not start it."""
        with self._guard:
            if self._cluster is None or not self._lock.is_ours:
                return
            postmaster.end(self._cluster, self._child, self._say)
            remove_socket_folder(self._cluster.sockets)
            self._cluster = self._child = None
            self._lock.release()
            atexit.unregister(self.stop)

    def discard(self) -> None:
        """Stop the server and remove its database for good, wherever it lives; for databases of tests."""
        self.stop()
        home = self.home
        for folder in {home, self._folder}:
            shutil.rmtree(folder, ignore_errors=True)

    def is_running(self) -> bool:
        """Say whether the server that this object started still runs; one that recovers by itself does."""
        if self._cluster is None:
            return False
        return self._child.poll() is None if self._child else postmaster.running(self._cluster.data) is not None

    def running_address(self) -> PostgresAddress | None:
        """Return the address of this folder's server, whichever process started it, or None; starts nothing."""
        home = existing_home(self._folder)
        found = postmaster.running(home / "data") if home else None
        return PostgresAddress(found.sockets) if found and found.status == "ready" else None

    def tidy(self) -> None:
        """Remove all but the newest logs, which are at most 10 MB each."""
        if self._cluster:
            for log in sorted(self._cluster.logs.glob("postgres-*.log"))[:-_KEPT_LOGS]:
                log.unlink(missing_ok=True)

    @property
    def home(self) -> Path:
        """The folder that holds the data."""
        return self._cluster.home if self._cluster else existing_home(self._folder) or self._folder

    @property
    def wal(self) -> Path | None:
        """The folder where its WAL is kept: the one it was given, or one beside its data; None when it is not kept."""
        return self._wal if isinstance(self._wal, Path) else self.home / "wal" if self._wal else None

    @property
    def version(self) -> str:
        """The version of PostgreSQL, such as 18.6."""
        return (self._cluster.binaries if self._cluster else find_binaries()).version

    def _bring_up(self, cluster: Cluster) -> "subprocess.Popen[bytes] | None":
        archiving = archive_settings(archive_folder(self.wal, cluster.server)) if self.wal else {}
        wanted = settings(cluster.sockets, cluster.logs, {**archiving, **self._settings})
        changed = write_files(cluster.data, wanted, cluster.binaries, cluster.client)
        if not changed and postmaster.take_over(cluster, self._say):
            return None
        postmaster.end(cluster, None, self._say)
        return postmaster.launch(cluster, self._say)
