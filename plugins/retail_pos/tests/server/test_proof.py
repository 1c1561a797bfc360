"""The proof finds what was changed past the till, the inbox and the books."""

from collections.abc import Sequence

import asyncpg

from plugins.retail_pos.services.proving import SALES_CHECKS
from weft import Finding, Tenant
from weft.testing import Installation

from .conftest import Shop, Till, back, goods


async def findings(tenant: Tenant) -> Sequence[Finding]:
    """Return what all checks of ours find."""
    return [finding for check in SALES_CHECKS for finding in (await check.run(tenant)).findings]


async def sold(shop: Shop, till: Till) -> None:
    """Sell, take back, sell a card and pay with it, count."""
    item = await shop.item(stock=9)
    sale = till.sell(goods(item, 3), goods(item, price="3.30", category="Food"))
    till.sell(back(sale))
    till.sell(goods(None, price="20.00", taxes=[], stored_value="GC1"))
    till.sell(goods(item), tenders=[{"type": "gift_card", "amount": "11.00", "reference": "GC1"}])
    till.sell(
        goods(None, price="5.00", taxes=[], stored_value="GC2"), tenders=[{"type": "gift_card", "amount": "5.00", "reference": "GC1"}]
    )
    till.write("count", {"counted": "145.30", "expected": "145.30"})
    assert set(await till.states()) == {"applied"}


async def test_a_day_that_was_sold_proves_itself(shop: Shop, till: Till) -> None:
    await sold(shop, till)
    assert await findings(shop.tenant) == []
    notes = [(await check.run(shop.tenant)).note for check in SALES_CHECKS]
    assert "1 Z reports of 8 days with 5 receipts" in notes


async def test_what_is_changed_past_the_guards_is_found(shop: Shop, till: Till, installation: Installation) -> None:
    await sold(shop, till)
    connection = await asyncpg.connect(installation.superuser_url)  # type: ignore[attr-defined]  # the laboratory's own
    schema = shop.tenant.schema  # type: ignore[attr-defined]  # the platform's own
    for sql in (
        f'SET search_path = "{schema}"; SET session_replication_role = replica',
        "UPDATE retail_pos_receipt_line SET net = net + 1 WHERE amount = 33.00",
        "UPDATE retail_pos_receipt SET gross = gross + 1, net = net + 1 WHERE reference = 'T1-000001'",
        "UPDATE retail_pos_stored_value SET balance = balance + 1 WHERE number = 'GC1'",
        "DELETE FROM retail_pos_receipt WHERE reference = 'T1-000002'",
        "UPDATE retail_pos_inbox SET id = gen_random_uuid() WHERE seq = 5",
    ):
        await connection.execute(sql)
    await connection.close()
    sentences = "\n".join(each.sentence for each in await findings(shop.tenant))
    for wanted in (
        "is not what receipt T1-000001 says: there is no line of",
        "Z report 1 is not the sum of its receipts: receipts, gross, net",
        "The balance of gift_card GC1 is not the sum of its entries.",
        "Record T1 3 counts as applied, but its receipt is not there.",
        "Receipt T1-000004 has no record of a till behind it.",
    ):
        assert wanted in sentences, sentences
