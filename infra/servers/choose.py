"""Embedded servers or external ones: what the environment says, checked, started and told in one line."""

import atexit
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from infra.servers.checks import check_postgres, check_redis, without_secrets
from infra.servers.errors import ServerError
from infra.servers.patience import Say, say_on_stderr
from infra.servers.postgres import EmbeddedPostgres, PostgresAddress
from infra.servers.redis import EmbeddedRedis
from infra.servers.redis_binary import find_redis

WAL_DAYS = "wal-days"  # a file in the data folder: commands must not stop what `weft up` began, or there would be a gap
_WATCH_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RunningServers:
    """Where the servers are. `postgres` is None when the database is external."""

    database_url: str
    redis_url: str
    postgres: PostgresAddress | None
    line: str
    wal: Path | None = None  # where the embedded PostgreSQL's WAL is kept; None: nowhere, or it is external


def wal_days(environment: Mapping[str, str], data: Path) -> str:
    """Return for how many days WAL is kept: as the environment says, else as the last `weft up` on this data folder was told."""
    if told := environment.get("WEFT_WAL_DAYS"):
        return told
    try:
        return (data / WAL_DAYS).read_text().strip()
    except OSError:
        return "0"


def _wal(environment: Mapping[str, str], data: Path) -> Path | bool:
    if wal_days(environment, data) in ("", "0"):
        return False
    return Path(environment["WEFT_WAL_DIR"]).absolute() if environment.get("WEFT_WAL_DIR") else True


class Servers:
    """The PostgreSQL and the Redis of one Weft: those of WEFT_DATABASE_URL and WEFT_REDIS_URL, else embedded ones."""

    def __init__(self, environment: Mapping[str, str] | None = None, *, say: Say = say_on_stderr) -> None:
        environment = os.environ if environment is None else environment
        data = Path(environment.get("WEFT_DATA_DIR") or ".weft").absolute()
        self._database_url = environment.get("WEFT_DATABASE_URL") or None
        self._redis_url = environment.get("WEFT_REDIS_URL") or None
        # Where a role of its own makes the tenants, the ordinary login needs no rights beyond its tables.
        self._provisioner_url = environment.get("WEFT_PROVISIONER_URL") or None
        self._postgres = None if self._database_url else EmbeddedPostgres(data / "postgres", say=say, wal=_wal(environment, data))
        self._redis = None if self._redis_url else EmbeddedRedis(data / "redis", say=say)
        self._say = say
        self._over = threading.Event()
        self._watcher: threading.Thread | None = None

    def start(self) -> RunningServers:
        """Check the external servers and start the embedded ones; raises ServerError.

        Call it outside an event loop, or in a thread.
        """
        try:
            database_url, address, database = self._start_postgres()
            redis_url, queue = self._start_redis()
        except BaseException:
            self.stop()
            raise
        return RunningServers(database_url, redis_url, address, f"Servers: {database}, {queue}.", self._wal_folder())

    def attach(self) -> RunningServers | None:
        """Return the servers of a Weft that runs on this data folder already, or None; starts nothing."""
        address = self._postgres.running_address() if self._postgres else None
        redis_url = self._redis.running_url() if self._redis else self._redis_url
        database_url = address.dsn() if address else self._database_url
        if database_url is None or redis_url is None:
            return None
        return RunningServers(database_url, redis_url, address, "Servers: those of the Weft that runs already.", self._wal_folder())

    def watch(self) -> None:
        """Start again, from now until `stop`, an embedded server that ends by itself, and keep its logs small."""
        if self._watcher is None and (self._postgres or self._redis):
            self._watcher = threading.Thread(target=self._keep_running, name="weft-servers", daemon=True)
            self._watcher.start()
            # Before the servers' own, so that nobody starts again what ends at the exit of this process.
            atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the embedded servers and return when they are gone; external ones are left alone."""
        self._over.set()
        atexit.unregister(self.stop)
        if self._watcher:
            self._watcher.join()
            self._watcher = None
        # The queue first: it is the one that others may still write to in vain.
        for server in (self._redis, self._postgres):
            if server:
                server.stop()
        self._over.clear()

    def _wal_folder(self) -> Path | None:
        return self._postgres.wal if self._postgres else None

    def _start_postgres(self) -> tuple[str, PostgresAddress | None, str]:
        if self._postgres:
            address = self._postgres.start()
            return address.dsn(), address, f"PostgreSQL {self._postgres.version} embedded, data in {self._postgres.home}"
        assert self._database_url
        version = check_postgres(self._provisioner_url, "WEFT_PROVISIONER_URL", "tenants") if self._provisioner_url else ""
        if not version or urlsplit(self._database_url).username:  # without one it says where only: each process logs in as its own role
            version = check_postgres(self._database_url, "WEFT_DATABASE_URL", "none" if version else "bootstrap")
        where = without_secrets(self._database_url)
        return self._database_url, None, f"PostgreSQL {version} at {where} (WEFT_DATABASE_URL)"

    def _start_redis(self) -> tuple[str, str]:
        if self._redis:
            return self._redis.start(), f"{find_redis()} embedded, data in {self._redis.folder}"
        assert self._redis_url
        version = check_redis(self._redis_url, "WEFT_REDIS_URL")
        return self._redis_url, f"{version} at {without_secrets(self._redis_url)} (WEFT_REDIS_URL)"

    def _keep_running(self) -> None:
        failures = 0
        while not self._over.wait(min(_WATCH_SECONDS * 2**failures, _LONGEST_WAIT_SECONDS)):
            try:
                for server, name in ((self._postgres, "PostgreSQL"), (self._redis, "Redis")):
                    if server and not server.is_running():
                        self._say(f"{name} has ended by itself; starting it again.")
                        server.start()
                if self._postgres:
                    self._postgres.tidy()
                failures = 0
            except ServerError as error:
                failures += 1
                self._say(str(error))
