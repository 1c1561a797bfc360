"""What every benchmark prints: one JSON object a line, with the same keys."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time

import msgspec

_WORDS = {True: "≤", False: "≥"}


@dataclass(frozen=True, slots=True)
class Hold:
    """What a figure is held to: a limit of its value, or of its ratio to the baseline."""

    limit: float
    at_most: bool = True
    of_ratio: bool = False

    def keeps(self, value: float, ratio: float | None) -> bool:
        """Tell whether a figure keeps it; raises `ValueError` for a ratio without a baseline."""
        if self.of_ratio and ratio is None:
            raise ValueError("a figure that is held to a ratio needs a baseline")
        found = ratio if self.of_ratio and ratio is not None else value
        return found <= self.limit if self.at_most else found >= self.limit

    def told(self, unit: str) -> str:
        """Return it for people."""
        return f"{_WORDS[self.at_most]} {'×' if self.of_ratio else ''}{self.limit:g}{'' if self.of_ratio else f' {unit}'}"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement. `ratio` is the value by the baseline; `held` is null where nothing was promised."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_is: str = ""
    ratio: float | None = None
    hold: str = ""
    held: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """Return it as a row: name, value, baseline, ratio, what was promised, whether that was held."""
        baseline = (
            ""
            if self.baseline is None
            else f"{_digits(self.baseline)} {self.unit}" + (f" ({self.baseline_is})" if self.baseline_is else "")
        )
        ratio = "" if self.ratio is None else f"×{_digits(self.ratio)}"
        told = {True: "held", False: "missed", None: ""}[self.held]
        return self.name, f"{_digits(self.value)} {self.unit}", baseline, ratio, self.hold, told


def tell(name: str, value: float, unit: str, *, baseline: float | None = None, baseline_is: str = "", hold: Hold | None = None) -> Figure:
    """Print one figure, and return it."""
    ratio = value / baseline if baseline else None
    figure = Figure(
        name=name,
        value=_rounded(value),
        unit=unit,
        baseline=None if baseline is None else _rounded(baseline),
        baseline_is=baseline_is,
        ratio=None if ratio is None else _rounded(ratio),
        hold=hold.told(unit) if hold else "",
        held=hold.keeps(value, ratio) if hold else None,
    )
    sys.stdout.write(msgspec.json.encode(figure).decode() + "\n")
    sys.stdout.flush()
    return figure


def p95(values: Sequence[float]) -> float:
    """Return what 95 of 100 values do not exceed."""
    return quantiles(values, n=20, method="inclusive")[18]


class Watch:
    """How long something takes: by the clock, and of the processor, which a busy machine does not lengthen as much."""

    def __init__(self) -> None:
        self._begun, self._worked = perf_counter(), process_time()

    def seconds(self) -> float:
        """Return the time that went by."""
        return perf_counter() - self._begun

    def worked(self) -> float:
        """Return how long this process kept a processor busy."""
        return process_time() - self._worked


class Memory:
    """The most memory that the process holds from here on, beyond what it holds now."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # proc(5): the peak is what is held now
        self._before = _peak()

    def grown(self) -> float:
        """Return by how many megabytes it grew at most."""
        return (_peak() - self._before) / 1024


def _peak() -> int:
    """Return the peak in kilobytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:g}"


def _rounded(value: float) -> float:
    """Return a figure with three digits that mean something."""
    return float(f"{value:.3g}") if abs(value) < 100 else float(round(value))
