"""How much each hook's implementations may take of a page, a job or a check of another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from weft.checks import Checked, Finding
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
