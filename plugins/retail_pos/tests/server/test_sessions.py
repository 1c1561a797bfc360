"""Drawers and closings: what is counted, what should be there, and a Z report that sums what was posted and nothing else."""

import json
from decimal import Decimal
from typing import Any

from plugins.retail_pos.events import ReceiptPosted, SessionClosed
from plugins.retail_pos.services import finishing
from weft.testing import Events

from .conftest import DAY, Shop, Till, back, goods
from .test_accounts import settings


def count(till: Till, counted: str, expected: str = "0", **facts: Any) -> None:
    """Count the drawer."""
    till.write("count", {"counted": counted, "expected": expected}, **facts)


async def session(shop: Shop, number: int = 1) -> Any:
    """Return a session."""
    [row] = await shop.ask("SELECT * FROM retail_pos_session WHERE number = $1", number)
    return row


async def totals(shop: Shop, number: int = 1) -> dict[str, Any]:
    """Return what a Z report sums up."""
    [row] = await shop.ask("SELECT totals FROM retail_pos_fiscal_period WHERE number = $1 AND kind = 'day'", number)
    found: dict[str, Any] = json.loads(row["totals"])
    return found


async def test_a_drawer_holds_float_cash_and_what_moved(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=9)
    sale = till.sell(goods(item, 3), tenders=[{"type": "cash", "amount": "23.00"}, {"type": "card", "amount": "10.00", "reference": "A1"}])
    till.sell(back(sale), tenders=[{"type": "cash", "amount": "-11.00"}])
    till.write("cash", {"kind": "pay_out", "amount": "-5.00", "reason": "Milk"})
    till.write("cash", {"kind": "drop", "amount": "-50.00", "reason": "To the safe"})
    till.write("cash", {"kind": "pickup", "amount": "20.00", "reason": "Change"})
    count(till, "76.50", "77.00", operator=None)
    await till.send()
    row = await session(shop)
    assert (row["state"], row["expected"], row["over_short"]) == ("closed", Decimal("77.00"), Decimal("-0.50"))
    assert await shop.balance("cash") == Decimal("-23.50")  # 76.50 less the float of 100.00, which the books had before
    assert await shop.balance("petty_expenses") == 5
    assert await shop.balance("cash_in_safe") == 30
    assert await shop.balance("cash_short", "T1") == Decimal("0.50")
    assert await shop.balance("card_clearing", "card") == 10


async def test_a_session_waits_for_what_is_missing_and_then_closes_by_itself(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=9)
    till.sell(goods(item))
    missing = till.sell(goods(item))
    count(till, "122.00")
    await till.send(*(each for each in till.records if each is not missing))
    assert (await session(shop))["state"] == "counted"
    page = (await shop.person.get(f"/retail_pos/sessions/{till.session}")).text
    assert "Records of the till have not arrived yet." in page
    await till.send(missing)
    assert (await session(shop))["over_short"] == 0
    assert (await totals(shop))["receipts"] == 2


async def test_a_late_receipt_goes_to_the_next_fiscal_day_with_its_own_business_date(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=9)
    till.sell(goods(item))
    late = till.sell(goods(item))
    count(till, "122.00")
    await till.send(*(each for each in till.records if each is not late))
    closed = await shop.person.submit(f"/retail_pos/sessions/{till.session}/close")
    assert closed.status_code == 303
    assert (await session(shop))["over_short"] == 11
    await till.send(late)
    [row] = await shop.ask("SELECT business_date::text, fiscal_date::text, period FROM retail_pos_receipt WHERE reference = 'T1-000002'")
    assert (row["business_date"], row["fiscal_date"], row["period"]) == (DAY, "2026-04-01", None)
    assert await shop.balance("cash") == 22
    assert await shop.balance("cash_over", "T1") == -11
    first = till.session
    till.open(business_date="2026-04-01")
    till.sell(goods(item), business_date="2026-04-01")
    count(till, "111.00", business_date="2026-04-01")
    await till.send()
    assert (await session(shop, 2))["over_short"] == 0
    assert (await totals(shop))["receipts"] == 1
    second = await totals(shop, 2)
    assert (second["receipts"], second["late"], second["gross"]) == (2, 1, "22.00")
    assert "Arrived after it was closed" in (await shop.person.get(f"/retail_pos/sessions/{first}")).text


async def test_a_parked_receipt_keeps_its_session_open_until_it_is_decided(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()), tenders=[{"type": "cash", "amount": "10.00"}])
    count(till, "110.00")
    await till.send()
    assert (await session(shop))["state"] == "counted"
    [row] = await shop.ask("SELECT id FROM retail_pos_problem WHERE state = 'open'")
    assert (await shop.person.submit(f"/retail_pos/parked/{row['id']}", {"do": "reject", "why": "It never happened"})).status_code == 303
    assert (await session(shop))["state"] == "closed"
    assert (await session(shop))["over_short"] == 10


async def test_z_reports_are_numbered_and_add_up_for_good(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=50)
    for day in (DAY, "2026-04-01", "2026-04-02"):
        if day != DAY:
            till.open(business_date=day)
        till.sell(goods(item), business_date=day)
        count(till, "111.00", business_date=day)
    await till.send()
    rows = await shop.ask("SELECT number, grand_total, perpetual_total, previous, hash FROM retail_pos_fiscal_period ORDER BY number")
    assert [(row["number"], row["grand_total"], row["perpetual_total"]) for row in rows] == [(1, 11, 11), (2, 11, 22), (3, 11, 33)]
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]


async def test_x_and_z_are_pages_and_pdf(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()))
    await till.send()
    path = f"/retail_pos/sessions/{till.session}"
    assert "X report" in (await shop.person.get(path)).text
    x = await shop.person.get(f"{path}/pdf")
    assert x.content.startswith(b"%PDF")
    count(till, "111.00")
    await till.send()
    page = (await shop.person.get(path)).text
    assert "Z report 1" in page
    assert (await shop.person.get(f"{path}/pdf")).content.startswith(b"%PDF")
    assert "T1-1" in (await shop.person.get("/retail_pos/sessions")).text
    assert "T1-000001" in (await shop.person.get("/retail_pos/receipts")).text


async def test_others_hear_of_receipts_and_sessions(shop: Shop, till: Till, events: Events) -> None:
    sale = till.sell(goods(await shop.item(), 2))
    till.sell(goods(None), kind="training")
    count(till, "122.00")
    await till.send()
    [posted] = await events.of(shop.tenant, ReceiptPosted)
    assert (str(posted.receipt), posted.total) == (sale["id"], Decimal("22.00"))
    [closed] = await events.of(shop.tenant, SessionClosed)
    assert closed.over_short == 0


async def test_events_of_the_till_are_kept(shop: Shop, till: Till) -> None:
    till.write("event", {"kind": "no_sale", "about": "Change for the parking meter"})
    await till.send()
    [row] = await shop.ask("SELECT kind, about FROM retail_pos_till_event")
    assert row["kind"] == "no_sale"


async def test_a_receipt_is_found_by_what_is_printed_on_it(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item(), 2))
    await till.send()
    found = (await shop.person.get("/search", params={"q": "t1-0000"}, headers={"HX-Request": "true"})).text
    assert f"/retail_pos/receipts/{sale['id']}" in found


async def test_what_is_not_finished_is_named_before_books_are_closed(shop: Shop, till: Till) -> None:
    first = till.sell(goods(await shop.item()), operator=None)
    missing = till.sell(goods(None))
    till.sell(goods(None), tenders=[{"type": "cash", "amount": "1.00"}])
    await till.send(*(each for each in till.records if each is not missing))
    day = shop.tenant.today()
    found = (await finishing.unfinished(shop.tenant, day.replace(day=1), day)).findings
    assert [(each.sentence[:24], each.severity) for each in found] == [
        ("Session T1-1 of 31 March", "error"),
        ("Record T1 4 of 31 March ", "error"),
        ("Of till T1 these records", "warning"),
    ]
    assert (await finishing.unfinished(shop.tenant, day.replace(day=1), day.replace(day=30))).findings[0].severity == "warning"
    page = (await shop.person.get("/retail_pos/figures", params={"first": DAY})).text
    assert "Sales per labour hour" in page
    assert "hours that tills were open" in page
    assert first["receipt"]["reference"] in page


async def test_cash_in_and_out_goes_to_the_account_of_its_reason(shop: Shop, till: Till) -> None:
    wrong = {"cash_reasons": "in Change from the bank"}
    page = (await shop.person.get("/settings/retail_pos")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    refused = await shop.person.submit("/settings/retail_pos", {"journal": "sales", **wrong, "seen": seen})
    assert refused.status_code == 422
    await settings(shop, cash_reasons="in Change from the bank: 1020, out Window cleaning: 6910")
    till.write("cash", {"kind": "pay_in", "amount": "40.00", "reason": "change from the  bank"})
    till.write("cash", {"kind": "pay_out", "amount": "-12.00", "reason": "Somebody else’s", "reason_code": "window_cleaning"})
    till.write("cash", {"kind": "pay_in", "amount": "1.00", "reason": "Found in the street"})
    assert set(await till.states()) == {"applied"}
    assert [await shop.balance(event) for event in ("cash", "cash_in_safe", "petty_expenses", "suspense")] == [29, -40, 12, -1]
