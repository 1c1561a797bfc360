"""Last month of the demo's shop, as its accountant finishes it: invoices, bills, bank, rates, revaluation, close, statements, proof.

What is read off one page is held against another: whatever does not tie out to the penny fails.
"""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from playwright.async_api import expect

from tests.browser.accounting import ZERO, Accountant, amount, last_month
from tests.browser.conftest import MANY, ROOT, Desk

OFF = Decimal("10.00")  # what the bank's first file is wrong by


async def test_an_accountant_finishes_the_month_and_every_figure_ties_out(desk: Desk, tmp_path: Path) -> None:
    first, last = last_month(datetime.now(UTC).date())
    await desk.sign_in("shop", "olive@books.example")
    me = Accountant(desk, "shop")
    invoiced = await _write_an_invoice(me, last)
    billed = await _enter_a_bill(me, last)
    await _approve_bills(me, last)
    await _finish_the_invoice(me, last)
    closing = await _bring_the_statement(me, tmp_path)
    await _reconcile(me)
    await _revalue(me, last)
    await _close_the_month(me, last)
    await _read_statements(me, first, last, closing)
    await _read_the_tax_return(me, first, last, invoiced, billed)
    await _prove(me, tmp_path)


async def _write_an_invoice(me: Accountant, last: date) -> Decimal:
    """Write an invoice without the mouse, watch its totals, and post it; returns its tax."""
    page = me.page
    await me.go("v", "/accounting/invoices")
    await me.press("c")
    await page.wait_for_url("**/documents/new?kind=invoice")
    await me.desk.ready()
    await me.choose("Customer", "Crown", "The Crown & Anchor")
    await me.fill(page.get_by_label("Customer's reference"), "Tasting")
    await page.locator("[name=issued]").fill(last.isoformat())
    await me.fill(page.get_by_label("Description of line 1"), "Wine tasting for twelve")
    await me.fill(page.get_by_label("Quantity of line 1"), "12")
    await me.fill(page.get_by_label("Price of line 1"), "38.50")
    await expect(page.locator("#totals")).to_contain_text("554.40")
    await page.get_by_role("button", name="Post", exact=True).focus()
    await me.press("Enter")
    await expect(page.get_by_role("heading", name=re.compile("Invoice SAL"))).to_be_visible()
    await expect(page.get_by_text("£554.40").first).to_be_visible()
    return Decimal("92.40")


async def _enter_a_bill(me: Accountant, last: date) -> Decimal:
    """Enter what a vendor sent, keep it, look at the entry it would make, and post it; returns the tax to deduct."""
    page = me.page
    await me.go("l", "/accounting/bills")
    await me.press("c")
    await page.wait_for_url("**/documents/new?kind=bill")
    await me.desk.ready()
    await me.choose("Vendor", "Tideway", "Tideway Packaging")
    await me.fill(page.get_by_label("Vendor's invoice number"), "TP-77120")
    await page.locator("[name=issued]").fill(last.isoformat())
    await me.fill(page.get_by_label("Description of line 1"), "Gift boxes")
    await me.fill(page.get_by_label("Price of line 1"), "260")
    await page.get_by_label("Tax of line 1", exact=True).select_option("gb_p_standard")
    await me.fill(page.get_by_label("Account of line 1"), "6300")
    await expect(page.locator("#totals")).to_contain_text("312.00")
    await me.press("ControlOrMeta+Enter")
    await expect(page.get_by_role("heading", name="Draft bill")).to_be_visible()
    await me.desk.ready()
    await me.press("p")
    await expect(page.get_by_role("heading", name=re.compile("Bill PUR"))).to_be_visible()
    return Decimal("52.00")


async def _approve_bills(me: Accountant, last: date) -> None:
    """Approve what others have entered of the month: open each draft from the list by keys, and post it."""
    page, waiting = me.page, f"/accounting/bills?segment=drafts&issued.to={last}"
    drafts, approved = page.get_by_role("link", name="Draft", exact=True), 0
    await me.open(waiting)
    while await drafts.count():
        await me.press("j", "Enter")
        await expect(page.get_by_role("heading", name="Draft bill")).to_be_visible()
        await me.desk.ready()
        await me.press("p")
        await expect(page.get_by_role("heading", name=re.compile("Bill PUR"))).to_be_visible()
        approved += 1
        await me.open(waiting)
    assert approved >= 3


async def _finish_the_invoice(me: Accountant, last: date) -> None:
    """Post the invoice that somebody left as a draft of last month."""
    page = me.page
    await me.open(f"/accounting/invoices?segment=drafts&issued.to={last}")
    await page.get_by_role("row", name=re.compile("Camber Rowing Club")).get_by_role("link").first.press("Enter")
    await expect(page.get_by_role("heading", name="Draft invoice")).to_be_visible()
    await me.desk.ready()
    await me.press("p")
    await expect(page.get_by_role("heading", name=re.compile("Invoice SAL"))).to_be_visible()


async def _bring_the_statement(me: Accountant, folder: Path) -> Decimal:
    """Fetch the statement from the letter of the bank; one that does not tie out is parked with its difference. Returns its closing."""
    page, file = me.page, folder / "statement.xml"
    await page.goto(f"{me.desk.up.address}/mailbox")
    await page.get_by_role("link", name=re.compile("Your statement for")).first.click()
    told = amount(re.findall(r"Closing balance\s+([\d,.-]+)", await page.locator("main").inner_text())[0])
    async with page.expect_download() as begun:
        await page.get_by_role("link", name=re.compile(r"statement-.*\.xml")).click()
    await (await begun.value).save_as(file)
    right = await asyncio.to_thread(file.read_text)
    wrong = folder / "wrong.xml"
    head, closing = right.split("<Cd>CLBD</Cd>")
    said = re.sub(r">([\d.]+)</Amt>", lambda found: f">{Decimal(found[1]) + OFF}</Amt>", closing, count=1)
    await asyncio.to_thread(wrong.write_text, f"{head}<Cd>CLBD</Cd>{said}")
    await _bring(me, wrong, "parked")
    await me.page.get_by_role("link", name=re.compile("Solent Bank")).first.click()
    await page.get_by_role("row", name=re.compile("Parked")).get_by_role("link").click()
    await expect(page.get_by_role("heading", name="Why it is parked")).to_be_visible()
    await expect(page.locator("main li", has_text=f"{OFF}").first).to_be_visible()
    await page.get_by_role("button", name="Discard it").first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Discard it").click()
    await me.desk.ready()
    await _bring(me, file, "new lines of 1 statement")
    rows = await me.cells("Bank accounts")
    assert amount(rows[0][2]) == told
    return told


async def _bring(me: Accountant, file: Path, said: str) -> None:
    """Bring a file, and wait until a worker has read it."""
    page = me.page
    await me.open("/accounting/bank")
    await me.press("c")
    await page.set_input_files("input[type=file]", file)
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("Bring|Upload|Read")).click()
    row = page.get_by_role("row", name=re.compile(file.name)).first
    for _ in range(60):
        await me.open("/accounting/bank")
        if said in await row.inner_text():
            return
        await page.wait_for_timeout(250)
    raise AssertionError(await row.inner_text())


async def _reconcile(me: Accountant) -> None:
    """Take what is certain at once, then line by line with one key; say by hand what the bank took for itself."""
    page = me.page
    await me.open("/accounting/bank")
    await page.get_by_role("link", name=re.compile("Solent Bank")).first.press("Enter")
    await page.wait_for_url("**/reconcile")
    await me.desk.ready()
    await expect(page.get_by_role("button", name=re.compile(r"Accept all \d+"))).to_be_visible()
    async with page.expect_navigation():
        await me.press("c")
    done = page.get_by_role("heading", name="Everything is reconciled")
    for _ in range(40):
        await me.desk.ready()
        if await done.count():
            break
        async with page.expect_navigation():
            if await page.get_by_text("Nothing that is open fits").count():
                await page.get_by_label("or account").first.select_option("6420")
                await page.get_by_role("button", name="Settle it").press("Enter")
            else:
                await me.press("a")
    await expect(done).to_be_visible()
    await me.open("/accounting/bank")
    row = (await me.cells("Bank accounts"))[0]
    assert amount(row[2]) == amount(row[4]), "the bank and the books say the same"


async def _revalue(me: Accountant, last: date) -> None:
    """Set the closing rates, and value what customers and suppliers are owed in euros and dollars."""
    page = me.page
    for code, value in (("EUR", "0.87905"), ("USD", "0.74835")):
        await me.open("/accounting/rates")
        await page.locator("[name=day]").fill(last.isoformat())
        await me.fill(page.locator("[name=base]"), code)
        await me.fill(page.locator("[name=value]"), value)
        await page.get_by_role("button", name="Keep it").press("Enter")
        kept = page.get_by_role("row").filter(has_text=f"1 {code} in GBP").filter(has_text=value)
        await expect(kept).to_have_count(1)
    await me.open(f"/accounting/revaluation?day={last}")
    rows = await me.cells("Balances in foreign currencies")
    for row in rows[:-1]:
        assert amount(row[4]) - amount(row[3]) == amount(row[5]), row
        assert abs(amount(row[1])) > 0
    assert sum((amount(row[5]) for row in rows[:-1]), ZERO) == amount(rows[-1][5])
    assert {row[1][0] for row in rows[:-1]} >= {"€"}
    await me.press("p")
    await expect(page.get_by_text("This day is valued")).to_be_visible()


async def _close_the_month(me: Accountant, last: date) -> None:
    """Walk the checklist, close the month, and find that nothing more gets in."""
    page = me.page
    await me.open("/accounting/months")
    await expect(page.get_by_role("heading", name=re.compile("^Close "))).to_be_visible()
    undone = await page.locator("li[data-state=failed]").all_inner_texts()
    assert undone == []
    await me.press("c")
    await expect(page.get_by_text("Everybody is locked out through")).to_be_visible()
    await me.open("/accounting/entries/new")
    await page.locator("[name=date]").fill(last.isoformat())
    await page.get_by_label("Account of line 1").fill("6900")
    await page.get_by_label("Debit of line 1").fill("1")
    await page.get_by_label("Account of line 2").fill("1230")
    await page.get_by_label("Credit of line 2").fill("1")
    await me.press("ControlOrMeta+Enter")
    await expect(page.get_by_text(re.compile("locked")).first).to_be_visible()
    me.desk.complaints[:] = [each for each in me.desk.complaints if "409 (Conflict)" not in each]  # which is what was asked for


async def _read_statements(me: Accountant, first: date, last: date, closing: Decimal) -> None:
    """Hold trial balance, profit and loss, balance sheet, ageing and bank against each other."""
    before = first.fromordinal(first.toordinal() - 1)
    trial = await me.report("trial_balance", f"first={first}&last={last}")
    total = trial.pop("Total")
    assert total[0] == total[3] == 0
    assert total[1] == total[2] > 0
    for name, (opening, debit, credit, left) in trial.items():
        assert opening + debit - credit == left, name
    held = {account.split()[0]: row[3] for account, row in trial.items()}

    profit = (await me.report("profit_and_loss", f"first={first}&last={last}"))["Profit or loss"][0]
    now, then = [await me.report("balance_sheet", f"day={day}") for day in (last, before)]
    for sheet in (now, then):
        assert sheet["Assets"][0] == sheet["Liabilities and equity"][0]
    worth = [sheet["Total equity"][0] + sheet["Result not yet carried forward"][0] for sheet in (now, then)]
    brought = sum((row[2] - row[1] for account, row in trial.items() if account.startswith("3")), ZERO)  # as stock that was counted in
    assert worth[0] - worth[1] == profit + brought
    assert profit != 0

    for name, account, sign in (("aged_receivables", "1100", 1), ("aged_payables", "2000", -1)):
        aged = await me.report(name, f"day={last}")
        foreign = [party for party in aged if party in ("Total in EUR", "Total in USD")]
        pounds = aged["Total in GBP"][-1]
        assert sum(aged["Total in GBP"][:-1]) == pounds
        worth_of = {"Total in EUR": Decimal("0.87905"), "Total in USD": Decimal("0.74835")}
        valued = sum((round(aged[party][-1] * worth_of[party], 2) for party in foreign), ZERO)
        assert (pounds + valued) * sign == held[account], f"{name} is what {account} holds"
    assert held["1200"] == closing, "the bank says what the books say"


async def _read_the_tax_return(me: Accountant, first: date, last: date, invoiced: Decimal, billed: Decimal) -> None:
    """Hold the return's boxes against the accounts of tax, and follow a figure down to the entry it came from."""
    page = me.page
    trial = await me.report("trial_balance", f"first={first}&last={last}")
    moved = {account.split()[0]: row[2] - row[1] for account, row in trial.items()}
    await me.open(f"/accounting/tax-return?first={first}&last={last}")
    due, reclaimed = await me.box("3"), await me.box("4")
    assert due == moved["2200"] > invoiced
    assert reclaimed == -moved["2210"] > billed
    assert await me.box("5") == due - reclaimed
    await page.locator("summary", has_text="VAT reclaimed on purchases").press("Enter")
    figure = page.locator("details[open] li").filter(has_text=f"{billed}")
    await figure.get_by_role("link").first.press("Enter")
    await expect(page.get_by_role("heading", name=re.compile("Bill PUR"))).to_be_visible()
    await expect(page.get_by_text("Tideway Packaging").first).to_be_visible()
    await page.get_by_role("link", name="Entry", exact=True).press("Enter")
    await expect(page.get_by_role("heading", name=re.compile("^PUR"))).to_be_visible()
    await expect(page.get_by_text("2210 VAT on purchases").first).to_be_visible()
    await page.get_by_role("link", name=re.compile("^Bill: Tideway")).press("Enter")  # and back up to what was sent
    await expect(page.get_by_role("heading", name=re.compile("Bill PUR"))).to_be_visible()


async def _prove(me: Accountant, folder: Path) -> None:
    """Prove the books, hand the auditor a bundle, and check it with nothing but Python."""
    page = me.page
    await me.open("/accounting/reports/proof")
    async with page.expect_navigation():
        await me.press("p")
    await _until(me, "/accounting/reports/proof", page.get_by_role("table", name="The latest proof").count)
    states = {row[0].split("\n")[0]: row[1] for row in await me.cells("The latest proof")}
    assert {*states.values()} == {"Holds"}, states
    assert len(states) >= 10
    async with page.expect_navigation():
        await me.press("b")
    bundle = page.get_by_role("link", name=re.compile(r"\.zip"))
    await _until(me, "/accounting/reports/proof", bundle.count)
    async with page.expect_download() as begun:
        await bundle.first.click()
    file = folder / "bundle.zip"
    await (await begun.value).save_as(file)
    verify = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(ROOT / "docs" / "verify_ledger.py"), str(file)), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await verify.communicate()
    assert verify.returncode == 0, said.decode()


async def _until(me: Accountant, path: str, there: Callable[[], Awaitable[int]]) -> None:
    """Look at a page again until something is there."""
    for _ in range(MANY // 500):
        await me.open(path)
        if await there():
            return
        await me.page.wait_for_timeout(400)
    raise AssertionError(f"{path} does not show it")
