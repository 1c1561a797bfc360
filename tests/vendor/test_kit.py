"""The fixtures come along with Weft into every pytest run of an environment, and cost one that is no concern of ours next to nothing."""

import subprocess
import sys
from pathlib import Path

SAYS = """
import sys
import pytest, pytest_asyncio
before = set(sys.modules)
import infra.testing
print(*sorted(set(sys.modules) - before))
"""
UNRELATED = """
def test_addition():
    assert 1 + 1 == 2

def test_nothing_of_ours_is_here():
    import sys
    assert not {"litestar", "piccolo", "asyncpg", "core", "web", "weft"} & set(sys.modules)
"""


def python(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *words], cwd=cwd, capture_output=True, text=True, check=False)


def test_importing_the_fixtures_imports_nothing_else(tmp_path: Path) -> None:
    told = python("-c", SAYS, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert set(told.stdout.split()) == {"infra", "infra.testing"}


def test_a_run_that_is_no_concern_of_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "test_unrelated.py").write_text(UNRELATED)
    ran = python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout
    assert "2 passed" in ran.stdout


def test_a_run_with_a_loop_for_each_test_is_told_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nasyncio_mode = "auto"\n')
    (tmp_path / "test_ours.py").write_text("async def test_it(tenant):\n    pass\n")
    ran = python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert ran.returncode == 1
    assert 'asyncio_default_test_loop_scope = "session"' in ran.stdout
    assert "Traceback" not in ran.stdout
