"""What a business's chart lacks of ours: accounts for events that have come since it was chosen, or that nobody gave one."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .accounts import Account
from .charts import Chart, ChartRow
from .rules import EVENTS

ALIKE = 0.6  # share of a chart's codes that a business has to have for it to be its chart


class Gap(NamedTuple):
    """An event without an account: the `row` to add for it, or the account that is `there` already."""

    event: str
    row: ChartRow | None = None
    there: Account | None = None


def likely_chart(codes: set[str], charts: Mapping[str, Chart]) -> str:
    """Return the key of the chart that a business's accounts come from, or nothing when they come from none."""
    shares = {key: sum(row.code in codes for row in chart.rows) / len(chart.rows) for key, chart in charts.items() if chart.rows}
    best = max(shares, key=lambda key: shares[key], default="")
    return best if best and shares[best] >= ALIKE else ""


def gaps(chart: Chart, there: Sequence[Account], ruled: set[str]) -> list[Gap]:
    """Return what to do for each event of a chart that no rule names.

    An account with the chart's code and type is taken when it can be posted to; a code that something else has gives way to the next free
    one, so that no money goes to an account that means another thing.
    """
    by_code = {each.code: each for each in there}
    taken = set(by_code) | {row.code for row in chart.rows}
    found: list[Gap] = []
    for row in chart.rows:
        for event in row.events:
            if event not in EVENTS or event in ruled:
                continue
            mine = by_code.get(row.code)
            if mine is not None and mine.type == row.type and mine.posting and not mine.closed and mine.name == row.name:
                found.append(Gap(event, there=mine))
                continue
            code = row.code if mine is None else _free(row.code, taken)
            taken.add(code)
            parent = by_code.get(row.parent)
            found.append(Gap(event, row._replace(code=code, parent=row.parent if parent and not parent.posting else "", events=(event,))))
    return found


def _free(code: str, taken: set[str]) -> str:
    digits = code.isdigit()
    for step in range(1, 1000):
        other = str(int(code) + step).rjust(len(code), "0") if digits and step < 10 else f"{code}-{step}"
        if other not in taken:
            return other
    return f"{code}-new"
