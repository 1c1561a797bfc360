"""The statement of cash flows by the direct method (IAS 7, paragraph 18 (a)): what came in and went out, by what it was for."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from weft import Tenant

from ..domain.accounts import Account, AccountClass
from ..queries import accounts, balances, cash_flow

ZERO = Decimal(0)
ACTIVITIES = ("Operating activities", "Investing activities", "Financing activities")
_INVESTING = frozenset({"fixed_asset", "noncurrent_asset"})
_FINANCING = frozenset({"noncurrent_liability"})


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Flows by activity, each with its account; what was there before and after, in base currency."""

    flows: tuple[tuple[str, tuple[tuple[Account, Decimal], ...]], ...]
    opening: Decimal
    closing: Decimal


def activity(account: Account) -> str:
    """Return what a flow against an account is for (IAS 7, paragraphs 13 to 17)."""
    if account.type in _INVESTING:
        return ACTIVITIES[1]
    if account.type in _FINANCING or account.kind.of is AccountClass.EQUITY:
        return ACTIVITIES[2]
    return ACTIVITIES[0]


async def cash_flows(tenant: Tenant, first: date, last: date) -> CashFlow:
    """Return what moved bank and cash accounts from a day to a day."""
    async with tenant.transaction() as db:
        chart = await accounts.all_accounts(db)
        moved = await cash_flow.other_sides(db, first, last)
        before = await balances.moved(db, date.min, first - timedelta(days=1))
        after = await balances.moved(db, date.min, last)
    cash = {each.id for each in chart if each.type == "bank"}
    found = tuple(
        (title, flows)
        for title in ACTIVITIES
        if (flows := tuple((each, moved[each.id]) for each in chart if each.id in moved and activity(each) == title))
    )
    opening, closing = (sum((each.net for account, each in held.items() if account in cash), ZERO) for held in (before, after))
    return CashFlow(found, opening, closing)
