"""Embedded or external: the environment decides, one line tells, and what will not do is refused in a sentence."""

import asyncio
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
import redis

from infra.servers import EmbeddedPostgres, ServerError, Servers, check_postgres, check_redis
from infra.servers.patience import wait_until

from .conftest import kill


class OldPostgres(socketserver.BaseRequestHandler):
    """Speaks as much of the protocol as a client needs to learn the version."""

    def handle(self) -> None:
        while True:
            (length,) = struct.unpack("!i", self.request.recv(4))
            if self.request.recv(length - 4)[:4] != struct.pack("!i", 80877103):
                break
            self.request.sendall(b"N")
        version = b"server_version\x0015.4\x00"
        parameter = b"S" + struct.pack("!i", len(version) + 4) + version
        self.request.sendall(b"R" + struct.pack("!ii", 8, 0) + parameter + b"Z" + struct.pack("!i", 5) + b"I")
        self.request.recv(1024)


class OldRedis(socketserver.StreamRequestHandler):
    """Answers every command with its version."""

    def handle(self) -> None:
        facts = b"# Server\r\nredis_version:5.0.7\r\n"
        while line := self.rfile.readline():
            if line.startswith(b"*"):
                words = [self.rfile.readline() and self.rfile.readline().strip() for _ in range(int(line[1:]))]
                self.wfile.write(b"$%d\r\n%s\r\n" % (len(facts), facts) if words[0] == b"INFO" else b"+OK\r\n")


@contextmanager
def peer(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def environment(database: Path) -> dict[str, str]:
    return {"WEFT_DATA_DIR": str(database.parent)}


def test_without_addresses_both_servers_are_embedded_and_a_line_says_where(environment: dict[str, str], folder: Path) -> None:
    servers = Servers(environment)
    assert servers.attach() is None
    running = servers.start()
    assert running.postgres
    assert running.database_url == running.postgres.dsn()
    assert f"embedded, data in {folder}/postgres" in running.line
    assert "Redis" in running.line
    assert "\n" not in running.line
    other = Servers(environment).attach()
    assert other
    assert (other.database_url, other.redis_url) == (running.database_url, running.redis_url)
    servers.stop()
    assert Servers(environment).attach() is None


def test_external_servers_are_checked_used_and_left_alone(environment: dict[str, str]) -> None:
    ours = Servers(environment)
    theirs = ours.start()
    addresses = {"WEFT_DATABASE_URL": theirs.database_url, "WEFT_REDIS_URL": theirs.redis_url}
    servers = Servers(addresses)
    running = servers.start()
    assert running.postgres is None
    assert "(WEFT_DATABASE_URL)" in running.line
    assert "(WEFT_REDIS_URL)" in running.line
    servers.stop()
    assert check_postgres(theirs.database_url, "WEFT_DATABASE_URL").startswith("18.")
    ours.stop()


def test_an_embedded_server_that_dies_is_started_again(environment: dict[str, str]) -> None:
    told: list[str] = []
    servers = Servers(environment, say=told.append)
    running = servers.start()
    servers.watch()
    with redis.Redis.from_url(running.redis_url) as client:
        before = int(client.info("server")["process_id"])
    kill(before)

    def back() -> bool:
        try:
            with redis.Redis.from_url(running.redis_url) as client:
                return int(client.info("server")["process_id"]) != before
        except redis.RedisError:
            return False

    assert wait_until(back, "Redis comes back", print, 20)
    servers.stop()
    assert "Redis has ended by itself; starting it again." in told


def test_an_unreachable_server_is_told_without_its_password() -> None:
    with pytest.raises(ServerError, match=r"localhost:1/shop cannot be reached .* WEFT_DATABASE_URL") as refusal:
        Servers({"WEFT_DATABASE_URL": "postgresql://anna:secret@localhost:1/shop"}).start()
    assert "secret" not in str(refusal.value)
    with pytest.raises(ServerError, match=r"localhost:1/0 cannot be used .* WEFT_REDIS_URL") as refusal:
        check_redis("redis://:secret@localhost:1/0", "WEFT_REDIS_URL")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["mysql://localhost/shop", "postgresql://[broken", "nonsense"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ServerError, match="WEFT_DATABASE_URL"):
        check_postgres(url, "WEFT_DATABASE_URL")
    with pytest.raises(ServerError, match="WEFT_REDIS_URL"):
        check_redis(url, "WEFT_REDIS_URL")


def test_old_servers_are_refused_by_version() -> None:
    with peer(OldPostgres) as port, pytest.raises(ServerError, match=r"is 15\.4, and Weft needs 17 or newer"):
        check_postgres(f"postgresql://anna@127.0.0.1:{port}/shop", "WEFT_DATABASE_URL")
    with peer(OldRedis) as port, pytest.raises(ServerError, match=r"is 5\.0\.7, and Weft needs 6\.2 or newer"):
        check_redis(f"redis://127.0.0.1:{port}/0", "WEFT_REDIS_URL")


async def test_a_login_without_rights_is_refused_before_anything_is_made(database: Path) -> None:
    server = EmbeddedPostgres(database)
    address = server.start()
    connection = await asyncpg.connect(address.dsn())
    await connection.execute("CREATE ROLE weak LOGIN; CREATE ROLE maker LOGIN CREATEROLE; GRANT CREATE ON DATABASE postgres TO maker")
    await connection.close()

    def check(user: str, rights: str) -> str:
        return check_postgres(address.dsn(user), "WEFT_DATABASE_URL", rights)  # type: ignore[arg-type]

    for user, rights in (("weak", "bootstrap"), ("weak", "tenants"), ("maker", "bootstrap")):
        with pytest.raises(ServerError, match="too few rights"):
            await asyncio.to_thread(check, user, rights)
    for user, rights in (("weak", "none"), ("maker", "tenants"), ("postgres", "bootstrap")):
        assert (await asyncio.to_thread(check, user, rights)).startswith("18.")
    with pytest.raises(ServerError, match="no such database"):
        await asyncio.to_thread(check_postgres, address.dsn("postgres", "missing"), "WEFT_DATABASE_URL")
    with pytest.raises(ServerError, match="refuses the login"):
        await asyncio.to_thread(check_postgres, address.dsn("stranger"), "WEFT_DATABASE_URL")
    server.stop()


def test_a_data_folder_that_cannot_be_used_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(ServerError, match="WEFT_DATA_DIR"):
        Servers({"WEFT_DATA_DIR": str(folder / "file")}).start()
    assert [path.name for path in folder.iterdir()] == ["file"]
