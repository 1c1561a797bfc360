"""One database cluster on disk: its folders, its programs, its accounts, and how it is made."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from infra.servers.account import Account, current_account, service_account
from infra.servers.binaries import Binaries, find_binaries, reachable
from infra.servers.errors import ServerError
from infra.servers.patience import Say, wait_until
from infra.servers.place import SHELF, existing_home, home_of, make_folder
from infra.servers.postgres_files import SUPERUSER
from infra.servers.sockets import socket_folder

# The first that the machine's C library knows: word boundaries in search follow it, sorting does not.
_LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything about a cluster that is settled before its server starts."""

    home: Path
    sockets: Path
    binaries: Binaries
    server: Account
    client: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.home / "data"

    @property
    def logs(self) -> Path:
        """The folder of its logs."""
        return self.home / "log"

    @property
    def start_log(self) -> Path:
        """What its programs print before they open a log of their own."""
        return self.logs / "start.log"

    def popen(self, program: str, arguments: list[str], output: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start one of PostgreSQL's programs as the server's account, deaf to the terminal's Ctrl-C."""
        become = os.geteuid() == 0
        return subprocess.Popen(
            [self.binaries.folder / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"PATH": os.defpath, "LC_MESSAGES": "C", "TZ": "UTC"},
            start_new_session=True,
            umask=0o077,
            user=self.server.user if become else None,
            group=self.server.group if become else None,
            extra_groups=[] if become else None,
        )

    def forget_log(self) -> None:
        """Empty the log of starts, so that last words are those of this start."""
        self.start_log.write_bytes(b"")

    def last_words(self, count: int) -> str:
        """Return the last lines of this start: what was printed, then what was logged."""
        begun = self.start_log.stat().st_ctime
        logs = sorted(log for log in self.logs.glob("postgres-*.log") if log.stat().st_mtime >= begun)
        lines = [line for log in (self.start_log, *logs[-1:]) for line in log.read_text(errors="replace").splitlines()]
        return "\n".join(lines[-count:])


def settle(folder: Path, socket_name: str, say: Say) -> Cluster:
    """Decide where the cluster of `folder` lives and who runs it, and make what it lacks; raises ServerError."""
    client = current_account()
    server = _owner_of(existing_home(folder)) or service_account() or client
    home = home_of(folder, server, say)
    binaries = find_binaries()
    if os.geteuid() == 0:
        make_folder(SHELF, 0o755)
        binaries = reachable(binaries, server, SHELF, say)
    cluster = Cluster(home, socket_folder(home / "run", socket_name, server), binaries, server, client)
    make_folder(cluster.logs, 0o700)
    if os.geteuid() == 0:
        server.give(cluster.logs)
    if cluster.data.exists():
        _check_data(cluster)
    else:
        _make_data(cluster, say)
    return cluster


def _owner_of(home: Path | None) -> Account | None:
    """Return the account that made the data, when we are root and can become it: its files stay its own."""
    if home is None or os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwuid((home / "data").stat().st_uid)
    except (KeyError, OSError):
        return None
    account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    return account if account.user != 0 and account.works() else None


def _check_data(cluster: Cluster) -> None:
    owner = cluster.data.stat().st_uid
    if owner != cluster.server.user:
        if os.geteuid() != 0:
            raise ServerError(
                f"The database in {cluster.data} belongs to another account. Start Weft as that account or as root, "
                "or set WEFT_DATA_DIR to a folder of your own."
            )
        cluster.server.give_tree(cluster.data)
        cluster.server.give_tree(cluster.logs)
    try:
        major = (cluster.data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise ServerError(
            f"{cluster.data} is not a PostgreSQL database: its file PG_VERSION cannot be read ({error.strerror}). "
            "Restore it from a backup, or set WEFT_DATA_DIR to a new folder to begin with an empty database."
        ) from error
    if major != cluster.binaries.major:
        raise ServerError(
            f"The database in {cluster.data} was written by PostgreSQL {major}, and the embedded one is "
            f"{cluster.binaries.version}. Export the tenants with the Weft that wrote it (`weft tenant export`) and "
            "import them into a new WEFT_DATA_DIR, or serve it with a PostgreSQL of your own and set WEFT_DATABASE_URL."
        )


def _make_data(cluster: Cluster, say: Say) -> None:
    fresh = cluster.home / "data.new"
    for number, name in enumerate(_LOCALES, 1):
        if fresh.exists():
            # A start that was cut off left it; nothing was ever in it.
            shutil.rmtree(fresh)
        make_folder(fresh, 0o700)
        if os.geteuid() == 0:
            cluster.server.give(fresh)
        cluster.forget_log()
        with cluster.start_log.open("ab") as log:
            maker = cluster.popen("initdb", _initdb_arguments(fresh, name), log)
        try:
            wait_until(lambda: maker.poll() is not None, "PostgreSQL is making its first database", say)  # noqa: B023
        finally:
            maker.kill()
            maker.wait()
        if maker.returncode == 0:
            # Renamed when complete, so that a half-made database is never taken for one.
            fresh.rename(cluster.data)
            return
        words = cluster.last_words(12)
        if "invalid locale" not in words or number == len(_LOCALES):
            raise ServerError(f"PostgreSQL could not make its database in {cluster.home}. What it said:\n{words}")


def _initdb_arguments(folder: Path, locale: str) -> list[str]:
    return [
        *("--pgdata", str(folder), "--username", SUPERUSER, "--auth", "peer", "--encoding", "UTF8"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", locale),
        *("--data-checksums", "--no-instructions"),
    ]
