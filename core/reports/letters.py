"""Reports sent by mail by the clock: who gets which, when, as what."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import msgspec
import structlog

from core.auth.access import OWNER_ROLE
from core.reports.files import csv_bytes, xlsx_bytes
from core.reports.printing import pdf_bytes
from core.reports.running import find_report
from core.reports.wish import Wish, read_wish
from core.reports.words import heading_of
from core.tenancy.tenant import LiveTenant
from weft.errors import Invalid, Missing
from weft.files import MailFile
from weft.ids import new_id
from weft.jobs import Job
from weft.permissions import Permission
from weft.records import Change, RecordKind, RecordRef
from weft.reports import Report
from weft.tenant import Person, Tenant

if TYPE_CHECKING:
    from core.runtime import Runtime

Log = structlog.get_logger("weft.reports")
TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


class Often(StrEnum):
    """How often a report is sent."""

    DAY = "every day"
    WEEK = "every Monday"
    MONTH = "on the first of every month"
    QUARTER = "on the first day of every quarter"


_DAYS = {Often.DAY: "* * *", Often.WEEK: "* * 1", Often.MONTH: "1 * *", Often.QUARTER: "1 1,4,7,10 *"}


class NewLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for; `hour` is on the business's clocks."""

    title: str
    recipients: tuple[UUID, ...]
    often: Often = Often.MONTH
    hour: int = 7
    format: str = "pdf"
    query: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A report that is sent by the clock."""

    id: UUID
    report: str
    title: str
    query: str
    format: str
    cron: str
    recipients: Sequence[UUID]
    person_id: UUID

    @property
    def often(self) -> str:
        """When it is sent, in words."""
        minute, hour, days = self.cron.split(" ", 2)
        return f"{next((each.value for each, cron in _DAYS.items() if cron == days), days)} at {int(hour):02}:{int(minute):02}"


class SendReport(msgspec.Struct, frozen=True):
    """Which letter to send."""

    id: UUID


_COLUMNS = "id, report, title, query, format, cron, recipients, person_id"
_MAY = """
SELECT p.id, p.name, p.email FROM platform.membership m JOIN platform.person p ON p.id = m.person_id
WHERE m.tenant_id = $1 AND m.disabled_at IS NULL AND p.disabled_at IS NULL AND p.email IS NOT NULL AND EXISTS (
    SELECT 1 FROM platform.membership_role h JOIN platform.role r ON r.id = h.role_id
    WHERE h.membership_id = m.id AND (r.template = $2 OR $3 = ANY (r.permissions)))
ORDER BY lower(p.name), p.id
"""


async def readers(tenant: LiveTenant, permission: Permission) -> list[Person]:
    """Return who belongs to the business, has a confirmed address, and may see what needs a permission."""
    runtime = cast("Runtime", tenant.house)
    rows = await runtime.platform.fetch(_MAY, tenant.id, OWNER_ROLE, permission.name)
    return [Person(row["id"], row["name"], row["email"]) for row in rows]


async def letters_of(tenant: LiveTenant, report: str) -> list[Letter]:
    """Return the letters of a report, oldest first."""
    async with tenant.transaction() as db:
        rows = await db.fetch(f"SELECT {_COLUMNS} FROM platform.report_letter WHERE report = $1 ORDER BY created_at, id", report)
    return [Letter(**dict(row.items())) for row in rows]


async def arrange(tenant: LiveTenant, report: Report[Any], asked: NewLetter) -> Letter:
    """Have a report sent by the clock; raises `Invalid` by field, `Missing` for a program."""
    if tenant.person is None:
        raise Missing("Only a person can have reports sent.")
    wrong: dict[str, str] = {}
    if not asked.title.strip() or len(asked.title) > 100:
        wrong["title"] = "Give the letter a subject of at most 100 characters."
    if asked.format not in TYPES:
        wrong["format"] = "Choose PDF, XLSX or CSV."
    if not 0 <= asked.hour <= 23:
        wrong["hour"] = "Choose an hour from 0 to 23."
    if not asked.recipients or {*asked.recipients} - {each.id for each in await readers(tenant, report.permission)}:
        wrong["recipients"] = "Choose people who belong to this business and may see the report."
    if wrong:
        raise Invalid(fields=wrong)
    wish = await read_wish(tenant, report, asked.query)
    cron = f"0 {asked.hour} {_DAYS[asked.often]}"
    made = Letter(new_id(), report.name, asked.title.strip(), wish.encode(page=1), asked.format, cron, asked.recipients, tenant.person.id)
    async with tenant.transaction() as db:
        await db.execute(
            f"INSERT INTO platform.report_letter ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            *(made.id, made.report, made.title, made.query, made.format, made.cron, list(made.recipients), made.person_id),
        )
        await tenant.record(Change(_ref(report, made), "arranged", {}, {"report": report.title, "when": made.often, "format": made.format}))
    return made


async def stop(tenant: LiveTenant, report: Report[Any], letter_id: UUID) -> None:
    """Send a letter no more; raises `Missing`."""
    async with tenant.transaction() as db:
        row = await db.fetchrow(
            f"DELETE FROM platform.report_letter WHERE id = $1 AND report = $2 RETURNING {_COLUMNS}", letter_id, report.name
        )
        if row is None:
            raise Missing("There is no such letter.")
        gone = Letter(**dict(row.items()))
        await tenant.record(Change(_ref(report, gone), "stopped", {"report": report.title, "when": gone.often}, {}))


def _ref(report: Report[Any], letter: Letter) -> RecordRef:
    kind = RecordKind("core.report_letter", "Report by mail", f"/reports/{report.name}", report.permission, icon="mail-forward")
    return RecordRef(kind, letter.id, letter.title)


async def send(tenant: Tenant, asked: SendReport) -> None:
    """Send a letter to those of its readers who still belong to the business and may still see the report."""
    assert isinstance(tenant, LiveTenant)
    async with tenant.transaction() as db:
        row = await db.fetchrow(f"SELECT {_COLUMNS} FROM platform.report_letter WHERE id = $1", asked.id)
    if row is None:
        return
    letter = Letter(**dict(row.items()))
    try:
        report = find_report(tenant, letter.report)
    except Missing:  # its module is switched off
        Log.info("a report is not sent, since its module is off", report=letter.report)
        return
    to = [each for each in await readers(tenant, report.permission) if each.id in letter.recipients]
    if not to:
        Log.info("a report is not sent, since nobody may see it any more", report=letter.report)
        return
    wish = await read_wish(tenant, report, letter.query)
    heading = await heading_of(tenant, wish)
    link = cast("Runtime", tenant.house).settings.tenant_url(tenant.slug, f"/reports/{report.name}?{letter.query}")
    text = f"{report.title}, {heading}\n\nSee it with today's figures: {link}"
    file = MailFile(
        f"{report.title} {tenant.today().isoformat()}.{letter.format}", TYPES[letter.format], await written(tenant, wish, letter.format)
    )
    for person in to:
        try:
            await tenant.mail(person.email, letter.title, text, files=[file])
        except Invalid:  # too large for a letter
            await tenant.mail(person.email, letter.title, f"{text}\n\nThe file is too large for a letter: take it from the page.")


async def written(tenant: Tenant, wish: Wish, format_: str) -> bytes:
    """Return a report as a file."""
    if format_ == "pdf":
        return await pdf_bytes(tenant, wish)
    write = xlsx_bytes if format_ == "xlsx" else csv_bytes
    return b"".join([part async for part in write(tenant, wish)])


SEND_REPORT = Job(name="core.send_report", title="Send a report by mail", payload=SendReport, run=send, atomic=True, timeout=300)
