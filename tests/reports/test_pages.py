"""Reports through the pages: what a person with a browser, a form without a script and a file get."""

import csv
import io
import re

import pytest
from python_calamine import CalamineWorkbook

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Visitors
from plugins.accounting.permissions import READ
from tests.reports.conftest import MARCH

PROFIT = "/reports/accounting.profit_and_loss"
LEDGER = "/reports/accounting.general_ledger"
NAMES = ("trial_balance", "balance_sheet", "profit_and_loss", "cash_flow", "general_ledger", "journal", "numbers")


def table(page: str) -> list[list[str]]:
    """Return the cells of a page's rows as text, without those at the foot."""
    body = page.split("<tbody>")[-1].split("</tbody>")[0]
    rows = re.findall(r"<tr[^>]*data-kind.*?</tr>", body, re.DOTALL)
    return [[_text(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)] for row in rows]


def _text(cell: str) -> str:
    without = re.sub(r'<span class="wf-none".*?</span><span class="wf-hidden">none</span>', "", cell)
    return re.sub(r"<[^>]+>", "", without).replace("&amp;", "&").strip()


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


async def test_everybody_sees_the_reports_they_may_and_no_other(books: LiveTenant, client: Browser, visitors: Visitors) -> None:
    everything = (await client.get("/reports")).text
    assert "Profit and loss" in everything
    assert "Price list" in everything
    reader = await visitors.sign_in(books, READ)
    mine = (await reader.get("/reports")).text
    assert "Profit and loss" in mine
    assert "Price list" not in mine
    assert (await reader.get("/reports/catalogue.price_list")).status_code == 403
    assert (await reader.get(f"{PROFIT}/file.csv")).status_code == 403  # a file needs the right to export
    stranger = await visitors.sign_in(books, "core.audit")
    assert (await stranger.get(PROFIT)).status_code == 403
    assert (await client.get("/reports/accounting.nothing")).status_code == 404


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_has_the_rows_of_the_page(books: LiveTenant, client: Browser, name: str) -> None:
    page = await client.get(f"/reports/accounting.{name}?when=this_year")
    file = await client.get(f"/reports/accounting.{name}/file.csv?when=this_year")
    assert page.status_code == file.status_code == 200
    assert len(csv_rows(file.content)) - 1 == len(table(page.text))
    assert file.headers["content-disposition"].startswith(f'attachment; filename="accounting-{name}-')
    pdf = await client.get(f"/reports/accounting.{name}/file.pdf")
    assert pdf.content.startswith(b"%PDF")


async def test_a_comparison_stands_beside_with_difference_and_share(books: LiveTenant, client: Browser) -> None:
    rows = table((await client.get(f"{PROFIT}?{MARCH}&compare=year")).text)
    sold = next(row for row in rows if row[0].startswith("4000"))
    assert sold[1:] == ["150.50", "100.00", "50.50", "50.5%"]
    spent = next(row for row in rows if row[0].startswith("6100"))
    assert spent[1:4] == ["40.00", "40.00", "0.00"] or spent[1:4] == ["40.00", "40.00", ""]
    assert rows[-1][:4] == ["Profit or loss", "110.50", "60.00", "50.50"]


async def test_cash_flows_lead_from_what_there_was_to_what_there_is(books: LiveTenant, client: Browser) -> None:
    rows = {row[0]: row[1] for row in table((await client.get(f"/reports/accounting.cash_flow?{MARCH}")).text)}
    assert rows["Cash at the beginning"] == "60.00"
    assert rows["From operating activities"] == "110.50"
    assert rows["Cash at the end"] == "170.50"


async def test_a_row_leads_to_where_its_figures_come_from(books: LiveTenant, client: Browser) -> None:
    page = (await client.get(f"{PROFIT}?{MARCH}")).text
    link = re.search(r'href="(/reports/accounting\.general_ledger\?[^"]+)"', page)
    assert link
    ledger = await client.get(link[1].replace("&amp;", "&"))
    entry = re.search(r'href="(/accounting/entries/[^"]+)"', ledger.text)
    assert entry
    assert (await client.get(entry[1])).status_code == 200


async def test_a_text_that_looks_like_a_formula_stays_a_text_in_files(books: LiveTenant, client: Browser) -> None:
    rows = csv_rows((await client.get(f"{LEDGER}/file.csv?{MARCH}")).content)
    assert "'=1+1" in {cell for row in rows for cell in row}
    sheet = CalamineWorkbook.from_filelike(io.BytesIO((await client.get(f"{LEDGER}/file.xlsx?{MARCH}")).content)).get_sheet_by_index(0)
    cells = [cell for row in sheet.to_python() for cell in row]
    assert "=1+1" in cells  # a cell of text
    assert 150.5 in cells


async def test_bad_parameters_are_told_beside_their_field(books: LiveTenant, client: Browser) -> None:
    wrong = await client.get(f"{PROFIT}?first=soon&last=2026-03-31")
    assert wrong.status_code == 422
    assert "is not a date such as 2026-03-31" in wrong.text
    assert "The last day comes before the first" in (await client.get(f"{PROFIT}?first=2026-04-01&last=2026-03-31")).text
    assert (await client.get(f"{PROFIT}?compare=never")).status_code == 422
    assert (await client.get(f"{PROFIT}/file.csv?first=soon")).status_code == 422
    assert (await client.get(f"{LEDGER}?account=01890a5d-ac96-774b-bcce-b302099a8057")).status_code == 422
    assert (await client.get(f"{LEDGER}/file.csv?account=01890a5d-ac96-774b-bcce-b302099a8057")).status_code == 422
    assert (await client.get(f"{PROFIT}/file.exe")).status_code == 404


async def test_a_layout_keeps_parameters_under_a_name_for_oneself_or_for_all(
    books: LiveTenant, client: Browser, visitors: Visitors
) -> None:
    query = "when=last_month&compare=year"
    assert query.split("&")[0] in (await client.get(f"{PROFIT}/layouts/new?{query}")).text
    assert (await client.submit(f"{PROFIT}/layouts", {"query": query, "title": "Mine"})).status_code == 303
    assert (await client.submit(f"{PROFIT}/layouts", {"query": query, "title": "Ours", "shared": "yes"})).status_code == 303
    assert (await client.submit(f"{PROFIT}/layouts", {"query": query, "title": ""})).status_code == 422
    other = (await (await visitors.sign_in(books, READ)).get(PROFIT)).text
    assert ">Ours</a>" in other
    assert ">Mine</a>" not in other
    own = (await client.get(f"{PROFIT}?{query}")).text
    assert "when=last_month" in own
    gone = re.search(rf'action="({PROFIT}/layouts/[^"]+/delete)"', own)
    assert gone
    assert (await client.submit(gone[1])).status_code == 303


async def test_columns_can_be_chosen(books: LiveTenant, client: Browser) -> None:
    rows = csv_rows((await client.get(f"{LEDGER}/file.csv?{MARCH}&columns=account&columns=debit")).content)
    assert rows[0] == ["Account", "Debit"]
