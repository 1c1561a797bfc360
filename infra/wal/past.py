"""A server that shows the installation as it was at a moment: from a base backup and the WAL after it, and gone when it was asked.

It listens on a socket in a folder of its own, writes nothing anywhere else, runs no background work, and never speaks to another server.
Whatever ends the process that started it, kill -9 included, a watchdog ends the server and removes its folder.
"""

import asyncio
import fcntl
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from infra.servers import alive, postmaster
from infra.servers.account import Account, current_account
from infra.servers.binaries import Binaries
from infra.servers.cluster import Cluster
from infra.servers.patience import Say
from infra.servers.postgres import PostgresAddress
from infra.servers.postgres_files import write_files
from infra.servers.sockets import remove_socket_folder, socket_folder
from infra.wal.bases import unpack, verify_unpacked
from infra.wal.names import Reach, choose, number_of, reaches, spans_of
from infra.wal.shelf import Shelf
from tenants.backups.past import Shown
from weft.errors import Invalid, Missing, Unavailable

ROOM = 1 << 30  # bytes beside the base backup: WAL that is being replayed, and the archive
PATIENCE = 120.0  # seconds that the server has to archive what it was asked to
POLL = 0.05  # seconds
# Waits until whoever holds the other end is gone; then ends the server, and removes all there is of it.
_WATCHDOG = """
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ] && { [ ! -e /proc/self ] || [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ]; }; then
    kill -QUIT "$pid" 2>/dev/null
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
fi
rm -rf -- "$1" "$2"
"""


@dataclass(frozen=True, slots=True)
class WalPast:
    """Shows an installation as it was, from its shelf of WAL."""

    shelf: Shelf
    live: str  # the server that works, with a login that may replicate and ask for a new segment
    provisioner: str  # the same, with the login that reads what is shown
    binaries: Binaries
    server: Account  # who runs PostgreSQL
    say: Say

    async def reaches(self) -> list[Reach]:
        """Return which moments can be had, the oldest first."""
        await asyncio.to_thread(self.shelf.take_in)
        found, now = reaches(self.shelf.bases(), self.shelf.archived()), await self.now()
        # what is not archived yet is, as soon as somebody asks for it
        return [replace(each, until=max(now, each.until)) if each.whole else each for each in found]

    async def now(self) -> datetime:
        """Return the time as the server that works has it."""
        connection = await asyncpg.connect(self.live)
        try:
            at: datetime = await connection.fetchval("SELECT clock_timestamp()")
            return at
        finally:
            await connection.close()

    async def span(self) -> tuple[datetime, datetime] | None:
        """Return the first and the last moment that can be had without a gap between them."""
        spans = await self.spans()
        return spans[-1] if spans else None

    async def spans(self) -> list[tuple[datetime, datetime]]:
        """Return all moments that can be had, the oldest first: from when to when, with gaps in between."""
        return spans_of(await self.reaches())

    @asynccontextmanager
    async def at(self, moment: datetime) -> AsyncIterator[Shown]:
        """Show everything that was committed at a moment or before, and nothing later (`recovery_target_inclusive`).

        Raises `Invalid` for a moment to come, `Missing` for one that cannot be had, with those that can, and `Unavailable` where there is
        no room, the server does not archive, or what was archived is damaged.
        """
        await self._reach(moment)
        found = await self.reaches()
        reach = choose(found, moment)
        if reach is None:
            raise Missing(cannot(found, moment))
        self._require_fit(reach)
        place = _Place(self.shelf.past / secrets.token_hex(6), self)
        try:
            async with place as cluster:
                await _in_thread(lambda stop: self._verify(reach, moment, stop))
                await _in_thread(lambda stop: unpack(self.shelf, reach.base, cluster.data, stop))
                await verify_unpacked(self.shelf, reach.base, cluster.data, self.binaries)
                self._configure(cluster, reach, moment)
                await place.start(cluster)
                yield Shown(self._address(cluster), cluster.home)
        except OSError as wrong:
            if wrong.errno != ENOSPC:
                raise
            raise Unavailable(f"The disk of {self.shelf.past} is full: going back to that moment needs more room than there is.") from wrong

    def sweep(self) -> int:
        """Remove what a machine that lost its power has left, which nobody holds; returns how many places that were."""
        with guarded(self.shelf):
            return sweep(self.shelf)

    async def _reach(self, moment: datetime) -> None:
        """Have the server archive everything up to now, with a commit behind the moment, which shows recovery where to stop.

        Where its login may not ask for a new segment, what was archived so far has to do.
        """
        connection = await asyncpg.connect(self.live)
        try:
            if moment > await connection.fetchval("SELECT clock_timestamp()"):
                raise Invalid(f"{told(moment)} is still to come.")
            await connection.execute("SELECT pg_current_xact_id()")
            try:
                segment = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal() - 1)")
            except asyncpg.InsufficientPrivilegeError:
                return
        finally:
            await connection.close()
        for _ in range(int(PATIENCE / POLL)):
            await asyncio.to_thread(self.shelf.take_in)
            if segment in self.shelf.archived():
                return
            await asyncio.sleep(POLL)
        raise Unavailable(f"The server has not archived its WAL up to now within {PATIENCE:.0f} s: its log and `weft wal show` say why.")

    def _require_fit(self, reach: Reach) -> None:
        if self.binaries.major != reach.base.version.partition(".")[0]:
            raise Unavailable(
                f"The base backup is of PostgreSQL {reach.base.version}, and the programs in {self.binaries.folder} are of "
                f"{self.binaries.version}: set WEFT_POSTGRES_BIN to those of the server's version."
            )
        needed, free = reach.base.size + ROOM, shutil.disk_usage(self.shelf.past).free
        if needed > free:
            raise Unavailable(
                f"Going back needs {needed >> 20:,} MB in {self.shelf.past}, and {free >> 20:,} MB are free there: make room first."
            )

    def _verify(self, reach: Reach, moment: datetime, stop: threading.Event) -> None:
        """Hold the segments that recovery will read against their checksums."""
        first = number_of(reach.base.first, reach.base.segment_size)
        for name, at in sorted(self.shelf.archived().items(), key=lambda each: each[0][8:]):
            if number_of(name, reach.base.segment_size) >= first and not stop.is_set():
                self.shelf.verify(name)
                if at > moment + timedelta(minutes=1):
                    return

    def _configure(self, cluster: Cluster, reach: Reach, moment: datetime) -> None:
        """Write what the server is to do: nothing of what the one it comes from was told counts."""
        for name in ("postgresql.conf", "postgresql.auto.conf", "recovery.signal"):
            (cluster.data / name).write_text("")
        segments = shlex.quote(str(self.shelf.segments)).replace("%", "%%")
        restore = f'gzip -dc {segments}/%f.gz > "%p"'
        write_files(cluster.data, _settings(cluster, restore, moment), cluster.binaries, cluster.client)
        if os.geteuid() == 0:
            self.server.give_tree(cluster.data)

    def _address(self, cluster: Cluster) -> str:
        live = urlsplit(self.provisioner)
        address = PostgresAddress(cluster.sockets)
        return address.dsn(unquote(live.username or "postgres"), unquote(live.path.lstrip("/") or "postgres"))


class _Place:
    """A folder for one server of the past, with a watchdog; when it is left, both are gone, and so is the server."""

    def __init__(self, place: Path, past: WalPast) -> None:
        self._place, self._past = place, past
        self._child: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Cluster:
        past, place = self._past, self._place
        with guarded(past.shelf):  # nobody must take it for left behind before it is held
            sweep(past.shelf)
            place.mkdir(mode=0o700)
            past.shelf.give(place)
            self._lock = (place / "lock").open("a")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._sockets = socket_folder(place / "run", postmaster.SOCKET_NAME, past.server)
        self._watchdog = _watch(place, self._sockets, past.server)
        for name in ("data", "log"):
            (place / name).mkdir(mode=0o700)
            past.shelf.give(place / name)
        return Cluster(place, self._sockets, past.binaries, past.server, current_account())

    async def start(self, cluster: Cluster) -> None:
        """Start the server, and wait until it has arrived; raises `Unavailable` with its last words."""
        cluster.forget_log()
        with cluster.start_log.open("ab") as log:
            self._child = child = cluster.popen("postgres", ["-D", str(cluster.data)], log)
        while not ((found := postmaster.read(cluster.data)) and found.pid == child.pid and found.status == "ready"):
            if child.poll() is not None:
                raise Unavailable(_why(cluster.last_words(20)))
            await asyncio.sleep(POLL)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.shield(asyncio.to_thread(self._leave))

    def _leave(self) -> None:
        if self._child:
            self._child.send_signal(signal.SIGQUIT)  # nothing of it is to be kept
            self._child.wait()
        end(self._place)
        remove_socket_folder(self._sockets)
        self._lock.close()
        assert self._watchdog.stdin
        self._watchdog.stdin.close()
        self._watchdog.wait()


@contextmanager
def guarded(shelf: Shelf) -> Iterator[None]:
    """Make and remove places one process at a time."""
    with (shelf.folder / "guard").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def sweep(shelf: Shelf) -> int:
    """Remove the places that nobody holds; returns how many that were."""
    swept = 0
    for place in list(shelf.past.iterdir()):
        with suppress(OSError), (place / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            end(place)
            swept += 1
    return swept


def end(place: Path) -> None:
    """End the server of a place, however it is doing, and remove all there is of it."""
    data = place / "data"
    while (found := postmaster.running(data)) or any(alive.servers_of(data)):
        for pid in {*([found.pid] if found else []), *alive.servers_of(data)}:
            alive.send(pid, signal.SIGQUIT)
        threading.Event().wait(POLL)
    shutil.rmtree(place, ignore_errors=True)


def cannot(found: list[Reach], moment: datetime) -> str:
    """Say that a moment cannot be had, and which can."""
    if not found:
        return "No moment can be had yet: there is no base backup with the WAL after it. The operator makes one a day."
    ranges = ", and from ".join(f"{told(first)} to {told(last)}" for first, last in spans_of(found))
    return f"{told(moment)} cannot be had. What can is from {ranges}."


def told(moment: datetime) -> str:
    """Return a moment as a person reads it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _watch(place: Path, sockets: Path, server: Account) -> "subprocess.Popen[bytes]":
    become = os.geteuid() == 0
    return subprocess.Popen(
        ["/bin/sh", "-c", _WATCHDOG, "weft-past", str(place), str(sockets)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        user=server.user if become else None,
        group=server.group if become else None,
        extra_groups=[] if become else None,
    )


async def _in_thread(work: "Callable[[threading.Event], None]") -> None:
    """Do work in a thread; when we are told to stop, so is it, and we wait for it: it must not write where we clean up."""
    stop = threading.Event()
    task = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([task])
        raise


def _why(words: str) -> str:
    if "recovery ended before configured recovery target was reached" in words:
        last = [line.rpartition("log time ")[2] for line in words.splitlines() if "last completed transaction was at log time" in line]
        return f"The WAL that is archived ends before that moment{f': its last transaction is of {last[-1]}' if last else ''}."
    return f"The server could not be brought to that moment. Its last words:\n{words}"


def _settings(cluster: Cluster, restore: str, moment: datetime) -> dict[str, str]:
    return {
        "listen_addresses": "",
        "unix_socket_directories": '"{}"'.format(str(cluster.sockets).replace('"', '""')),
        "unix_socket_permissions": "0700",
        "restore_command": restore,
        "recovery_target_time": f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00",
        "recovery_target_inclusive": "on",
        "recovery_target_action": "promote",
        "recovery_target_timeline": "latest",
        # Else it wants as many connections and locks as the server it comes from had at any time.
        "hot_standby": "off",
        "archive_mode": "off",
        # It must take part in nothing that the server it comes from takes part in.
        "max_wal_senders": "0",
        "max_logical_replication_workers": "0",
        "shared_preload_libraries": "",
        "autovacuum": "off",
        "max_connections": "20",
        "max_prepared_transactions": "100",
        "max_locks_per_transaction": "2048",
        "shared_buffers": "64MB",
        # It is thrown away.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "datestyle": "ISO, YMD",
        "lc_messages": "C",
        "logging_collector": "off",
        "log_min_messages": "warning",
        "log_min_error_statement": "panic",
        "cluster_name": "weft-past",
    }
