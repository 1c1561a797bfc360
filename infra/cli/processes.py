"""The processes of an installation, each as a command of its own: for containers, service managers, and `weft up`."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import FrameType

import click
import structlog
import uvicorn
import uvloop

from core.outages import OUTAGES
from core.plugins.usable import usable
from core.settings import Settings
from core.telemetry import start_logs, start_traces, stop_traces
from infra.cli.connect import Hands, hands
from infra.cli.output import CONFIGURATION
from infra.ports import ensure_port_free
from infra.wal.here import keeps_wal, past_here
from infra.wal.keeping import WalKeeper
from infra.wal.past import WalPast
from tenants.backups.moments import forget_kept
from tenants.operator import Operator
from tenants.provisioner import Provisioner
from web.cells import Cells
from web.site import Site
from workers.main import relay as run_relay
from workers.main import run as run_worker
from workers.options import Options

Log = structlog.get_logger("weft.processes")


@click.command()
def serve() -> None:
    """Answer people and programs over HTTP (WEFT_HOST, WEFT_PORT). Needs WEFT_DATABASE_URL, WEFT_REDIS_URL and WEFT_SECRET_KEY.

    Holds no state: run as many as are needed, on a database that `weft migrate` has prepared. /health/ready tells when it may be asked.
    SIGTERM and SIGINT let the requests that run end, for up to 20 s, and take no new ones; a second one ends it at once.

    \b
    Examples:
      weft serve
      WEFT_HOST=0.0.0.0 WEFT_PORT=80 WEFT_BASE_URL=https://weft.example weft serve
    """
    settings = _begin("weft-web")
    ensure_port_free(settings.host, settings.port)
    site = Cells(settings, usable()) if settings.cells else Site(settings, usable())
    config = uvicorn.Config(
        site,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
        timeout_keep_alive=65,
        lifespan="on",
        ws="none",
    )
    server = uvicorn.Server(config)
    _keep_signals(server)
    server.run()
    stop_traces()
    if not server.started:
        raise SystemExit(CONFIGURATION)


@click.command()
@click.option("--without-relay", is_flag=True, help="Leave what transactions committed to `weft relay`, of which one has to run then.")
def worker(without_relay: bool) -> None:
    """Run jobs, schedules and mail. Needs WEFT_DATABASE_URL, WEFT_REDIS_URL and WEFT_SECRET_KEY.

    Run as many as are needed. SIGTERM lets the jobs that run end; what has not ended by then is given back, and begun again elsewhere.

    \b
    Examples:
      weft worker
      weft worker --without-relay
    """
    settings = _begin("weft-worker")
    uvloop.run(run_worker(settings, options=replace(Options.from_environment(), relay=not without_relay)))
    stop_traces()


@click.command()
def relay() -> None:
    """Bring what transactions committed (jobs, events, webhooks) to where workers find it. Needs what `weft worker` needs.

    A worker does that too, unless it is told not to: a relay of its own keeps jobs that use the processor from holding up others. Run two,
    so that one may end; each message is moved once.

    \b
    Examples:
      weft relay
    """
    settings = _begin("weft-relay")
    uvloop.run(run_relay(settings))
    stop_traces()


@click.command()
@click.option("--spares", default=3, type=click.IntRange(0, 1000), show_default=True, help="How many schemas to keep ready for sign-ups.")
def operator(spares: int) -> None:
    """Make tenants and change their tables, as the web asks for it. The only process that needs WEFT_PROVISIONER_URL.

    Switches modules on and off, keeps schemas ready for sign-ups, and erases businesses whose time of grace is over. One is enough; more
    do no harm.

    \b
    Examples:
      weft operator --spares 20
    """
    settings = _begin("weft-operator")

    async def work() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await asyncio.gather(*(_operate(each, spares, stop) for each in settings.served_cells))

    uvloop.run(work())
    stop_traces()


@asynccontextmanager
async def _keeping_wal(held: Hands, settings: Settings, stop: asyncio.Event) -> AsyncIterator[WalPast | None]:
    """Keep the server's WAL meanwhile, where that is asked for, and yield what shows its past; on connections of its own."""
    if not keeps_wal(settings):
        async with held.provisioner.as_owner() as connection:
            await forget_kept(connection)
        yield None
        return
    provisioner = await Provisioner.open(settings.provisioner_url, size=2)
    past = past_here(settings, structlog.get_logger("weft.wal").info)
    keeping = asyncio.create_task(WalKeeper(past, provisioner, settings.wal_days).run(stop), name="weft wal")
    try:
        yield past
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await provisioner.close()


async def _operate(settings: Settings, spares: int, stop: asyncio.Event) -> None:
    """Work for one cell; where there are several, one that does not answer keeps nobody else waiting."""
    while not stop.is_set():
        try:
            async with hands(settings, name="weft operator") as held, _keeping_wal(held, settings, stop) as past:
                await Operator(held.runtime, held.provisioner, spares=spares, past=past).run(stop)
        except OUTAGES as wrong:
            if len(settings.cell_names) == 1:
                raise
            Log.warning("a cell does not answer; trying again until it does", cell=settings.cell, error=str(wrong))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 2)


def _keep_signals(server: uvicorn.Server) -> None:
    """Take the signals that uvicorn raises anew once it has ended well, or they would end the process as though it had failed."""

    def stop(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _begin(service: str) -> Settings:
    settings = Settings.from_environment()
    start_logs(settings.log_level, json=settings.log_json, service=service)
    start_traces(service)
    return settings
