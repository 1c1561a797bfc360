"""What the books begin with: a chart of accounts, posting rules, journals, dimensions and a fiscal year."""

from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, RecordRef, Tenant, new_id

from ..domain.accounts import RECONCILED, Account
from ..domain.charts import Chart, our_chart
from ..domain.ground import Dimension, Journal
from ..domain.rules import EVENTS, PostingRule
from ..queries import accounts, setup
from ..records import ACCOUNT, BOOKS, JOURNAL
from ..settings import AccountingSettings
from .years import ensure_year

JOURNALS = (
    ("GEN", "General", "general"),
    ("SAL", "Sales", "sales"),
    ("PUR", "Purchases", "purchases"),
    ("BNK", "Bank", "bank"),
    ("CSH", "Cash", "cash"),
    ("OPN", "Opening balances", "opening"),
    ("CLS", "Year close", "closing"),
)
SETTLED = "settled"  # tag of accounts in our charts whose lines are settled one against the other: cards on their way, wages
DIMENSIONS = (("cost_centre", "Cost centre"), ("project", "Project"), ("location", "Location"))


async def is_set_up(tenant: Tenant) -> bool:
    """Tell whether the books have a chart of accounts."""
    async with tenant.transaction() as db:
        return bool(await db.fetchval("SELECT EXISTS (SELECT FROM accounting_account)"))


async def set_up(tenant: Tenant, chart_key: str) -> int:
    """Begin the books with one of our charts; returns how many accounts it has. Raises `Conflict` when there are books already."""
    return await begin(tenant, our_chart(chart_key))


async def begin(tenant: Tenant, chart: Chart) -> int:
    """Begin the books with a chart."""
    async with tenant.transaction() as db:
        await make_basics(tenant)
        if await accounts.all_accounts(db):
            raise Conflict("The books have a chart of accounts already: import accounts to add to it.")
        made = await _add_chart(tenant, chart, [])
        await ensure_year(tenant, tenant.today())
    return made


async def make_basics(tenant: Tenant) -> None:
    """Make the journals and dimensions that are missing, in the open transaction."""
    db = tenant.scope()
    number_format = tenant.settings(AccountingSettings).number_format
    if not await setup.journals(db):
        for code, name, kind in JOURNALS:
            journal = msgspec.convert({"id": new_id(), "code": code, "name": name, "kind": kind, "number_format": number_format}, Journal)
            await setup.put_journal(db, journal)
        await tenant.record(Change(RecordRef(JOURNAL, BOOKS, "Journals"), "created", {}, {"journals": [code for code, _, _ in JOURNALS]}))
    if not await setup.dimensions(db):
        for key, title in DIMENSIONS:
            await setup.put_dimension(db, Dimension(id=new_id(), key=key, title=title))
        await tenant.record(Change(RecordRef(JOURNAL, BOOKS, "Dimensions"), "created", {}, {"dimensions": [key for key, _ in DIMENSIONS]}))


async def add_chart(tenant: Tenant, chart: Chart) -> tuple[int, int]:
    """Add the accounts of a chart that the books lack; returns how many were added and how many were there.

    An account that is there stays as it is; a rule is set only where none is. Raises `Invalid` and adds none at all.
    """
    async with tenant.transaction() as db:
        await make_basics(tenant)
        there = await accounts.all_accounts(db)
        added = await _add_chart(tenant, chart, there)
    return added, len(chart.rows) - added


async def _add_chart(tenant: Tenant, chart: Chart, there: list[Account]) -> int:
    db = tenant.scope()
    ids: dict[str, UUID] = {each.code: each.id for each in there}
    made = []
    headings = chart.headings
    for row in chart.rows:
        if row.code in ids:
            continue
        ids[row.code] = new_id()
        made.append(
            Account(
                id=ids[row.code],
                code=row.code,
                name=row.name,
                type=row.type,
                parent=ids[row.parent] if row.parent else None,
                posting=row.code not in headings,
                reconcile=(row.type in RECONCILED or SETTLED in row.tags) and row.code not in headings,
                tags=row.tags,
            )
        )
    await accounts.insert(db, made)
    known = {(each.event, each.detail) for each in await setup.rules(db)}
    rules = [(event, "", ids[row.code]) for row in chart.rows for event in row.events if event in EVENTS and (event, "") not in known]
    await setup.put_rules(db, rules)
    if made:
        about = {"accounts": len(made), "first": made[0].code, "last": made[-1].code, "posting_rules": len(rules)}
        await tenant.record(Change(RecordRef(ACCOUNT, made[0].id, "Chart of accounts"), "added to", {}, about))
    return len(made)


async def set_rule(tenant: Tenant, event: str, detail: str, code: str) -> None:
    """Choose the account of an event; without a code the rule is taken away. Raises `Invalid` by field."""
    detail = " ".join(detail.split())
    if event not in EVENTS:
        raise Invalid.field("event", "There is no such event: choose one of the list.")
    async with tenant.transaction() as db:
        before = {(each.event, each.detail): each.code for each in await setup.rules(db)}.get((event, detail), "")
        if before == code:
            return
        if code:
            account = await accounts.by_code(db, code)
            if account is None or not account.posting or account.closed:
                raise Invalid.field("code", f"There is no open account {code} to post to.")
            await setup.put_rules(db, [(event, detail, account.id)])
        else:
            await setup.remove_rule(db, event, detail)
        name = EVENTS[event][0] + (f" ({detail})" if detail else "")
        await tenant.record(Change(RecordRef(ACCOUNT, BOOKS, "Posting rules"), "changed", {name: before}, {name: code}))


async def on_enable(tenant: Tenant) -> None:
    """Run when the module is switched on; the chart is chosen by a person."""
    await make_basics(tenant)


async def all_rules(tenant: Tenant) -> list[PostingRule]:
    """Return every posting rule."""
    async with tenant.transaction() as db:
        return await setup.rules(db)
