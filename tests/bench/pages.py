"""Requests a second of an authenticated page with one query, beside bare Litestar and asyncpg doing that query.

``python -m tests.bench.pages [SECONDS]``. Each server is one uvicorn process; both answer from the same
PostgreSQL, and the load comes from this process over keep-alive connections.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import asyncpg
from litestar import Litestar, get
from litestar.middleware.csrf import generate_csrf_token
from litestar.response import Response

from core.auth.sessions import Visitor, open_session
from core.people.members import owner_role
from core.plugins.registry import Registry
from core.settings import Settings
from core.telemetry import start_logs
from infra.laboratory.installation import installed
from infra.laboratory.servers import ServerUrls
from infra.servers.postgres import EmbeddedPostgres
from tests.bench.figures import Hold, tell
from tests.bench.load import load
from tests.sample.pages import QUERY
from tests.sample.pages import plugin as pages
from web.site import Site
from weft import new_id

ROWS = 20
PORTS = {"ours": 18800, "bare": 18801}


def ours() -> Site:
    """Return the web application with the plugin whose page is asked for; a server process calls it."""
    settings = Settings.from_environment()
    start_logs(settings.log_level, json=True)
    return Site(settings, Registry([pages]))


def bare() -> Litestar:
    """Return the least that answers with the same rows."""
    pools: dict[str, Any] = {}

    async def start(_: Litestar) -> None:
        pools["tenant"] = await asyncpg.create_pool(os.environ["BENCH_BARE_URL"], min_size=1, max_size=8)

    @get("/notes")
    async def notes() -> Response[list[dict[str, Any]]]:
        rows = await pools["tenant"].fetch(QUERY, ROWS)
        return Response([dict(row) for row in rows])

    return Litestar([notes], on_startup=[start], openapi_config=None)


def serve(name: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start one of the two as a server process."""
    argv = [sys.executable, "-m", "uvicorn", "--factory", f"tests.bench.pages:{name}", "--port", str(PORTS[name]), "--no-access-log"]
    return subprocess.Popen([*argv, "--log-level", "warning"], env={**os.environ, **environment})


def wait_for(port: int, path: str, host: str) -> None:
    """Wait until a server answers."""
    deadline = monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host}), timeout=1)
        except OSError as wrong:
            if isinstance(wrong, urllib.error.HTTPError):
                return
            if monotonic() > deadline:
                raise
            sleep(0.1)
        else:
            return


async def measure(seconds: float) -> None:
    """Fill a tenant, start both servers, and ask both in turns."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "postgres", say=lambda _: None)
        address = postgres.start()
        servers = ServerUrls(lambda database: address.dsn("postgres", database), "redis://unused")
        try:
            async with installed(servers, Registry([pages]), Path(folder)) as installation:
                await _measure(installation, address, seconds)
        finally:
            postgres.stop()


async def _measure(installation: Any, address: Any, seconds: float) -> None:
    runtime, settings = installation.runtime, installation.settings
    tenant = await installation.new_tenant()
    async with tenant.transaction(unaudited="rows to read") as db:
        for number in range(1000):
            await db.execute("INSERT INTO notes_note (id, title, version) VALUES ($1, $2, 1)", new_id(), f"Note {number}")
    async with runtime.platform.transaction() as db:
        person, member = new_id(), new_id()
        await db.execute("INSERT INTO platform.person (id, email, name, password_hash) VALUES ($1, 'a@b.example', 'Ada', '')", person)
        await db.execute("INSERT INTO platform.membership (id, tenant_id, person_id) VALUES ($1, $2, $3)", member, tenant.id, person)
        await db.execute("INSERT INTO platform.membership_role VALUES ($1, $2)", member, await owner_role(db, tenant.id))
        token = await open_session(db, person, tenant.id, runtime.now(), Visitor("", ""))
    database = settings.provisioner_url.rpartition("/")[2].partition("?")[0]
    base = {
        "WEFT_DATABASE_URL": settings.database_url, "WEFT_REDIS_URL": "redis://unused", "WEFT_SECRET_KEY": settings.secret_key,
        "WEFT_DATA_DIR": str(settings.data_dir), "WEFT_BASE_URL": "http://weft.test", "WEFT_LOG_LEVEL": "WARNING",
        "PICCOLO_CONF": "core.database",
        "BENCH_BARE_URL": address.dsn("postgres", database) + f"&options=-csearch_path%3D{tenant.schema}",
    }  # fmt: skip
    processes = [serve(name, base) for name in PORTS]
    host = f"{tenant.slug}.weft.test"
    try:
        wait_for(PORTS["ours"], "/health/live", "weft.test")
        wait_for(PORTS["bare"], "/notes", "x")
        csrf = generate_csrf_token(settings.derived("csrf").hex())  # as a browser sends it along after its first page
        asks = {
            "ours": ("/notes/list", {"Host": host, "Cookie": f"weft_session={token}; weft_csrf={csrf}"}),
            "bare": ("/notes", {"Host": "x"}),
        }
        found: dict[str, list[float]] = {"ours": [], "bare": []}
        for name in ("bare", "ours") * 3:
            path, headers = asks[name]
            found[name].append((await load(PORTS[name], path, headers, seconds=seconds)).per_second)
        ours_, bare_ = (sorted(found[name])[1] for name in ("ours", "bare"))
        hold = Hold(0.4, at_most=False, of_ratio=True)
        tell("authenticated page with one query", ours_, "requests/s", baseline=bare_, baseline_is="bare Litestar and asyncpg", hold=hold)
    finally:
        for process in processes:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
