"""Asks every module whether books may be closed through a day."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import structlog

from weft.checks import Answer, ClosingCheck, Finding

if TYPE_CHECKING:
    from core.tenancy.tenant import LiveTenant

Log = structlog.get_logger("weft.checks")
LONGEST = 50  # findings that are told of a check


async def ask_closing(tenant: "LiveTenant", first: date, last: date) -> Sequence[Answer]:
    """Return what the closing checks of all enabled modules come to, in order; one that fails is told as a finding and stops no other."""
    return [await _answer(tenant, check, first, last) for check in tenant.house.registry.closing_checks(tenant.catalogue_entry.enabled)]


async def _answer(tenant: "LiveTenant", check: ClosingCheck, first: date, last: date) -> Answer:
    try:
        async with tenant.transaction():  # a statement that fails in it spoils nothing of the caller's
            checked = await check.run(tenant, first, last)
        findings, note = checked.findings[:LONGEST], checked.note
    except Exception:
        Log.exception("a closing check failed", check=check.name, tenant=tenant.slug)
        findings, note = (Finding("This could not be checked: the check itself failed."),), ""
    return Answer(name=check.name, title=check.title, question=check.question, findings=findings, note=note)
