"""Servers of somebody else's: a PostgreSQL and a Redis that are reached over TCP, with passwords."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from infra.servers import EmbeddedPostgres, PostgresAddress
from infra.servers.postgres_files import MAP
from infra.servers.redis_binary import find_redis

PASSWORD = "tea & crumpets/2"  # with what an address must write otherwise
QUOTED = "tea%20%26%20crumpets%2F2"


@dataclass(frozen=True, slots=True)
class Peers:
    """Where they are."""

    database_url: str
    redis_url: str


@contextlib.contextmanager
def postgres_over_tcp(folder: Path, port: int) -> Iterator[str]:
    """Run a PostgreSQL that lets nobody in over TCP without a password (SCRAM-SHA-256); yields the address of its database `weft`."""
    rules = folder / "rules.conf"
    rules.write_text(f"local all all peer map={MAP}\nhost all all 127.0.0.1/32 scram-sha-256\n")
    rules.chmod(0o644)
    wanted = {"listen_addresses": "127.0.0.1", "port": str(port), "hba_file": str(rules), "fsync": "off"}
    server = EmbeddedPostgres(folder / "theirs", settings=wanted, say=lambda _: None)
    sockets = server.start().sockets
    try:
        yield f"{PostgresAddress(sockets, port).dsn()}"
    finally:
        server.discard()


@contextlib.contextmanager
def redis_over_tcp(folder: Path, port: int) -> Iterator[str]:
    """Run a Redis that answers nobody without a password; yields its address."""
    words = (
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--requirepass",
        PASSWORD,
        "--dir",
        str(folder),
        "--save",
        "",
        "--appendonly",
        "no",
    )
    process = subprocess.Popen([find_redis().path, *words], stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 90
        while not _listens(port):
            assert time.monotonic() < end, "their Redis does not start"
            time.sleep(0.02)
        yield f"redis://:{QUOTED}@127.0.0.1:{port}/3"
    finally:
        process.terminate()
        process.wait(20)


async def prepare(admin: str, port: int) -> str:
    """Make the database and the login that somebody was given, and return the address they were told."""
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f"CREATE ROLE anna SUPERUSER LOGIN PASSWORD '{PASSWORD}'")
        await connection.execute("CREATE DATABASE weft OWNER anna")
    finally:
        await connection.close()
    return f"postgresql://anna:{QUOTED}@127.0.0.1:{port}/weft"


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
