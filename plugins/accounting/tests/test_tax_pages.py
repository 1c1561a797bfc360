"""Pages of taxes, payment terms, exchange rates and the tax return."""

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.domain.tax.jurisdiction import load
from plugins.accounting.services import taxes
from weft.testing import Client, Visitors

from .conftest import Books
from .trade import DAY, Trade, line, open_trade


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


async def test_the_taxes_of_a_country_are_chosen_saved_changed_and_brought_back(client: Client, trade: Trade) -> None:
    assert (await client.submit("/accounting/taxes/choose", {"code": "gb"})).status_code == 303
    page = (await client.get("/accounting/taxes")).text
    assert "Standard rate" in page
    assert "VATA" in page or "Value Added Tax Act 1994" in page
    saved = (await client.get("/accounting/taxes/file")).content
    assert msgspec.json.decode(saved)["code"] == "gb"
    wrong = await client.submit("/accounting/taxes/choose", {"code": "atlantis"})
    assert (wrong.status_code, "choose one of" in wrong.text) == (422, True)
    changed = saved.replace(b'"title": "Standard rate"', b'"title": "The usual rate"')
    made = await taxes.bring_system(trade.tenant, changed, 2)
    assert made.rule("gb_s_standard").title == "The usual rate"
    with pytest.raises(Exception, match="Somebody else changed the taxes"):
        await taxes.bring_system(trade.tenant, saved, 2)
    with pytest.raises(Exception, match="which is not on the return"):
        await taxes.bring_system(trade.tenant, saved.replace(b'"box": "1"', b'"box": "99"'), 3)
    assert await taxes.choose_system(trade.tenant, "gb") == load("gb")


async def test_a_return_shows_each_box_with_its_documents(client: Client, trade: Trade) -> None:
    await taxes.choose_system(trade.tenant, "gb")
    made = await trade.invoice(line(1, 1000, "gb_s_standard"))
    await trade.invoice(line(1, 100, "gb_s_standard"), kind=DocumentKind.CREDIT_NOTE)
    await trade.bill(line(1, 200, "gb_p_standard"))
    days = {"first": "2026-01-01", "last": "2026-03-31"}
    page = (await client.get("/accounting/tax-return", params=days)).text
    assert made.number in page
    assert f"/accounting/documents/{made.id}" in page
    told = (await client.get("/reports/accounting.tax_return/file.csv", params=days)).text
    boxes = {row.split(",")[0]: row.rsplit(",", 1)[1] for row in told.lstrip("\ufeff").strip().splitlines()[1:]}
    assert boxes == {"1": "180.00", "2": "0.00", "3": "180.00", "4": "40.00", "5": "140.00", "6": "900", "7": "200", "8": "0", "9": "0"}
    later = (await client.get("/accounting/tax-return", params={"first": "2026-04-01", "last": "2026-06-30"})).text
    assert made.number not in later
    assert (await client.get("/accounting/tax-return", params={"first": "2026-04-01", "last": "2026-01-01"})).status_code == 422
    await taxes.choose_system(trade.tenant, "fr")
    assert "have no box here" in (await client.get("/accounting/tax-return", params=days)).text


async def test_rates_are_typed_or_come_from_a_file_of_the_ecbs(client: Client, trade: Trade) -> None:
    sent = {"day": DAY.isoformat(), "base": "eur", "quote": "usd", "value": "1.0825"}
    assert (await client.submit("/accounting/rates", sent)).status_code == 303
    for wrong, sentence in (({"value": "0"}, "more than zero"), ({"quote": "XYZ"}, "no currency"), ({"quote": "EUR"}, "against itself")):
        answer = await client.submit("/accounting/rates", sent | wrong)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    text = b"Date, USD, GBP, \n16 March 2026, 1.0825, 0.8500, \n"
    assert await taxes.import_reference_rates(trade.tenant, text) == 1
    assert await taxes.import_reference_rates(trade.tenant, text) == 0
    assert "0.85" in (await client.get("/accounting/rates")).text
    async with trade.tenant.transaction():
        found = await taxes.find_rate(trade.tenant, "GBP", "USD", DAY + timedelta(days=3))
    assert f"{found.value:.4f}" == "1.2735"


async def test_payment_terms_are_made_and_offered_no_more(client: Client, trade: Trade) -> None:
    sent = {
        "title": "Third now, rest in 60 days",
        "days": "60",
        "down": "33.33",
        "early_percent": "3",
        "early_days": "7",
        "early_on": "net",
    }
    assert (await client.submit("/accounting/payment-terms", sent)).status_code == 303
    made = next(each for each in await taxes.all_terms(trade.tenant) if each.title.startswith("Third"))
    assert [part.part.value for part in made.terms.instalments] == ["percent", "remainder"]
    again = await client.submit("/accounting/payment-terms", sent)
    assert (again.status_code, "with this title already" in again.text) == (422, True)
    assert (await client.submit("/accounting/payment-terms", sent | {"title": "x", "down": "100"})).status_code == 422
    assert (await client.submit(f"/accounting/payment-terms/{made.id}/switch")).status_code == 303
    assert "Not offered" in (await client.get("/accounting/payment-terms")).text
    assert made.title not in (await client.get("/accounting/documents/new")).text


async def test_who_may_only_read_changes_no_taxes(trade: Trade, visitors: Visitors) -> None:
    reader = await visitors.sign_in(trade.tenant, "accounting.ledger.read")
    assert (await reader.get("/accounting/taxes")).status_code == 200
    for path in ("/accounting/taxes/choose", "/accounting/rates", "/accounting/payment-terms"):
        assert (await reader.submit(path, {"code": "de"})).status_code == 403


async def test_which_taxes_stand_on_a_category_is_changed_on_its_page(client: Client, trade: Trade) -> None:
    path = "/accounting/taxes/categories"
    page = (await client.get(path)).text
    assert "Reduced, 5 %" in page
    assert "elsewhere in the EU" in (await german(client, path)).text
    shown = (await client.get(f"{path}/edit?key=reduced")).text
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert version
    change = {"key": "reduced", "title": "Bücher", "sale": ["de_u_7"], "purchase": ["de_v_7"], "version": version[1]}
    assert (await client.submit(f"{path}/edit", change)).status_code == 303
    assert "Bücher" in (await client.get(path)).text
    late = await client.submit(f"{path}/edit", change | {"title": "Zeitungen"})
    assert late.status_code == 409
    assert "Somebody else changed the taxes" in late.text
    wrong = await client.submit(f"{path}/edit?new=true", {"key": "Food!", "title": "Food", "version": "9"})
    assert wrong.status_code == 422
    assert "small letters" in wrong.text
    assert (await client.submit(f"{path}/remove", {"key": "", "version": "9"})).status_code == 409


async def german(client: Client, path: str) -> Any:
    assert (await client.submit("/accounting/taxes/choose", {"code": "de"})).status_code == 303
    return await client.get(path)
