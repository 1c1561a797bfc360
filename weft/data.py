"""Data in and out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar
from uuid import UUID

import msgspec

from weft.permissions import Permission

if TYPE_CHECKING:
    from weft.tenant import Tenant

R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Numbered(Generic[R]):
    """A row of a file, read and typed; `row` is its number there as a spreadsheet counts, from 1, headings and empty rows included."""

    row: int
    value: R


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was refused: which, where in it, and how to mend it."""

    row: int
    field: str
    sentence: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a row; `before` holds what an update replaced, so that it can be undone.

    It travels as JSON: `undo` gets decimals, dates and ids in it as text.
    """

    row: int
    id: UUID
    action: Literal["created", "updated", "unchanged"]
    version: int = 1
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch of rows came to: every row is in one of the two."""

    written: Sequence[Written] = ()
    problems: Sequence[RowProblem] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer(Generic[R]):
    """A kind of record that people bring in from files.

    The platform reads CSV, XLSX and whatever `readers` can, guesses which column is which field of `row` (by its title, name and
    `aliases`, and by what is in it), types the values, and calls `write` with batches inside a transaction: a dry run rolls it back, so
    both see the same truth.

    `row` is a struct; `msgspec.Meta(title=, description=)` names its fields for people, its limits are checked. A field whose column the
    file lacks, or whose cell is empty, takes its default. Where that must be told apart, add ``| UnsetType`` and the default ``UNSET``: it
    stays UNSET for a missing column, and an empty cell becomes None where the type allows it, otherwise an empty text or tuple. A field of
    several values takes a cell that separates them by semicolon, bar or line end, or else by comma.

    `write` refuses rows by returning problems, never by raising; it must not stop at the first, and must say of every row what became of
    it. It may be handed two rows of one record, in one batch or in two.

    `undo` is handed each record once, however many rows made it: with the first action (a record that the import created and then updated
    is ``created``), the version after the last, and `before` as it was before the first. Those made last come first. It returns a problem,
    with the record's `row`, for each that it leaves alone because it was changed since.

    A reader is handed a whole file and yields its rows as heading → text; it raises `Invalid` for a file it cannot read, and yields
    ``{"": sentence}`` for a single row it cannot read.
    """

    name: str  # "<plugin>.<things>"
    title: str
    permission: Permission
    row: type[R]
    write: "Callable[[Tenant, Sequence[Numbered[R]], Mapping[str, str]], Awaitable[Outcome]]"
    undo: "Callable[[Tenant, Sequence[Written]], Awaitable[Sequence[RowProblem]]]"
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → other headings it goes by
    readers: Mapping[str, Callable[[bytes], Iterable[Mapping[str, str]]]] = field(default_factory=dict)  # ".vcf" → rows
    group_by: str = ""  # a field whose equal neighbours belong together and are never split over two batches
    options: type[msgspec.Struct] | None = None  # questions asked once per import; `write` gets the answers as text, for `read_fields`
    record: str = ""  # the name of the `RecordKind` it makes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """A file format that can be written; `write` yields its bytes and opens its own transactions."""

    name: str  # "<plugin>.<things>_<format>"
    title: str
    suffix: str
    media_type: str
    permission: Permission
    write: "Callable[[Tenant], AsyncIterator[bytes]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What is stored about one natural person, found by e-mail address (GDPR articles 15 and 17)."""

    title: str
    collect: "Callable[[Tenant, str], Awaitable[Mapping[str, Any]]]"
    erase: "Callable[[Tenant, str], Awaitable[int]]"
