"""How a command reaches the installation: by the environment, through a Weft that runs, or on servers started for it alone."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import click

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.runtime import Runtime, running
from core.settings import Misconfigured, Settings
from infra.servers.choose import RunningServers, Servers
from tenants.bootstrap import bootstrap
from tenants.modules import Modules
from tenants.platform_schema import migrate_platform
from tenants.provisioner import Provisioner

T = TypeVar("T")
DATABASE = "weft"  # the embedded server's


@dataclass(frozen=True, slots=True)
class Hands:
    """What a command works with."""

    settings: Settings
    runtime: Runtime
    provisioner: Provisioner
    modules: Modules


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
    data_dir = Path(environment.get("WEFT_DATA_DIR") or ".weft").absolute()
    if servers.postgres:
        admin, base = servers.postgres.dsn(database=DATABASE), servers.postgres.dsn(user="", database=DATABASE)
    else:
        admin = environment.get("WEFT_PROVISIONER_URL") or servers.database_url
        parts = urlsplit(servers.database_url)
        base = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    return Settings.from_environment(
        {
            **environment,
            "WEFT_DATABASE_URL": base,
            "WEFT_PROVISIONER_URL": admin,
            "WEFT_REDIS_URL": servers.redis_url,
            "WEFT_SECRET_KEY": secret_key(environment, data_dir),
            "WEFT_DATA_DIR": str(data_dir),
        }
    )


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
    registry = Registry.installed()
    provisioner = await Provisioner.open(settings.provisioner_url)
    try:
        async with running(settings, registry, name=name) as runtime:
            yield Hands(settings, runtime, provisioner, Modules(registry))
    finally:
        await provisioner.close()


def with_hands(work: Callable[[Hands], Awaitable[T]], *, say: Callable[[str], None]) -> T:
    """Run a command's work: on the servers of a Weft that runs, on external ones, or on embedded ones started for it alone."""
    servers = Servers(say=say)
    attached = servers.attach()
    found = attached or servers.start()
    try:
        return asyncio.run(_work(found, work, prepared=attached is not None))
    finally:
        if attached is None:
            servers.stop()


async def _work(servers: RunningServers, work: Callable[[Hands], Awaitable[T]], *, prepared: bool) -> T:
    settings = settings_for(servers)
    if not prepared:
        await prepare(servers, settings)
    async with hands(settings) as held:
        return await work(held)


def refuse(sentence: str, code: int = 1) -> click.ClickException:
    """Return the error that ends a command with a sentence and an exit code."""
    kind: type[click.ClickException] = type("Refused", (click.ClickException,), {"exit_code": code})
    return kind(sentence)


__all__ = ["Hands", "Misconfigured", "hands", "prepare", "refuse", "settings_for", "with_hands"]
