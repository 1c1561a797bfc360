"""The web and the worker as the product runs them: processes of their own on the installation of a test, killed and started again."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.settings import Settings
from infra.testing import Installation
from tests.workers.waiting import until

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds: another test's work may be on the same cores


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _told(settings: Settings, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "WEFT_DATABASE_URL": settings.database_url,
        "WEFT_REDIS_URL": settings.redis_url,
        "WEFT_SECRET_KEY": settings.secret_key,
        "WEFT_DATA_DIR": str(settings.data_dir),
        "WEFT_BASE_URL": f"http://localhost:{port}",
        "WEFT_PORT": str(port),
    }


@dataclass(slots=True)
class Running:
    """One kind of process: `serve` or `worker`."""

    command: str
    port: int
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    kills: int = 0

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                (sys.executable, "-m", "infra", self.command), env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it as a power failure would: kill -9."""
        assert self.process
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        self.kills += 1

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)

    async def answers(self) -> None:
        """Wait until the web answers."""

        async def there() -> bool:
            assert self.process
            assert self.process.poll() is None, self.log.read_text()[-4000:]
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                status = await reader.readline()
                writer.close()
                return b" 200 " in status
            return False

        await until(there, "the web answers", PATIENCE)


@contextmanager
def running(installation: Installation, folder: Path) -> Iterator[tuple[Running, Running]]:
    """Yield a web and a worker of an installation; neither is started."""
    port = free_port()
    told = _told(installation.settings, port)
    web, worker = Running("serve", port, told, folder / "web.log"), Running("worker", port, told, folder / "worker.log")
    try:
        yield web, worker
    finally:
        web.close()
        worker.close()
