"""Accounts for events that have none: when a new version brings events, and when a person asks for it."""

from uuid import UUID

from weft import Change, RecordRef, Tenant, new_id

from ..domain.accounts import RECONCILED, Account
from ..domain.chart_gaps import Gap, gaps, likely_chart
from ..domain.charts import CHARTS, our_chart
from ..queries import accounts, setup
from ..records import ACCOUNT, BOOKS


async def missing(tenant: Tenant) -> list[Gap]:
    """Return what our chart would give the events that have no account, in the open transaction; nothing for a chart that is not ours."""
    db = tenant.scope()
    there = await accounts.all_accounts(db)
    key = likely_chart({each.code for each in there}, {key: our_chart(key) for key in CHARTS})
    return gaps(our_chart(key), there, {rule.event for rule in await setup.rules(db)}) if key else []


async def complete(tenant: Tenant) -> int:
    """Give every event that has no account the one of our chart, which is added where it is missing; returns how many events got one.

    Rules that stand are left alone, and so is a chart that a business brought along: it is told at posting which account to choose.
    """
    async with tenant.transaction() as db:
        found = await missing(tenant)
        if not found:
            return 0
        headings = {each.code: each.id for each in await accounts.all_accounts(db)}
        made = [_account(gap, headings) for gap in found if gap.row]
        await accounts.insert(db, made)
        fresh = iter(made)
        rules = [(gap.event, "", gap.there.id if gap.there else next(fresh).id) for gap in found]
        await setup.put_rules(db, rules)
        about = {"accounts": ", ".join(each.code for each in made), "posting_rules": ", ".join(gap.event for gap in found)}
        await tenant.record(Change(RecordRef(ACCOUNT, BOOKS, "Chart of accounts"), "added to", {}, about))
    return len(found)


def _account(gap: Gap, headings: dict[str, UUID]) -> Account:
    row = gap.row
    assert row is not None
    parent = headings.get(row.parent)
    return Account(
        id=new_id(),
        code=row.code,
        name=row.name,
        type=row.type,
        parent=parent,
        posting=True,
        reconcile=row.type in RECONCILED,
        tags=row.tags,
    )


async def on_upgrade(tenant: Tenant, before: str) -> None:
    """Run when a tenant's module came from version `before`: events that are new get accounts."""
    await complete(tenant)
