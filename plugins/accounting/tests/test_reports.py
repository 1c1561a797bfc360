"""Reports are what the lines add up to, whatever has been summed up before."""

import asyncio
import random
from datetime import date, timedelta
from decimal import Decimal

from plugins.accounting.services import posting, proving, reports

from .conftest import Books, entry, line

CODES = ("1000", "1100", "1200", "2000", "4000", "5000", "6100")


async def fill(books: Books, count: int) -> None:
    chance = random.Random(7)
    new = []
    for _ in range(count):
        debit, credit = chance.sample(CODES, 2)
        amount = f"{chance.randrange(1, 99999) / 100:.2f}"
        day = date(2025, 1, 1) + timedelta(days=chance.randrange(730))
        new.append(entry(line(debit, amount), line(credit, f"-{amount}"), day=day))
    async with books.tenant.transaction():
        await posting.post_many(books.tenant, new)


async def scanned(books: Books, at: date) -> dict[str, Decimal]:
    rows = await books.figures(
        "SELECT a.code, sum(l.base) AS held FROM accounting_line l JOIN accounting_account a ON a.id = l.account WHERE l.date <= $1 "
        "GROUP BY a.code",
        at,
    )
    return {row["code"]: row["held"] for row in rows if row["held"]}


async def reported(books: Books, at: date) -> dict[str, Decimal]:
    report = await reports.trial_balance(books.tenant, date(2025, 1, 1), at)
    return {each.node.account.code: each.sums.closing for each in report.lines if each.sums.closing}


async def test_a_trial_balance_on_any_day_is_what_a_full_scan_says(books: Books) -> None:
    await fill(books, 400)
    days = (
        date(2025, 1, 1),
        date(2025, 3, 9),
        date(2025, 3, 24),
        date(2025, 3, 31),
        date(2025, 12, 31),
        date(2026, 2, 28),
        date(2026, 7, 4),
    )
    for day in days:
        assert await reported(books, day) == await scanned(books, day), day
    assert await proving.fold_balances(books.tenant) > 0
    await fill(books, 40)
    for day in days:
        assert await reported(books, day) == await scanned(books, day), day


async def test_balances_stay_right_while_people_post_and_balances_are_folded_at_once(books: Books) -> None:
    async def post(number: int) -> None:
        await books.post(line("1000", f"{number}"), line("4000", f"-{number}"), journal=("GEN", "SAL", "PUR")[number % 3])

    async def fold() -> None:
        for _ in range(6):
            await proving.fold_balances(books.tenant)

    await asyncio.gather(*(post(number) for number in range(1, 41)), fold(), fold())
    assert all(each.holds for each in await proving.prove(books.tenant))
    assert (await reported(books, date(2026, 12, 31)))["1000"] == sum(range(1, 41))


async def test_folding_leaves_one_row_for_each_account_and_period_and_again_does_nothing(books: Books) -> None:
    await fill(books, 300)
    await proving.fold_balances(books.tenant)
    [row] = await books.figures("SELECT count(*) AS n, count(DISTINCT (b.account, b.period)) AS different FROM accounting_period_balance b")
    assert row["n"] == row["different"]
    assert await proving.fold_balances(books.tenant) == 0


async def test_debits_are_credits_and_the_balance_sheet_is_even(books: Books) -> None:
    await fill(books, 200)
    trial = await reports.trial_balance(books.tenant, date(2025, 1, 1), date(2026, 5, 17), compared=date(2025, 12, 31))
    assert trial.debit_balances == trial.credit_balances
    assert trial.total.debit == trial.total.credit
    sheet = await reports.balance_sheet(books.tenant, date(2026, 5, 17), date(2025, 12, 31))
    assert sheet.assets == sheet.claims
    assert sheet.compared_assets == sheet.compared_claims
    result = await reports.profit_and_loss(books.tenant, date(2025, 1, 1), date(2026, 5, 17))
    assert result.result == sheet.result


async def test_the_ledger_of_an_account_runs_to_its_balance_over_all_pages(books: Books) -> None:
    await fill(books, 900)
    trial = await reports.trial_balance(books.tenant, date(2025, 6, 1), date(2026, 6, 30))
    cash = next(each for each in trial.lines if each.node.account.code == "1000")
    after, seen, running = "", 0, None
    while True:
        page = await reports.general_ledger(books.tenant, cash.node.account.id, date(2025, 6, 1), date(2026, 6, 30), after)
        assert seen or page.opening == cash.sums.opening
        seen += len(page.lines)
        running = page.lines[-1][1]
        if not page.next:
            break
        after = page.next
    assert running == page.closing == cash.sums.closing
    [row] = await books.figures(
        "SELECT count(*) AS n FROM accounting_line l JOIN accounting_account a ON a.id = l.account WHERE a.code = '1000' "
        "AND l.date BETWEEN '2025-06-01' AND '2026-06-30'"
    )
    assert seen == row["n"]


async def test_numbers_are_complete_and_a_gap_is_named(books: Books) -> None:
    await fill(books, 20)
    assert [each.gaps for each in await reports.numbers(books.tenant)] == [(), ()]
    async with books.tenant.transaction(unaudited="as if somebody had tampered") as db:
        await db.execute("UPDATE accounting_counter SET value = value + 2")
    found = await reports.numbers(books.tenant)
    assert all(each.gaps == ((each.count + 1, each.count + 2),) for each in found)
    results = await proving.prove(books.tenant)
    assert [each.title for each in results if not each.holds] == ["Numbers"]


async def test_the_proof_finds_a_balance_that_was_tampered_with_and_rebuilding_mends_it(books: Books) -> None:
    await fill(books, 50)
    assert all(each.holds for each in await proving.prove(books.tenant))
    async with books.tenant.transaction(unaudited="as if somebody had tampered") as db:
        await db.execute(
            "UPDATE accounting_period_balance SET base_debit = base_debit + 1 WHERE id = (SELECT b.id FROM accounting_period_balance b "
            "ORDER BY b.id LIMIT 1)"
        )
    results = await proving.prove(books.tenant)
    [wrong] = [each for each in results if not each.holds]
    assert (wrong.title, len(wrong.findings)) == ("Balances", 1)
    await proving.rebuild_balances(books.tenant)
    assert all(each.holds for each in await proving.prove(books.tenant))
