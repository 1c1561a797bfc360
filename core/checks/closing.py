"""Asks every module whether books may be closed through a day."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from core.firewall.calls import LeftOut, Spot
from weft.checks import Answer, ClosingCheck, Finding
from weft.errors import WeftError

if TYPE_CHECKING:
    from core.tenancy.tenant import LiveTenant

LONGEST = 50  # findings that are told of a check
FAILED = "This could not be checked: the check itself failed."


async def ask_closing(tenant: "LiveTenant", first: date, last: date) -> Sequence[Answer]:
    """Return what the closing checks of all enabled modules come to, in order; one that fails is told as a finding and stops no other."""
    return [await _answer(tenant, check, first, last) for check in tenant.house.registry.closing_checks(tenant.catalogue_entry.enabled)]


async def _answer(tenant: "LiveTenant", check: ClosingCheck, first: date, last: date) -> Answer:
    spot = Spot(tenant.house.registry.owner_of("closing_checks", check), "closing_checks", check.title)
    try:
        checked = await tenant.house.firewall.call(tenant, spot, lambda: check.run(tenant, first, last))
        findings, note = checked.findings[:LONGEST], checked.note
    except LeftOut as left:
        findings, note = (Finding(f"This could not be checked: {left.sentence}" if left.quarantined else FAILED),), ""
    except WeftError as wrong:
        findings, note = (Finding(f"This could not be checked: {wrong.message}"),), ""
    return Answer(name=check.name, title=check.title, question=check.question, findings=findings, note=note)
