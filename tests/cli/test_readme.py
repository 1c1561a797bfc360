"""The README is true: whom it names may sign in, what it points at is there, what it has typed is a command."""

import re

import click
import pytest

from infra.cli.main import weft as command
from tenants.demo.businesses import BUSINESSES, PASSWORD
from tests.architecture.tree import ROOT, tracked

README = (ROOT / "README.md").read_text()


def test_everybody_who_may_sign_in_is_named_with_the_password() -> None:
    assert set(re.findall(r"[a-z]+@[a-z.]+", README)) == {each.email for business in BUSINESSES for each in business.people}
    assert f"`{PASSWORD}`" in README
    for business in BUSINESSES:
        [line] = [line for line in README.splitlines() if f"http://{business.new.slug}.localhost:8000" in line]
        assert f"{business.people[0].email} (owner)" in line


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:docs|plugins|infra|tests)/[\w./-]+)`", README))))
def test_every_file_it_points_at_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_folder_is_told() -> None:
    told = set(re.findall(r"^    (\w+)/ ", README, re.MULTILINE))
    assert told == {path.parts[0] for path in tracked() if len(path.parts) > 1 and not path.parts[0].startswith(".")}


@pytest.mark.parametrize("words", sorted(set(re.findall(r"`(?:\.venv/bin/)?weft ([a-z]+(?: [a-z]+)?)", README.replace(PASSWORD, "")))))
def test_every_command_it_types_is_one(words: str) -> None:
    found: click.Command | None = command
    context = click.Context(command, info_name="weft")
    for word in words.split():
        assert isinstance(found, click.Group)
        found = found.get_command(context, word)
    assert found


def test_every_door_of_make_that_it_names_is_there() -> None:
    doors = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^    |`|WEFT_PORT=\d+ )make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test"} <= named <= doors
