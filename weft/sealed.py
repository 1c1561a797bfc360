"""Values that nobody reads in the database: sealed with the data key of the business, found by a blind index, shown masked.

::

    IBAN = Sealed(table="clinic_patient", column="iban_sealed", blind="iban_blind", title="IBAN", permission=SEE_IBANS, normal=bare)

    async def put(db: Scope, patient: UUID, iban: Secret) -> None:
        seals = await db.seals()
        await db.execute(
            "UPDATE clinic_patient SET iban_sealed = $2, iban_blind = $3 WHERE id = $1",
            *(patient, seals.seal(IBAN, patient, iban), seals.blind(IBAN, iban)),
        )
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from weft.permissions import Permission

if TYPE_CHECKING:
    from weft.tenant import Tenant

DOTS = "••••"
SHOWN = 4  # characters at the end, of values that have at least twice as many


class Secret:
    """A text that shows itself masked wherever it is printed: in pages, logs, errors, audit entries. `clear` is the text itself."""

    __slots__ = ("_clear",)

    def __init__(self, clear: str = "") -> None:
        self._clear = clear

    @property
    def clear(self) -> str:
        """The whole text: for work with it, never for showing (`Tenant.reveal` does that)."""
        return self._clear

    @property
    def masked(self) -> str:
        """``•••• 3000``: the last four characters of eight or more, none of fewer; empty for nothing."""
        if not self._clear:
            return ""
        return f"{DOTS} {self._clear[-SHOWN:]}" if len(self._clear) >= 2 * SHOWN else DOTS

    def typed(self, text: str, normal: Callable[[str], str] = str) -> "Secret":
        """Return what a form means that showed this masked: this where the mask came back, else what was typed, brought to `normal`.

        Raises `ValueError` with a sentence for a mask that was changed.
        """
        text = text.strip()
        if text == self.masked:
            return self
        if DOTS in text:
            raise ValueError("Type the whole number: what is shown is only its end.")
        return Secret(normal(text))

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Secret({self.masked!r})"

    def __format__(self, spec: str, /) -> str:
        return format(self.masked, spec)

    def __bool__(self) -> bool:
        return bool(self._clear)

    def __eq__(self, other: object) -> bool:
        return self._clear == other._clear if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash((Secret, self._clear))

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not written anywhere: seal it, or take its `clear` text knowingly.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A column whose values are sealed, each bound to its row: nothing opens in another row, column, table or business.

    `column` is ``bytea``, NULL where there is no value; its table's primary key is `id`, a UUID. `blind` is a ``text`` column, empty where
    there is no value, that holds what `Seals.blind` returns: equal values look equal in it (which is all it tells), so that a unique
    index and a search for the whole value work. `normal` brings a value into the form in which equal ones are equal.

    Where a version before kept the value readable in a text column, name it in `was`: every night what is found there is sealed and the
    text emptied, however it came there; `weft vault seal` does it at once. While processes of both versions run, what stands in `was` is
    newer than what is sealed, so read it first. Drop the column, and `was`, one release later. Where more than one column has to be
    changed, give `take_over` instead: it seals some rows in a transaction of its own and returns how many, 0 when none is left.
    """

    table: str
    column: str
    title: str
    permission: Permission  # who may see values whole
    blind: str = ""
    normal: Callable[[str], str] = str
    was: str = ""
    take_over: "Callable[[Tenant], Awaitable[int]] | None" = None

    @property
    def name(self) -> str:
        """``table.column``."""
        return f"{self.table}.{self.column}"


class Seals(ABC):
    """Seals and opens values of one business."""

    @abstractmethod
    def seal(self, column: Sealed, row: UUID, value: Secret) -> bytes | None:
        """Return a value as it is stored in that row, different each time; nothing for an empty one."""

    @abstractmethod
    def open(self, column: Sealed, row: UUID, stored: bytes | None) -> Secret:
        """Return a stored value, an empty one for NULL; raises `Unavailable` for one that was moved, `Missing` without its key."""

    @abstractmethod
    def blind(self, column: Sealed, value: Secret) -> str:
        """Return what is stored in the blind index: ``~`` and 32 hexadecimal digits; empty for an empty value."""

    @abstractmethod
    def blinds(self, column: Sealed, value: Secret) -> Sequence[str]:
        """Return what to look for in the blind index, the newest first: while the business goes over to a new key there are several."""
