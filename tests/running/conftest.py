"""`weft up` itself, as a process on a folder of its own, and commands typed beside it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.servers import alive
from tests.infra.conftest import open_folder

ROOT = Path(__file__).parents[2]
WEFT = (sys.executable, "-m", "infra")
PATIENCE = 120.0  # seconds: another test's work may be on the same cores


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def until(done: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


@dataclass(slots=True)
class House:
    """An installation in a folder: started, ended and started again."""

    folder: Path
    port: int
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0
    tokens: dict[str, str] = field(default_factory=dict)

    def start(self, *words: str) -> str:
        """Type `weft up`, and return what it printed when everything answered."""
        self.starts += 1
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                (*WEFT, "up", *words), cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
        ended = ("data stays.\n", "\n}\n")
        until(lambda: self.out.read_text().endswith(ended) or self.over, "weft up is ready")
        assert not self.over, self.err.read_text()
        return self.out.read_text()

    def weft(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Type a command in the installation's folder."""
        told = {**self.environment, **environment}
        return subprocess.run((*WEFT, *words), cwd=self.folder, env=told, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def answer(self, *words: str, **environment: str) -> Any:
        """Type a command that must do, and return its document."""
        ran = self.weft(*words, "--json", **environment)
        assert ran.returncode == 0, ran
        return json.loads(ran.stdout)

    def ask(self, method: str, path: str, *, slug: str = "", **more: Any) -> httpx.Response:
        """Send a request to the platform or to a business, as the program whose token is in `tokens`."""
        host = f"{slug}.localhost:{self.port}" if slug else f"localhost:{self.port}"
        headers = {
            "host": host,
            **({"authorization": f"Bearer {self.tokens[slug]}"} if slug in self.tokens else {}),
            **more.pop("headers", {}),
        }
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            return client.request(method, f"http://127.0.0.1:{self.port}{path}", headers=headers, **more)

    def end(self, number: signal.Signals) -> int:
        """Signal `weft up`, and return its exit code."""
        assert self.process
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.process = None
        return code

    @property
    def over(self) -> bool:
        return self.process is None or self.process.poll() is not None

    @property
    def out(self) -> Path:
        return self.folder / f"out-{self.starts}.txt"

    @property
    def err(self) -> Path:
        return self.folder / f"err-{self.starts}.txt"

    @property
    def log(self) -> list[dict[str, Any]]:
        """Every structured line that the processes logged."""
        lines = (self.folder / ".weft" / "logs" / "weft.log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def processes(self) -> dict[int, str]:
        """Return every process that belongs to the installation, with its command: Weft's own, and its servers (Linux only)."""
        found = {}
        for entry in Path("/proc").glob("[1-9]*"):
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                ours = f"{self.folder}".encode() in (entry / "environ").read_bytes() and " infra " in words
                served = (entry / "cwd").resolve().is_relative_to(self.folder) and "infra" not in words
                if (ours or served) and alive.is_alive(int(entry.name)):
                    found[int(entry.name)] = words.strip()
        return found

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process and not self.over:
            self.end(signal.SIGTERM)
        for pid in self.processes():
            alive.send(pid, signal.SIGKILL)


def environment(folder: Path, port: int, more: Mapping[str, str]) -> dict[str, str]:
    """Return what somebody has who has set nothing but the port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "WEFT_DATA_DIR": str(folder / ".weft"), "WEFT_PORT": str(port), **more}


@contextlib.contextmanager
def a_house(**more: str) -> Iterator[House]:
    with open_folder() as folder, house_in(folder, **more) as house:
        yield house


@contextlib.contextmanager
def house_in(folder: Path, **more: str) -> Iterator[House]:
    port = free_port()
    house = House(folder, port, environment(folder, port, more))
    try:
        yield house
    finally:
        house.close()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Yield an installation that is not started yet; the tests of a module go through its life in order."""
    with a_house() as made:
        yield made
