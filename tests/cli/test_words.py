"""The command's words, its help, and how it ends."""

import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from infra.cli import failures
from infra.cli.main import COMMANDS, SUMMARIES
from infra.cli.main import weft as command
from infra.cli.output import CONFIGURATION, INTERNAL, INTERRUPTED, REFUSED, UNWELL, USAGE
from infra.cli.reference import PAGE, reference

from .conftest import Weft

LASTING = {"weft serve", "weft worker", "weft relay", "weft operator"}  # they answer nothing: their logs are JSON


def leaves(group: click.Group, above: click.Context) -> Iterator[click.Context]:
    for name in group.list_commands(above):
        found = group.get_command(above, name)
        assert found
        context = click.Context(found, parent=above, info_name=name)
        if isinstance(found, click.Group):
            yield from leaves(found, context)
        else:
            yield context


TOP = click.Context(command, info_name="weft", **command.context_settings)
LEAVES = {context.command_path: context for context in leaves(command, TOP)}


def test_the_list_of_commands_is_told_without_loading_them() -> None:
    assert list(SUMMARIES) == list(COMMANDS)
    script = (
        "import sys; from infra.cli.main import weft; weft(['--help'], standalone_mode=False); print(sorted(sys.modules), file=sys.stderr)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "infra.cli.up" not in told.stderr
    assert "asyncpg" not in told.stderr
    assert all(name in told.stdout for name in COMMANDS)


@pytest.mark.parametrize("code", [0, REFUSED, USAGE, UNWELL, INTERNAL, CONFIGURATION, INTERRUPTED])
def test_every_exit_code_is_in_the_help(code: int) -> None:
    assert f"\n    {code} " in TOP.get_help()


@pytest.mark.parametrize("path", sorted(LEAVES))
def test_every_command_tells_what_it_is_for_and_answers_in_json(path: str) -> None:
    found = LEAVES[path].command
    assert (found.help or "").strip().split("\n")[0].endswith((".", ":"))
    options = {word for parameter in found.params for word in parameter.opts}
    assert ("--json" in options) == (path not in LASTING)
    for parameter in found.params:
        assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None), f"{path} {parameter.name}"


@pytest.mark.parametrize("path", sorted(path for path in LEAVES if not path.startswith(("weft plugin", "weft setup", "weft module list"))))
def test_every_command_that_changes_something_shows_how_it_is_typed(path: str) -> None:
    if path != "weft tenant list":
        assert f"  {path}" in LEAVES[path].get_help().partition("Examples:")[2]


def test_the_reference_is_what_the_commands_say() -> None:
    assert PAGE.read_text() == reference(), "Run: python -m infra.cli.reference"


@pytest.mark.parametrize("words", [("frob",), ("tenant", "creat"), ("tenant", "list", "--jason"), ("tenant", "create"), ("up", "now")])
def test_wrong_words_end_with_two_and_a_hint(typed: Weft, words: tuple[str, ...]) -> None:
    plain = typed(*words)
    assert (plain.code, plain.out) == (2, "")
    assert "--help" in plain.err
    told = typed(*words, "--json")
    assert (told.code, told.error["kind"], told.err) == (2, "usage", "")


def test_a_fault_of_our_own_is_a_traceback_for_us_and_a_document_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.tell(ZeroDivisionError("a rule was broken"), as_json=True) == INTERNAL
    told = capsys.readouterr()
    assert "ZeroDivisionError: a rule was broken" in told.err
    assert json.loads(told.out)["error"]["kind"] == "internal"


def test_ctrl_c_ends_with_what_shells_expect(capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.tell(click.Abort(), as_json=False) == INTERRUPTED
    assert capsys.readouterr().err == "Stopped.\n"


def test_the_version_is_told(typed: Weft) -> None:
    told = typed("--version")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Weft ")


def test_plugins_are_listed_without_a_database(typed: Weft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEFT_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    listed = typed("plugin", "list", "--json")
    assert {"catalogue", "contacts"} <= {each["key"] for each in listed.document}
    assert len(typed("plugin", "list").out.splitlines()) == 1 + len(listed.document)
