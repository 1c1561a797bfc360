"""How much each hook's implementations may take of a page, a job or a check of another, or of work of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from weft.checks import Checked, Finding
from weft.data import Outcome, RowProblem
from weft.reports import ReportRow
from weft.search import Hit

BLOCKED = 1.5  # seconds in one step, in which nobody else in the process was served


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds, SQL statements, and whether an answer is of the kind the hook promises; `wanted` names that kind."""

    seconds: float
    statements: int
    fits: Callable[[object], bool]
    wanted: str


def _is_hits(answer: object) -> bool:
    return isinstance(answer, (list, tuple)) and all(isinstance(each, Hit) for each in answer)


def _is_markup(answer: object) -> bool:
    return isinstance(answer, Markup)


def _is_checked(answer: object) -> bool:
    return isinstance(answer, Checked) and all(isinstance(each, Finding) for each in answer.findings)


def _is_outcome(answer: object) -> bool:
    return isinstance(answer, Outcome)


def _is_problems(answer: object) -> bool:
    return isinstance(answer, (list, tuple)) and all(isinstance(each, RowProblem) for each in answer)


def _is_row(answer: object) -> bool:
    return isinstance(answer, ReportRow)


def _is_anything(_: object) -> bool:
    return True


BUDGETS: Mapping[str, Budget] = MappingProxyType(
    {
        "panels": Budget(2.0, 60, _is_markup, "Markup"),
        "widgets": Budget(2.0, 60, _is_markup, "Markup"),
        "reports": Budget(2.0, 120, _is_markup, "Markup"),  # as cards of the dashboard
        "search": Budget(1.5, 30, _is_hits, "a list of Hit"),
        "checks": Budget(900.0, 100_000, _is_checked, "a Checked"),
        "closing_checks": Budget(60.0, 10_000, _is_checked, "a Checked"),
    }
)

# A batch of an import has a thousand rows; a report is read by a page or written to a file, and only the time it takes itself counts.
IMPORT = Budget(300.0, 100_000, _is_outcome, "an Outcome")
UNDO = Budget(300.0, 100_000, _is_problems, "a list of RowProblem")
REPORT = Budget(120.0, 20_000, _is_row, "rows")
ASKED = Budget(20.0, 500, _is_anything, "anything")  # what a report is asked beside its rows


def of_work(seconds: float) -> Budget:
    """Return what a job or a reaction to an event may take that may run so many seconds: a thousand statements in each of them."""
    return Budget(seconds, max(10_000, int(seconds * 1000)), _is_anything, "anything")
