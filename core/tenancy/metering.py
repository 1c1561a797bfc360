"""Counts the statements of a plugin's code that runs on behalf of others, and holds what it writes to its own tables."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from core.tenancy import gate
from weft.errors import Refused


class OverBudget(RuntimeError):
    """A part sent more statements than its hook allows."""


class OutsidePrefix(Refused):
    """A part wrote to a table that is not its plugin's."""


@dataclass(slots=True, eq=False)
class Meter:
    """What one call has used. `owner` tells whose a table is by its name; `keys` are the plugins whose tables may be written."""

    plugin: str
    most: int
    owner: Callable[[str], str]
    keys: set[str] = field(default_factory=set)
    used: int = 0
    broken: Exception | None = None  # what it did; kept, since its own code may catch the error

    def __post_init__(self) -> None:
        self.keys.add(self.plugin)

    def count(self, admitted: gate.Admitted | None = None) -> None:
        """Count a statement or the opening of a transaction; raises `OverBudget` and `OutsidePrefix`."""
        self.used += 1
        if self.used > self.most:
            sentence = f"It sent more than the {self.most} statements it may send."
            self.broken = self.broken or OverBudget(sentence)
            raise OverBudget(sentence)
        if admitted and admitted.writes:
            self._check(admitted.sql)

    def _check(self, sql: str) -> None:
        for table in gate.targets(sql):
            if table.startswith("platform."):  # row security and grants say what may be done there
                continue
            if (owner := self.owner(table)) not in self.keys:
                whose = f"which is of the module “{owner}”" if owner else "which is no table of a module"
                self.broken = OutsidePrefix(f"It wrote to {table}, {whose}: only tables that begin with “{self.plugin}_” are its own.")
                raise self.broken


METER: ContextVar[Meter | None] = ContextVar("weft_meter", default=None)
