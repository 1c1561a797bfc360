"""How a command reaches the installation: by the environment, through a Weft that runs, or on servers started for it alone."""

import asyncio
import contextlib
import logging
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import click
import structlog

from core.platform.connection import WeftConnection
from core.plugins.usable import usable
from core.runtime import Runtime, running
from core.settings import Misconfigured, Settings
from infra.cli.output import CONFIGURATION
from infra.servers.alive import is_alive
from infra.servers.checks import without_secrets
from infra.servers.choose import RunningServers, Servers, wal_days
from infra.servers.place import existing_home
from tenants.bootstrap import bootstrap
from tenants.modules import Modules
from tenants.platform_schema import migrate_platform
from tenants.provisioner import Provisioner

T = TypeVar("T")
DATABASE = "weft"  # the embedded server's
ADDRESS = "address"  # below the data folder, while `weft up` runs: where people reach it


@dataclass(frozen=True, slots=True)
class Hands:
    """What a command works with."""

    settings: Settings
    runtime: Runtime
    provisioner: Provisioner
    modules: Modules


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the installation keeps its data."""
    return Path(environment.get("WEFT_DATA_DIR") or ".weft").absolute()


def secret_key(environment: Mapping[str, str], data_dir: Path) -> str:
    """Return the installation's key: from the environment, or one that is made once and kept beside the data."""
    if given := environment.get("WEFT_SECRET_KEY"):
        return given
    file = data_dir / "secret-key"
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text().strip()


def settings_for(servers: RunningServers, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings over running servers; raises `Misconfigured`."""
    data_dir = data_folder(environment)
    if servers.postgres:
        admin, base = servers.postgres.dsn(database=DATABASE), servers.postgres.dsn(user="", database=DATABASE)
    else:
        admin = environment.get("WEFT_PROVISIONER_URL") or servers.database_url
        parts = urlsplit(servers.database_url)
        base = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    return Settings.from_environment(
        {
            **_known_address(data_dir),
            **{name: value for name, value in environment.items() if value},
            "WEFT_DATABASE_URL": base,
            "WEFT_PROVISIONER_URL": admin,
            "WEFT_REDIS_URL": servers.redis_url,
            "WEFT_SECRET_KEY": secret_key(environment, data_dir),
            "WEFT_DATA_DIR": str(data_dir),
            "WEFT_WAL_DAYS": wal_days(environment, data_dir),
            **({"WEFT_WAL_DIR": str(servers.wal)} if servers.wal else {}),
        }
    )


def _known_address(data_dir: Path) -> dict[str, str]:
    """Return the address of a Weft that runs on this data folder, so that a command tells the same one."""
    with contextlib.suppress(OSError, ValueError):
        pid, _, address = (data_dir / ADDRESS).read_text().strip().partition(" ")
        if is_alive(int(pid)):
            return {"WEFT_BASE_URL": address}
    return {}


@contextlib.contextmanager
def address_told(settings: Settings) -> Iterator[None]:
    """Tell commands, as long as we run, where people reach us."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    file = settings.data_dir / ADDRESS
    file.write_text(f"{os.getpid()} {settings.base_url}\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


async def prepare(servers: RunningServers, settings: Settings) -> list[str]:
    """Bring database, roles and the platform's schema to where this version wants them; returns what was done, in words."""
    done = []
    if servers.postgres:
        admin = await asyncpg.connect(servers.postgres.dsn())
        try:
            if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
                await admin.execute(f"CREATE DATABASE {DATABASE}")
                done.append(f"database {DATABASE}")
        finally:
            await admin.close()
    connection = await asyncpg.connect(settings.provisioner_url, connection_class=WeftConnection)
    try:
        done += await bootstrap(connection, settings)
        done += await migrate_platform(connection)
    finally:
        await connection.close()
    return done


@asynccontextmanager
async def hands(settings: Settings, *, name: str = "weft command") -> AsyncIterator[Hands]:
    """Connect to a prepared database with everything a command may need."""
    registry = usable()
    provisioner = await Provisioner.open(settings.provisioner_url)
    try:
        async with running(settings, registry, name=name) as runtime:
            yield Hands(settings, runtime, provisioner, Modules(registry))
    finally:
        await provisioner.close()


def with_hands(work: Callable[[Hands], Awaitable[T]], *, say: Callable[[str], None], prepared: bool | None = None) -> T:
    """Run a command's work: on the servers of a Weft that runs, on external ones, or on embedded ones started for it alone.

    Servers that were started for it are prepared first, so that their database is of this version; others are not, since that is a
    decision of whoever runs them. `prepared` says otherwise. Raises `ServerError`, and `ClickException` where there is no Weft yet.
    """
    _log_on_stderr()
    servers = Servers(say=say)
    external = bool(os.environ.get("WEFT_DATABASE_URL") and os.environ.get("WEFT_REDIS_URL"))
    attached = None if external else servers.attach()
    if prepared is not True and not os.environ.get("WEFT_DATABASE_URL"):
        _require_database()
    found = attached or servers.start()
    started = attached is None and found.postgres is not None
    try:
        return asyncio.run(_work(found, work, prepared=started if prepared is None else prepared))
    finally:
        if attached is None:
            servers.stop()


def _log_on_stderr() -> None:
    """Keep what the parts below log out of the answer: it goes beside it, and only when it matters."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING), logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )


def _require_database() -> None:
    """Refuse to make an empty installation in a folder where somebody only asked for something."""
    folder = data_folder()
    if existing_home(folder / "postgres") is None:
        raise refuse(
            f"There is no Weft in {folder} yet. Go to the folder where it was started, or set WEFT_DATA_DIR to its data; "
            "`weft up` or `weft migrate` begins a new one here.",
            CONFIGURATION,
        )


async def _work(servers: RunningServers, work: Callable[[Hands], Awaitable[T]], *, prepared: bool) -> T:
    settings = settings_for(servers)
    if settings.only_cell:
        settings, servers = settings.of_cell(settings.only_cell), replace(servers, postgres=None)
    if prepared:
        await prepare(servers, settings)
    elif servers.postgres is None:
        await _require_prepared(settings)
    async with hands(settings) as held:
        return await work(held)


async def _require_prepared(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.provisioner_url)
    try:
        if await connection.fetchval("SELECT to_regclass('platform.schema_step') IS NULL"):
            where = without_secrets(settings.database_url)
            raise refuse(f"The database {where} is not prepared for Weft. Run `weft migrate` once, which does that.", CONFIGURATION)
    finally:
        await connection.close()


def refuse(sentence: str, code: int = 1) -> click.ClickException:
    """Return the error that ends a command with a sentence and an exit code."""
    kind: type[click.ClickException] = type("Refused", (click.ClickException,), {"exit_code": code})
    return kind(sentence)


__all__ = ["Hands", "Misconfigured", "address_told", "data_folder", "hands", "prepare", "refuse", "settings_for", "with_hands"]
