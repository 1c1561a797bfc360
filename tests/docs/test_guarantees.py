"""docs/guarantees.md: every promise names tests that there are, and says what is not promised."""

import ast
import re

from tests.docs.reading import DOCS, ROOT

PAGE = (DOCS / "guarantees.md").read_text()
SECTIONS = [part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:] if not part.startswith("Not yet")]


def test_every_promise_is_held_by_tests_and_has_its_limits() -> None:
    assert len(SECTIONS) > 12
    for section in SECTIONS:
        promised, held = section.index("**Promised.**"), section.index("**Held by**")
        assert promised < held < section.index("**Not promised.**"), section.splitlines()[0]
        assert re.search(r"`[\w/]+\.py::test_\w+`", section[held:]), section.splitlines()[0]


def test_every_test_named_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE))
    assert len(named) > 30
    there = {
        (file, each.name)
        for file in {file for file, _ in named}
        if (ROOT / file).is_file()
        for each in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert named <= there
