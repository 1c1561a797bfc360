"""What `weft.Tenant` promises, kept."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from core.plugins.registry import Registry
from core.settings import Settings as InstallationSettings
from core.tenancy.catalogue import TenantRecord
from core.tenancy.metering import METER
from core.tenancy.pending import Actor, Message, as_json
from core.tenancy.scope import CURRENT, LiveScope, Nested, OutsideTenant
from weft.checks import Answer, CheckRun
from weft.documents import PrintedDocument
from weft.errors import Invalid, Missing, Refused
from weft.events import Event
from weft.files import MailFile
from weft.forms import unwrap
from weft.ids import new_id
from weft.jobs import Job, P, Priority
from weft.permissions import Permission
from weft.records import Change, RecordRef
from weft.sealed import Sealed, Secret
from weft.settings import Settings
from weft.tenant import Person, Scope, Tenant

if TYPE_CHECKING:
    from core.files.tenant_files import TenantFiles
    from core.firewall.calls import Firewall

T = TypeVar("T")
S = TypeVar("S", bound=Settings)

MOST_MAILED = 10_000_000  # bytes of the files of one message
Progress = Callable[[int, int, str], Awaitable[None]]


class House(Protocol):
    """What a tenant needs of the process it lives in."""

    registry: Registry
    settings: InstallationSettings

    @property
    def firewall(self) -> "Firewall":
        """Return what runs code of plugins on behalf of others."""

    @property
    def job_by_name(self) -> Mapping[str, Job[Any]]:
        """Return every job that can be asked for, the platform's own among them."""

    def open_scope(self, record: TenantRecord, actor: Actor, unaudited: str) -> AbstractAsyncContextManager[LiveScope]:
        """Return the context manager of a new transaction."""

    def files_of(self, tenant: "LiveTenant") -> "TenantFiles":
        """Return the tenant's files."""

    async def people_of(self, record: TenantRecord) -> Sequence[Person]:
        """Return who belongs to a tenant."""

    async def check_runs_of(self, scope: LiveScope, plugin: str, limit: int) -> Sequence[CheckRun]:
        """Return what a module's checks came to."""

    async def printed_for(self, tenant: "LiveTenant", document: PrintedDocument, said: Mapping[str, Any]) -> bytes:
        """Return a document of a tenant's as PDF."""

    def document_language_of(self, tenant: "LiveTenant", wanted: str) -> str:
        """Return the language of a tenant's document."""

    async def ask_closing_of(self, tenant: "LiveTenant", first: date, last: date) -> Sequence[Answer]:
        """Return what the closing checks of a tenant's modules come to."""

    def audit_log_of(self, tenant: "LiveTenant", scope: LiveScope) -> AsyncIterator[str]:
        """Yield a tenant's sealed audit log."""

    def now(self) -> datetime:
        """Return the time, in UTC."""


@dataclass(eq=False)
class LiveTenant(Tenant):
    """A tenant with a database behind it, and somebody who acts."""

    catalogue_entry: TenantRecord
    actor: Actor
    house: House
    on_progress: Progress | None = None
    _services: dict[type[Any], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        entry = self.catalogue_entry
        self.id, self.slug, self.name = entry.id, entry.slug, entry.name
        self.timezone, self.locale = ZoneInfo(entry.timezone), entry.locale
        self.currency, self.country, self.logo = entry.currency, entry.country, entry.logo
        self.person: Person | None = self.actor.person
        self.files: TenantFiles = self.house.files_of(self)

    @property
    def schema(self) -> str:
        """The name of its schema and role."""
        return self.catalogue_entry.schema

    def transaction(self, *, unaudited: str = "") -> AbstractAsyncContextManager[Scope]:
        """Open a transaction, or a savepoint in the one that is open."""
        scope = self._open_scope()
        if meter := METER.get():
            meter.count()
        return Nested(scope, unaudited) if scope else self.house.open_scope(self.catalogue_entry, self.actor, unaudited)

    def scope(self, what: str = "A query") -> LiveScope:
        """Return the open scope of this tenant; raises `OutsideTenant`."""
        scope = self._open_scope()
        if scope is None:
            raise OutsideTenant(what)
        return scope

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction of this tenant is open."""
        return self._open_scope() is not None

    def _open_scope(self) -> LiveScope | None:
        scope = CURRENT.get()
        if scope is None or scope.ended:
            return None
        if not isinstance(scope, LiveScope) or scope.schema != self.schema:
            raise Refused("A transaction of another tenant is open: one transaction never spans two tenants.")
        return scope

    async def record(self, *changes: Change) -> None:
        """Tell the audit log, in the open transaction."""
        self.scope("An audit entry").record(changes)

    async def reveal(self, column: Sealed, record: RecordRef, *values: Secret) -> Sequence[str]:
        """Return sealed values whole, and tell the audit log that they were shown."""
        if not self.may(column.permission):
            raise Refused(f"To see “{column.title}” whole takes the permission “{column.permission.title}”.")
        if any(values):
            await self.record(Change(record, "revealed", after={column.title: [each.masked for each in values if each]}))
        return [each.clear for each in values]

    def audit_log(self) -> AsyncIterator[str]:
        """Yield the sealed audit log, read in the open transaction."""
        return self.house.audit_log_of(self, self.scope("The audit log"))

    async def enqueue(
        self, job: Job[P], payload: P, *, at: datetime | None = None, key: str | None = None, priority: Priority | None = None
    ) -> UUID:
        """Add a job to the outbox of the open transaction."""
        if self.house.job_by_name.get(job.name) is not job:
            raise Missing(f"The job “{job.name}” is not declared by any plugin's jobs() hook.")
        return self.send(Message(new_id(), "job", job.name, as_json(payload), at, key, priority))

    async def cancel(self, job_id: UUID) -> None:
        """Add a message to the outbox that calls a job off."""
        self.send(Message(new_id(), "cancel", str(job_id)))

    async def ask_checks(self, plugin: str) -> UUID:
        """Ask a worker to run a module's checks."""
        job = self.house.job_by_name["core.run_checks"]
        return await self.enqueue(job, job.payload(plugin), key=f"checks of {plugin}")

    async def check_runs(self, plugin: str, limit: int = 30) -> Sequence[CheckRun]:
        """Return what a module's checks came to."""
        return await self.house.check_runs_of(self.scope("What checks came to"), plugin, limit)

    async def ask_closing(self, first: date, last: date) -> Sequence[Answer]:
        """Return what the closing checks of the enabled modules come to."""
        return await self.house.ask_closing_of(self, first, last)

    async def pdf(self, document: PrintedDocument, said: Mapping[str, Any]) -> bytes:
        """Print a document under the letterhead of the business."""
        if not any(document is each for each in self.house.registry.documents()):
            raise Missing(f"The document “{document.name}” is not declared by any plugin's documents() hook.")
        return await self.house.printed_for(self, document, said)

    def document_language(self, wanted: str = "") -> str:
        """Return the language of a document."""
        return self.house.document_language_of(self, wanted)

    async def emit(self, event: Event) -> None:
        """Add a fact to the outbox of the open transaction."""
        name = self.house.registry.event_names.get(type(event))
        if name is None:
            raise Missing(f"The event “{type(event).__name__}” is not declared by any plugin's events() hook.")
        self.send(Message(new_id(), "event", name, as_json(event)))

    def send(self, message: Message) -> UUID:
        """Keep a message until the commit; returns its id."""
        self.scope("A message").pending.messages.append(message)
        return message.id

    async def notify(self, text: str, *, link: str = "", to: Permission | UUID) -> None:
        """Put a line into somebody's notifications."""
        person, permission = (None, to.name) if isinstance(to, Permission) else (to, "")
        self.scope("A notification").pending.notices.append((new_id(), person, permission, text, link))

    async def mail(
        self, to: str, subject: str, text: str, *, html: str = "", record: RecordRef | None = None, files: Sequence[MailFile] = ()
    ) -> None:
        """Send a message after the commit."""
        if sum(len(each.content) for each in files) > MOST_MAILED:
            raise Invalid("The files of this message are more than 10 MB together: most mail servers would not take it.")
        body = f"{text}\n\n{record.title}: {self.house.settings.tenant_url(self.slug, record.url)}" if record else text
        self.scope("A message").pending.mails.append((new_id(), to, subject, body, html, as_json(files)))

    async def progress(self, done: int, total: int, note: str = "") -> None:
        """Tell how far the running job is."""
        if self.on_progress:
            await self.on_progress(done, total, note)

    def url(self, path: str) -> str:
        """Return the whole address of a page."""
        return self.house.settings.tenant_url(self.slug, path)

    def settings(self, kind: type[S]) -> S:
        """Return what the admin has set, with the defaults for the rest."""
        key = self.house.registry.settings_kinds.get(kind)
        if key is None:
            raise Missing(f"The settings “{kind.__name__}” are not declared by any plugin's settings() hook.")
        return read_settings(kind, self.catalogue_entry.settings.get(key))

    def service(self, contract: type[T]) -> T:
        """Return the provider of a contract among the enabled modules."""
        if contract not in self._services:
            offered = [each for each in self.house.registry.services(self.catalogue_entry.enabled) if each.contract is contract]
            if not offered:
                raise Missing(f"No module that is switched on provides “{contract.__name__}”. An administrator can switch one on.")
            self._services[contract] = offered[0].make(self)
        if meter := METER.get():  # who asks for a contract may have its provider write
            meter.keys.update(self.house.registry.providers(contract, self.catalogue_entry.enabled))
        found: T = self._services[contract]
        return found

    def may(self, permission: Permission) -> bool:
        """Tell whether who acts may do something."""
        return self.actor.permissions is None or permission.name in self.actor.permissions

    async def people(self) -> Sequence[Person]:
        """Return who belongs to this tenant and may sign in, by name."""
        return await self.house.people_of(self.catalogue_entry)

    def known_as(self, name: str) -> "LiveTenant":
        """Return the same tenant with a name for who acts, where nobody is signed in."""
        return self if self.actor.person else replace(self, actor=replace(self.actor, name=name), _services={})

    def has(self, plugin_key: str) -> bool:
        """Tell whether a module is switched on."""
        return plugin_key in self.catalogue_entry.modules

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self.house.now()


def read_settings(kind: type[S], stored: msgspec.Raw | None) -> S:
    """Read settings as they were stored; fields whose values a newer version no longer takes fall to their defaults."""
    if stored is None:
        return kind()
    values: Mapping[str, Any] = msgspec.json.decode(stored)
    kept = {}
    for each in msgspec.structs.fields(kind):
        if each.encode_name in values:
            base, _ = unwrap(each.type)
            wanted = base if base is Decimal else each.type  # msgspec knows no limits of a Decimal
            with suppress(msgspec.ValidationError):
                kept[each.name] = msgspec.convert(values[each.encode_name], wanted, strict=False)
    try:
        return kind(**kept)
    except (TypeError, ValueError):  # they no longer fit each other
        return kind()
