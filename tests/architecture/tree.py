"""The files of the repository, as the tests of its shape see them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("weft", "core", "tenants", "plugins", "web", "workers", "infra")


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file under version control, relative to the root; those that are about to be added count."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return tuple(Path(line) for line in listed if (ROOT / line).is_file())


def sources(*folders: str) -> list[Path]:
    """Return the Python files below some folders."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in folders]


@cache
def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse((ROOT / path).read_text())
