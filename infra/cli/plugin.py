"""`weft plugin …`."""

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import structlog

from core.plugins.hooks import BrokenPlugin
from core.plugins.registry import Registry
from core.plugins.scaffold.make import new_plugin
from core.rules.check import Report, titles
from infra.cli.connect import refuse
from infra.cli.output import UNWELL, Output, with_output
from infra.laboratory.matrix import matrix
from infra.laboratory.trials import as_data, check_alone, check_code


@click.group()
def plugin() -> None:
    """Plugins: those installed, a new one, and whether one keeps the rules.

    \b
    weft plugin new loyalty          makes a package in the folder loyalty
    weft plugin check loyalty        holds an installed plugin to every rule
    """


@plugin.command("new")
@click.argument("name")
@click.option("--title", default="", help="What people call it.  [default: made of NAME]")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to put it.  [default: ./NAME]")
@with_output
def new(output: Output, name: str, title: str, folder: Path | None) -> None:
    """Make the package of a new plugin, with one of everything, that passes its own tests.

    NAME is its key: small letters, digits and underscores. Tables, permissions, jobs, paths and templates will begin with it.
    """
    place = folder or Path(name)
    files = new_plugin(name, place, title)
    commands = (f"cd {place}", 'pip install --editable ".[test]"', f"pytest && weft plugin check {name}")
    lines = [f"{len(files)} files are in {place}. Go on with:", "", *(f"    {command}" for command in commands)]
    output.answer({"key": name, "folder": str(place), "files": [str(file) for file in files], "next": list(commands)}, "\n".join(lines))


@plugin.command("list")
@with_output
def list_(output: Output) -> None:
    """Show the installed plugins."""
    rows = [
        {"key": key, "title": each.title, "version": each.version, "vendor": each.vendor or "Weft", "needs": list(each.requires)}
        for key, each in Registry.installed().plugins.items()
    ]
    columns = (("key", "Key"), ("title", "Title"), ("version", "Version"), ("vendor", "Vendor"), ("needs", "Needs"))
    output.table(rows, columns, empty="No plugins are installed.")


@plugin.command("rules")
@with_output
def rules(output: Output) -> None:
    """Show the rules that every plugin must keep."""
    output.table(
        [{"rule": name, "title": title} for name, title in titles().items()], (("rule", "Rule"), ("title", "What it asks")), empty=""
    )


@plugin.command("check")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--quick", is_flag=True, help="Only the rules that need no database: nothing is started.")
@with_output
def check(output: Output, keys: Sequence[str], quick: bool) -> None:
    """Hold installed plugins to the rules: those named, or all.

    Starts a PostgreSQL and a Redis for this check alone, tries the plugins there in businesses made for it, and throws everything away.
    In a repository of your own, install the plugin first: pip install --editable .

    Exit code 3 when a rule is broken.
    """
    _be_quiet()
    try:
        registry = Registry.installed()
        reports = _reports(output, registry, _wanted(registry, keys), quick=quick)
    except BrokenPlugin as broken:
        problem = {"rule": broken.rule, "title": titles().get(broken.rule, ""), "where": broken.plugin, "sentence": str(broken)}
        output.answer({"ok": False, "plugins": [{"key": broken.plugin, "ok": False, "problems": [problem]}]}, f"✗ {broken.rule}: {broken}")
        raise SystemExit(UNWELL) from broken
    ok = all(report.ok for report in reports)
    output.answer({"ok": ok, "plugins": [as_data(report, titles()) for report in reports]}, "\n".join(map(_as_text, reports)))
    raise SystemExit(0 if ok else UNWELL)


@plugin.command("matrix")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--project", "projects", multiple=True, metavar="KEY=FOLDER", help="Where the tests of a plugin are that came as a wheel.")
@with_output
def matrix_(output: Output, keys: Sequence[str], projects: Sequence[str]) -> None:
    """Run every known plugin's rules and tests against this version of Weft, and show which fit.

    Tests are those inside a plugin's package or beside it; a plugin that came as a wheel brings none. They need pytest.

    \b
    Examples:
      weft plugin matrix
      weft plugin matrix loyalty --project loyalty=../loyalty/tests

    Exit code 3 when one does not fit.
    """
    _be_quiet()
    registry = Registry.installed()
    places = {key: Path(folder) for key, _, folder in (each.partition("=") for each in projects)}
    if strange := [each for each, folder in places.items() if registry.get(each) is None or not folder.is_dir()]:
        raise refuse(f"“{strange[0]}” is no installed plugin, or its folder is not there: write --project KEY=FOLDER.")
    with output.progress("Trying every plugin"):
        fits = asyncio.run(matrix(registry, places, _wanted(registry, keys)))
    rows = [
        {
            "key": each.key,
            "version": each.version,
            "vendor": each.vendor,
            "fits": "yes" if each.ok else "no",
            "broken": list(each.broken),
            "missing": list(each.missing),
            "tests": each.tests,
            "told": each.told,
        }
        for each in fits
    ]
    columns = (("key", "Key"), ("version", "Version"), ("fits", "Fits"), ("broken", "Rules broken"), ("missing", "Lacks"))
    output.table(rows, (*columns, ("tests", "Tests"), ("told", "They say")), empty="No plugins are installed.")
    raise SystemExit(0 if all(each.ok for each in fits) else UNWELL)


def _wanted(registry: Registry, keys: Sequence[str]) -> list[str]:
    for key in keys:
        if registry.get(key) is None:
            known = ", ".join(registry.plugins) or "none"
            raise refuse(f"There is no plugin “{key}” installed here; those that are: {known}. To check one of your own, pip install it.")
    return list(keys or registry.plugins)


def _reports(output: Output, registry: Registry, keys: Sequence[str], *, quick: bool) -> list[Report]:
    if quick:
        return asyncio.run(check_code(registry, keys))
    with tempfile.TemporaryDirectory(prefix="weft-check-") as folder, output.progress(f"Checking {', '.join(keys)}"):
        return asyncio.run(check_alone(registry, keys, Path(folder)))


def _be_quiet() -> None:
    """Keep the trial's own logs out of the answer: what matters in them is in a problem's sentence."""
    structlog.configure(processors=[_dropped])
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def _dropped(_: Any, __: str, ___: Any) -> Any:
    raise structlog.DropEvent


def _as_text(report: Report) -> str:
    lines: list[Any] = [f"✗ {each.rule}  {each.where}\n  {each.sentence}" for each in report.findings]
    if report.ok:
        lines.append(f"✓ {report.key} keeps {'all' if not report.skipped else 'the'} {len(report.kept)} rules that were tried.")
    else:
        lines.append(f"✗ {report.key} breaks {len({each.rule for each in report.findings})} of {len(titles())} rules.")
    if report.skipped:
        lines.append(f"  Not tried: {', '.join(report.skipped)}.")
    lines[-1] += f" ({report.seconds:.1f} s)"
    return "\n".join(lines)
