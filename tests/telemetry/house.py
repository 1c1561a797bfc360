"""An installation as an operator runs it: `weft serve` and `weft worker` as processes, on servers that may be killed."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
from litestar.middleware.csrf import generate_csrf_token

from core.imports.services import AT_ONCE
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation, installed
from infra.laboratory.servers import ServerUrls
from infra.laboratory.visitors import Visitors
from infra.servers.postgres import EmbeddedPostgres
from infra.servers.redis import EmbeddedRedis
from tests.telemetry.receiver import Receiver, receiving
from tests.workers.waiting import until
from web.site import Site


@dataclass(slots=True)
class Program:
    """A `weft` command that runs, and what it writes on standard error."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def lines(self, **facts: object) -> list[dict[str, Any]]:
        """Return the lines of its log that carry these facts; fails for one that is no JSON object."""
        text = self.log.read_bytes()
        found = [msgspec.json.decode(line, type=dict[str, Any]) for line in text[: text.rfind(b"\n") + 1].splitlines()]
        return [line for line in found if all(line.get(key) == fact for key, fact in facts.items())]

    async def line(self, **facts: object) -> dict[str, Any]:
        """Wait for a line that carries these facts."""

        async def there() -> list[dict[str, Any]]:
            assert self.process.poll() is None, self.log.read_text()
            return self.lines(**facts)

        return (await until(there, f"a line with {facts}"))[-1]

    def end(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)


@dataclass(slots=True)
class House:
    """The processes of one installation."""

    installation: Installation
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis
    receiver: Receiver
    folder: Path
    port: int
    worker_port: int
    session: str = ""
    tenant: LiveTenant | None = None
    programs: list[Program] = field(default_factory=list)

    @property
    def web(self) -> Program:
        """The `weft serve` that was started first."""
        return self.programs[0]

    @property
    def worker(self) -> Program:
        """The `weft worker`."""
        return self.programs[1]

    def start(self, command: str, more: Mapping[str, str] | None = None) -> Program:
        """Start a command with this installation's environment."""
        settings = self.installation.settings
        told = {
            "WEFT_DATABASE_URL": settings.database_url,
            "WEFT_REDIS_URL": settings.redis_url,
            "WEFT_SECRET_KEY": settings.secret_key,
            "WEFT_DATA_DIR": str(settings.data_dir),
            "WEFT_BASE_URL": settings.base_url,
            "WEFT_PORT": str(self.port),
            "WEFT_WORKER_METRICS_PORT": str(self.worker_port),
            "WEFT_METRICS_TOKEN": "",
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.receiver.url,
            "OTEL_BSP_SCHEDULE_DELAY": "50",  # milliseconds
        }
        log = self.folder / f"{command}-{len(self.programs)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen([sys.executable, "-m", "infra", command], env={**os.environ, **told, **(more or {})}, stderr=file)
        program = Program(process, log)
        self.programs.append(program)
        return program

    async def ask(self, method: str, path: str, *, host: str = "", port: int = 0, **more: Any) -> httpx.Response:
        """Send a request, as the person who is signed in unless it goes to another host than their business's."""
        assert self.tenant is not None
        settings = self.installation.settings
        token = generate_csrf_token(settings.derived("csrf").hex())
        cookies = [f"weft_csrf={token}"] if host else [f"weft_csrf={token}", f"weft_session={self.session}"]
        headers = {
            "host": host or f"{self.tenant.slug}.{settings.base_host}",
            "cookie": "; ".join(cookies),
            "x-csrftoken": token,
            **more.pop("headers", {}),
        }
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            return await client.request(method, f"http://127.0.0.1:{port or self.port}{path}", headers=headers, **more)

    async def answers(self, port: int = 0) -> None:
        """Wait until the web is ready."""

        async def ready() -> bool:
            try:
                return (await self.ask("GET", "/health/ready", host="health", port=port)).status_code == 200
            except httpx.TransportError:
                assert self.programs[-1].process.poll() is None, self.programs[-1].log.read_text()
                return False

        await until(ready, "the web is ready")

    async def upload(self, name: str, **headers: str) -> httpx.Response:
        """Bring in a file of contacts so large that a worker must read it: a request that asks for a job."""
        row = f"{name},{'x' * 1000}\n"
        content = f"Name,Notes\n{row * (AT_ONCE // len(row) + 1)}"
        path = "/imports/file?into=contacts.parties&name=people.csv"
        return await self.ask("PUT", path, content=content.encode(), headers={"content-type": "text/csv", **headers})

    def close(self) -> None:
        """End what still runs."""
        for program in self.programs:
            if program.process.poll() is None:
                program.process.kill()
                program.process.wait()

    async def open_doors(self) -> None:
        """Start the processes, and make a business with somebody who is signed in to it."""
        self.start("serve")
        self.start("worker")
        made = self.installation
        self.tenant = await made.new_tenant("contacts")
        visitors = Visitors(made, Site(made.settings, made.runtime.registry, made.runtime))
        browser = await visitors.sign_in(self.tenant)
        self.session = browser.cookies["weft_session"]
        await browser.aclose()
        await self.answers()
        await self.worker.line(event="the worker works")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Yield an installation whose processes run, on servers of its own."""
    with tempfile.TemporaryDirectory(prefix="weft-house-") as place, receiving() as receiver:
        Path(place).chmod(0o711)  # noqa: ASYNC240  # as root, PostgreSQL runs as another account
        postgres = EmbeddedPostgres(Path(place) / "postgres", settings={"fsync": "off"}, say=lambda _: None)
        redis = EmbeddedRedis(Path(place) / "redis", say=lambda _: None)
        address = postgres.start()
        urls = ServerUrls(lambda database: address.dsn("postgres", database), redis.start())
        try:
            async with installed(urls, Registry.installed(), folder) as made:
                house = House(made, postgres, redis, receiver, folder, free_port(), free_port())
                try:
                    await house.open_doors()
                    yield house
                finally:
                    house.close()
        finally:
            redis.stop()
            postgres.discard()
