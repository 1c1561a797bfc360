"""The audit log: who did what to which record, whether it is still what was sealed, and how a stranger can check that."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Stream

from core.audit.log import Entry, Wanted, read_log
from core.audit.proofs import export_log, prove_inclusion
from core.audit.verify import Verdict, verify_log
from core.auth.permissions import AUDIT
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheTenant, TheUi
from web.history import moments_of, shown
from web.ui import LiveUi
from weft.errors import Invalid, Missing
from weft.permissions import needs

VIA = {
    "session": "in the browser",
    "token": "with an API token",
    "job": "by a job",
    "command": "on the command line",
    "platform": "by Weft itself",
}
ICONS = {
    "created": "plus",
    "imported": "file-import",
    "deleted": "trash",
    "archived": "archive",
    "merged": "arrows-join",
    "changed settings": "settings",
}
EDGE = 100_000  # entries that are verified while somebody waits; a longer log is verified with the command


@get("/")
async def audit_page(
    ui: TheUi, who: FromQuery[str] = "", kind: FromQuery[str] = "", via: FromQuery[str] = "", since: FromQuery[str] = "",
    until: FromQuery[str] = "", after: FromQuery[str] = "",
) -> Response[str]:  # fmt: skip
    """Show entries, newest first, by person, kind, door and day."""
    tenant = ui.door.tenant
    wanted = Wanted(kind=kind, actor=_uuid(who), via=via, since=_day(tenant, since), until=_day(tenant, until, end=True))
    page = await read_log(tenant, wanted, after=after)
    asked = {"who": who, "kind": kind, "via": via, "since": since, "until": until}
    given = {key: value for key, value in asked.items() if value}
    days = [
        (day, [_item(ui, entry) for entry in entries]) for day, entries in groupby(page.entries, key=lambda each: _local_day(tenant, each))
    ]
    following = f"/audit?{urlencode({**given, 'after': page.next})}" if page.next else None
    return await ui.page(
        "audit/page.html", days=days, following=following, given=given, choices=await _choices(tenant), seal=await _last_seal(tenant)
    )


@post("/verify")
async def verify_page(ui: TheUi) -> Response[str]:
    """Check every entry against its seal, and say what was found."""
    verdict = await _verify(ui.door.tenant)
    return await ui.page("audit/verdict.html", verdict=verdict, root=verdict.root.hex())


@get("/export")
async def export_page(tenant: TheTenant) -> Stream:
    """Stream the sealed log as JSON lines, for `docs/verify_audit.py` or whoever audits the business."""

    async def lines() -> AsyncIterator[bytes]:
        async with tenant.transaction() as db:
            async for line in export_log(db, tenant.schema, tenant.name, tenant.now()):
                yield line.encode()

    name = f"audit-{tenant.slug}-{tenant.today().isoformat()}.jsonl"
    return Stream(lines(), media_type="application/jsonl", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@get("/{position:int}/proof")
async def proof(tenant: TheTenant, position: FromPath[int]) -> Response[Any]:
    """Return the proof that one entry is in the sealed log."""
    async with tenant.transaction() as db:
        found = await prove_inclusion(db, tenant.schema, position)
    return Response(found, headers={"Content-Disposition": f'attachment; filename="audit-proof-{position}.json"'})


async def _verify(tenant: LiveTenant) -> Verdict:
    async with tenant.transaction() as db:
        size = await db.fetchval("SELECT max(size) FROM platform.audit_seal WHERE tenant = current_user") or 0
        if size > EDGE:
            raise Invalid(f"This log has {size:,} sealed entries: have it verified with `weft audit verify {tenant.slug}`.")
        return await verify_log(db, tenant.schema)


async def _last_seal(tenant: LiveTenant) -> Any:
    async with tenant.transaction() as db:
        return await db.fetchrow(
            "SELECT size, root, sealed_at FROM platform.audit_seal WHERE tenant = current_user ORDER BY size DESC LIMIT 1"
        )


async def _choices(tenant: LiveTenant) -> dict[str, list[dict[str, str]]]:
    """Return whom and what one can ask for: those of the newest thousand entries."""
    async with tenant.transaction() as db:
        rows = await db.fetch(
            "SELECT DISTINCT actor::text, actor_name, record_kind FROM (SELECT actor, actor_name, record_kind FROM platform.audit_entry "
            "WHERE tenant = current_user ORDER BY at DESC, id DESC LIMIT 1000) newest"
        )
    people = {row["actor"]: row["actor_name"] for row in rows if row["actor"]}
    kinds = {row["record_kind"]: kind_title(tenant, row["record_kind"]) for row in rows}
    return {
        "who": _options(people),
        "kind": _options(kinds),
        "via": [{"value": key, "label": f"{label[:1].upper()}{label[1:]}"} for key, label in VIA.items()],
    }


def _options(titles: dict[str, str]) -> list[dict[str, str]]:
    return sorted(({"value": value, "label": label} for value, label in titles.items()), key=lambda each: each["label"])


def kind_title(tenant: LiveTenant, kind: str) -> str:
    """Return what people call a kind of record."""
    known = tenant.house.registry.record_by_name.get(kind)
    return known.title if known else kind.rpartition(".")[2].replace("_", " ").capitalize()


def _item(ui: LiveUi, entry: Entry) -> dict[str, Any]:
    """Return an entry as the `timeline` macro shows it."""
    tenant = ui.door.tenant
    kind = tenant.house.registry.record_by_name.get(entry.kind)
    moment = moments_of(tenant)
    changes = [
        {"label": each.field.replace("_", " "), "before": shown(each.before, moment), "after": shown(each.after, moment)}
        for each in entry.differences
    ]
    what = f"{entry.action} “{entry.title}”" if entry.title else entry.action
    sealed = f", sealed as number {entry.position}" if entry.position is not None else ", not sealed yet"
    return {
        "who": entry.actor_name,
        "what": what,
        "when": entry.at,
        "icon": ICONS.get(entry.action),
        "href": kind.url(entry.record) if kind and entry.record and tenant.may(kind.permission) else None,
        "note": f"{kind_title(tenant, entry.kind)}, {VIA.get(entry.via, entry.via)}{sealed}",
        "changes": changes[:12],
    }


def _local_day(tenant: LiveTenant, entry: Entry) -> date:
    return entry.at.astimezone(tenant.timezone).date()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise Missing("There is no such person.") from wrong


def _day(tenant: LiveTenant, text: str, *, end: bool = False) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid.field("until" if end else "since", f"“{text}” is not a date such as 2026-03-31.") from wrong
    return datetime.combine(day + timedelta(days=end), time(), tenant.timezone)


audit_router = Router("/audit", route_handlers=[audit_page, verify_page, export_page, proof], guards=[needs(AUDIT)])
