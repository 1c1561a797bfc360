"""What waits for the end of a transaction, such as bytes to delete: run once it is known how it ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

import structlog

Log = structlog.get_logger("weft.scope")
Step = Callable[[], Awaitable[None]]


class Ending(Enum):
    """How a transaction ended. When the connection broke while COMMIT was under way nobody knows, and nothing may be deleted."""

    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Afterwards:
    """Two lists of steps: for the case that the transaction commits, and for the case that it rolls back."""

    on_commit: list[Step] = field(default_factory=list)
    on_rollback: list[Step] = field(default_factory=list)

    def marks(self) -> tuple[int, int]:
        """Return how long each list is."""
        return len(self.on_commit), len(self.on_rollback)

    def undo(self, marks: tuple[int, int]) -> None:
        """A savepoint that was set at `marks` rolled back: its undoing is due however the rest ends, and nothing else of it."""
        del self.on_commit[marks[0] :]
        self.on_commit.extend(self.on_rollback[marks[1] :])

    async def run(self, ending: Ending) -> None:
        """Run what waited for this ending. A step that fails stops neither the others nor the caller: the transaction is over already."""
        steps = {Ending.COMMITTED: self.on_commit, Ending.ROLLED_BACK: self.on_rollback, Ending.UNKNOWN: []}[ending]
        for step in steps:
            try:
                await step()
            except Exception:
                Log.exception("a step after a transaction failed", ending=ending.value)
