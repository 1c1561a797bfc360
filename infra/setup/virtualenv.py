"""The virtual environment in `.venv`: made, recognised, and made anew when it cannot be trusted."""

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.setup import apt
from infra.setup.steps import CommandFailed, SetupError, fingerprint, is_stamped, run, tell, write_stamp


@dataclass(frozen=True, slots=True)
class Virtualenv:
    """An environment that exists and may be installed into."""

    folder: Path
    key: str

    @property
    def python(self) -> Path:
        """The interpreter inside the environment."""
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        """Where packages are installed."""
        return self.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    @property
    def busy(self) -> Path:
        """A file that exists while pip writes; found at the start of a set-up, it means that pip was killed."""
        return self.folder / ".weft" / "busy"

    def stamp(self, step: str) -> Path:
        """The file that says with which inputs a step was finished."""
        return self.folder / ".weft" / step


def ensure(root: Path) -> Virtualenv:
    """Return the checkout's environment, made with the Python that runs this; raises SetupError."""
    # The path is part of the key because scripts in an environment hold it, so a moved checkout needs a new one.
    key = fingerprint(f"{sys.version_info[0]}.{sys.version_info[1]}", sys.implementation.cache_tag, str(root))
    venv = Virtualenv(root / ".venv", key)
    if is_stamped(venv.stamp("venv"), key) and venv.python.exists() and not venv.busy.exists():
        return venv
    if venv.busy.exists():
        tell("An earlier installation was cut off; starting over with a fresh environment.")
    if venv.folder.is_symlink():
        raise SetupError(f"{venv.folder} is a symbolic link. Remove it; the set-up makes its own environment there.")
    if venv.folder.exists():
        shutil.rmtree(venv.folder)
    _require_ensurepip()
    try:
        run("Making the Python environment", [_base_python(), "-m", "venv", venv.folder], root)
    except CommandFailed as failure:
        raise SetupError(f"The Python environment could not be made in {venv.folder}. What Python said:\n{failure.output}") from failure
    write_stamp(venv.stamp("venv"), key)
    return venv


def _base_python() -> str:
    # Inside an activated environment, possibly the one being remade, `sys.executable` would be the wrong parent.
    base: str | None = getattr(sys, "_base_executable", None)
    return base or sys.executable


def _require_ensurepip() -> None:
    """Debian keeps the part of Python that puts pip into an environment in a package of its own."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not (apt.may_install() and os.path.realpath(sys.executable).startswith("/usr/bin/")):
        raise SetupError(
            f"This Python ({sys.executable}) cannot make environments: its `ensurepip` is missing. "
            f"On Debian and Ubuntu, install the package {package}, and start again."
        )
    apt.install(f"Installing {package}", [package])
    importlib.invalidate_caches()
