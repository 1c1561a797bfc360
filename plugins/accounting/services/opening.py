"""Opening balances: what a business brings along from the books it kept before."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from weft import Invalid, Tenant
from weft.contracts import NewLine, PostedEntry

from ..domain.accounts import Account, AccountClass
from ..domain.drafts import DraftLine, to_post
from ..queries import accounts, calendar
from . import posting

ZERO = Decimal(0)


async def offered(tenant: Tenant) -> tuple[list[Account], date]:
    """Return the accounts of the balance sheet that are open, and the first day of the books."""
    async with tenant.transaction() as db:
        chart = await accounts.all_accounts(db)
        years = [each for each in await calendar.years(db) if each.state != "closed"]
    wanted = (AccountClass.ASSET, AccountClass.LIABILITY, AccountClass.EQUITY)
    found = [each for each in chart if each.posting and not each.closed and each.kind.of in wanted]
    return found, years[0].first if years else tenant.today()


async def post(tenant: Tenant, day: date, lines: Sequence[DraftLine]) -> PostedEntry:
    """Post opening balances in base currency; what they leave uneven goes to the account for opening balances.

    Raises as `Ledger.post`, and `Invalid` when no line has an amount.
    """
    given = [line for line in lines if line.debit or line.credit]
    if not given:
        raise Invalid.field("lines", "Enter what at least one account holds.")
    left = sum((line.debit - line.credit for line in given), ZERO)
    async with tenant.transaction():
        new = to_post("opening", day, given, description="Opening balances")
        if left:
            rest = NewLine(event="opening_balance", debit=max(-left, ZERO), credit=max(left, ZERO))
            new = msgspec.structs.replace(new, lines=(*new.lines, rest))
        return await posting.post(tenant, new)
