"""Events without an account: those that a new version brings, and those nobody gave one."""

import pytest

from plugins.accounting.domain.chart_gaps import gaps, likely_chart
from plugins.accounting.domain.charts import CHARTS, our_chart
from plugins.accounting.domain.rules import EVENTS
from plugins.accounting.plugin import plugin
from plugins.accounting.services import completing, setup
from weft import Tenant
from weft.contracts import Ledger
from weft.testing import Client

from .conftest import Books

RETAIL = (
    "gift_cards",
    "store_credit",
    "cash_over",
    "cash_short",
    "card_clearing",
    "cash_in_safe",
    "petty_expenses",
    "scrap",
    "landed_costs",
)


@pytest.mark.parametrize("key", CHARTS)
def test_each_chart_of_ours_has_an_account_for_each_event(key: str) -> None:
    events = [event for row in our_chart(key).rows for event in row.events]
    assert sorted(events) == sorted(EVENTS)
    assert likely_chart({row.code for row in our_chart(key).rows}, {each: our_chart(each) for each in CHARTS}) == key


def test_a_chart_of_the_businesss_own_is_none_of_ours() -> None:
    assert likely_chart({"1000", "4000", "X1"}, {key: our_chart(key) for key in CHARTS}) == ""


async def before_retail(books: Books) -> None:
    """Put the books back to where they were before there was retail."""
    async with books.tenant.transaction(unaudited="as the version before left it") as db:
        await db.execute("DELETE FROM accounting_posting_rule r WHERE r.event = ANY ($1::text[])", list(RETAIL))
        await db.execute("DELETE FROM accounting_account a WHERE a.code IN ('2330', '2340', '4520', '1055', '5430')")


async def code_of(tenant: Tenant, event: str) -> str:
    async with tenant.transaction():
        return await tenant.service(Ledger).account_for(event)


async def test_books_of_the_version_before_get_the_accounts_that_retail_posts_to(books: Books) -> None:
    await before_retail(books)
    lifecycle = plugin.lifecycle()
    assert lifecycle.on_upgrade is not None
    await lifecycle.on_upgrade(books.tenant, "1.0")
    assert [await code_of(books.tenant, event) for event in RETAIL[:4]] == ["2330", "2340", "4520", "6810"]
    assert {rule.event for rule in await setup.all_rules(books.tenant)} == set(EVENTS)
    assert await completing.complete(books.tenant) == 0


async def test_an_account_of_the_businesss_own_with_the_code_is_left_alone(books: Books) -> None:
    await before_retail(books)
    async with books.tenant.transaction(unaudited="a test") as db:
        await db.execute("UPDATE accounting_account a SET code = '2330', name = 'Loan of my aunt' WHERE a.code = '2410'")
    await completing.complete(books.tenant)
    found = await books.figures("SELECT a.code, a.name FROM accounting_account a WHERE a.code IN ('2330', '2331') ORDER BY a.code")
    assert [tuple(row.values()) for row in found] == [("2330", "Loan of my aunt"), ("2331", "Gift cards")]
    assert await code_of(books.tenant, "gift_cards") == "2331"


async def test_a_rule_that_a_person_set_stands(books: Books) -> None:
    await before_retail(books)
    await setup.set_rule(books.tenant, "gift_cards", "", "2310")
    await completing.complete(books.tenant)
    assert await code_of(books.tenant, "gift_cards") == "2310"


async def test_the_page_of_rules_offers_what_is_missing(books: Books, client: Client) -> None:
    await before_retail(books)
    assert "9 events have no account yet" in (await client.get("/accounting/rules")).text
    assert (await client.submit("/accounting/rules/complete", {})).status_code == 303
    assert "have no account yet" not in (await client.get("/accounting/rules")).text


def test_what_is_missing_is_told_once_for_each_event() -> None:
    assert len(gaps(our_chart("us"), [], set(EVENTS) - {"gift_cards", "tips"})) == 2
