"""Makes the package of a new plugin: the template with its names changed."""

from collections.abc import Iterator
from pathlib import Path

from core.plugins.identity import wrong_key
from weft import Invalid

TEMPLATE = Path(__file__).parent / "template"
# Where files go whose own names would mean something to the tools of this repository.
PLACES = {"gitignore": ".gitignore", "ci.yml": ".github/workflows/ci.yml"}
IGNORED = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


def new_plugin(key: str, folder: Path, title: str = "") -> list[Path]:
    """Write a package for the plugin `key` into `folder`; returns the files, in order.

    Raises `Invalid` for a key that cannot be one, and for a folder that holds something: nothing is ever overwritten.
    """
    if problem := wrong_key(key):
        raise Invalid(f"{problem[0].upper()}{problem[1:]}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Invalid(f"{folder} holds something already: name another folder with --folder, or empty it first.")
    words = _words(key, title.strip() or key.replace("_", " ").capitalize())
    written = []
    for source in _files():
        place = folder / _renamed(PLACES.get(name := source.relative_to(TEMPLATE).as_posix(), name), words)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_renamed(source.read_text(encoding="utf-8"), words), encoding="utf-8")
        written.append(place)
    return sorted(written)


def _files() -> Iterator[Path]:
    for path in sorted(TEMPLATE.rglob("*")):
        if path.is_file() and not IGNORED & set(path.parts) and path.suffix != ".pyc":
            yield path


def _words(key: str, title: str) -> dict[str, str]:
    """Return what each name of the template becomes."""
    return {
        "sample_tasks": key,
        "sample-tasks": key.replace("_", "-"),
        "SampleTasks": "".join(word.capitalize() for word in key.split("_")),
        "Sample tasks": title.replace("\\", "").replace('"', "”").replace("\n", " "),
    }


def _renamed(text: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text
