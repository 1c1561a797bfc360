"""What benchmarks found, as a page of the documentation: the machine, and a section for each."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from infra.servers.binaries import find_binaries
from tests.bench.figures import Figure

_HEAD = """# Benchmarks

Written by `make bench WRITE=1` (one of them: `make bench BENCH=parties`). Each figure stands beside a baseline of the same run: on another
machine the ratios hold better than the values. Servers are started for each benchmark alone, on the disk, with every safety on.

{machine}
"""
_ROW = "| {} | {} | {} | {} | {} | {} |"


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were found on."""

    cores: int
    processor: str
    memory: float  # GiB
    python: str
    postgres: str

    @classmethod
    def here(cls) -> "Machine":
        """Return this machine."""
        found = re.search(r"^model name\s*:\s*(.+)$", _text("/proc/cpuinfo"), re.MULTILINE)
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        processor = found[1] if found else platform.processor() or platform.machine()
        return cls(os.cpu_count() or 1, processor, memory, platform.python_version(), find_binaries().version)

    def __str__(self) -> str:
        """Return one line."""
        cores = f"{self.cores} core{'s' if self.cores > 1 else ''}"
        return f"**Machine:** {cores}, {self.processor}, {self.memory:.0f} GiB of memory; Python {self.python}, PostgreSQL {self.postgres}."


def section(name: str, figures: Sequence[Figure], load: float) -> str:
    """Return one benchmark's section: what its module says of itself, and its figures. `load` is the machine's before it began."""
    about = re.split(r"\n\s*\n|: ``|(?<=\.)\s", import_module(f"tests.bench.{name}").__doc__ or "")[0].strip().rstrip(".:")
    when = f"{datetime.now(UTC):%Y-%m-%d}, load before it {load:.1f}"
    rows = [_ROW.format(*("figure", "value", "baseline", "ratio", "promised", "held")), "|---|---|---|---|---|---|"]
    rows += [_ROW.format(*each.cells()) for each in figures]
    return "\n".join([f"{about} ({when}; `tests/bench/{name}.py`).", "", *rows])


def read_sections(report: Path) -> dict[str, str]:
    """Return the sections that a report holds, by benchmark."""
    if not report.exists():
        return {}
    _, *parts = re.split(r"^## ", report.read_text(), flags=re.MULTILINE)
    return {name: text.strip() for name, _, text in (part.partition("\n") for part in parts)}


def write_report(report: Path, machine: Machine, sections: Mapping[str, str]) -> None:
    """Write the page."""
    parts = [_HEAD.format(machine=machine), *(f"## {name}\n\n{text}\n" for name, text in sorted(sections.items()))]
    report.write_text("\n".join(parts))


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
