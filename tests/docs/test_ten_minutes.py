"""The plugin that docs/plugin-in-ten-minutes.md makes is made here from its words, and does what they say."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.docs.reading import blocks, run
from tests.vendor.wheels import build, pip

PAGE = "plugin-in-ten-minutes.md"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project as somebody has it who has followed the page."""
    start = tmp_path_factory.mktemp("ten")
    [first, *_] = [each for each in blocks(PAGE) if each.language == "bash"]
    subprocess.run(["/bin/sh", "-e", "-c", first.text], cwd=start, check=True)
    [project] = start.iterdir()
    for block in blocks(PAGE):
        if block.name:
            assert (project / block.name).parent.is_dir(), f"nothing on the page makes the folder of {block.name}"
            (project / block.name).write_text(block.text)
    return project


@pytest.fixture(scope="module")
def installed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the project is installed: from its wheel, since an editable install would change this environment."""
    site = tmp_path_factory.mktemp("site")
    pip("install", "--no-deps", "--no-index", "--target", str(site), str(build(project, tmp_path_factory.mktemp("wheel"))))
    return site


def test_every_file_of_the_page_is_named() -> None:
    shown = [each for each in blocks(PAGE) if each.language in ("python", "jinja", "toml")]
    assert len(shown) == 13
    assert all(each.name for each in shown)


def test_what_the_page_runs_is_what_is_run_here() -> None:
    [_, last] = [each.text.splitlines() for each in blocks(PAGE) if each.language == "bash"]
    assert last == ['pip install --editable ".[test]"', "pytest", "weft plugin check parcels"]


def test_its_tests_pass(project: Path, installed: Path) -> None:
    ran = run(project, "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "tests", installed=installed)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-2000:]
    assert "4 passed" in ran.stdout


def test_the_command_finds_and_checks_it(project: Path, installed: Path) -> None:
    # its own tests hold it to the rules that need servers
    checked = run(project, "infra", "plugin", "check", "parcels", "--quick", "--json", installed=installed)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    [report] = json.loads(checked.stdout)["plugins"]
    assert (report["key"], report["problems"]) == ("parcels", [])


def test_its_python_is_clean(project: Path) -> None:
    checked = run(project, "ruff", "check", "--line-length", "140", "--select", "E,F,W,I,N,UP,B", ".")
    assert checked.returncode == 0, checked.stdout
    formatted = run(project, "ruff", "format", "--check", "--line-length", "140", ".")
    assert formatted.returncode == 0, formatted.stdout
