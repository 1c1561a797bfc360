"""Documents as PDF: whole, in the customer's language, and safe from what people type."""

import zlib
from decimal import Decimal

import pytest

from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.services import documents, printing, sealing, taxes
from weft import merkle
from weft.testing import Client, Mailbox

from .conftest import Books
from .trade import DAY, Trade, line, open_trade


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


def pages(content: bytes) -> int:
    """How many pages a PDF has, by its page objects, in the open or in compressed object streams."""
    parts, found = content.split(b"stream\n"), content
    for part in parts[1:]:
        try:
            found += zlib.decompressobj().decompress(part)
        except zlib.error:
            continue
    return found.count(b"/Type/Page/") + found.count(b"/Type /Page\n") + found.count(b"/Type/Page\n")


async def test_an_invoice_is_a_pdf_and_a_long_one_has_more_pages(client: Client, trade: Trade) -> None:
    made = await trade.invoice(line(5, 40, "sale_standard"), line(1, 20))
    answer = await client.get(f"/accounting/documents/{made.id}/pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.rstrip().endswith(b"%%EOF")
    long = await trade.invoice(*(line(1, 10, "sale_standard", description=f"Thing {place}") for place in range(120)))
    assert pages((await printing.document_pdf(trade.tenant, long.id)).content) > pages(answer.content) == 1


async def test_it_says_whom_it_is_for_what_it_comes_to_and_when_it_is_due(trade: Trade) -> None:
    terms = next(each for each in await taxes.all_terms(trade.tenant) if each.terms.early)
    made = await trade.invoice(line(2, "10.5", "sale_standard", discount=Decimal(10)), terms=terms.id, note="Thank you.", reference="PO 9")
    said = printing.told(trade.tenant, made)
    assert said["recipient"][0] == "Ada & Söhne"
    assert made.number in said["title"]
    assert [cell.strip() for cell in said["lines"][0][1:5]] == ["2", "10.50", "10%", "10%"]
    assert "20.79" in said["total"]["value"]
    assert len(said["due"]) == 2
    assert "Thank you." in said["notes"]
    assert {"label": "Your reference", "value": "PO 9"} in said["facts"]


async def test_words_and_figures_are_the_customers(trade: Trade) -> None:
    assert printing.words_for("de-AT")["invoice"] == "Rechnung"
    assert printing.words_for("fr")["total"] == "Total"
    assert printing.words_for("xx") == printing.words_for("en")
    assert {frozenset(printing.words_for(each)) for each in ("en", "de", "fr")} == {frozenset(printing.words_for("en"))}


async def test_what_people_type_is_text_and_no_markup(trade: Trade) -> None:
    nasty = '#panic("x") $a$ [*b*] \\ "quote" `code` <label> @ref // comment'
    made = await trade.invoice(line(1, 10, description=nasty), note=nasty)
    printed = await printing.document_pdf(trade.tenant, made.id)
    assert printed.content.startswith(b"%PDF-")


async def test_an_invoice_is_sent_with_its_pdf_which_is_kept_with_the_entry(client: Client, trade: Trade, mailbox: Mailbox) -> None:
    made = await trade.invoice(line(1, 100, "sale_standard"))
    path = f"/accounting/documents/{made.id}/send"
    for to in ("", "ada", "a@b.example, c@d.example", "a@b.example\nBcc: x@y.example"):
        assert (await client.submit(path, {"to": to})).status_code == 422
    assert (await client.submit(path, {"to": "ada@example.org"})).status_code == 303
    (letter,) = await mailbox.to("ada@example.org")
    assert made.number in letter.subject
    assert "110.00" in letter.text
    assert (await trade.again(made)).sent_to == "ada@example.org"
    file_id = await trade.ask("SELECT a.file FROM accounting_attachment a WHERE a.entry = $1", made.entry)
    content = b"".join([part async for part in trade.tenant.files.read(file_id)])
    assert content.startswith(b"%PDF-")
    draft = await trade.draft(line(1, 1))
    assert (await client.submit(f"/accounting/documents/{draft.id}/send", {"to": "ada@example.org"})).status_code == 409


async def test_reverse_charge_and_credit_notes_say_so_and_drafts_say_that_they_are(trade: Trade) -> None:
    await taxes.choose_system(trade.tenant, "de")
    made = await trade.invoice(line(1, 100, "de_u_13b"))
    assert "Reverse charge: the customer accounts for the tax." in printing.told(trade.tenant, made)["notes"]
    credit = await documents.draft_credit(trade.tenant, made.id, DAY)
    said = printing.told(trade.tenant, credit, made.number)
    assert (said["title"], credit.kind) == ("Draft: Credit note", DocumentKind.CREDIT_NOTE)
    assert {"label": "Credit for", "value": made.number} in said["facts"]
    assert said["due"] == []


async def test_the_proof_of_the_entry_is_a_page_of_its_own_once_it_is_sealed(client: Client, trade: Trade) -> None:
    made = await trade.invoice(line(1, 100))
    page = (await client.get("/settings/accounting")).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert await printing.proof_of(trade.tenant, made) is None
    assert (await client.submit("/settings/accounting", {"print_proof": "yes", "seen": seen})).status_code == 303
    address = f"/accounting/documents/{made.id}/pdf"
    unsealed = (await client.get(address)).content
    await sealing.seal_entries(trade.tenant)
    sealed = (await client.get(address)).content
    assert (pages(unsealed), pages(sealed)) == (1, 2)


async def test_what_the_proof_prints_is_enough_to_check_it_without_us(trade: Trade) -> None:
    made = [await trade.invoice(line(1, price)) for price in (100, 200, 300)]
    await sealing.seal_entries(trade.tenant)
    proven = printing.proof_page(trade.tenant, made[1], await sealing.prove_entry(trade.tenant, made[1].entry or made[1].id))
    told = [(each["label"], each["value"]) for each in proven["facts"]]
    assert made[1].number in proven["lines"][0]
    size, root = dict(told)["Root"].split(":")
    leaf = dict(told)["Entry"]
    path = [bytes.fromhex(value) for _, value in told[4:]]
    assert merkle.leaf_hash(leaf.encode()).hex() == dict(told)["Fingerprint"]
    place = int(dict(told)["Index, from 0"])
    assert merkle.includes(merkle.leaf_hash(leaf.encode()), place, int(size), path, bytes.fromhex(root))
