"""Debian packages, for the few things that come from nowhere else; only where we may install them."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from infra.setup.steps import CommandFailed, SetupError, run

_ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
# Another apt may be at work, for instance the machine's nightly upgrade.
_WAIT = ("-o", "DPkg::Lock::Timeout=300")


def may_install() -> bool:
    """Say whether this process may install Debian packages: it is root, and apt-get is there."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(title: str, names: Sequence[str]) -> None:
    """Install Debian packages without their recommendations; raises SetupError."""
    try:
        run(f"{title}: asking for the list of packages", ["apt-get", *_WAIT, "update"], Path("/"), _ENVIRONMENT)
        command = ["apt-get", *_WAIT, "install", "--yes", "--no-install-recommends", *names]
        run(title, command, Path("/"), _ENVIRONMENT)
    except CommandFailed as failure:
        raise SetupError(
            f"apt-get could not install {' '.join(names)}. Check the network and /etc/apt/sources.list of this "
            f"machine, or install it by hand, and start again. What apt-get said:\n{failure.output}"
        ) from failure
