"""What the reports of the books are asked for, and what they are asked for unless somebody says so."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Choice, Invalid, Tenant

from ..domain.documents.ageing import AgeBy
from ..services import accounts, journals, reports


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """From a day to a day."""

    first: Annotated[date, Meta(title="From")]
    last: Annotated[date, Meta(title="Through")]

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("The last day comes before the first: turn them round.")


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """At the end of a day."""

    day: Annotated[date, Meta(title="On")]


class AgedDay(Day, frozen=True, kw_only=True):
    """At the end of a day, with what age is counted from."""

    by: Annotated[AgeBy, Meta(title="Age from")] = AgeBy.DUE


class TrialDays(Days, frozen=True, kw_only=True):
    """Days, perhaps of one value of a dimension alone."""

    value: Annotated[UUID | None, Meta(title="Dimension")] = None
    everything: Annotated[bool, Meta(title="Accounts without any movement too")] = False


class LedgerDays(Days, frozen=True, kw_only=True):
    """Days, perhaps of one account alone."""

    account: Annotated[UUID | None, Meta(title="Account")] = None


class JournalDays(Days, frozen=True, kw_only=True):
    """Days, perhaps of one journal alone."""

    journal: Annotated[UUID | None, Meta(title="Journal")] = None


class TaxDays(Days, frozen=True, kw_only=True):
    """Days, perhaps with the documents behind each figure."""

    documents: Annotated[bool, Meta(title="With documents")] = False


async def usual_days(tenant: Tenant) -> Days:
    """Return the fiscal year until today."""
    first, last = await reports.default_days(tenant)
    return Days(first=first, last=last)


async def usual_trial(tenant: Tenant) -> TrialDays:
    """Return the fiscal year until today."""
    first, last = await reports.default_days(tenant)
    return TrialDays(first=first, last=last)


async def usual_ledger(tenant: Tenant) -> LedgerDays:
    """Return the fiscal year until today, of all accounts."""
    first, last = await reports.default_days(tenant)
    return LedgerDays(first=first, last=last)


async def usual_journal(tenant: Tenant) -> JournalDays:
    """Return the fiscal year until today, of all journals."""
    first, last = await reports.default_days(tenant)
    return JournalDays(first=first, last=last)


async def usual_tax(tenant: Tenant) -> TaxDays:
    """Return the last quarter that is over, which most returns are about."""
    today = tenant.today()
    last = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1) - timedelta(days=1)
    return TaxDays(first=date(last.year, last.month - 2, 1), last=last)


async def usual_day(tenant: Tenant) -> Day:
    """Return today."""
    return Day(day=tenant.today())


async def usual_aged(tenant: Tenant) -> AgedDay:
    """Return today, by the day that is due."""
    return AgedDay(day=tenant.today())


async def age_choices(tenant: Tenant) -> Sequence[Choice]:
    """Return from which days age can be counted."""
    return [Choice(AgeBy.DUE, "the due date"), Choice(AgeBy.ISSUED, "the date of the document")]


async def account_choices(tenant: Tenant) -> Sequence[Choice]:
    """Return the accounts that take lines."""
    return [Choice(str(each.id), each.label) for each in await accounts.chart(tenant) if each.posting]


async def journal_choices(tenant: Tenant) -> Sequence[Choice]:
    """Return the journals."""
    return [Choice(str(each.id), f"{each.code} {each.name}") for each in await journals.all_journals(tenant)]


async def value_choices(tenant: Tenant) -> Sequence[Choice]:
    """Return the values of all dimensions."""
    found = await journals.all_dimensions(tenant)
    return [Choice(str(value.id), f"{each.title}: {value.title}") for each in found for value in each.values]


def ledger_link(account: UUID, first: date | None, last: date) -> str:
    """Return where the lines of an account are."""
    days = {"account": account, **({"first": first} if first else {}), "last": last}
    return f"/reports/accounting.general_ledger?{urlencode(days)}"


async def refuse_unknown(tenant: Tenant, account: UUID | None) -> None:
    """Raise `Invalid` for an account that is not there."""
    if account and account not in {each.id for each in await accounts.chart(tenant)}:
        raise Invalid.field("account", "There is no such account: choose one of the list.")
