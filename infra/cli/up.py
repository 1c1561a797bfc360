"""`weft up`: everything on one machine."""

import asyncio
import os
import sys
import threading
import time
import urllib.error
import urllib.request

import click
from rich.console import Console

from core.settings import Settings
from core.telemetry import start_logs
from infra.cli.connect import Hands, hands, prepare, settings_for
from infra.cli.output import Output
from infra.cli.setup import fetch
from infra.ports import ensure_port_free
from infra.processes import Process, Supervisor
from infra.servers.choose import RunningServers, Servers
from tenants.demo.businesses import PASSWORD
from tenants.demo.load import load_demo, sign_ins
from tenants.fleet import migrate_fleet
from tenants.operator import Operator
from web.packages import packages

READY_WITHIN = 60.0  # seconds


@click.command()
@click.option("--demo/--no-demo", default=True, help="Load three demo businesses when the installation is empty.")
@click.option("--verbose", is_flag=True, help="Show the processes' logs.")
def up(demo: bool, verbose: bool) -> None:
    """Start everything on this machine: servers, migrations, web, worker, operator. Ctrl-C stops it all; the data stays."""
    console = Console(stderr=True, highlight=False)
    start_logs("INFO" if verbose else "WARNING", json=False)
    ensure_port_free(os.environ.get("WEFT_HOST", "127.0.0.1"), int(os.environ.get("WEFT_PORT", "8000")))
    if not packages().is_dir():
        fetch()
    servers = Servers(say=lambda sentence: console.print(sentence, markup=False))
    started = time.monotonic()
    with console.status("Starting PostgreSQL and Redis …"):
        found = servers.start()
    console.print(found.line, markup=False)
    try:
        servers.watch()
        settings = settings_for(found, {**os.environ, "WEFT_DEMO": "1" if demo else ""})
        people = asyncio.run(_ready(found, settings, console, demo=demo))
        supervisor = Supervisor(_processes(settings, verbose=verbose), out=sys.stderr.buffer)
        threading.Thread(target=_announce, args=(settings, people, started, supervisor), daemon=True).start()
        code = supervisor.run()
    finally:
        servers.stop()
    raise SystemExit(code)


async def _ready(servers: RunningServers, settings: Settings, console: Console, *, demo: bool) -> list[tuple[str, str, str]]:
    """Prepare the database, upgrade every tenant, keep spares, and load the demo when there is nothing yet."""
    with console.status("Preparing the database …"):
        await prepare(servers, settings)
    output = Output(as_json=False)
    async with hands(settings, name="weft up") as held:
        with output.progress("Upgrading businesses") as tell:
            report = await migrate_fleet(held.provisioner, held.runtime, held.modules, progress=tell)
        for schema, why in report.failed.items():
            console.print(f"The business in {schema} could not be upgraded: {why}", markup=False)
        if demo and not await _has_tenants(held):
            with output.progress("Loading the demo businesses") as tell:
                await load_demo(held.runtime, held.provisioner, held.modules, progress=tell)
        await Operator(held.runtime, held.provisioner, spares=2).fill_pool()
        return await sign_ins(held.runtime)


async def _has_tenants(held: Hands) -> bool:
    return bool(await held.runtime.platform.fetchval("SELECT true FROM platform.tenant WHERE state <> 'spare' LIMIT 1"))


def _processes(settings: Settings, *, verbose: bool) -> list[Process]:
    """Return the processes to keep running. Only the operator is told how to become the owner of everything."""
    told = {
        "WEFT_DATABASE_URL": settings.database_url,
        "WEFT_REDIS_URL": settings.redis_url,
        "WEFT_SECRET_KEY": settings.secret_key,
        "WEFT_DATA_DIR": str(settings.data_dir),
        "WEFT_DEMO": "1" if settings.demo else "",
        "WEFT_LOG_LEVEL": settings.log_level if verbose else "WARNING",
        "WEFT_PROVISIONER_URL": "",
    }
    weft = (sys.executable, "-m", "infra")
    return [
        Process("operator", (*weft, "operator"), {**told, "WEFT_PROVISIONER_URL": settings.provisioner_url}),
        Process("worker", (*weft, "worker"), told, stop_seconds=30),
        Process("web", (*weft, "serve"), told, stop_seconds=25),
    ]


def _announce(settings: Settings, people: list[tuple[str, str, str]], started: float, supervisor: Supervisor) -> None:
    """Say where everything is, as soon as it answers."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104  # a comparison
    url = f"http://{host}:{settings.port}/health/ready"
    while not _answers(url):
        if time.monotonic() - started > READY_WITHIN:
            supervisor.say(f"The web has not answered within {READY_WITHIN:.0f} s; run with --verbose to see why.")
            return
        time.sleep(0.1)
    lines = [f"Weft is ready after {time.monotonic() - started:.1f} s.", "", f"  {settings.base_url:<36}sign up, sign in"]
    for slug, email, role in people:
        lines.append(f"  {settings.tenant_url(slug):<36}{email:<32}{role}")
    if people:
        lines.append(f"  The password of each is: {PASSWORD}")
    if not settings.smtp_url:
        lines.append(f"  {settings.base_url + '/mailbox':<36}mail that would have been sent")
    lines += ["", "Ctrl-C stops everything; the data stays."]
    click.echo("\n".join(lines))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
