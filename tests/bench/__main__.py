"""Runs benchmarks, each in a process of its own, one after the other: ``python -m tests.bench [NAME …]``, or ``make bench``.

Ends with 1 when a figure misses what it is held to, or a benchmark fails. ``WRITE=1`` puts what was found into docs/benchmarks.md, where
the sections of benchmarks that did not run stay as they are.
"""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tests.bench.figures import Figure
from tests.bench.report import Machine, read_sections, section, write_report

HERE = Path(__file__).parent
NOT_BENCHMARKS = {"__init__", "__main__", "figures", "fleet_plugins", "fleet_ticks", "fleet_web", "ground", "load", "report"}
REPORT = HERE.parents[1] / "docs" / "benchmarks.md"


def names() -> list[str]:
    """Return every benchmark."""
    return sorted(file.stem for file in HERE.glob("*.py") if file.stem not in NOT_BENCHMARKS)


def run(name: str) -> list[Figure]:
    """Run one benchmark; raises `RuntimeError` when it fails."""
    ended = subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False, stdout=subprocess.PIPE)
    if ended.returncode:
        raise RuntimeError(f"{name} ended with {ended.returncode}; what it said is above.")
    return [msgspec.json.decode(line, type=Figure) for line in ended.stdout.splitlines()]


def show(console: Console, name: str, figures: list[Figure]) -> None:
    """Print one benchmark's figures."""
    table = Table("figure", "value", "baseline", "ratio", "promised", "", title=name, title_justify="left", expand=False)
    for each in figures:
        table.add_row(*each.cells())
    console.print(table)


def main(asked: list[str]) -> int:
    """Run, print, and write when that is asked for."""
    console = Console(highlight=False)
    known = names()
    if unknown := [name for name in asked if name not in known]:
        console.print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(known)}.")
        return 2
    sections, missed, failed = read_sections(REPORT), 0, 0
    for name in asked or known:
        load = os.getloadavg()[0]
        if load > 0.5:
            console.print(f"The machine is busy (load {load:.1f}): figures will be worse than they need be.")
        try:
            with console.status(f"{name} …"):
                figures = run(name)
        except RuntimeError as wrong:
            console.print(str(wrong), markup=False)
            failed += 1
            continue
        show(console, name, figures)
        missed += sum(each.held is False for each in figures)
        sections[name] = section(name, figures, load)
    if os.environ.get("WRITE") == "1":
        write_report(REPORT, Machine.here(), {name: text for name, text in sections.items() if name in known})
        console.print(f"Written to {REPORT.name}.")
    console.print(f"{missed} missed, {failed} failed.")
    return 1 if missed or failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
