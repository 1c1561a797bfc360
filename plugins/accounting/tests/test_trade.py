"""Invoices, bills and payments as a business lives with them: the scenarios of the field, through the services."""

import asyncio
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from plugins.accounting.domain.currency.rates import Rate
from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.queries import aliases
from plugins.accounting.queries import documents as stored
from plugins.accounting.services import crediting, documents, issuing, payments, taxes
from plugins.accounting.services.planning import Wish
from weft import Conflict, Invalid, Tenant, new_id
from weft.contracts import MissingRate
from weft.testing import Client, Jobs

from .conftest import Books
from .trade import DAY, Trade, changed, line, open_trade


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


async def test_s1_an_invoice_is_posted_credited_and_a_copy_paid_in_parts_with_a_write_off(trade: Trade) -> None:
    made = await trade.invoice(line(5, 40, "sale_standard"), line(1, 20))
    assert (made.net, made.tax, made.total, made.open) == tuple(map(Decimal, ("220.00", "20.00", "240.00", "240.00")))
    assert [await trade.held(event) for event in ("receivable", "sales_revenue", "output_tax")] == [240, -220, -20]
    credit = await documents.draft_credit(trade.tenant, made.id, DAY)
    credit = await issuing.post(trade.tenant, credit.id, credit.version)
    assert [(await trade.again(each)).open for each in (made, credit)] == [0, 0]
    assert [await trade.held(event) for event in ("receivable", "sales_revenue", "output_tax")] == [0, 0, 0]

    copy = await trade.invoice(line(5, 40, "sale_standard"), line(1, 20))
    await trade.pay_for(copy, 120)
    await trade.pay_for(copy, 20)
    assert (await trade.again(copy)).open == 100
    await trade.pay_for(copy, 99, write_off=1)
    assert (await trade.again(copy)).status(DAY) == "paid"
    assert [await trade.held(event) for event in ("receivable", "bank", "write_off")] == [0, 239, 1]
    await trade.ties_out()


async def test_s2_a_bill_its_credit_and_a_reference_that_comes_twice(trade: Trade) -> None:
    lines = (line(5, 20, "purchase_standard"), line(1, 10))
    bill = await trade.bill(*lines, reference="R-77")
    assert (bill.net, bill.tax, bill.total) == tuple(map(Decimal, ("110.00", "10.00", "120.00")))
    assert [await trade.held(event) for event in ("payable", "purchases", "input_tax")] == [-120, 110, 10]
    second = await trade.draft(*lines, kind=DocumentKind.BILL, reference="r-77")
    with pytest.raises(documents.DuplicateReference, match=f"“r-77” is on {bill.number} already"):
        await issuing.post(trade.tenant, second.id, second.version)
    await issuing.post(trade.tenant, second.id, second.version, same_reference=True)
    credit = await documents.draft_credit(trade.tenant, bill.id, DAY)
    credit = await issuing.post(trade.tenant, credit.id, credit.version)
    assert (credit.kind, credit.total) == (DocumentKind.BILL_CREDIT, Decimal("120.00"))
    assert await trade.held("payable") == -120
    await trade.ties_out()


async def test_s5_an_invoice_in_euros_paid_a_day_later_gains_30_31(trade: Trade) -> None:
    tomorrow, base = DAY + timedelta(days=1), trade.tenant.currency
    foreign = "USD" if base == "EUR" else "EUR"
    await taxes.add_rates(
        trade.tenant, [Rate(DAY, base, foreign, Decimal("1.20"), "test"), Rate(tomorrow, base, foreign, Decimal("1.10"), "test")]
    )
    made = await trade.invoice(line(5, 80), currency=foreign)
    assert (made.total, made.base_total) == (Decimal(400), Decimal("333.33"))
    await trade.pay_for(made, 400, currency=foreign, day=tomorrow)
    assert [await trade.held(event) for event in ("receivable", "exchange_gain", "bank")] == list(
        map(Decimal, ("0.00", "-30.31", "363.64"))
    )
    await trade.ties_out()


async def test_s8_cash_basis_tax_is_told_when_it_is_paid(trade: Trade) -> None:
    made = await trade.invoice(line(1, 100, "sale_cash", "sale_reduced"))
    assert made.total == Decimal("115.00")
    assert await figures(trade.tenant) == {"sale_reduced": (Decimal(100), Decimal(5))}
    paid = await trade.pay_for(made, 60)
    assert await figures(trade.tenant) == {
        "sale_reduced": (Decimal(100), Decimal(5)),
        "sale_cash": (Decimal("52.17"), Decimal("5.22")),
    }
    assert [await trade.held(event) for event in ("output_tax_unpaid", "output_tax")] == list(map(Decimal, ("-4.78", "-10.22")))
    await payments.take_back(trade.tenant, paid.id, DAY, "The cheque bounced")
    assert not any((await figures(trade.tenant))["sale_cash"])
    await trade.ties_out()


async def figures(tenant: Tenant) -> dict[str, tuple[Decimal, Decimal]]:
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT tax_code, sum(base) AS base, sum(amount) AS amount FROM accounting_tax_amount GROUP BY tax_code")
    return {row["tax_code"]: (row["base"], row["amount"]) for row in rows}


async def test_a_payment_taken_back_leaves_everything_as_it_was_and_its_entry_reversed(trade: Trade) -> None:
    one, other = await trade.invoice(line(1, 100, "sale_standard")), await trade.invoice(line(1, 50))
    paid = await trade.pay(200, Wish(document=one.id, amount=Decimal(110)), Wish(document=other.id, amount=Decimal(30)))
    assert [(await trade.again(each)).open for each in (one, other)] == [0, 20]
    with pytest.raises(Invalid, match="Say why"):
        await payments.take_back(trade.tenant, paid.id, DAY, " ")
    back = await payments.take_back(trade.tenant, paid.id, DAY, "Wrong customer")
    assert back.state == "reversed"
    assert [(await trade.again(each)).open for each in (one, other)] == [110, 50]
    assert [await trade.held(event) for event in ("bank", "receivable")] == [0, 160]
    with pytest.raises(Conflict, match="taken back already"):
        await payments.take_back(trade.tenant, paid.id, DAY, "Again")
    await trade.ties_out()


async def test_paying_early_takes_the_discount_and_corrects_the_tax(trade: Trade) -> None:
    terms = next(each for each in await taxes.all_terms(trade.tenant) if each.terms.early)
    made = await trade.invoice(line(1, 100, "sale_standard"), terms=terms.id)
    assert (made.due, made.total) == (DAY + timedelta(days=30), Decimal("110.00"))
    with pytest.raises(Invalid, match="was for payments until"):
        await trade.pay_for(made, "107.80", early=True, day=DAY + timedelta(days=11))
    with pytest.raises(Invalid, match=r"pays all at once: 107\.80"):
        await trade.pay_for(made, "100", early=True)
    await trade.pay_for(made, "107.80", early=True, day=DAY + timedelta(days=10))
    assert (await trade.again(made)).open == 0
    assert [await trade.held(event) for event in ("receivable", "sales_discount", "output_tax")] == list(
        map(Decimal, ("0", "2.00", "-9.80"))
    )
    assert await figures(trade.tenant) == {"sale_standard": (Decimal(98), Decimal("9.80"))}
    await trade.ties_out()


async def test_instalments_are_paid_from_the_first(trade: Trade) -> None:
    terms = next(each for each in await taxes.all_terms(trade.tenant) if each.title.startswith("Half"))
    made = await trade.invoice(line(1, 100), terms=terms.id)
    await trade.pay_for(made, 60)
    rows = await trade.ask(
        "SELECT array_agg(l.residual ORDER BY l.due) FROM accounting_line l WHERE l.entry = $1 AND l.residual IS NOT NULL", made.entry
    )
    assert rows == [0, 40]
    await trade.ties_out()


async def test_a_vendor_is_paid_and_what_is_too_much_stays_open(trade: Trade) -> None:
    bill = await trade.bill(line(1, 50))
    await trade.pay(60, Wish(document=bill.id, amount=Decimal(50)), incoming=False)
    assert (await trade.again(bill)).open == 0
    assert [await trade.held(event) for event in ("payable", "bank")] == [10, -60]
    await trade.ties_out()


async def test_an_invoice_is_posted_and_paid_once_however_many_try_at_the_same_moment(trade: Trade) -> None:
    draft = await trade.draft(line(1, 100))
    posted = await asyncio.gather(*(issuing.post(trade.tenant, draft.id, draft.version) for _ in range(4)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in posted) == ["Conflict", "Conflict", "Conflict", "StoredDocument"]
    paid = await asyncio.gather(*(trade.pay_for(draft, 60) for _ in range(4)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in paid) == ["Invalid", "Invalid", "Invalid", "StoredPayment"]
    assert (await trade.again(draft)).open == 40
    await trade.ties_out()


async def test_two_who_change_a_draft_are_told_and_nothing_is_overwritten(trade: Trade) -> None:
    draft = await trade.draft(line(1, 10))
    first = await documents.save(trade.tenant, changed(draft, note="Mine"), draft.id, draft.version)
    with pytest.raises(documents.DocumentChanged) as found:
        await documents.save(trade.tenant, changed(draft, note="Theirs"), draft.id, draft.version)
    assert found.value.current.note == "Mine"
    with pytest.raises(documents.DocumentChanged):
        await issuing.post(trade.tenant, draft.id, draft.version)
    await issuing.post(trade.tenant, draft.id, first.version)


async def test_what_is_posted_is_neither_changed_nor_deleted(trade: Trade) -> None:
    made = await trade.invoice(line(1, 10))
    with pytest.raises(Conflict, match="stands: make a credit note"):
        await documents.save(trade.tenant, changed(made, note="x"), made.id, made.version)
    with pytest.raises(Conflict, match="stands: make a credit note"):
        await documents.delete(trade.tenant, made.id)
    for sql in ("UPDATE accounting_document SET total = 1 WHERE id = $1", "DELETE FROM accounting_document WHERE id = $1"):
        with pytest.raises(Exception, match="What is posted stands for good"):
            await trade.ask(sql, made.id)


async def test_a_posted_invoice_keeps_its_taxes_and_its_credit_note_has_them_too(trade: Trade) -> None:
    made = await trade.invoice(line(1, 100, "sale_standard"))
    await taxes.choose_system(trade.tenant, "de")
    with pytest.raises(Invalid, match="no tax “sale_standard”"):
        await trade.invoice(line(1, 100, "sale_standard"))
    credit = await documents.draft_credit(trade.tenant, made.id, DAY)
    credit = await issuing.post(trade.tenant, credit.id, credit.version)
    assert (credit.total, (await trade.again(made)).open) == (Decimal("110.00"), Decimal(0))
    assert await figures(trade.tenant) == {"sale_standard": (Decimal(200), Decimal(20))}  # both as they show them


async def test_what_cannot_be_posted_or_paid_changes_nothing(trade: Trade) -> None:
    with pytest.raises(MissingRate, match="no exchange rate"):
        await trade.invoice(line(1, 10), currency="CHF" if trade.tenant.currency != "CHF" else "SEK")
    with pytest.raises(Invalid, match="nothing to post"):
        await trade.invoice(line(1, 0))
    with pytest.raises(Invalid, match="make a credit note of it"):
        await trade.invoice(line(-1, 10))
    with pytest.raises(Invalid, match="no tax “unknown”"):
        await trade.invoice(line(1, 10, "unknown"))
    with pytest.raises(Invalid, match="is before the date"):
        await trade.invoice(line(1, 10), due=date(2026, 1, 1))
    made = await trade.invoice(line(1, 10))
    for amount, wish, sentence in (
        ("10", Wish(document=made.id, amount=Decimal(11)), "more than the 10"),
        ("5", Wish(document=made.id, amount=Decimal(6)), "only 5 were paid"),
        ("0", Wish(document=made.id, amount=Decimal(0)), "more than zero"),
        ("1", Wish(document=made.id, amount=Decimal(1), early=True), "no early-payment discount"),
    ):
        with pytest.raises(Invalid, match=sentence):
            await trade.pay(amount, wish)
    with pytest.raises(Exception, match="not posted, or is gone"):
        await trade.pay(1, Wish(document=new_id(), amount=Decimal(1)))
    assert await trade.ask("SELECT count(*) FROM accounting_payment") == 0
    assert (await trade.again(made)).open == 10


async def test_a_credit_note_of_its_own_settles_another_invoice(trade: Trade) -> None:
    made = await trade.invoice(line(1, 100, "sale_cash"))
    credit = await trade.invoice(line(1, 40, "sale_cash"), kind=DocumentKind.CREDIT_NOTE)
    assert await crediting.apply_credit(trade.tenant, made.id, credit.id) == Decimal("44.00")
    assert [(await trade.again(each)).open for each in (made, credit)] == [Decimal("66.00"), 0]
    assert await trade.held("output_tax") == 0  # what fell due of both is even
    with pytest.raises(Invalid, match="at most 0"):
        await crediting.apply_credit(trade.tenant, made.id, credit.id)
    await trade.ties_out()


async def test_what_was_invoiced_to_a_merged_contact_is_found_and_paid_under_the_one_that_was_kept(
    trade: Trade, client: Client, jobs: Jobs
) -> None:
    made, merged = await trade.invoice(line(1, 100)), trade.customer
    answer = await client.submit(f"/contacts/{trade.vendor}/merge", {"other": str(merged), "version": "1", "other_version": "1"})
    assert answer.status_code == 303
    await jobs.run_all()
    trade.customer = trade.vendor
    await trade.pay_for(made, 60)
    async with trade.tenant.transaction() as db:
        assert [each.id for each in await stored.open_of(db, use="sale", party=trade.vendor)] == [made.id]
        assert set(await aliases.same(db, merged)) == {merged, trade.vendor}
    page = (await client.get(f"/contacts/{trade.vendor}")).text
    undo = re.search(r"/contacts/merges/[0-9a-f-]+/undo", page)
    assert undo
    assert "40.00" in page
    assert (await client.submit(undo[0])).status_code == 303
    await jobs.run_all()
    with pytest.raises(Invalid, match="record a payment for each party"):
        await trade.pay_for(made, 40)
