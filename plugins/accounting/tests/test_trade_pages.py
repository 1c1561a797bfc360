"""Pages of invoices, bills and payments, through the browser's door."""

import re
from decimal import Decimal
from uuid import UUID

import pytest

from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.services import documents, proving, taxes
from weft.testing import Client, Visitors

from .conftest import Books
from .trade import DAY, Trade, line, open_trade


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


def typed(trade: Trade, *lines: tuple[str, str, str], **more: str) -> dict[str, str]:
    """An invoice as its form sends it: lines of quantity, price and tax."""
    sent = {"party": str(trade.customer), "issued": DAY.isoformat(), "currency": trade.tenant.currency, "do": "save"}
    for place, (quantity, price, tax) in enumerate(lines):
        sent |= {f"lines.{place}.description": f"Thing {place}", f"lines.{place}.quantity": quantity}
        sent |= {f"lines.{place}.unit_price": price, f"lines.{place}.tax": tax}
    return sent | more


async def test_an_invoice_is_written_posted_and_paid_in_the_browser(client: Client, trade: Trade) -> None:
    assert "New invoice" in (await client.get("/accounting/documents/new")).text
    answer = await client.submit("/accounting/documents/new?kind=invoice", typed(trade, ("5", "40", "sale_standard"), ("1", "20", "")))
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"])
    assert "240.00" in page.text
    assert "What posting would enter" in page.text
    posted = await client.submit(f"{answer.headers['location']}/post", {"version": "1"})
    assert posted.status_code == 303
    page = await client.get(posted.headers["location"])
    number = re.search(r"SAL/2026/\d+", page.text)
    assert number
    document_id = posted.headers["location"].rpartition("/")[2]
    form = await client.get("/accounting/payments/new", params={"document": document_id})
    assert number[0] in form.text
    sent = {"party": str(trade.customer), "day": DAY.isoformat(), "amount": "240", "currency": trade.tenant.currency, "do": "record"}
    paid = await client.submit(
        "/accounting/payments/new?incoming=true",
        sent | {"lines.0.document": document_id, "lines.0.amount": "239", "lines.0.write_off": "1"},
    )
    assert paid.status_code == 303
    assert "Set against nothing" in (await client.get(paid.headers["location"])).text  # one of the 240
    assert "Paid" in (await client.get(f"/accounting/documents/{document_id}")).text
    back = await client.submit(f"{paid.headers['location']}/take-back", {"date": DAY.isoformat(), "reason": "Bounced"})
    assert back.status_code == 303
    assert (await documents.get(trade.tenant, UUID(document_id))).open == Decimal(240)


async def test_totals_follow_what_is_typed_and_nothing_is_kept(client: Client, trade: Trade) -> None:
    path = "/accounting/documents/totals?kind=invoice"
    answer = await client.submit(path, typed(trade, ("3", "100", "sale_standard")))
    assert (answer.status_code, "330.00" in answer.text, 'id="line-0-net"' in answer.text) == (200, True, True)
    for wrong, sentence in ((("x", "1", ""), "Line 1: “x” is not a number"), (("1", "1", "none"), "Line 1: Generic")):
        assert sentence in (await client.submit(path, typed(trade, wrong))).text
    assert "Choose whom it is for" in (await client.submit(path, typed(trade, ("1", "1", "")) | {"party": ""})).text
    assert await trade.ask("SELECT count(*) FROM accounting_document") == 0


async def test_wrong_fields_come_back_with_what_was_typed_and_a_sentence_each(client: Client, trade: Trade) -> None:
    sent = typed(trade, ("abc", "1", ""), ("1", "0.1234567", ""), issued="yesterday")
    answer = await client.submit("/accounting/documents/new?kind=invoice", sent)
    assert answer.status_code == 422
    assert "“abc” is not a number" in answer.text
    assert "a date such as" in answer.text
    better = sent | {"lines.0.quantity": "1", "issued": DAY.isoformat()}
    assert "more than 6 decimals" in (await client.submit("/accounting/documents/new?kind=invoice", better)).text
    assert await trade.ask("SELECT count(*) FROM accounting_document") == 0


async def test_posting_from_the_editor_keeps_nothing_when_it_is_refused(client: Client, trade: Trade) -> None:
    sent = typed(trade, ("1", "10", ""), do="post", issued="2010-01-01")
    answer = await client.submit("/accounting/documents/new?kind=invoice", sent)
    assert answer.status_code in (409, 422)
    assert "Thing 0" in answer.text
    assert await trade.ask("SELECT count(*) FROM accounting_document") == 0
    good = await client.submit("/accounting/documents/new?kind=invoice", sent | {"issued": DAY.isoformat()})
    assert good.status_code == 303
    assert await trade.ask("SELECT d.state FROM accounting_document d") == "posted"


async def test_the_second_of_two_editors_sees_what_the_first_saved(client: Client, trade: Trade) -> None:
    draft = await trade.draft(line(1, 10), note="First")
    path = f"/accounting/documents/{draft.id}/edit"
    sent = typed(trade, ("1", "10", ""), version="1", note="Mine")
    assert (await client.submit(path, sent)).status_code == 303
    answer = await client.submit(path, sent | {"note": "Theirs"})
    assert answer.status_code == 409
    assert "Somebody else changed this document" in answer.text
    assert "Mine" in answer.text
    assert "Theirs" in answer.text


async def test_rows_are_added_without_a_script_and_a_draft_is_deleted(client: Client, trade: Trade) -> None:
    answer = await client.submit("/accounting/documents/new?kind=bill", typed(trade, ("1", "10", ""), do="rows"))
    assert (answer.status_code, 'name="lines.1.description"' in answer.text) == (200, True)
    draft = await trade.draft(line(1, 10))
    assert (await client.submit(f"/accounting/documents/{draft.id}/delete")).status_code == 303
    assert (await client.get(f"/accounting/documents/{draft.id}")).status_code == 404


async def test_a_bill_with_a_known_reference_asks_before_it_is_posted(client: Client, trade: Trade) -> None:
    await trade.bill(line(1, 10), reference="R1")
    sent = typed(trade, ("1", "10", ""), party=str(trade.vendor), reference="R1", do="post")
    answer = await client.submit("/accounting/documents/new?kind=bill", sent)
    assert answer.status_code == 409
    assert "Post it all the same" in answer.text
    assert (await client.submit("/accounting/documents/new?kind=bill", sent | {"do": "post_anyway"})).status_code == 303


async def test_lists_show_what_is_open_and_overdue(client: Client, trade: Trade) -> None:
    made = await trade.invoice(line(1, 100, "sale_standard"))
    await trade.draft(line(1, 5))
    page = (await client.get("/accounting/invoices")).text
    assert made.number in page
    assert "Draft" in page
    assert made.number not in (await client.get("/accounting/invoices", params={"segment": "drafts"})).text
    assert made.number in (await client.get("/accounting/invoices", params={"q": "ada sohne"})).text
    assert (await client.get("/accounting/bills")).status_code == 200
    assert (await client.get("/accounting/payments")).status_code == 200


async def test_a_contact_shows_what_it_owes(client: Client, trade: Trade) -> None:
    assert "Nothing is open." in (await client.get(f"/contacts/{trade.customer}")).text
    await trade.invoice(line(1, 100), due=DAY)
    await trade.invoice(line(1, 30), kind=DocumentKind.CREDIT_NOTE)
    page = (await client.get(f"/contacts/{trade.customer}")).text
    assert "70.00" in page
    assert "100.00 overdue" in page


async def set_up(client: Client, **chosen: str) -> None:
    page = (await client.get("/settings/accounting")).text
    sent = chosen | {"seen": page.partition('name="seen" value="')[2].partition('"')[0]}
    assert (await client.submit("/settings/accounting", sent)).status_code == 303


async def test_s4_totals_are_rounded_to_coins_where_the_business_says_so(client: Client, trade: Trade) -> None:
    async def total() -> str:
        sent = typed(trade, ("1", "42.06", ""), do="post")
        page = (await client.get((await client.submit("/accounting/documents/new?kind=invoice", sent)).headers["location"])).text
        return "42.10" if "42.10" in page else "42.06"

    assert await total() == "42.06"
    await set_up(client, round_totals_to="0.05", round_totals="up")
    assert await total() == "42.10"
    assert await trade.held("rounding") == Decimal("-0.04")


async def test_tax_is_rounded_per_line_or_per_document_as_the_business_says(client: Client, trade: Trade) -> None:
    rows = (("1", "0.33", "sale_standard"),) * 5  # 0.033 each
    path = "/accounting/documents/totals?kind=invoice"
    assert "0.15" in (await client.submit(path, typed(trade, *rows))).text
    await set_up(client, tax_rounding="document")
    assert "0.17" in (await client.submit(path, typed(trade, *rows))).text


async def test_where_bills_are_approved_somebody_else_posts_them(client: Client, trade: Trade, visitors: Visitors) -> None:
    await set_up(client, approve_bills="yes")
    sent = typed(trade, ("1", "10", ""), party=str(trade.vendor), do="post")
    answer = await client.submit("/accounting/documents/new?kind=bill", sent)
    assert (answer.status_code, "somebody else has to post it" in answer.text, "Thing 0" in answer.text) == (409, True, True)
    kept = await client.submit("/accounting/documents/new?kind=bill", sent | {"do": "save"})
    path = kept.headers["location"]
    assert (await client.submit(f"{path}/post", {"version": "1"})).status_code == 409
    other = await visitors.sign_in(trade.tenant)
    assert (await other.submit(f"{path}/edit", sent | {"do": "save", "version": "1", "note": "Changed"})).status_code == 303
    assert (await other.submit(f"{path}/post", {"version": "2"})).status_code == 409
    assert (await client.submit(f"{path}/post", {"version": "2"})).status_code == 303


async def test_the_search_finds_documents_by_number_party_reference_and_amount(client: Client, trade: Trade) -> None:
    made = await trade.invoice(line(1, "123.45"), reference="PO-77")
    for text in (made.number, "Söhne", "po-77", "123.45"):
        page = (await client.get("/search", params={"q": text})).text
        assert f"/accounting/documents/{made.id}" in page, text
    assert made.number not in (await client.get("/search", params={"q": "100%_\\"})).text


async def test_the_proof_names_a_document_that_differs_from_its_entry(trade: Trade) -> None:
    made = await trade.invoice(line(1, 100))
    await trade.pay_for(made, 40)
    about = [each for each in await proving.prove(trade.tenant) if each.title == "Invoices and bills"]
    assert [(each.findings, each.note) for each in about] == [((), "1 documents")]
    await trade.ask("UPDATE accounting_document SET open = 50 WHERE id = $1 RETURNING 1", made.id, unaudited="a fault, to be found")
    found = next(each for each in await proving.prove(trade.tenant) if each.title == "Invoices and bills")
    assert [each.sentence for each in found.findings] == [f"{made.number} has 50 open, its entry 60.00."]


async def test_a_credit_note_is_drafted_from_an_invoice_and_used(client: Client, trade: Trade) -> None:
    made = await trade.invoice(line(1, 100, "sale_standard"))
    answer = await client.submit(f"/accounting/documents/{made.id}/credit")
    assert answer.headers["location"].endswith("/edit")
    assert 'value="100"' in (await client.get(answer.headers["location"])).text
    loose = await trade.invoice(line(1, 10, "sale_standard"), kind=DocumentKind.CREDIT_NOTE)
    assert loose.number in (await client.get(f"/accounting/documents/{made.id}")).text
    assert (await client.submit(f"/accounting/documents/{made.id}/apply", {"credit": str(loose.id)})).status_code == 303
    assert (await trade.again(made)).open == Decimal(99)
    again = await client.submit(f"/accounting/documents/{made.id}/apply", {"credit": str(loose.id)})
    assert again.status_code == 422


async def test_nobody_posts_or_pays_without_the_permission(trade: Trade, visitors: Visitors) -> None:
    made = await trade.draft(line(1, 10))
    reader = await visitors.sign_in(trade.tenant, "accounting.ledger.read")
    assert (await reader.get(f"/accounting/documents/{made.id}")).status_code == 200
    for path in (f"/accounting/documents/{made.id}/post", f"/accounting/documents/{made.id}/delete", "/accounting/payments/new"):
        assert (await reader.submit(path, {"version": "1"})).status_code == 403
    writer = await visitors.sign_in(trade.tenant, "accounting.ledger.read", "accounting.document.edit")
    answer = await writer.submit("/accounting/documents/new?kind=invoice", typed(trade, ("1", "10", ""), do="post"))
    assert (answer.status_code, "may prepare this document, but not post it" in answer.text) == (422, True)
    assert len(await taxes.all_terms(trade.tenant)) >= 5
