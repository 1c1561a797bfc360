"""The tenant that a request or a job works for."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from weft.checks import Answer, CheckRun
from weft.documents import PrintedDocument
from weft.events import Event
from weft.files import Files, MailFile
from weft.jobs import Job, P, Priority
from weft.permissions import Permission
from weft.records import Change, RecordRef
from weft.sealed import Sealed, Seals, Secret
from weft.settings import Settings

T = TypeVar("T")
S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts."""

    id: UUID
    name: str
    email: str


class Row(Protocol):
    """A row of a result: values by the name of their column."""

    def __getitem__(self, key: str, /) -> Any: ...

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return names and values."""


class Scope(ABC):
    """One open transaction of one tenant. Piccolo's queries run in it by themselves; these methods take SQL with ``$1`` parameters.

    One statement per call, and only SELECT, INSERT, UPDATE, DELETE, MERGE, WITH or VALUES.
    """

    @abstractmethod
    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        """Return all rows."""

    @abstractmethod
    async def fetchrow(self, sql: str, *args: object) -> Row | None:
        """Return the first row, or nothing."""

    @abstractmethod
    async def fetchval(self, sql: str, *args: object) -> Any:
        """Return the first value of the first row, or nothing."""

    @abstractmethod
    async def execute(self, sql: str, *args: object) -> int:
        """Return how many rows were touched."""

    async def seals(self) -> Seals:
        """Return what seals and opens values of the columns that `Plugin.sealed` declares; asks the database once in a while only."""
        raise NotImplementedError


class Tenant(ABC):
    """One customer of the platform, and what can be done on its behalf."""

    id: UUID
    slug: str
    name: str
    timezone: ZoneInfo
    locale: str  # such as "en_GB" (CLDR)
    currency: str  # ISO 4217
    country: str  # ISO 3166-1 alpha-2
    logo: UUID | None  # a picture among its files
    person: Person | None  # nobody when a schedule or the platform acts
    files: Files

    @abstractmethod
    def transaction(self, *, unaudited: str = "") -> AbstractAsyncContextManager[Scope]:
        """Open a transaction in this tenant's schema, or a savepoint when one is open already.

        A transaction that wrote must have told of it with `record()`; `unaudited` says why one need not (a cache, a counter of views).
        """

    @abstractmethod
    def scope(self) -> Scope:
        """Return the transaction that is open, for contracts, which work in their caller's; raises `RuntimeError` when none is."""

    @abstractmethod
    async def record(self, *changes: Change) -> None:
        """Write what was changed into the audit log, in the open transaction."""

    async def reveal(self, column: Sealed, record: RecordRef, *values: Secret) -> Sequence[str]:
        """Return sealed values whole, for somebody to read, and write into the audit log that they were shown, in the open transaction.

        Raises `Refused` for who lacks the column's permission.
        """
        raise NotImplementedError

    @abstractmethod
    def audit_log(self) -> AsyncIterator[str]:
        """Yield the sealed audit log as JSON lines, which `docs/verify_audit.py` checks; read in the open transaction."""

    @abstractmethod
    async def enqueue(
        self, job: Job[P], payload: P, *, at: datetime | None = None, key: str | None = None, priority: Priority | None = None
    ) -> UUID:
        """Ask a worker to run `job` once the open transaction commits, not before `at`; returns the job's id.

        While a job of the same name with the same `key` waits, a second one is not added: the first stays as it is, and the id returned is
        of no job. `priority` is the job's own unless given.
        """

    @abstractmethod
    async def cancel(self, job_id: UUID) -> None:
        """Call a job off once the open transaction commits: what waits never runs, what runs is stopped, what has ended stays."""

    @abstractmethod
    async def ask_checks(self, plugin: str) -> UUID:
        """Ask a worker to run a plugin's checks once the open transaction commits; returns the job's id."""

    @abstractmethod
    async def check_runs(self, plugin: str, limit: int = 30) -> Sequence[CheckRun]:
        """Return what a plugin's checks came to, the latest run first, read in the open transaction."""

    @abstractmethod
    async def ask_closing(self, first: date, last: date) -> Sequence[Answer]:
        """Return what the closing checks of all enabled modules come to for some days, in order."""

    @abstractmethod
    async def pdf(self, document: PrintedDocument, said: Mapping[str, Any]) -> bytes:
        """Print a document under the letterhead of the business, in the language that `said` names; raises `Unavailable`.

        Its kind has to be declared by the `documents` hook.
        """

    @abstractmethod
    def document_language(self, wanted: str = "") -> str:
        """Return the language of a document: the wanted one, or that set for printed documents, or that of the business."""

    @abstractmethod
    async def emit(self, event: Event) -> None:
        """Publish a fact once the open transaction commits."""

    @abstractmethod
    async def notify(self, text: str, *, link: str = "", to: Permission | UUID) -> None:
        """Put a line into the notifications of one person, or of everyone who holds a permission, once the transaction commits."""

    @abstractmethod
    async def mail(
        self, to: str, subject: str, text: str, *, html: str = "", record: RecordRef | None = None, files: Sequence[MailFile] = ()
    ) -> None:
        """Send a message once the open transaction commits; raises `Invalid` when its files are more than 10 MB together."""

    @abstractmethod
    async def progress(self, done: int, total: int, note: str = "") -> None:
        """Tell how far the running job is; it is seen at once, whatever becomes of the open transaction. Outside a job it does nothing."""

    @abstractmethod
    def url(self, path: str) -> str:
        """Return the whole address of a page, ``https://…``, for letters and paper."""

    @abstractmethod
    def settings(self, kind: type[S]) -> S:
        """Return what the tenant's admin has set for a plugin."""

    @abstractmethod
    def service(self, contract: type[T]) -> T:
        """Return what an enabled plugin provides for `contract`; raises `Missing` when none does."""

    @abstractmethod
    def may(self, permission: Permission) -> bool:
        """Tell whether who acts is allowed to do something; the platform itself may do everything."""

    @abstractmethod
    def known_as(self, name: str) -> "Tenant":
        """Return the same tenant with a name for who acts, where nobody is signed in: that of the device whose key a handler has verified.

        The audit log then tells it. Somebody who is signed in keeps their name.
        """

    @abstractmethod
    async def people(self) -> Sequence[Person]:
        """Return who belongs to this tenant and may sign in, by name."""

    @abstractmethod
    def has(self, plugin_key: str) -> bool:
        """Tell whether a module is switched on."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the time, aware and in UTC."""

    def today(self) -> date:
        """Return the business day in the tenant's own time zone."""
        return self.now().astimezone(self.timezone).date()
