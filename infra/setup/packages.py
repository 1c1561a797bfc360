"""Python packages: the pinned and hashed lock, and Weft itself in place of a copy."""

import re
from collections.abc import Sequence
from pathlib import Path

from infra.setup.steps import CommandFailed, SetupError, fingerprint, is_stamped, run, write_stamp
from infra.setup.virtualenv import Virtualenv

_UNREACHABLE = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|timed out|Temporary failure in name resolution"
    r"|Connection refused|Connection reset|Max retries exceeded|Network is unreachable|ProxyError|Connection broken"
    r"|No route to host|SSLError|CERTIFICATE_VERIFY_FAILED|HTTP error 5\d\d"
)
# Isolated from what the person's own environment adds to Python, which would count as installed.
_PIP = ("-I", "-m", "pip", "--disable-pip-version-check", "--no-input")


def ensure_lock(venv: Virtualenv, root: Path, lock: Path, base: Path) -> None:
    """Install exactly what `lock` pins; `base` is the smaller lock that `lock` contains. Raises SetupError."""
    key, base_key = fingerprint(venv.key, lock), fingerprint(venv.key, base)
    if is_stamped(venv.stamp(lock.name), key):
        return
    # Bytecode is left to the first import: compiling all of it now takes a third of the time of the installation.
    options = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--retries", "2")
    count = len(re.findall(r"(?m)^[a-zA-Z0-9]", lock.read_text()))
    for stamp in venv.folder.glob(".weft/requirements*"):
        stamp.unlink()
    pip(venv, root, f"Installing {count} Python packages", ("install", *options, "-r", lock))
    write_stamp(venv.stamp(base.name), base_key)
    write_stamp(venv.stamp(lock.name), key)


def ensure_project(venv: Virtualenv, root: Path) -> None:
    """Install Weft itself, editable, without asking the network; raises SetupError."""
    key = fingerprint(venv.key, root / "pyproject.toml")
    if is_stamped(venv.stamp("project"), key):
        return
    options = ("--no-index", "--no-build-isolation", "--no-deps")
    pip(venv, root, "Installing Weft itself", ("install", *options, "--editable", root))
    write_stamp(venv.stamp("project"), key)


def pip(venv: Virtualenv, root: Path, title: str, arguments: Sequence[str | Path]) -> None:
    """Run pip inside the environment, marking it busy meanwhile; raises SetupError that says what to do."""
    venv.busy.touch()
    try:
        run(title, [venv.python, *_PIP, *arguments], root, {"PIP_USER": "0"})
    except CommandFailed as failure:
        explanation = _explain(failure.output)
        if explanation is None:
            raise SetupError(f"pip failed, so the next call starts afresh. What it said:\n{failure.output}") from failure
        venv.busy.unlink()
        raise SetupError(f"{explanation} What pip said:\n{failure.output}") from failure
    venv.busy.unlink()


def _explain(output: str) -> str | None:
    """Recognise the failures that come before pip writes anything, which leave the environment as it was."""
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A package from the registry is not the one the lock was made with, so nothing was installed. "
            "Check the mirror or proxy in front of the registry; if the package was replaced on purpose, "
            "run `make lock` and read what it changes."
        )
    if _UNREACHABLE.search(output):
        return (
            "The registry of Python packages could not be reached. Check the network of this machine; behind a proxy "
            "set HTTPS_PROXY, with a mirror set PIP_INDEX_URL, and run the same command again: "
            "what is already here is kept."
        )
    if "No matching distribution" in output:
        return (
            "The registry has no ready-made package of that version for this Python and machine. Use Python 3.11, "
            "3.12 or 3.13 on Linux (glibc) or macOS, or ask your mirror for it."
        )
    return None
