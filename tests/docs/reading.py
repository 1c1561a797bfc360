"""What a page of docs/ holds: files, with their names above them, and commands."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"(?:^`(?P<name>[\w./-]+)`\n\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code; `name` is the file it is, where the line above says so."""

    name: str
    language: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    """Yield a page's blocks of code, in order."""
    for found in _BLOCK.finditer((DOCS / page).read_text()):
        yield Block(found["name"] or "", found["language"], found["text"])


def run(folder: Path, *words: str, installed: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a module of Python as ``python -m`` in a folder, with what was installed into another one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "PYTHON", "PYTEST", "PICCOLO"))}
    path = {"PYTHONPATH": str(installed)} if installed else {}
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=folder, env=kept | path, capture_output=True, text=True, timeout=120, check=False)
