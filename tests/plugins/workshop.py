"""Makes small plugins, good and broken, and packages of them on disk."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from weft import Plugin, hookimpl


def plugin(key: str = "shop", **members: Any) -> Plugin:
    """Return an instance of a new plugin class; a hook is given as what it answers, or as a function that answers."""
    body: dict[str, Any] = {"__doc__": "A plugin made by a test.", "key": key, "title": key.title(), "version": "1.0"}
    for name, member in members.items():
        body[name] = _hook(member) if hasattr(Plugin, name) and callable(getattr(Plugin, name)) else member
    made: Plugin = type(key.title().replace("_", ""), (Plugin,), body)()
    return made


def _hook(member: Any) -> Any:
    if isinstance(member, type(_hook)):
        return hookimpl(member)
    return hookimpl(lambda self: member)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder; what is indented alike in the test is not in the file."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text).lstrip("\n"))


@contextmanager
def installed(folder: Path, package: str, files: Mapping[str, str], points: Mapping[str, str]) -> Iterator[None]:
    """Have a package found as if pip had installed it; `points` maps the names of its entry points to ``module:object``."""
    write(folder, {f"{package}/{name}": text for name, text in files.items()})
    entries = "\n".join(f"{name} = {where}" for name, where in points.items())
    facts = f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: 1.0\n"
    write(folder / f"{package}-1.0.dist-info", {"METADATA": facts, "entry_points.txt": f"[weft.plugins]\n{entries}\n"})
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
            del sys.modules[name]
