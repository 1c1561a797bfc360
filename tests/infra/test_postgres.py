"""The embedded PostgreSQL keeps what was committed, whoever dies."""

import asyncio
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from infra.servers import AlreadyRunningError, EmbeddedPostgres, PostgresAddress, ServerError, alive, postmaster
from infra.servers.patience import wait_until
from infra.servers.place import SHELF
from infra.servers.sockets import LONGEST_PATH

from .conftest import Parent, kill, read_line

HOLDER = """
    import sys
    from pathlib import Path
    from infra.servers import EmbeddedPostgres
    server = EmbeddedPostgres(Path({folder!r}), settings={settings!r})
    server.start()
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def server(database: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(database)
    yield server
    server.stop()


async def run(address: PostgresAddress, *statements: str) -> object:
    connection = await asyncpg.connect(address.dsn())
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


def main_process(server: EmbeddedPostgres) -> int:
    found = postmaster.running(server.home / "data")
    assert found
    return found.pid


async def test_what_was_committed_is_there_after_a_restart(server: EmbeddedPostgres) -> None:
    await run(server.start(), "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('yes') RETURNING word")
    assert server.is_running()
    server.stop()
    assert not server.is_running()
    assert server.running_address() is None
    assert await run(server.start(), "SELECT word FROM kept") == "yes"


async def test_the_server_has_the_settings_that_the_platform_counts_on(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(server.start().dsn())
    rows = await connection.fetch("SELECT name, setting FROM pg_settings")
    found = {row["name"]: row["setting"] for row in rows}
    wanted = {
        "data_checksums": "on",
        "fsync": "on",
        "jit": "off",
        "wal_level": "logical",
        "listen_addresses": "",
        "max_locks_per_transaction": "256",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
    }
    assert {name: found[name] for name in wanted} == wanted
    database = await connection.fetchrow("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'postgres'")
    assert database
    assert tuple(database) == (b"b", "C.UTF-8")
    await connection.execute("CREATE EXTENSION pg_trgm")
    # Letters beyond ASCII are letters, or customers with such names would never be found.
    assert await connection.fetchval("SELECT similarity('ЖУРНАЛ Å', 'журнал å') = 1 AND cardinality(show_trgm('журнал')) = 7")
    await connection.close()


async def test_only_the_account_of_weft_may_connect_and_as_every_role(server: EmbeddedPostgres) -> None:
    address = server.start()
    connection = await asyncpg.connect(address.dsn())
    rules = await connection.fetch("SELECT type, database, user_name, auth_method, options FROM pg_hba_file_rules")
    assert [tuple(rule) for rule in rules] == [("local", ["all"], ["all"], "peer", ["map=weft"])]
    assert await connection.fetchval("SELECT count(*) FROM pg_ident_file_mappings WHERE pg_username = 'all' AND error IS NULL") == 1
    await connection.execute('CREATE ROLE "odd name" LOGIN')
    await connection.close()
    other = await asyncpg.connect(address.dsn("odd name"))
    assert await other.fetchval("SELECT current_user") == "odd name"
    await other.close()
    assert stat.S_IMODE(address.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.home / "data").stat().st_mode) == 0o700


async def test_a_killed_server_loses_nothing_that_was_committed(server: EmbeddedPostgres) -> None:
    address = server.start()
    await run(address, "CREATE TABLE kept (n int)", "INSERT INTO kept SELECT generate_series(1, 500) RETURNING n")
    kill(main_process(server))
    wait_until(lambda: not server.is_running(), "the kill takes effect", print)
    assert await run(server.start(), "SELECT count(*) FROM kept") == 500


async def test_a_session_that_outlives_its_killed_server_does_not_block_the_next(server: EmbeddedPostgres) -> None:
    address = server.start()
    busy, observer = await asyncpg.connect(address.dsn()), await asyncpg.connect(address.dsn())
    session = busy.get_server_pid()
    # Busy in one long computation, a session does not look whether its server still lives.
    tables = ", ".join(f"generate_series(1, 20000) t{number}" for number in range(4))
    endless = asyncio.ensure_future(busy.fetchval(f"SELECT count(*) FROM {tables}"))
    while not endless.done() and await observer.fetchval("SELECT state FROM pg_stat_activity WHERE pid = $1", session) != "active":
        await asyncio.wait([endless], timeout=0.01)
    kill(main_process(server))
    wait_until(lambda: not server.is_running(), "the kill takes effect", print)
    assert alive.is_alive(session)
    assert await run(server.start(), "SELECT 1") == 1
    assert not alive.is_alive(session)
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await endless
    for connection in (busy, observer):
        connection.terminate()


async def test_a_server_that_outlives_its_killed_weft_is_taken_over(database: Path, parent: Parent) -> None:
    holder = parent(HOLDER.format(folder=str(database), settings={}))
    assert read_line(holder) == "ready"
    server = EmbeddedPostgres(database)
    address = server.running_address()
    assert address
    before = main_process(server)
    await run(address, "CREATE TABLE kept (n int)", "SELECT 1")
    holder.kill()
    holder.wait()
    assert alive.is_alive(before)
    assert await run(server.start(), "SELECT count(*) FROM kept") == 0
    assert main_process(server) == before
    server.stop()
    assert not alive.is_alive(before)


async def test_a_server_that_outlives_its_weft_gets_the_settings_of_the_next(database: Path, parent: Parent) -> None:
    holder = parent(HOLDER.format(folder=str(database), settings={"work_mem": "5MB"}))
    assert read_line(holder) == "ready"
    holder.kill()
    holder.wait()
    server = EmbeddedPostgres(database, settings={"max_connections": "23"})
    assert await run(server.start(), "SELECT current_setting('max_connections') || current_setting('work_mem')") == "234MB"
    server.stop()


def test_the_server_ends_with_a_weft_that_ends_without_stopping_it(database: Path, parent: Parent) -> None:
    holder = parent(HOLDER.format(folder=str(database), settings={}))
    assert read_line(holder) == "ready"
    server = EmbeddedPostgres(database)
    pid = main_process(server)
    holder.communicate("")
    assert holder.returncode == 0
    assert not alive.is_alive(pid)


def test_a_second_weft_is_refused_by_the_name_of_the_first(server: EmbeddedPostgres, database: Path, parent: Parent) -> None:
    holder = parent(HOLDER.format(folder=str(database), settings={}))
    assert read_line(holder) == "ready"
    with pytest.raises(AlreadyRunningError, match=f"as process {holder.pid}") as refusal:
        server.start()
    assert refusal.value.pid == holder.pid
    assert main_process(server)
    holder.communicate("")
    server.start()


@pytest.mark.parametrize("whose", ["ours", "nobody's"])
def test_a_pid_file_of_a_dead_server_does_not_matter_even_when_the_pid_lives_again(server: EmbeddedPostgres, whose: str) -> None:
    server.start()
    pid_file = server.home / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    stale = str(os.getpid() if whose == "ours" else 2**22 - 1)
    pid_file.write_text("\n".join((stale, *lines[1:], "")))
    shutil.chown(pid_file, pid_file.parent.stat().st_uid)
    assert server.running_address() is None
    server.start()
    assert server.is_running()


def test_a_database_that_was_half_made_is_made_anew(folder: Path) -> None:
    left = folder / "postgres" / "data.new"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    assert server.is_running()
    assert not left.exists()
    server.stop()


async def test_a_closed_parent_folder_stays_closed_and_its_database_is_found_again(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    told: list[str] = []
    server = EmbeddedPostgres(closed / "weft" / "postgres", say=told.append)
    await run(server.start(), "CREATE TABLE kept (n int)", "SELECT 1")
    home = server.home
    server.stop()
    try:
        # Only root lends PostgreSQL another account; anybody else can enter what is their own.
        assert home.parent == (SHELF if os.geteuid() == 0 else closed / "weft")
        assert any(str(home) in sentence for sentence in told) == (os.geteuid() == 0)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        again = EmbeddedPostgres(closed / "weft" / "postgres")
        assert await run(again.start(), "SELECT count(*) FROM kept") == 0
        assert again.home == home
        again.stop()
        moved = folder / "moved"
        closed.rename(moved)
        later = EmbeddedPostgres(moved / "weft" / "postgres")
        assert await run(later.start(), "SELECT count(*) FROM kept") == 0
        later.discard()
        assert not home.exists()
        assert not (moved / "weft" / "postgres").exists()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("name", ["d" * 100, "with space"])
def test_a_path_that_no_socket_can_have_gets_a_short_private_folder(database: Path, name: str) -> None:
    folder = database.parent
    (folder / name).mkdir()
    database.rename(folder / name / "postgres")
    server = EmbeddedPostgres(folder / name / "postgres")
    address = server.start()
    assert asyncio.run(run(address, "SELECT 1")) == 1
    assert not address.sockets.is_relative_to(folder)
    assert len(os.fsencode(address.sockets / postmaster.SOCKET_NAME)) <= LONGEST_PATH
    assert stat.S_IMODE(address.sockets.stat().st_mode) == 0o700
    server.stop()
    assert not address.sockets.exists()


def test_a_database_of_another_major_version_is_left_alone(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.home / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServerError, match=r"written by PostgreSQL 16.*WEFT_DATA_DIR.*WEFT_DATABASE_URL"):
        server.start()
    assert server.running_address() is None


def test_a_server_that_cannot_start_fails_at_once_with_its_last_words(database: Path) -> None:
    server = EmbeddedPostgres(database, settings={"shared_buffers": "plenty"})
    with pytest.raises(ServerError, match='invalid value for parameter "shared_buffers"'):
        server.start()
    assert not server.is_running()
    # The folder is free again for somebody who puts it right.
    with_sense = EmbeddedPostgres(database)
    with_sense.start()
    with_sense.stop()


def test_old_logs_are_removed(server: EmbeddedPostgres) -> None:
    server.start()
    for day in range(1, 20):
        (server.home / "log" / f"postgres-2000-01-{day:02}_000000.log").touch()
    server.tidy()
    assert len(list(server.home.glob("log/postgres-*"))) == 7
