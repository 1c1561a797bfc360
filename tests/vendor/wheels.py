"""Wheels, and environments that hold what was built from them and nothing of this checkout but its libraries."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from web.packages import packages

ROOT = Path(__file__).parents[2]
ACME = ROOT / "tests" / "vendor" / "acme_loyalty"
PACKAGES = packages()


def build(source: Path, into: Path) -> Path:
    """Build the wheel of a project without asking any registry; returns it."""
    pip("wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", str(into), str(source))
    [wheel] = into.glob("*.whl")
    return wheel


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python environment of its own."""

    folder: Path

    @property
    def site_packages(self) -> Path:
        """Where packages are installed."""
        return self.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    def install(self, *wheels: Path) -> None:
        """Install wheels, without what they depend on."""
        pip("install", "--no-deps", "--no-index", "--target", str(self.site_packages), *map(str, wheels))

    def run(self, *words: str, cwd: Path | None = None, more: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a module of the environment's, as ``python -m``, outside of the checkout."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "PYTHON", "PYTEST", "PICCOLO"))}
        return subprocess.run(
            [str(self.folder / "bin" / "python"), "-m", *words],
            cwd=cwd or self.folder,
            env={**kept, "WEFT_ASSETS": str(PACKAGES), **(more or {})},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def environment(folder: Path, wheels: Sequence[Path]) -> Environment:
    """Make an environment with wheels in it, beside the libraries that this run has.

    A ``.pth`` file names the folder of the libraries. Those that lie in it in turn are not read, and one of them is what makes this
    checkout importable here.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    made = Environment(folder)
    (made.site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    made.install(*wheels)
    return made


def pip(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", "--quiet", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def clean_copy(source: Path, into: Path) -> Path:
    """Copy a project without what tools have left in it."""
    left = shutil.ignore_patterns(
        "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", "build", "dist", "*.egg-info", "node_modules"
    )
    return Path(shutil.copytree(source, into, ignore=left))
