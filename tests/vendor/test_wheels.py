"""Weft and plugins installed from wheels, in an environment that knows nothing of this checkout."""

import json
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from core.plugins.scaffold.make import new_plugin
from core.rules.check import RULES, TRIAL_RULES
from tests.vendor.wheels import ACME, PACKAGES, ROOT, Environment, build, clean_copy, environment

NEW = "quick_notes"


@pytest.fixture(scope="session")
def weft_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of Weft itself."""
    return build(ROOT, tmp_path_factory.mktemp("weft"))


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that `weft plugin new` has made, untouched."""
    folder = tmp_path_factory.mktemp("new") / NEW
    new_plugin(NEW, folder)
    return folder


@pytest.fixture(scope="session")
def apart(weft_wheel: Path, acme_wheel: Path, new_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return an environment with Weft, the vendor's plugin and a new one, each from its wheel."""
    new_wheel = build(clean_copy(new_project, tmp_path_factory.mktemp("copy") / NEW), tmp_path_factory.mktemp("wheel"))
    return environment(tmp_path_factory.mktemp("apart"), [weft_wheel, acme_wheel, new_wheel])


def test_the_wheel_brings_everything_that_is_not_python(weft_wheel: Path) -> None:
    names = set(ZipFile(weft_wheel).namelist())
    wanted = [*ROOT.glob("core/platform/schema/*.sql"), *ROOT.glob("web/static/*"), *ROOT.glob("web/templates/**/*.html")]
    wanted += [*ROOT.glob("tenants/demo/data/*"), *ROOT.glob("plugins/*/demo/*"), *ROOT.glob("plugins/*/templates/**/*.html")]
    wanted += [ROOT / "web" / "package.json", ROOT / "web" / "package-lock.json"]
    wanted += [ROOT / part / "py.typed" for part in ("weft", "core", "infra", "tenants", "web", "workers")]
    assert len(wanted) > 150
    assert {path.relative_to(ROOT).as_posix() for path in wanted if path.is_file()} <= names


def test_the_wheel_brings_nothing_that_is_not_ours_to_ship(weft_wheel: Path) -> None:
    names = ZipFile(weft_wheel).namelist()
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name or name.startswith(("tests/", "docs/"))]
    assert not [name for name in names if name.startswith("plugins/") and "/tests/" in name]


def test_what_is_imported_there_is_what_was_installed(apart: Environment) -> None:
    (apart.folder / "where.py").write_text(
        "import core, infra.testing, weft, web\nprint(*(each.__path__[0] for each in (core, weft, web)))\n"
    )
    told = apart.run("where")
    assert told.returncode == 0, told.stderr
    assert all(Path(path).is_relative_to(apart.site_packages) for path in told.stdout.split())
    assert str(ROOT) not in told.stdout


def test_the_command_finds_every_plugin_by_its_entry_point(apart: Environment) -> None:
    listed = apart.run("infra", "plugin", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["weft.plugins"]
    vendors = {each["key"]: each["vendor"] for each in json.loads(listed.stdout)}
    assert vendors == {**dict.fromkeys(ours, "Weft"), NEW: "Weft", "acme_loyalty": "Acme"}


def test_the_command_checks_a_vendors_plugin_and_says_so_by_its_exit_code(apart: Environment) -> None:
    checked = apart.run("infra", "plugin", "check", "acme_loyalty", "--json")
    told = json.loads(checked.stdout)
    assert (checked.returncode, told["ok"]) == (0, True), checked.stdout
    [report] = told["plugins"]
    assert len(report["kept"]) == len(RULES) + len(TRIAL_RULES)
    assert not report["skipped"]
    assert report["seconds"] < 20


def test_a_vendors_own_tests_run_with_the_fixtures_that_come_with_weft(apart: Environment, new_project: Path, tmp_path: Path) -> None:
    acme = clean_copy(ACME, tmp_path / "acme")
    words = ["pytest", "-p", "no:cacheprovider", "-c", str(acme / "pyproject.toml"), "--rootdir", str(tmp_path)]
    ran = apart.run(*words, str(acme / "tests"), str(new_project / "tests"), cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-2000:]
    assert "24 passed" in ran.stdout


def test_a_new_plugin_is_clean_in_the_eyes_of_its_own_linters(new_project: Path, tmp_path: Path) -> None:
    project = clean_copy(new_project, tmp_path / NEW)
    assert run_here("ruff", "check", cwd=project) == ""
    assert run_here("ruff", "format", "--check", cwd=project) == ""
    assert run_here("mypy", "--cache-dir", str(ROOT / ".mypy_cache" / "vendor"), cwd=project) == ""


def test_the_vendors_plugin_is_clean_in_the_eyes_of_its_own_linters(tmp_path: Path) -> None:
    project = clean_copy(ACME, tmp_path / "acme")
    assert run_here("mypy", "--cache-dir", str(ROOT / ".mypy_cache" / "vendor"), cwd=project) == ""


def run_here(*words: str, cwd: Path) -> str:
    """Run a tool of this environment; returns what it complains of."""
    done = subprocess.run([str(Path(sys.executable).parent / words[0]), *words[1:]], cwd=cwd, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture
def running(apart: Environment, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a whole Weft, started by the installed command; it says itself when it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"WEFT_DATA_DIR": str(tmp_path / "data"), "WEFT_PORT": str(port), "WEFT_ASSETS": str(PACKAGES), "PATH": "/usr/bin:/bin"}
    words = [str(apart.folder / "bin" / "python"), "-m", "infra", "up", "--no-demo"]
    with subprocess.Popen(words, cwd=apart.folder, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if "Weft is ready" in line or "has not answered" in line:
                break
        assert "Weft is ready" in said[-1], "".join(said)
        try:
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def test_an_installed_weft_comes_up_and_shows_its_pages(running: str) -> None:
    page = httpx.get(f"{running}/sign-in")
    assert page.status_code == 200
    script = page.text.split('<script type="module" src="')[1].split('"')[0]
    assert httpx.get(f"{running}{script}").headers["content-type"].startswith(("text/javascript", "application/javascript"))


def test_without_front_end_packages_it_is_told_what_to_do(apart: Environment, tmp_path: Path) -> None:
    settings = {"WEFT_DATABASE_URL": "postgresql:///x", "WEFT_REDIS_URL": "redis://x", "WEFT_SECRET_KEY": "x", "WEFT_ASSETS": str(tmp_path)}
    answer = apart.run("infra", "serve", more=settings)
    assert answer.returncode == 78
    assert "run `weft setup`, which fetches them" in answer.stderr
