"""Files and functions stay small enough to be understood in one sitting."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, parsed, sources

FILE, FUNCTION = 400, 60
# What is longer, and why it has one reason to exist; a line here has to be defended.
LONGER: dict[str, str] = {}


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_no_file_is_longer_than_400_lines(package: str) -> None:
    long = {str(path): lines for path in sources(package) if (lines := len((ROOT / path).read_text().splitlines())) > FILE}
    assert {path: lines for path, lines in long.items() if path not in LONGER} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_function_is_longer_than_60_lines(package: str) -> None:
    long = {name: lines for path in sources(package) for name, lines in functions(path).items() if lines > FUNCTION}
    assert {name: lines for name, lines in long.items() if name not in LONGER} == {}


def functions(path: Path) -> dict[str, int]:
    """Return how many lines each function of a file has, its decorators left out."""
    found = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {f"{path}:{node.name}": (node.end_lineno or 0) - node.lineno + 1 for node in found}


def test_the_list_of_exceptions_names_only_what_needs_it() -> None:
    real = {str(path) for path in sources(*PACKAGES, "tests") if len((ROOT / path).read_text().splitlines()) > FILE}
    real |= {name for path in sources(*PACKAGES) for name, lines in functions(path).items() if lines > FUNCTION}
    assert set(LONGER) <= real
    assert all(len(reason) > 20 for reason in LONGER.values())
