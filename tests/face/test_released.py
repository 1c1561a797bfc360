"""What the last release of the face promised still holds, and a break would be seen."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from zipfile import ZipFile

import pytest

from infra.face.__main__ import compared
from infra.face.comparing import breaks
from infra.face.reading import read_face
from tests.vendor.wheels import ROOT, clean_copy
from weft import query_budget
from weft._version import __version__

BEFORE = """
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
import msgspec
__all__ = ["Kind", "Row", "Body", "Contract", "Child", "made", "LIMIT"]
LIMIT = 3
class Kind(StrEnum):
    A = "a"
    B = "b"
@dataclass(frozen=True)
class Row:
    id: int
    title: str = ""
    def shown(self, width: int = 3) -> str: return ""
    @property
    def url(self) -> str: return ""
class Body(msgspec.Struct, kw_only=True):
    name: str
    note: str = ""
class Contract(ABC):
    @abstractmethod
    def find(self, key: str) -> int: ...
    def all(self) -> list[int]: return []
class Child(Contract): ...
def made(name: str, *, size: int = 1) -> Row: return Row(1)
"""
BROKEN = {
    ("def made(name: str,", "def made(title: str,"): "made does not take “name” any more.",
    ("def made(name: str, *,", "def made(name: str, other: int, *,"): "made must be given “other” now",
    ("size: int = 1", "size: int"): "made must be given “size” now.",
    ("def made(name", "def build(name"): "made is gone.",
    ('B = "b"', 'C = "b"'): "Kind.B is gone.",
    ('    title: str = ""\n', '    titled: str = ""\n'): "Row.title is gone.",
    ("    id: int\n", "    id: int\n    more: int\n"): "Row.more must be given now",
    ('    id: int\n    title: str = ""\n', '    id: int\n    more: str = ""\n    title: str = ""\n'): "Row.title has another place",
    ("    name: str\n", "    name: str\n    more: int\n"): "Body.more must be given now",
    ('    note: str = ""\n', "    note: str\n"): "Body.note must be given now",
    ("    @property\n    def url", "    def url"): "Row.url was a property, and is a method.",
    ("def shown(self, width", "def shown(self, wide"): "Row.shown does not take “width” any more.",
    ("    def all(self)", "    @abstractmethod\n    def one(self) -> int: ...\n    def all(self)"): "Contract.one must be there now",
    ("class Child(Contract)", "class Child(ABC)"): "Child is no Contract any more.",
    ("LIMIT = 3", 'LIMIT = "3"'): "LIMIT was a int, and is a str.",
}
KEPT = {
    ("size: int = 1", "size: int = 2, more: int = 0"),
    ('B = "b"', 'B = "b"\n    C = "c"'),
    ('    title: str = ""\n', '    title: str = ""\n    more: str = ""\n'),
    ('    note: str = ""\n', '    more: int = 0\n    note: str = ""\n'),
    ("    def all(self)", "    def one(self) -> int: return 1\n    def all(self)"),
    ("LIMIT = 3", "LIMIT = 4"),
}
Read = Callable[[str], dict[str, dict[str, object]]]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return what reads a face from its source."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def reading(source: str) -> dict[str, dict[str, object]]:
        module = ModuleType("weft_sample")
        module.__path__ = []
        monkeypatch.setitem(sys.modules, "weft_sample", module)
        exec(source, vars(module))
        return read_face(module)

    return reading


def test_the_last_release_is_kept_or_the_first_number_says_that_it_is_not() -> None:
    version, broken, told = compared()
    assert told or not broken, (version, "mend it, or raise the first number in weft/_version.py", *broken)


@pytest.mark.parametrize(("change", "sentence"), BROKEN.items(), ids=list(BROKEN.values()))
def test_a_break_is_seen(read: Read, change: tuple[str, str], sentence: str) -> None:
    assert change[0] in BEFORE
    found = breaks(read(BEFORE), read(BEFORE.replace(*change, 1)))
    assert any(sentence in each for each in found), found


def test_what_is_added_breaks_nobody(read: Read) -> None:
    after = BEFORE
    for change in KEPT:
        assert change[0] in after
        after = after.replace(*change, 1)
    assert breaks(read(BEFORE), read(after)) == []


def test_the_face_is_a_wheel_of_its_own_with_a_version_of_its_own(tmp_path: Path) -> None:
    copy = clean_copy(ROOT / "weft", tmp_path / "face")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=copy, capture_output=True, check=False
    )
    assert built.returncode == 0, built.stderr
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.name == f"weft_face-{__version__}-py3-none-any.whl"
    names = {name for name in ZipFile(wheel).namelist() if not name.startswith("weft_face-")}
    assert names == {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "weft").rglob("*")
        if path.is_file() and (path.suffix == ".py" or path.name == "py.typed")
    }
    told = subprocess.run(
        [sys.executable, "-c", "import weft, weft.contracts; print(weft.__file__)"],
        env={"PYTHONPATH": str(wheel)},  # Python reads zip files as folders
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == str(wheel / "weft" / "__init__.py")


def test_more_statements_than_usual_need_a_reason() -> None:
    assert query_budget(12) == {"weft_statements": 12}
    assert query_budget(120, "It shows a year of twelve months, each from books of its own.") == {"weft_statements": 120}
    for most, why in ((61, ""), (61, " "), (0, "none at all")):
        with pytest.raises(ValueError, match="must say why"):
            query_budget(most, why)
