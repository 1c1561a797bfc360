"""Pages of banks, through the browser's door."""

import re
from decimal import Decimal

import pytest

from plugins.accounting.services import bank_rules, bank_statements
from plugins.accounting.services.bank_statements import FileToRead
from plugins.accounting.tests.conftest import Books
from plugins.accounting.tests.trade import line
from weft.testing import Client, Visitors

from .test_open_lines import held, receipts
from .test_story import Bank, bank

__all__ = ["bank"]
D = Decimal


def hidden(page: str, name: str) -> str:
    """Return the value of the first hidden field of a name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


async def test_a_bank_account_is_made_and_its_statement_brought_in_the_browser(client: Client, books: Books) -> None:
    assert "No bank account yet" in (await client.get("/accounting/bank")).text
    assert (await client.get("/accounting/bank/new")).status_code == 200
    sent = {
        "name": "Current account",
        "code": "1000",
        "number": "DE02120300000000202051",
        "currency": books.tenant.currency,
        "active": "yes",
    }
    wrong = await client.submit("/accounting/bank/new", sent | {"code": "4000"})
    assert wrong.status_code == 422
    assert "no account for money" in wrong.text
    made = await client.submit("/accounting/bank/new", sent)
    assert made.status_code == 303
    page = await client.get(made.headers["location"])
    assert "No statement yet" in page.text
    edited = await client.submit(f"{made.headers['location']}/edit", sent | {"name": "Main", "version": "1"})
    assert edited.status_code == 303
    stale = await client.submit(f"{made.headers['location']}/edit", sent | {"name": "Other", "version": "1"})
    assert (stale.status_code, "It is now Main" in stale.text) == (409, True)


async def test_lines_are_accepted_settled_by_hand_and_taken_back(client: Client, bank: Bank) -> None:
    invoice = await bank.trade.invoice(line(1, 240))
    await bank.bring(bank.mt940("0", "160", ("240", f"Invoice {invoice.number}"), ("-80", "rent")))
    home = f"/accounting/bank/{bank.account.id}/reconcile"
    page = await client.get(home)
    assert f"{invoice.number} stands in the text." in page.text
    first, second = await bank.lines()
    accepted = await client.submit(
        f"/accounting/bank/lines/{first.id}/accept", {"version": str(first.version), "choice": "0", "next": str(second.id)}
    )
    assert (accepted.status_code, accepted.headers["location"]) == (303, f"{home}?line={second.id}")
    page = await client.get(accepted.headers["location"])
    assert "Nothing that is open fits" in page.text
    path = f"/accounting/bank/lines/{second.id}/settle"
    wrong = await client.submit(path, {"version": "1", "splits.0.amount": "-70", "splits.0.code": "6100"})
    assert (wrong.status_code, "-10.00 are left" in wrong.text) == (422, True)
    done = await client.submit(
        path, {"version": "1", "splits.0.amount": "-70", "splits.0.code": "6100", "splits.1.amount": "-10", "splits.1.code": "6110"}
    )
    assert done.status_code == 303
    page = await client.get(home)
    assert "Everything is reconciled" in page.text
    again = await client.submit(path, {"version": "1", "splits.0.amount": "-80", "splits.0.code": "6100"})
    assert again.status_code == 409
    undone = await client.submit(f"/accounting/bank/lines/{second.id}/undo", {"version": str((await bank.lines())[1].version)})
    assert undone.status_code == 303
    assert await bank.held() == D(240)


async def test_a_parked_statement_shows_its_difference_and_passes_with_a_reason(client: Client, bank: Bank) -> None:
    await bank.bring(bank.mt940("50", "150", ("60", "one")))
    assert "do not tie out" in (await client.get("/accounting/bank")).text
    (statement,) = await bank.statements()
    path = f"/accounting/bank/statements/{statement.id}"
    page = await client.get(path)
    assert "a difference of 40.00" in page.text
    assert (await client.submit(f"{path}/pass", {"version": "1", "reason": ""})).status_code == 422
    assert (await client.submit(f"{path}/pass", {"version": "1", "reason": "Confirmed"})).status_code == 303
    assert "Confirmed" in (await client.get(path)).text
    assert (await client.submit(f"{path}/discard", {"version": "1"})).status_code == 409


async def test_the_columns_of_a_csv_are_asked_once_and_remembered(client: Client, bank: Bank) -> None:
    content = "When;What;Who;Change\n03/04/2026;rent;Grund Ost;-700,00\n04/04/2026;sale;Ada;20,00\n"
    made = await bank_statements.upload(bank.tenant, "bank.csv", content.encode(), bank.account.id)
    assert made.state == "asking"
    path = f"/accounting/bank/files/{made.id}/columns"
    page = await client.get(path)
    assert "could be day first or month first" in page.text
    sent = {"column.0": "date", "column.1": "text", "column.2": "counterparty", "column.3": "amount", "day_order": "mdy", "mark": ","}
    shown = await client.submit(path, sent | {"do": "show", "account": str(bank.account.id)})
    assert (shown.status_code, "4 Mar 2026" in shown.text, "-£700.00" in shown.text or "700.00" in shown.text) == (200, True, True)
    for wrong, said in (({"account": ""}, "whose statement"), ({"account": str(bank.account.id), "column.0": ""}, "No column holds dates")):
        refused = await client.submit(path, sent | {"do": "read"} | wrong)
        assert (refused.status_code, said in refused.text) == (422, True)
    assert (await client.submit(path, sent | {"do": "read", "account": str(bank.account.id)})).status_code == 303
    await bank_statements.read_file(bank.tenant, FileToRead(made.id))
    assert [(each.booked.month, each.amount) for each in await bank.lines()] == [(3, D(-700)), (4, D(20))]
    assert (await client.get(path)).status_code == 303
    again = await bank_statements.upload(bank.tenant, "april.csv", content.replace("/2026", "/2027").encode(), bank.account.id)
    assert again.state == "waiting"


async def test_lines_are_listed_searched_and_exported(client: Client, bank: Bank) -> None:
    await bank.bring(bank.mt940("0", "22", ("30", "Café Münster"), ("-8", "fee")))
    page = await client.get("/accounting/bank/lines", params={"q": "cafe mun"})
    assert ("Café Münster" in page.text, ">fee<" in page.text) == (True, False)
    out = await client.get("/accounting/bank/lines", params={"segment": "out"})
    assert ("fee" in out.text, "Café Münster" in out.text) == (True, False)


async def test_rules_are_added_refused_and_deleted(client: Client, bank: Bank) -> None:
    refused = await client.submit("/accounting/bank/rules", {"name": "", "words": ""})
    assert (refused.status_code, "Say at least one thing" in refused.text) == (422, True)
    added = await client.submit(
        "/accounting/bank/rules", {"name": "Rent", "words": "MIETE, LAGER", "direction": "out", "to_account": "6100"}
    )
    assert added.status_code == 303
    assert "The text has “MIETE” and “LAGER”." in (await client.get("/accounting/bank/rules")).text
    (rule,) = await bank_rules.all_rules(bank.tenant)
    assert (await client.submit(f"/accounting/bank/rules/{rule.id}/delete", {})).status_code == 303


@pytest.mark.parametrize("path", ["/accounting/bank", "/accounting/bank/rules"])
async def test_nobody_without_the_permission_sees_the_bank(visitors: Visitors, bank: Bank, path: str) -> None:
    stranger = await visitors.sign_in(bank.tenant, "accounting.tax.edit")
    assert (await stranger.get(path)).status_code == 403


async def test_several_items_are_ticked_and_the_difference_booked_to_the_fee_account(client: Client, bank: Bank, books: Books) -> None:
    invoice = await bank.trade.invoice(line(1, 50))
    await receipts(books, "40.00", "60.00")
    await bank.bring(bank.mt940("0", "148", ("148", "SUMUP")))
    (one,) = await bank.lines()
    path = f"/accounting/bank/lines/{one.id}"
    page = (await client.get(f"/accounting/bank/{bank.account.id}/reconcile")).text
    keys = re.findall(r'type="checkbox" name="items" value="((?:line:)?[0-9a-f-]{36})"', page)
    assert len(keys) == 3
    assert str(invoice.id) in keys
    assert re.search(r'<option value="6420" selected', page), "the fee account is proposed"
    some = "&".join(f"items={each}" for each in keys if each.startswith("line:"))
    fragment = (await client.get(f"{path}/sum?{some}")).text
    assert "2 items chosen" in fragment
    assert "48.00" in fragment
    assert "<html" not in fragment
    nothing = await client.submit(f"{path}/settle-together", {"version": "1", "code": "6420"})
    assert (nothing.status_code, "Tick what the line pays" in nothing.text) == (422, True)
    form = {"version": "1", "items": keys, "code": ""}
    wrong = await client.submit(f"{path}/settle-together", form)
    assert (wrong.status_code, "-2.00 are left" in wrong.text, wrong.text.count("checked") >= 3) == (422, True, True)
    done = await client.submit(f"{path}/settle-together", form | {"code": "6420"})
    assert done.status_code == 303
    assert (await bank.trade.again(invoice)).open == 0
    assert await held(books, "1050") == [0, 0]
    assert await held(books, "6420") == [2, 0]
    again = await client.submit(f"{path}/settle-together", form | {"code": "6420"})
    assert again.status_code in {409, 422}
    (one,) = await bank.lines()
    assert (await client.submit(f"{path}/undo", {"version": str(one.version)})).status_code == 303
    assert await held(books, "1050") == [100, 100]
    assert (await bank.trade.again(invoice)).open == 50


async def test_rules_are_changed_put_in_order_and_tried_on_past_lines(client: Client, bank: Bank) -> None:
    await bank.bring(bank.mt940("0", "-90", ("-50", "Miete Maerz"), ("-40", "Miete Stellplatz")))
    path, base = "/accounting/bank/rules", {"direction": "out", "to_account": "6100", "do": "save"}
    tried = await client.submit(path, base | {"name": "Rent", "words": "miete", "do": "try"})
    assert (tried.status_code, "2 of the latest 2 lines" in tried.text) == (200, True)
    assert await bank_rules.all_rules(bank.tenant) == []
    for name, words in (("Rent", "miete"), ("Parking", "stellplatz")):
        assert (await client.submit(path, base | {"name": name, "words": words})).status_code == 303
    rent, parking = await bank_rules.all_rules(bank.tenant)
    page = (await client.submit(f"{path}/{parking.id}", base | {"name": "Parking", "words": "stellplatz", "do": "try"})).text
    assert "But “Rent” takes it first" in page
    assert (await client.submit(f"{path}/{parking.id}/move", {"to": "up"})).status_code == 303
    assert [each.name for each in await bank_rules.all_rules(bank.tenant)] == ["Parking", "Rent"]
    assert (await client.submit(f"{path}/{parking.id}/move", {"to": "up"})).status_code == 303
    assert [each.name for each in await bank_rules.all_rules(bank.tenant)] == ["Parking", "Rent"]
    page = (await client.get(f"{path}/{rent.id}")).text
    assert hidden(page, "version") == "1"
    edited = base | {"name": "Rents", "words": "miete", "without": "stellplatz", "most": "60", "version": "1"}
    assert (await client.submit(f"{path}/{rent.id}", edited)).status_code == 303
    now = next(each for each in await bank_rules.all_rules(bank.tenant) if each.id == rent.id)
    assert (now.name, now.without, now.most, now.version) == ("Rents", ("stellplatz",), D(60), 2)
    stale = await client.submit(f"{path}/{rent.id}", edited | {"name": "Mine"})
    assert (stale.status_code, "What the other person saved" in stale.text, 'value="Mine"' in stale.text) == (409, True, True)
    assert (await client.submit(f"{path}/{rent.id}", edited | {"version": "2", "to_account": ""})).status_code == 422
