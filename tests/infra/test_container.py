"""What the image is built from: all that its parts point at, and nothing that is for those who develop."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from tests.docs.reading import ROOT

PARTS = ("weft", "core", "plugins", "tenants", "web", "workers", "infra", "docs", "tests")
RULES = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def comes_along(path: Path) -> bool:
    """Tell whether the build sees a file: the last rule that names it, or a folder above it, decides."""
    names = [str(each) for each in (path, *path.parents) if each.name]
    comes = True
    for rule in RULES:
        pattern = rule.removeprefix("!")
        patterns = (pattern, pattern.removeprefix("**/"), f"*/{pattern.removeprefix('**/')}") if "**/" in pattern else (pattern,)
        if any(fnmatch(name, each) and name.count("/") >= each.count("/") for name in names for each in patterns):
            comes = rule.startswith("!")
    return comes


def files() -> Iterator[Path]:
    for part in PARTS:
        for path in (ROOT / part).rglob("*"):
            if "node_modules" not in path.parts and path.is_file():
                yield path.relative_to(ROOT)


def test_what_a_link_of_ours_points_at_comes_along_with_it() -> None:
    links = [path for path in files() if (ROOT / path).is_symlink() and comes_along(path)]
    assert links
    assert [path for path in links if not comes_along((ROOT / path).resolve().relative_to(ROOT.resolve()))] == []


def test_the_code_comes_along_and_tests_and_what_lies_about_do_not() -> None:
    seen = [path for path in files() if comes_along(path)]
    assert {path.parts[0] for path in seen} == {*PARTS} - {"tests"}
    assert all(path.suffix == ".py" for path in seen if path.parts[0] == "docs")
    assert not [path for path in seen if "__pycache__" in path.parts or re.match(r"plugins/\w+/tests/", str(path))]
    assert not comes_along(Path(".git/config"))
    assert comes_along(Path("requirements.lock"))
