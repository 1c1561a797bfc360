"""The design system is 25 macros at most; each is documented, shown, and escapes what it is given."""

import json
import re
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from web.design.environment import SAMPLES as FOLDER
from web.design.environment import TEMPLATES, make_environment
from web.design.formats import NOW
from web.design.page import render_design_page, render_sample
from web.design.samples import SAMPLES
from web.icons import has_icon, icon_svg

WEB = TEMPLATES.parent
CONTENTS = (TEMPLATES / "ui.html").read_text()


@pytest.fixture(scope="module")
def env() -> Environment:
    return make_environment()


def macros(env: Environment) -> list[str]:
    """The names that a page sees as `ui.something`."""
    return [name for name in vars(env.get_template("ui.html").module) if not name.startswith("_")]


def test_there_are_at_most_25_and_each_is_documented(env: Environment) -> None:
    names = macros(env)
    assert 0 < len(names) <= 25
    comments = " ".join(re.findall(r"\{#-?(.*?)-?#\}", CONTENTS, re.DOTALL))
    assert [name for name in names if f"{name}(" not in comments] == []


def test_every_macro_is_on_the_design_page(env: Environment) -> None:
    text = "".join(path.read_text() for path in (FOLDER / "design").iterdir())
    assert [name for name in macros(env) if f"ui.{name}(" not in text] == []
    assert "Every macro" in render_design_page(env)


def test_what_a_person_typed_never_becomes_markup() -> None:
    env = make_environment()
    env.loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), FileSystemLoader(TEMPLATES)])
    html = env.get_template("hostile.html").render(bad="<q>\"'&", now=NOW)
    source = (Path(__file__).parent / "templates" / "hostile.html").read_text()
    assert [name for name in macros(env) if f"ui.{name}(" not in source] == []
    assert "<q>" not in html


def test_no_template_trusts_text_or_runs_script_in_the_page() -> None:
    for path in [*TEMPLATES.rglob("*.html"), *FOLDER.rglob("*.html")]:
        text = path.read_text()
        assert not re.search(r"\son[a-z]+=|hx-on|javascript:|<style", text), path
        assert not re.search(r'[^"]\|\s*safe', text), path
        assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text)), path


def test_every_icon_that_is_named_exists(env: Environment) -> None:
    pages = render_design_page(env) + "".join(render_sample(env, sample) for sample in SAMPLES)
    puzzle = re.sub(r".*?>(.*)</svg>", r"\1", str(icon_svg("puzzle")))
    assert pages.count(puzzle) == pages.count(">Modules</span>") + 1  # the entry of the navigation, and the one that is wrong on purpose
    assert has_icon("bell")
    assert not has_icon("../../../package")


def test_files_stay_small_and_single_minded() -> None:
    for pattern, limit in (("static/*.js", 200), ("static/*.css", 400), ("templates/**/*.html", 200)):
        for path in WEB.glob(pattern):
            assert len(path.read_text().splitlines()) <= limit, path


def test_the_lock_file_names_no_registry() -> None:
    lock = (WEB / "package-lock.json").read_text()
    assert "://" not in lock
    wanted = json.loads((WEB / "package.json").read_text())
    assert all(re.fullmatch(r"[\d.]+", version) for version in (wanted["dependencies"] | wanted["devDependencies"]).values())
    assert Path(WEB / ".npmrc").read_text().count("omit-lockfile-registry-resolved=true") == 1
