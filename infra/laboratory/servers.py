"""Servers of a test run's own: started for it alone, and thrown away after it."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.servers.postgres import EmbeddedPostgres
from infra.servers.redis import EmbeddedRedis

ROOM = 16 * 1024**3  # bytes: a whole run of the tests makes thousands of businesses, in two databases


@dataclass(frozen=True, slots=True)
class ServerUrls:
    """Where the test's own servers are: ``postgres`` takes a database name."""

    postgres: Callable[[str], str]
    redis: str


def _silent(_: str) -> None:
    """Keep quiet about where the servers' files are."""


@contextmanager
def private_servers() -> Iterator[ServerUrls]:
    """Start a PostgreSQL and a Redis, yield where they are, and leave nothing of them behind; raises `ServerError`."""
    with tempfile.TemporaryDirectory(prefix="weft-test-", dir=_memory()) as folder:
        Path(folder).chmod(0o711)  # as root, the server runs as another account
        postgres, redis = (
            EmbeddedPostgres(Path(folder) / "postgres", settings={"fsync": "off", "max_connections": "400"}, say=_silent),
            EmbeddedRedis(Path(folder) / "redis", say=_silent),
        )
        address = postgres.start()
        try:
            yield ServerUrls(lambda database: address.dsn("postgres", database), redis.start())
        finally:
            redis.stop()
            postgres.discard()


def _memory() -> str | None:
    """Return where files are kept in memory, if there is room for a test's databases: disks are busy with other work."""
    place = Path("/dev/shm")  # noqa: S108  # the folder made in it is ours alone
    if not place.is_dir():
        return None
    facts = os.statvfs(place)
    roomy = min(facts.f_bavail * facts.f_frsize, _available()) > ROOM and not facts.f_flag & os.ST_NOEXEC
    return str(place) if roomy else None


def _available() -> int:
    """Return how many bytes of memory can still be taken; none where nobody tells."""
    try:
        told = Path("/proc/meminfo").read_text()
    except OSError:
        return 0
    found = re.search(r"^MemAvailable:\s+(\d+) kB$", told, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
