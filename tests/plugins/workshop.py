"""Makes small plugins, good and broken, and packages of them on disk."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file: `old` becomes `new`; without `old` the file becomes `new`."""

    file: str
    old: str
    new: str


def edited(files: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """Return files with edits made; an edit that finds nothing to change is an error of the test."""
    changed = dict(files)
    for edit in edits:
        if edit.old:
            assert edit.old in changed[edit.file], f"{edit.file} does not say: {edit.old}"
            changed[edit.file] = changed[edit.file].replace(edit.old, edit.new)
        else:
            changed[edit.file] = dedent(edit.new).lstrip("\n")
    return changed


def file(name: str, text: str) -> Edit:
    """Add a file, or put other words into one."""
    return Edit(name, "", text)


def attribute(line: str) -> Edit:
    """Add a line to the plugin's class."""
    return Edit("plugin.py", '    icon = "checklist"\n', f'    icon = "checklist"\n    {line}\n')


def hook(name: str, answer: str) -> Edit:
    """Add a hook to the plugin's class, or give one another answer."""
    return Edit(
        "plugin.py",
        "plugin = Shop()",
        f"@hookimpl\ndef {name}(self: Any) -> Any:\n    return {answer}\n\n\nShop.{name} = {name}\nplugin = Shop()",
    )


REPORT = """
    '''A report.'''

    import msgspec

    from weft import CellKind, Report, ReportChart, ReportColumn, ReportRow

    from . import permissions


    class Asked(msgspec.Struct, frozen=True):
        {parameter}


    async def rows(tenant, asked):
        {rows}


    WHAT = ReportColumn(key="what", title="What")
    ALL = [Report(name="shop.report", title="Report", permission=permissions.READ, parameters=Asked, columns=({columns}), rows=rows{more})]
"""
AMOUNT = 'ReportColumn(key="amount", title="Amount", kind=CellKind.MONEY)'


def reports(
    *, parameter: str = "size: int = 1", rows: str = "yield ReportRow({'what': 'x'})", columns: str = f"WHAT, {AMOUNT}", more: str = ""
) -> list[Edit]:
    """Have the plugin declare a report; `more` are further arguments of it, each after a comma."""
    text = REPORT.format(parameter=parameter, rows=rows, columns=columns, more=more)
    return [file("figures.py", text), line("plugin.py", "from . import figures"), hook("reports", "figures.ALL")]


def line(name: str, text: str) -> Edit:
    """Add a line of Python to a file, in front of its first import."""
    return Edit(name, '"""\n\nfrom ', f'"""\n\n{text}\nfrom ')
