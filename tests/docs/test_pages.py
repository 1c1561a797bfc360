"""What the pages of docs/ say is what there is."""

import re
import tomllib
from pathlib import Path

import click
import pytest

import weft.testing
from infra.cli.main import weft as command
from infra.docs.__main__ import pages, stale
from infra.docs.fixtures import fixtures
from infra.laboratory.installation import Clock, Installation
from infra.laboratory.visitors import Browser, Visitors
from infra.testing_jobs import Events, Jobs, Mail, Mailbox, Ran
from tests.docs.reading import DOCS, ROOT, blocks, run
from weft import Plugin

MINE = ("hooks.md", "testing-plugins.md", "plugin-in-ten-minutes.md", "configuration.md")
BEHIND = {
    "Client": Browser,
    "Visitors": Visitors,
    "Jobs": Jobs,
    "Ran": Ran,
    "Events": Events,
    "Mail": Mail,
    "Mailbox": Mailbox,
    "Clock": Clock,
    "Installation": Installation,
}


def test_pages_made_from_the_code_are_as_the_code_says() -> None:
    assert set(pages()) >= {DOCS / "hooks.md", DOCS / "testing-plugins.md"}
    assert not stale(), "run `python -m infra.docs`, and commit what it writes"


@pytest.mark.parametrize("hook", sorted(name for name, member in vars(Plugin).items() if hasattr(member, "weft_spec")))
def test_the_page_of_hooks_tells_each_with_an_example(hook: str) -> None:
    part = (DOCS / "hooks.md").read_text().split(f"\n### {hook}\n")[1].split("\n### ")[0]
    assert f"`{hook}() → " in part
    assert "\nReturn " in part
    assert "```python" in part, "no plugin of ours, nor one of the tests, has an example of this hook"


def test_every_fixture_says_what_it_is() -> None:
    assert {"tenant", "other_tenant", "client", "visitors", "jobs", "events", "clock", "mailbox", "installation"} <= set(fixtures())
    assert all(doc.startswith(("Return ", "Yield ")) and doc.endswith(".") for _, doc in fixtures().values())


@pytest.mark.parametrize("name", BEHIND)
def test_a_type_for_tests_promises_what_its_fixture_has(name: str) -> None:
    promised = {each for each in vars(getattr(weft.testing, name)) if not each.startswith("_")}
    has = set(dir(BEHIND[name])) | set(getattr(BEHIND[name], "__annotations__", ()))
    assert promised
    assert promised <= has


def test_the_examples_about_fixtures_run(tmp_path: Path) -> None:
    [setup, tests] = [each.text for each in blocks("testing-plugins.md")]
    assert tomllib.loads(setup)["tool"]["pytest"]["ini_options"]["asyncio_mode"] == "auto"
    (tmp_path / "pyproject.toml").write_text(setup)
    (tmp_path / "test_examples.py").write_text(tests)
    ran = run(tmp_path, "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert f"{tests.count('async def test_')} passed" in ran.stdout


@pytest.mark.parametrize("page", MINE)
def test_every_command_on_a_page_exists(page: str) -> None:
    named = re.findall(r"`weft ((?:[a-z]+ ?)+)", (DOCS / page).read_text())
    named += [line.removeprefix("weft ") for block in blocks(page) for line in block.text.splitlines() if line.startswith("weft ")]
    for words in named:
        assert exists(words.split()), f"weft {words}"


def exists(words: list[str]) -> bool:
    found: click.Command | None = command
    for word in words:
        if not isinstance(found, click.Group):
            return True  # the rest are arguments
        found = found.get_command(click.Context(found), word)
        if found is None:
            return False
    return True


@pytest.mark.parametrize("page", MINE)
def test_every_page_and_file_that_a_page_names_is_there(page: str) -> None:
    made = {block.name for block in blocks(page)}
    for name in re.findall(r"`((?:docs|tests|plugins|core|web|infra|workers)/[\w./-]+)`", (DOCS / page).read_text()):
        assert name in made or (ROOT / name).exists(), name
