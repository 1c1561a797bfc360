"""`weft plugin …` as whoever writes a plugin types it."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from core.plugins.scaffold.make import TEMPLATE, new_plugin
from core.rules.check import RULES, TRIAL_RULES, titles
from infra.cli.main import weft
from tests.plugins.workshop import Edit, edited, installed
from weft import Invalid

Run = Callable[..., Result]
POINTS = {"shop": "weft_shop.plugin:plugin"}


def type_in(*words: str) -> Result:
    return CliRunner().invoke(weft, ("plugin", *words), catch_exceptions=False)


@pytest.fixture(autouse=True)
def loud() -> Iterator[None]:
    """Undo after each test what the command does to the logs of its own process."""
    kept = structlog.get_config()
    yield
    logging.disable(logging.NOTSET)
    structlog.configure(**kept)


@pytest.fixture
def run(fresh: Mapping[str, str], tmp_path: Path) -> Run:
    """Return what types a command where the plugin shop is installed, with edits made."""

    def typed(edits: Sequence[Edit], *words: str) -> Result:
        with installed(tmp_path, "weft_shop", edited(fresh, edits), POINTS):
            return type_in(*words)

    return typed


def test_a_new_plugin_is_made_and_the_next_commands_are_told(tmp_path: Path) -> None:
    made = type_in("new", "shop_floor", "--folder", str(tmp_path / "floor"), "--title", "The floor", "--json")
    told = json.loads(made.stdout)
    assert (made.exit_code, told["key"]) == (0, "shop_floor")
    assert told["next"] == [f"cd {tmp_path / 'floor'}", 'pip install --editable ".[test]"', "pytest && weft plugin check shop_floor"]
    assert {str(path) for path in (tmp_path / "floor").rglob("*") if path.is_file()} == set(told["files"])
    assert 'title = "The floor"' in (tmp_path / "floor" / "weft_shop_floor" / "plugin.py").read_text()


def test_nothing_of_the_template_is_left_in_what_is_made(tmp_path: Path) -> None:
    for file in new_plugin("shop_floor", tmp_path / "floor"):
        assert "sample" not in f"{file.relative_to(tmp_path)}{file.read_text()}".lower()
    assert (tmp_path / "floor" / ".github" / "workflows" / "ci.yml").is_file()
    assert (tmp_path / "floor" / ".gitignore").is_file()
    assert TEMPLATE.is_dir()


@pytest.mark.parametrize("name", ["Shop", "2shops", "shop-floor", "shop__floor", "class", "settings", "a" * 31, "../shop", ""])
def test_a_name_that_cannot_be_a_key_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="The key “"):
        new_plugin(name, tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(Invalid, match="holds something already: name another folder with --folder"):
        new_plugin("shop", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(Invalid, match="holds something already"):
        new_plugin("shop", tmp_path / "notes.txt")


@pytest.mark.parametrize("title", ["Bread & butter", 'The "best" shop', "Back\\slash", "Zoë’s\nshop", "{{ title }}"])
def test_any_title_makes_python_that_can_be_read(tmp_path: Path, title: str) -> None:
    for file in new_plugin("shop", tmp_path / "new", title):
        if file.suffix == ".py":
            compile(file.read_text(), str(file), "exec")


def test_a_plugin_that_keeps_the_rules_ends_well(run: Run) -> None:
    checked = run([], "check", "shop", "--quick", "--json")
    [report] = json.loads(checked.stdout)["plugins"]
    assert (checked.exit_code, report["ok"], report["problems"]) == (0, True, [])
    assert report["kept"] == [rule.id for rule in RULES]
    assert report["skipped"] == [rule.id for rule in TRIAL_RULES]


def test_a_broken_rule_is_told_with_its_place_and_ends_with_3(run: Run) -> None:
    checked = run([Edit("permissions.py", "ALL = (READ, EDIT)", "ALL = (READ,)")], "check", "shop", "--quick", "--json")
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["ok"]) == (3, False)
    problem = told["plugins"][0]["problems"][0]
    assert problem["rule"] == "permissions"
    assert problem["where"].startswith("weft_shop/")
    assert "list it in permissions()" in problem["sentence"]


def test_people_read_the_same_as_programs(run: Run) -> None:
    checked = run([Edit("permissions.py", "ALL = (READ, EDIT)", "ALL = (READ,)")], "check", "shop", "--quick")
    assert checked.exit_code == 3
    assert "✗ permissions  weft_shop/" in checked.stdout
    assert f"✗ shop breaks 1 of {len(RULES) + len(TRIAL_RULES)} rules." in checked.stdout


def test_a_plugin_that_cannot_be_loaded_is_told_by_the_rule_it_breaks(run: Run) -> None:
    checked = run([Edit("plugin.py", 'version = "0.1.0"', 'version = "one"')], "check", "--quick", "--json")
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["ok"]) == (3, False)
    assert told["plugins"][0]["problems"][0]["rule"] == "version"


def test_a_plugin_that_is_not_installed_is_refused_with_those_that_are() -> None:
    checked = type_in("check", "nobody")
    assert checked.exit_code == 1
    assert "There is no plugin “nobody” installed here; those that are: " in checked.output
    assert "contacts" in checked.output


def test_every_rule_can_be_read_about() -> None:
    told = json.loads(type_in("rules", "--json").stdout)
    assert {each["rule"]: each["title"] for each in told} == titles()


def test_the_matrix_tells_which_plugins_fit_by_their_rules_and_their_own_tests(run: Run, tmp_path: Path) -> None:
    test = Edit("tests/test_it.py", "", "def test_it():\n    assert 1 + 1 == 2\n")
    fits = run([test], "matrix", "shop", "--json")
    [row] = json.loads(fits.stdout)
    assert (fits.exit_code, row["fits"], row["tests"], row["broken"]) == (0, "yes", "passed", [])
    assert row["told"].startswith("1 passed")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "test_more.py").write_text("def test_more():\n    assert 1 + 1 == 3\n")
    broken = [test, Edit("routes.py", '@get("/", guards=[needs(READ)])', '@get("/everything", guards=[needs(READ)])')]
    breaks = run(broken, "matrix", "shop", "--project", f"shop={elsewhere}", "--json")
    [row] = json.loads(breaks.stdout)
    assert (breaks.exit_code, row["fits"], row["tests"]) == (3, "no", "failed")
    assert row["broken"], "its listing leads nowhere"
    refused = run([], "matrix", "--project", f"shop={tmp_path / 'nowhere'}")
    assert (refused.exit_code, "--project KEY=FOLDER" in refused.stderr) == (1, True)
