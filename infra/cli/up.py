"""`weft up`: everything on one machine."""

import asyncio
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import click

from core.settings import Settings
from core.telemetry import start_logs
from infra.cli.connect import Hands, address_told, data_folder, hands, prepare, settings_for
from infra.cli.greeting import Ready, SignIn, shown
from infra.cli.journal import Journal
from infra.cli.output import Output, with_output
from infra.cli.setup import fetch
from infra.ports import PortInUseError, ensure_port_free
from infra.processes import Process, Supervisor
from infra.servers.choose import WAL_DAYS, RunningServers, Servers
from infra.servers.errors import ServerError
from tenants.demo.load import load_demo, sign_ins
from tenants.fleet import migrate_fleet
from tenants.operator import Operator
from web.packages import packages

READY_WITHIN = 60.0  # seconds
POLL = 0.05  # seconds
# What a look at the settings needs before there are servers; none of it is used.
_NO_SERVERS_YET = {"WEFT_DATABASE_URL": "-", "WEFT_REDIS_URL": "-", "WEFT_SECRET_KEY": "-"}


@click.command()
@click.option("--demo/--no-demo", default=True, help="Load three demo businesses when the installation is empty.")
@click.option("--verbose", is_flag=True, help="Show the processes' logs here as well.")
@with_output
def up(output: Output, demo: bool, verbose: bool) -> None:
    """Start everything on this machine: servers, migrations, web, worker, operator. Ctrl-C stops it all; the data stays.

    The first start makes a database in WEFT_DATA_DIR (.weft) and loads three demo businesses, whose sign-ins are printed. Each start
    brings every business to the installed versions of its modules. All logs are in .weft/logs; commands such as `weft tenant list`, typed
    in the same folder, use the servers of this one.

    \b
    Examples:
      weft up
      weft up --no-demo                     an empty installation
      WEFT_PORT=8001 weft up                another port
      WEFT_DATABASE_URL=postgresql://weft@db/weft WEFT_REDIS_URL=redis://cache/0 weft up

    With --json the document is printed once everything answers.
    """
    started = click.get_current_context().find_object(float) or time.monotonic()  # before this module was loaded
    environment = {**{name: value for name, value in os.environ.items() if value}, "WEFT_DEMO": "1" if demo else ""}
    environment["WEFT_WAL_DAYS"] = os.environ.get("WEFT_WAL_DAYS") or "0"  # not what an earlier start was told
    servers = Servers(environment, say=output.say)
    _ensure_address_free(Settings.from_environment({**environment, **_NO_SERVERS_YET}), servers)
    start_logs("WARNING", json=False)
    journal = Journal(data_folder() / "logs" / "weft.log", verbose=verbose)
    _remember_wal(data_folder() / WAL_DAYS, environment["WEFT_WAL_DAYS"])
    if not packages().is_dir():
        with output.progress("Fetching the front-end packages"):
            fetch()
    try:
        found = servers.start()  # which tells how it goes, after a second
        output.say(found.line)
        servers.watch()
        settings = settings_for(found, environment)
        people = asyncio.run(_ready(found, settings, output, demo=demo))
        supervisor = Supervisor(_processes(settings), tell=journal.tell)
        greeter = _Greeter(settings, people, started, supervisor, journal, output)
        threading.Thread(target=greeter.greet, name="weft-greeter", daemon=True).start()
        with address_told(settings):
            code = supervisor.run()
    finally:
        servers.stop()
        journal.close()
    raise SystemExit(code)


def _ensure_address_free(settings: Settings, servers: Servers) -> None:
    """Refuse an address in use, and say so when it is this very Weft that uses it."""
    try:
        ensure_port_free(settings.host, settings.port)
    except PortInUseError as taken:
        if servers.attach() and not os.environ.get("WEFT_DATABASE_URL"):
            raise ServerError(
                f"Weft runs already on the data in {shown(data_folder())}: open {settings.base_url}, or stop that one first (Ctrl-C where "
                "it was started). For a second one beside it, set WEFT_DATA_DIR and WEFT_PORT."
            ) from taken
        raise


def _remember_wal(file: Path, days: str) -> None:
    """Let commands that start the servers by themselves go on keeping WAL: else there would be a gap in it."""
    if days == "0":
        file.unlink(missing_ok=True)
    else:
        file.write_text(f"{days}\n")


async def _ready(servers: RunningServers, settings: Settings, output: Output, *, demo: bool) -> list[SignIn]:
    """Prepare the database, upgrade every tenant, keep spares, and load the demo when there is nothing yet."""
    with output.progress("Preparing the database"):
        await prepare(servers, settings)
    async with hands(settings, name="weft up") as held:
        with output.progress("Upgrading businesses") as tell:
            report = await migrate_fleet(held.provisioner, held.runtime, held.modules, progress=tell)
        for schema, why in report.failed.items():
            output.say(f"The business in {schema} could not be upgraded: {why}")
        unfinished = settings.data_dir / "demo-unfinished"
        if demo and (unfinished.exists() or not await _has_tenants(held)):
            unfinished.touch()  # so that a start that is killed meanwhile leaves it to the next
            with output.progress("Loading the demo businesses") as tell:
                await load_demo(held.runtime, held.provisioner, held.modules, progress=tell)
            unfinished.unlink()
        with output.progress("Keeping schemas ready for sign-ups"):
            await Operator(held.runtime, held.provisioner, spares=2).fill_pool()
        return [SignIn(settings.tenant_url(slug), email, role) for slug, email, role in await sign_ins(held.runtime)]


async def _has_tenants(held: Hands) -> bool:
    return bool(await held.runtime.platform.fetchval("SELECT true FROM platform.tenant WHERE state <> 'spare' LIMIT 1"))


def _processes(settings: Settings) -> list[Process]:
    """Return the processes to keep running. Only the operator is told how to become the owner of everything."""
    told: Mapping[str, str] = MappingProxyType(
        {
            "WEFT_DATABASE_URL": settings.database_url,
            "WEFT_REDIS_URL": settings.redis_url,
            "WEFT_SECRET_KEY": settings.secret_key,
            "WEFT_DATA_DIR": str(settings.data_dir),
            "WEFT_BASE_URL": settings.base_url,
            "WEFT_HOST": settings.host,
            "WEFT_PORT": str(settings.port),
            "WEFT_DEMO": "1" if settings.demo else "",
            "WEFT_LOG_LEVEL": settings.log_level,
            "WEFT_LOG_FORMAT": "json",
            "WEFT_PROVISIONER_URL": "",
            "WEFT_WAL_URL": "",
            "WEFT_WAL_DAYS": str(settings.wal_days),
            "WEFT_WAL_DIR": settings.wal_dir,
            "WEFT_POSTGRES_BIN": settings.postgres_bin,
        }
    )
    weft = (sys.executable, "-m", "infra")
    return [
        Process(
            "operator", (*weft, "operator"), {**told, "WEFT_PROVISIONER_URL": settings.provisioner_url, "WEFT_WAL_URL": settings.wal_url}
        ),
        Process("worker", (*weft, "worker"), told, stop_seconds=30),
        Process("web", (*weft, "serve"), told, stop_seconds=25),
    ]


@dataclass(frozen=True, slots=True)
class _Greeter:
    """Says where everything is, as soon as it answers."""

    settings: Settings
    people: list[SignIn]
    started: float
    supervisor: Supervisor
    journal: Journal
    output: Output

    def greet(self) -> None:
        began = time.monotonic()
        host = "127.0.0.1" if self.settings.host in ("0.0.0.0", "::", "") else self.settings.host  # noqa: S104  # a comparison
        url = f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}/health/ready"
        with self.output.progress("Starting the web, the worker and the operator"):
            while not _answers(url) and time.monotonic() - began < READY_WITHIN:
                time.sleep(POLL)
        seconds = time.monotonic() - self.started
        if not _answers(url):
            where = shown(self.journal.path)
            self.supervisor.say(f"The web has not answered at {url} within {READY_WITHIN:.0f} s. What it says is in {where}.")
            return
        ready = Ready(self.settings, self.people, seconds, self.journal.path)
        self.output.answer(ready.as_data(), ready.as_text())
        sys.stdout.flush()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
