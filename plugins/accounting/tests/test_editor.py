"""The editor of invoices: what a line holds comes through it, and taxes follow from category and party until somebody says otherwise."""

from typing import Any
from uuid import UUID

import pytest

from plugins.accounting.domain.documents.stored import StoredDocument
from plugins.accounting.domain.ground import DimensionValue
from plugins.accounting.queries import setup as setup_queries
from plugins.accounting.services import documents, taxes
from weft import new_id
from weft.contracts import Address, NewParty, Parties
from weft.testing import Client, Visitors

from .conftest import Books
from .trade import Trade, line, open_trade

NEW = "/accounting/documents/new?kind=invoice"


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


def form(party: UUID, *rows: dict[str, Any], **head: Any) -> dict[str, Any]:
    lines = {f"lines.{place}.{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    return {"party": str(party), "issued": "2026-03-16", "do": "save", "version": "0"} | head | lines


async def kept(trade: Trade) -> StoredDocument:
    found = await trade.ask("SELECT d.id FROM accounting_document d ORDER BY d.id DESC LIMIT 1")
    return await documents.get(trade.tenant, found)


async def test_several_taxes_and_dimensions_of_a_line_are_kept_when_it_is_edited(trade: Trade, client: Client) -> None:
    async with trade.tenant.transaction(unaudited="a test") as db:
        centre = next(each for each in await setup_queries.dimensions(db) if each.key == "cost_centre")
        await setup_queries.put_value(db, centre.id, DimensionValue(id=new_id(), dimension="cost_centre", code="SHOP", title="Shop"))
    row = {"description": "Tea", "unit": "kg", "unit_price": "10", "tax": ["sale_standard", "sale_reduced", ""], "dim_cost_centre": "SHOP"}
    assert (await client.submit(NEW, form(trade.customer, row))).status_code == 303
    made = await kept(trade)
    assert (made.lines[0].taxes, made.lines[0].dimensions, made.lines[0].unit) == (
        ("sale_standard", "sale_reduced"),
        {"cost_centre": "SHOP"},
        "kg",
    )
    page = (await client.get(f"/accounting/documents/{made.id}/edit")).text
    assert '<option value="SHOP" selected>Shop</option>' in page
    assert page.count('<option value="sale_reduced" selected>') == 2  # the line, and the empty one below, which begins as it does


async def test_a_line_as_usual_is_taxed_by_where_the_customer_is_and_a_person_can_say_otherwise(trade: Trade, client: Client) -> None:
    await taxes.choose_system(trade.tenant, "de")
    async with trade.tenant.transaction():
        paris = NewParty(kind="organisation", name="Paris", address=Address(country="FR"), identifiers={"vat": "FR40303265045"})
        party = await trade.tenant.service(Parties).add(paris)
    row = {"description": "Tea", "unit_price": "100", "tax": "*", "tax_category": "reduced"}
    totals = await client.submit("/accounting/documents/totals?kind=invoice", form(party.id, row))
    assert "Unternehmer in der EU mit USt-IdNr." in totals.text
    assert "Innergemeinschaftliche Lieferung" in totals.text
    await client.submit(NEW, form(party.id, row))
    made = await kept(trade)
    assert (made.lines[0].taxes, made.made_with.position, made.position) == (("de_u_igl",), "de_eu_unternehmer", "")
    again = form(party.id, row, version=str(made.version), position="de_inland")
    assert (await client.submit(f"/accounting/documents/{made.id}/edit", again)).status_code == 303
    made = await kept(trade)
    assert (made.lines[0].taxes, made.position) == (("de_u_7",), "de_inland")
    assert '<option value="de_inland" selected>' in (await client.get(f"/accounting/documents/{made.id}/edit")).text


async def test_a_credit_note_keeps_the_taxes_of_what_it_takes_back_wherever_the_customer_went(trade: Trade) -> None:
    invoice = await trade.invoice(line(1, 100, by_category=True, tax_category="reduced"))
    await taxes.choose_system(trade.tenant, "de")
    credit = await documents.draft_credit(trade.tenant, invoice.id, invoice.issued)
    assert (credit.lines[0].taxes, credit.total) == (("sale_reduced",), invoice.total)


async def test_what_the_catalogue_offers_is_for_those_who_prepare_documents(trade: Trade, client: Client, visitors: Visitors) -> None:
    assert (await client.get("/accounting/documents/items?q=te")).json() == {"items": []}
    assert (await client.get("/accounting/documents/items?scan=96385075")).json() == {"items": []}
    reader = await visitors.sign_in(trade.tenant, "accounting.ledger.read")
    assert (await reader.get("/accounting/documents/items?q=te")).status_code == 403
