"""The same pages of a few businesses and of many: two installations, each with a web process, asked in turns."""

import asyncio
import os
import random
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, sleep

from litestar.middleware.csrf import generate_csrf_token

from core.auth.sessions import Visitor, open_session
from core.people.members import owner_role
from core.settings import Settings
from core.telemetry import start_logs
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from tests.bench.figures import Hold, p95, tell
from tests.bench.fleet_plugins import installed
from tests.bench.load import answered
from web.site import Site
from weft import new_id

PORTS = (18810, 18811)
ROUNDS, ASKED, CLIENTS = 9, 400, 4  # of each kind of traffic: rounds, requests in a round, connections they come on


def site() -> Site:
    """Return the web application; a server process calls it."""
    settings = Settings.from_environment()
    start_logs(settings.log_level, json=True)
    return Site(settings, installed("2.0"))


@dataclass(frozen=True, slots=True)
class Web:
    """A web process, and a request of an owner for each business of its installation."""

    process: "subprocess.Popen[bytes]"
    port: int
    requests: list[bytes]

    def memory(self) -> int:
        """Return the bytes that the process has to itself (proc(5), smaps_rollup)."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))

    async def ask(self, requests: list[bytes]) -> list[float]:
        """Send requests on a few connections, each as soon as the last is answered; returns milliseconds of each."""
        times: list[float] = []
        await asyncio.gather(*(_client(self.port, requests[place::CLIENTS], times) for place in range(CLIENTS)))
        return times


async def _client(port: int, requests: Sequence[bytes], times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        begun = perf_counter()
        await answered(reader, writer, request)
        times.append((perf_counter() - begun) * 1000)
    writer.close()


async def owners(made: Installation, tenants: Sequence[LiveTenant]) -> list[bytes]:
    """Give each business an owner who is signed in, and twenty notes; returns the request of each for the page of them."""
    csrf, found = generate_csrf_token(made.settings.derived("csrf").hex()), []
    for tenant in tenants:
        async with tenant.transaction(unaudited="rows to read") as db:
            sql = "INSERT INTO notes_note (id, title, version) SELECT gen_random_uuid(), 'Note ' || n, 1 FROM generate_series(1, 20) n"
            await db.execute(sql)
        async with made.runtime.platform.transaction() as db:
            person, member = new_id(), new_id()
            who = "INSERT INTO platform.person (id, email, name, password_hash) VALUES ($1, $2, 'Ada', '')"
            await db.execute(who, person, f"{tenant.slug}@b.example")
            await db.execute("INSERT INTO platform.membership (id, tenant_id, person_id) VALUES ($1, $2, $3)", member, tenant.id, person)
            await db.execute("INSERT INTO platform.membership_role VALUES ($1, $2)", member, await owner_role(db, tenant.id))
            token = await open_session(db, person, tenant.id, made.runtime.now(), Visitor("", ""))
        host, cookie = f"{tenant.slug}.weft.test", f"weft_session={token}; weft_csrf={csrf}"
        found.append(f"GET /notes/list HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
    return found


@contextmanager
def web(made: Installation, port: int, requests: list[bytes]) -> Iterator[Web]:
    """Start a web process of an installation, and end it."""
    settings = made.settings
    told = {
        "WEFT_DATABASE_URL": settings.database_url, "WEFT_REDIS_URL": settings.redis_url, "WEFT_SECRET_KEY": settings.secret_key,
        "WEFT_DATA_DIR": str(settings.data_dir), "WEFT_BASE_URL": "http://weft.test", "WEFT_LOG_LEVEL": "WARNING",
        "PICCOLO_CONF": "core.database",
    }  # fmt: skip
    argv = [sys.executable, "-m", "uvicorn", "--factory", "tests.bench.fleet_web:site", "--port", str(port), "--no-access-log"]
    process = subprocess.Popen([*argv, "--log-level", "warning"], env={**os.environ, **told})
    try:
        _wait_for(port)
        yield Web(process, port, requests)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2)
        except OSError as wrong:
            if isinstance(wrong, urllib.error.HTTPError) or monotonic() < deadline:
                sleep(0.1)
                continue
            raise
        return


async def measure(few: tuple[Installation, Sequence[LiveTenant]], many: tuple[Installation, Sequence[LiveTenant]]) -> None:
    """Visit everybody once, and then ask both in turns; print."""
    with web(few[0], PORTS[0], await owners(*few)) as small, web(many[0], PORTS[1], await owners(*many)) as large:
        await small.ask(small.requests * 4)
        await large.ask(large.requests[:100] * 4)
        before = large.memory()
        await large.ask(large.requests[100:])
        each = (large.memory() - before) / 1024 / max(1, len(large.requests) - 100)
        tell("a warm tenant in the web process", each, "KB", hold=Hold(50))
        await large.ask(large.requests)
        dice = random.Random(7)
        times: dict[tuple[str, int], list[float]] = {}
        for turn in range(ROUNDS):
            for kind, bend in (("uniform", 0.0), ("Zipf", 1.0)):
                for place, one in enumerate((small, large) if turn % 2 else (large, small)):
                    weights = [1 / rank**bend for rank in range(1, len(one.requests) + 1)]
                    asked = dice.choices(one.requests, weights, k=ASKED)
                    which = place if turn % 2 else 1 - place
                    times.setdefault((kind, which), []).append(p95(await one.ask(asked)))
        for kind in ("uniform", "Zipf"):
            low, high = median(times[kind, 0]), median(times[kind, 1])
            told = f"p95 of a page, {kind} traffic to {len(large.requests):,} tenants"
            tell(told, high, "ms", baseline=low, baseline_is=f"to {len(small.requests)}", hold=Hold(1.2, of_ratio=True))
