"""What a plugin checks of its own records: every night, when somebody asks, and before books are closed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from weft.permissions import Permission

if TYPE_CHECKING:
    from weft.tenant import Tenant

Severity = Literal["error", "warning"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it should be: a sentence that names it, and the address of the page where it is seen."""

    sentence: str
    link: str = ""
    severity: Severity = "error"


class Checked(msgspec.Struct, frozen=True):
    """What a check came to: nothing found means that all is well; `note` says how much was looked at."""

    findings: tuple[Finding, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A question about a plugin's records that has to be answered with nothing found.

    `run` opens its own transaction, writes nothing, and names what it finds; it may take minutes. Who holds `permission` sees the answer,
    and is told when something is found that was not there the night before.
    """

    name: str  # "<plugin>.<thing>"
    title: str
    question: str
    permission: Permission
    run: "Callable[[Tenant], Awaitable[Checked]]"
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingCheck:
    """A question that is asked before books are closed, of the days from `first` to `last`: what of this plugin's is not finished by then?

    `run` is given both days, opens its own transaction, writes nothing and takes seconds at most; the page that closes shows its answer,
    with a link from each finding. An error keeps the books open until it is mended, a warning is only shown.
    """

    name: str  # "<plugin>.<thing>"
    title: str
    question: str
    run: "Callable[[Tenant, date, date], Awaitable[Checked]]"
    order: int = 100


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one check came to, as it is kept."""

    name: str
    title: str
    question: str
    findings: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether no error was found; warnings do not count."""
        return not any(each.severity == "error" for each in self.findings)


class CheckRun(msgspec.Struct, frozen=True):
    """All checks of a plugin, run one after the other."""

    made_at: datetime
    answers: tuple[Answer, ...]

    @property
    def holds(self) -> bool:
        """Whether no check found an error."""
        return all(each.holds for each in self.answers)
