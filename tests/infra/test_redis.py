"""The embedded Redis keeps its journal, whoever dies, and the newest program on PATH runs it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from infra.servers import AlreadyRunningError, EmbeddedRedis, ServerError, alive
from infra.servers.patience import wait_until
from infra.servers.redis_binary import find_redis

from .conftest import Parent, kill, read_line

HOLDER = """
    import sys
    from pathlib import Path
    from infra.servers import EmbeddedRedis
    server = EmbeddedRedis(Path({folder!r}))
    print(server.start(), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(folder / "redis")
    yield server
    server.stop()


def ask(url: str, *command: str) -> object:
    with redis.Redis.from_url(url, decode_responses=True) as client:
        return client.execute_command(*command)


def pid_of(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


def test_what_was_written_is_there_after_a_restart(server: EmbeddedRedis) -> None:
    assert ask(server.start(), "INCR", "n") == 1
    server.stop()
    assert not server.is_running()
    assert server.running_url() is None
    assert ask(server.start(), "INCR", "n") == 2


def test_the_server_has_no_port_and_a_journal(server: EmbeddedRedis) -> None:
    url = server.start()
    with redis.Redis.from_url(url, decode_responses=True) as client:
        found = client.config_get("*")
        assert client.info("server")["tcp_port"] == 0
    wanted = {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "aof-load-truncated": "yes",
    }
    assert {name: found[name] for name in wanted} == wanted
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700


def test_a_killed_server_finds_its_data_and_its_stale_socket_again(server: EmbeddedRedis) -> None:
    url = server.start()
    for _ in range(100):
        ask(url, "INCR", "n")
    kill(pid_of(url))
    wait_until(lambda: not server.is_running(), "the kill takes effect", print)
    assert ask(server.start(), "GET", "n") == "100"


def test_a_server_that_outlives_its_killed_weft_is_taken_over(folder: Path, parent: Parent) -> None:
    holder = parent(HOLDER.format(folder=str(folder / "redis")))
    url = read_line(holder)
    pid = pid_of(url)
    server = EmbeddedRedis(folder / "redis")
    with pytest.raises(AlreadyRunningError, match=f"as process {holder.pid}"):
        server.start()
    assert server.running_url() == url
    holder.kill()
    holder.wait()
    assert pid_of(server.start()) == pid
    server.stop()
    assert not alive.is_alive(pid)


def test_the_server_ends_with_a_weft_that_ends_without_stopping_it(folder: Path, parent: Parent) -> None:
    holder = parent(HOLDER.format(folder=str(folder / "redis")))
    pid = pid_of(read_line(holder))
    holder.communicate("")
    assert not alive.is_alive(pid)


def test_a_pid_file_with_a_pid_that_lives_again_does_not_matter(server: EmbeddedRedis) -> None:
    server.start()
    server.stop()
    (server.folder / "redis.pid").write_text(f"{os.getpid()}\n")
    assert ask(server.start(), "PING") in {True, "PONG"}


def test_a_journal_that_was_cut_off_loses_only_its_end(server: EmbeddedRedis) -> None:
    url = server.start()
    ask(url, "SET", "first", "1")
    ask(url, "SET", "second", "2")
    server.stop()
    journal = next(path for path in server.folder.rglob("appendonly*aof") if path.stat().st_size)
    journal.write_bytes(journal.read_bytes()[:-5])
    url = server.start()
    assert (ask(url, "GET", "first"), ask(url, "GET", "second")) == ("1", None)


def test_a_journal_that_cannot_be_read_says_what_to_remove(server: EmbeddedRedis) -> None:
    url = server.start()
    ask(url, "SET", "word", "x" * 100)
    server.stop()
    journal = next(path for path in server.folder.rglob("appendonly*aof") if path.stat().st_size)
    journal.write_bytes(b"nonsense" + journal.read_bytes())
    with pytest.raises(ServerError, match="names begin with `appendonly`"):
        server.start()


@pytest.mark.parametrize("name", ["d" * 100, "with space"])
def test_a_path_that_no_socket_can_have_gets_a_short_private_folder(folder: Path, name: str) -> None:
    server = EmbeddedRedis(folder / name / "redis")
    url = server.start()
    assert "%" not in url
    assert name not in url
    assert ask(url, "INCR", "n") == 1
    server.stop()


def test_a_newer_program_on_path_is_preferred_and_an_older_one_is_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = {"redis-server": "Redis server v=5.0.14 sha=0", "valkey-server": "Valkey server v=8.1.3 sha=0"}
    for name, answer in programs.items():
        (folder / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    assert str(find_redis()) == "Valkey 8.1.3"
    (folder / "valkey-server").unlink()
    assert find_redis().version >= (6, 2)
