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
    """A row of a file, read and typed; `row` is its line or row number there, counted from 1, headings included."""

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
    """What became of a row; `before` holds what an update replaced, so that it can be undone."""

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
    `aliases`), types the values, and calls `write` with batches inside a transaction: a dry run rolls it back, so both see the same truth.
    `write` refuses rows by returning problems, never by raising; it must not stop at the first.
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
    options: type[msgspec.Struct] | None = None  # questions asked once per import
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
