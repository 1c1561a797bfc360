"""Pages of the ledger, as a person's browser asks for them."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from plugins.accounting.permissions import DRAFT, READ
from plugins.accounting.reports.collected import REPORTS
from plugins.accounting.services import journals, templates
from weft import Tenant
from weft.testing import Client, Clock, Jobs, Visitors

from .conftest import Books, line

PLACES = ("accounts", "entries", "drafts", "years", "setup", "journals", "dimensions", "rules", "templates")
PAGES = ("", *(f"/{each}" for each in PLACES), "/reports/proof", "/entries/new")


@pytest.fixture
async def open_books(books: Books, clock: Clock) -> Books:
    clock.set(datetime(2026, 6, 15, 12, tzinfo=UTC))
    return books


async def form_of(tenant: Tenant, *rows: tuple[str, str, str], **more: str) -> dict[str, str]:
    general = next(each for each in await journals.all_journals(tenant) if each.code == "GEN")
    form = {"date": "2026-06-15", "journal": str(general.id), "description": "Rent", "do": "post", **more}
    for place, (code, debit, credit) in enumerate(rows):
        form |= {f"lines.{place}.code": code, f"lines.{place}.debit": debit, f"lines.{place}.credit": credit}
    return form


def id_in(answer: Any) -> UUID:
    return UUID(answer.headers["location"].rpartition("/")[2])


async def test_every_page_answers_before_and_after_the_books_are_begun(client: Client) -> None:
    for path in (*(f"/accounting{each}" for each in PAGES), *(f"/reports/{each.name}" for each in REPORTS)):
        assert (await client.get(path)).status_code == 200, path
    assert (await client.submit("/accounting/begin", {"chart": "de"})).status_code == 303
    for path in (*(f"/accounting{each}" for each in PAGES), *(f"/reports/{each.name}" for each in REPORTS)):
        assert (await client.get(path)).status_code == 200, path
    assert "Forderungen aus Lieferungen" in (await client.get("/accounting/accounts")).text


async def test_an_unknown_chart_is_refused_on_the_same_page(client: Client) -> None:
    answer = await client.submit("/accounting/begin", {"chart": "xx"})
    assert (answer.status_code, "no such chart" in answer.text) == (422, True)


async def test_an_entry_is_posted_from_the_grid_and_shown(open_books: Books, client: Client) -> None:
    form = await form_of(open_books.tenant, ("6100 Rent", "1.200,50", ""), ("1000", "", "1200.50"), ("", "", ""))
    posted = await client.submit("/accounting/entries/new", form)
    assert posted.status_code == 303
    page = (await client.get(posted.headers["location"])).text
    assert "GEN/2026/00001" in page
    assert "1,200.50" in page


async def test_what_is_wrong_stands_beside_its_row_with_what_was_typed(open_books: Books, client: Client) -> None:
    form = await form_of(open_books.tenant, ("6100", "10", ""), ("", "", ""), ("9999", "", "10"))
    answer = await client.submit("/accounting/entries/new", form)
    assert answer.status_code == 422
    assert re.search(r'name="lines.2.code" value="9999"[^>]*aria-invalid="true"', answer.text)
    assert "There is no account 9999" in answer.text


async def test_an_unbalanced_entry_is_told_how_much_is_missing(open_books: Books, client: Client) -> None:
    answer = await client.submit("/accounting/entries/new", await form_of(open_books.tenant, ("6100", "10", ""), ("1000", "", "9.99")))
    assert (answer.status_code, "0.01 GBP more credit" in answer.text) == (422, True)
    assert not await open_books.figures("SELECT e.id FROM accounting_entry e")


async def test_a_draft_is_kept_unbalanced_and_posted_when_it_holds(open_books: Books, client: Client) -> None:
    kept = await client.submit("/accounting/entries/new", await form_of(open_books.tenant, ("6100", "10", ""), do="draft"))
    draft = kept.headers["location"]
    assert 'value="10"' in (await client.get(draft)).text
    whole = await form_of(open_books.tenant, ("6100", "10", ""), ("1000", "", "10"), version="1")
    posted = await client.submit(draft, whole)
    assert "/accounting/entries/" in posted.headers["location"]
    assert (await client.get(draft)).status_code == 404


async def test_two_people_at_one_draft_the_second_sees_both_and_nothing_is_lost(open_books: Books, client: Client) -> None:
    draft = (await client.submit("/accounting/entries/new", await form_of(open_books.tenant, ("6100", "10", ""), do="draft"))).headers[
        "location"
    ]
    first = await form_of(open_books.tenant, ("6110", "11", ""), do="draft", version="1")
    assert (await client.submit(draft, first)).status_code == 303
    answer = await client.submit(draft, await form_of(open_books.tenant, ("6120", "12", ""), do="draft", version="1"))
    assert answer.status_code == 409
    assert "changed by somebody else" in answer.text
    assert "6110" in answer.text
    assert 'name="lines.0.code" value="6120' in answer.text
    assert 'name="version" value="2"' in answer.text


async def test_an_entry_is_reversed_with_a_reason(open_books: Books, client: Client) -> None:
    made = await open_books.post(line("6100", "10"), line("1000", "-10"))
    path = f"/accounting/entries/{made.id}"
    assert (await client.submit(f"{path}/reverse", {"date": "2026-06-15", "reason": ""})).status_code == 422
    back = await client.submit(f"{path}/reverse", {"date": "2026-06-15", "reason": "Twice"})
    assert "Reverses" in (await client.get(back.headers["location"])).text
    assert "Reversed by" in (await client.get(path)).text
    assert (await client.submit(f"{path}/reverse", {"date": "2026-06-15", "reason": "Again"})).status_code == 409


async def test_who_only_prepares_cannot_post(open_books: Books, visitors: Visitors) -> None:
    helper = await visitors.sign_in(open_books.tenant, READ, DRAFT)
    form = await form_of(open_books.tenant, ("6100", "10", ""), ("1000", "", "10"))
    answer = await helper.submit("/accounting/entries/new", form)
    assert (answer.status_code, "not post them" in answer.text) == (422, True)
    assert (await helper.submit("/accounting/locks", {"kind": "all", "through": "2026-01-01"})).status_code == 403


async def test_every_link_of_a_report_and_of_the_pages_of_the_books_is_there(open_books: Books, client: Client) -> None:
    made = await open_books.post(line("6100", "10"), line("1000", "-10"))
    year = re.search(r"/accounting/years/[0-9a-f-]{36}", (await client.get("/accounting/years")).text)
    assert year
    seen = set()
    for start in ("/accounting", "/reports", year[0], "/reports/accounting.trial_balance", "/reports/accounting.numbers"):
        page = await client.get(start)
        assert page.status_code == 200, start
        seen |= {link.replace("&amp;", "&") for link in re.findall(r'href="(/reports/[^"]+|/accounting/reports[^"]*)"', page.text)}
    assert len(seen) >= 12
    for link in seen:
        assert (await client.get(link)).status_code == 200, link
    ledger = next(link for link in seen if link.startswith("/reports/accounting.general_ledger?account="))
    assert f"/accounting/entries/{made.id}" in (await client.get(ledger)).text


async def test_the_trial_balance_as_a_file_has_code_and_name_apart_when_asked(open_books: Books, client: Client) -> None:
    await open_books.post(line("6100", "10", description="=cmd()"), line("1000", "-10"))
    columns = "&".join(f"columns={key}" for key in ("code", "name", "type", "opening", "debit", "credit", "closing"))
    told = await client.get(f"/reports/accounting.trial_balance/file.csv?{columns}")
    assert told.text.splitlines()[1:] == ["1000,Bank account,Bank and cash,0,0,10,-10", "6100,Rent,Expense,0,10,0,10"]


async def test_an_account_is_added_changed_and_kept_when_it_has_entries(open_books: Books, client: Client) -> None:
    new = {"code": "6150", "name": "Waste", "type": "expense", "posting": "yes", "tags": "green"}
    assert (await client.submit("/accounting/accounts/new", new)).status_code == 303
    assert (await client.submit("/accounting/accounts/new", new)).status_code == 422
    await open_books.post(line("6150", "10"), line("1000", "-10"))
    [row] = await open_books.figures("SELECT a.id FROM accounting_account a WHERE a.code = '6150'")
    path = f"/accounting/accounts/{row['id']}"
    changed = await client.submit(f"{path}/edit", {**new, "name": "Waste and recycling", "version": "1"})
    assert changed.status_code == 303
    assert (await client.submit(f"{path}/edit", {**new, "version": "1"})).status_code == 409
    assert (await client.submit(f"{path}/edit", {**new, "type": "income", "version": "2"})).status_code == 422
    assert (await client.submit(f"{path}/delete")).status_code == 409
    assert "Waste and recycling" in (await client.get(path)).text


async def test_a_lock_and_an_exception_are_set_on_the_page(open_books: Books, client: Client) -> None:
    assert (await client.submit("/accounting/locks", {"kind": "all", "through": "2026-03-31"})).status_code == 303
    assert (await client.submit("/accounting/locks", {"kind": "hard", "through": "2025-12-31"})).status_code == 422
    [who] = await open_books.tenant.people()
    wish = {"person": str(who.id), "kind": "all", "hours": "8", "reason": "A late bill", "through": "2026-02-28"}
    assert (await client.submit("/accounting/locks/exceptions", wish)).status_code == 303
    page = (await client.get("/accounting/years")).text
    assert "A late bill" in page
    assert "Locked through 31 Mar 2026" in page


async def test_a_year_is_closed_and_opened_on_its_page(open_books: Books, client: Client) -> None:
    await open_books.post(line("1000", "10"), line("4000", "-10"), journal="SAL")
    [row] = await open_books.figures("SELECT y.id FROM accounting_fiscal_year y WHERE y.code = '2025'")
    path = f"/accounting/years/{row['id']}"
    assert "Before it is closed" in (await client.get(path)).text
    assert (await client.submit(f"{path}/close")).status_code == 303
    assert (await client.submit(f"{path}/reopen", {"reason": ""})).status_code == 303  # nothing was posted in it, so nothing is reversed
    [now] = await open_books.figures("SELECT y.id FROM accounting_fiscal_year y WHERE y.code = '2026'")
    assert (await client.submit(f"/accounting/years/{now['id']}/close")).status_code == 409


async def test_a_template_becomes_entries_by_the_calendar(open_books: Books, client: Client, jobs: Jobs) -> None:
    general = next(each for each in await journals.all_journals(open_books.tenant) if each.code == "GEN")
    form = {
        "title": "Rent",
        "journal": str(general.id),
        "every_months": "1",
        "next_date": "2026-05-01",
        "post_at_once": "yes",
        "active": "yes",
    }
    form |= {"lines.0.code": "6100", "lines.0.debit": "900", "lines.1.code": "1000", "lines.1.credit": "900"}
    assert (await client.submit("/accounting/templates/new", form)).status_code == 303
    await jobs.run_all()
    assert await templates.make_due(open_books.tenant) in (0, 2)
    rows = await open_books.figures("SELECT e.date::text AS day, e.total FROM accounting_entry e ORDER BY e.date")
    assert [(row["day"], row["total"]) for row in rows] == [("2026-05-01", 900), ("2026-06-01", 900)]
    assert await templates.make_due(open_books.tenant) == 0


async def test_the_proof_is_asked_for_and_shown(open_books: Books, client: Client, jobs: Jobs) -> None:
    await open_books.post(line("1000", "10"), line("4000", "-10"))
    assert (await client.submit("/accounting/reports/proof")).status_code == 303
    await jobs.run_all()
    page = (await client.get("/accounting/reports/proof")).text
    assert "Proven" in page
    assert "1 entries with 2 lines" in page


async def test_a_file_is_kept_with_an_entry(open_books: Books, client: Any) -> None:
    made = await open_books.post(line("6100", "10"), line("1000", "-10"))
    answer = await client.submit(f"/accounting/entries/{made.id}/attach", files={"file": ("bill.txt", b"a bill", "text/plain")})
    assert answer.status_code == 303
    page = (await client.get(f"/accounting/entries/{made.id}")).text
    found = re.search(rf'href="(/accounting/entries/{made.id}/files/[^"]+)"', page)
    assert found
    assert (await client.get(found[1])).content == b"a bill"


async def test_opening_balances_are_posted_with_the_rest_to_their_account(open_books: Books, client: Client) -> None:
    page = (await client.get("/accounting/opening")).text
    assert 'value="1000 Bank account"' in page
    empty = await client.submit("/accounting/opening", {"date": "2026-01-01", "lines.0.code": "1000"})
    assert (empty.status_code, "at least one account" in empty.text) == (422, True)
    form = {"date": "2026-01-01", "lines.0.code": "1000 Bank account", "lines.0.debit": "500", "lines.1.code": "1010"}
    wrong = await client.submit("/accounting/opening", {**form, "lines.3.code": "9999", "lines.3.credit": "20"})
    assert re.search(r'name="lines.3.code" value="9999"[^>]*aria-invalid', wrong.text)
    made = await client.submit("/accounting/opening", {**form, "lines.3.code": "2000", "lines.3.credit": "120"})
    assert made.status_code == 303
    rows = await open_books.figures(
        "SELECT a.code, l.base FROM accounting_line l JOIN accounting_account a ON a.id = l.account ORDER BY l.position"
    )
    assert [(row["code"], row["base"]) for row in rows] == [("1000", 500), ("2000", -120), ("3900", -380)]
