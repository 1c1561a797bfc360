"""What other modules and people left open in the ledger is suggested for a bank's line, settled by it, and opened again."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from plugins.accounting.domain.accounts import AccountDraft
from plugins.accounting.domain.bank.items import Suggestion
from plugins.accounting.domain.bank.splits import Split
from plugins.accounting.domain.bank.stored import StoredBankLine
from plugins.accounting.domain.currency.rates import Rate
from plugins.accounting.services import accounts, bank_accounts, bank_desk, bank_rules, proving, reconciling, taxes
from plugins.accounting.services.bank_accounts import BankAccountDraft
from plugins.accounting.tests.conftest import Books, line
from weft import Conflict, Invalid
from weft.contracts import PostedEntry, Source

from .test_story import Bank, bank

__all__ = ["bank"]
D = Decimal


async def receipts(books: Books, *amounts: str, day: int = 17) -> list[PostedEntry]:
    """Post the card receipts of a day, as a till does."""
    return [
        await books.post(
            line("1050", amount),
            line("4000", str(-D(amount))),
            day=date(2026, 3, day),
            source=Source("tills.sale", f"{day}-{place}", f"Receipt {day}-{place}"),
        )
        for place, amount in enumerate(amounts, 1)
    ]


async def held(books: Books, code: str) -> list[Decimal]:
    """Return what an account holds, and what is open on it."""
    [row] = await books.figures(
        "SELECT coalesce(sum(l.base), 0) AS base, coalesce(sum(l.residual), 0) AS open FROM accounting_line l "
        "JOIN accounting_account a ON a.id = l.account WHERE a.code = $1",
        code,
    )
    return [row["base"], row["open"]]


async def brought(bank: Bank, *movements: tuple[str, str]) -> list[StoredBankLine]:
    await bank.bring(bank.mt940("0", str(sum(D(amount) for amount, _ in movements)), *movements))
    return await bank.lines()


async def ranked(bank: Bank, one: StoredBankLine) -> list[Suggestion]:
    return list((await bank_desk.line_now(bank.tenant, one.id)).suggestions)


async def proven(bank: Bank) -> None:
    assert [each.title for each in await proving.prove(bank.tenant) if not each.holds] == []
    await bank.trade.ties_out()


async def test_a_payout_settles_the_card_receipts_of_its_days_less_a_fee(bank: Bank, books: Books) -> None:
    await receipts(books, "40.00", "60.00", day=16)
    await receipts(books, "25.00", "75.50", "19.50", day=17)
    await receipts(books, "11.00", day=18)
    (one,) = await brought(bank, ("216.70", "SUMUP PAYOUT 2026-03-17"))
    best = (await ranked(bank, one))[0]
    assert [each.amount for each in best.parts] == [40, 60, 25, D("75.5"), D("19.5")]
    assert [(each.kind, each.amount) for each in best.remainders] == [("charge", D("-3.30"))]
    assert "5 open items from 16 March 2026 to 17 March 2026 on 1050 Payments in transit come to 220.00." in best.reasons
    assert not best.certain, "a fee is a guess"
    done = await reconciling.accept(bank.tenant, one.id, one.version)
    (match,) = done[0].matches
    assert match.amount == D("216.70")
    assert await held(books, "1050") == [11, 11]
    assert await bank.held() == D("216.70")
    assert (await held(books, "6420"))[0] == D("3.30")
    await proven(bank)
    (one,) = await bank.lines()
    await reconciling.undo(bank.tenant, one.id, one.version)
    assert await held(books, "1050") == [231, 231]
    assert await bank.held() == 0
    await proven(bank)


async def test_a_payout_without_a_fee_is_found_among_many_days_and_settled_once(bank: Bank, books: Books) -> None:
    for day in range(2, 19):
        await receipts(books, f"{day}.10", f"{day * 3}.35", day=day)
    first, second = await brought(bank, ("40.45", "card"), ("40.45", "card"))
    best = (await ranked(bank, first))[0]
    assert [each.amount for each in best.parts] == [D("10.10"), D("30.35")]
    await reconciling.accept(bank.tenant, first.id, first.version)
    assert not [each for each in await ranked(bank, second) if {part.amount for part in each.parts} == {D("10.10"), D("30.35")}]
    with pytest.raises(Conflict):
        await reconciling.accept(bank.tenant, second.id, second.version)
    await proven(bank)


async def test_wages_that_a_person_posted_are_found_by_amount_and_party(bank: Bank, books: Books) -> None:
    await books.post(line("6000", "1500"), line("2400", "-1500", party=bank.trade.vendor), day=date(2026, 3, 15))
    (one,) = await brought(bank, ("-1500", "Brook Supplies March"))
    best = (await ranked(bank, one))[0]
    assert best.parts[0].amount == -1500
    await reconciling.accept(bank.tenant, one.id, one.version)
    assert await held(books, "2400") == [0, 0]
    await proven(bank)


async def test_the_till_and_its_refund_are_paid_out_together_by_hand(bank: Bank, books: Books) -> None:
    sale = await receipts(books, "100", day=17)
    refund = await books.post(line("4000", "30"), line("1050", "-30"), day=date(2026, 3, 17))
    (one,) = await brought(bank, ("69", "card"))
    (income,) = [each.id for each in sale[0].lines if each.code == "1050"]
    (outgo,) = [each.id for each in refund.lines if each.code == "1050"]
    parts = (Split(amount=D(100), line=income), Split(amount=D(-30), line=outgo))
    with pytest.raises(Invalid, match=r"-1\.00 are left"):
        await bank.settle(one, *parts)
    with pytest.raises(Invalid) as refused:
        await bank.settle(one, Split(amount=D(-100), line=income), Split(amount=D(169), code="4000"))
    assert "paid with money that comes in" in refused.value.fields["splits.0.amount"]
    with pytest.raises(Invalid) as refused:
        await bank.settle(one, Split(amount=D(101), line=income), Split(amount=D(-32), code="6420"))
    assert refused.value.fields["splits.0.amount"].startswith("Only 100")
    await bank.settle(one, *parts, Split(amount=D(-1), code="6420"))
    assert await held(books, "1050") == [0, 0]
    with pytest.raises(Conflict):
        await bank.settle(one, *parts)
    await proven(bank)


async def test_a_part_of_an_open_line_can_be_paid_and_the_rest_stays_open(bank: Bank, books: Books) -> None:
    (sale,) = await receipts(books, "100")
    (open_,) = [each.id for each in sale.lines if each.code == "1050"]
    first, second = await brought(bank, ("60", "one"), ("40", "two"))
    await bank.settle(first, Split(amount=D(60), line=open_))
    assert await held(books, "1050") == [40, 40]
    await bank.settle(second, Split(amount=D(40), line=open_))
    assert await held(books, "1050") == [0, 0]
    done = await bank.lines()
    await reconciling.undo(bank.tenant, done[0].id, done[0].version)
    assert await held(books, "1050") == [60, 60]
    await proven(bank)


async def test_in_a_foreign_currency_an_open_line_leaves_with_what_it_came_with(bank: Bank, books: Books) -> None:
    currency = "USD" if books.tenant.currency != "USD" else "EUR"
    await taxes.add_rates(books.tenant, [Rate(date(2026, 3, 10), currency, books.tenant.currency, D("0.80"), "typed")])
    await accounts.create(books.tenant, AccountDraft(code="1005", name="Abroad", type="bank", currency=currency, posting=True))
    account = await bank_accounts.save(
        books.tenant, BankAccountDraft(name="Abroad", code="1005", number="US64SVBKUS6S3300958879", currency=currency)
    )
    made = await books.post(line("1050", "100", base=D(90)), line("4000", "-100", base=D(-90)), currency=currency, day=date(2026, 3, 12))
    (open_,) = [each.id for each in made.lines if each.code == "1050"]
    content = bank.mt940("0", "97", ("97", "payout"), number="US64SVBKUS6S3300958879").replace(
        books.tenant.currency.encode(), currency.encode()
    )
    await bank.bring(content, account=account.id)
    async with books.tenant.transaction() as db:
        [row] = await db.fetch("SELECT l.id, l.version FROM accounting_bank_line l WHERE l.bank_account = $1", account.id)
    await reconciling.settle(
        books.tenant, UUID(str(row["id"])), row["version"], [Split(amount=D(100), line=open_), Split(amount=D(-3), code="6420")]
    )
    assert await held(books, "1050") == [0, 0]
    assert (await held(books, "1005"))[0] == D("77.60")
    assert (await held(books, "6420"))[0] == D("2.40")
    await proven(bank)


async def test_what_a_rule_books_to_the_clearing_account_settles_the_oldest_receipts(bank: Bank, books: Books) -> None:
    await receipts(books, "40.00", "60.00", day=16)
    await receipts(books, "25.00", day=17)
    one, other = await brought(bank, ("70", "PAYOUT"), ("200", "PAYOUT"))
    await bank.settle(one, Split(amount=D(70), code="1050"))
    rows = await books.figures(
        "SELECT l.residual FROM accounting_line l JOIN accounting_account a ON a.id = l.account WHERE a.code = '1050'"
    )
    assert sorted(row["residual"] for row in rows) == [0, 0, 25, 30]
    await bank.settle(other, Split(amount=D(200), code="1050"))
    assert await held(books, "1050") == [-145, -145]
    await proven(bank)
    first, second = await bank.lines()
    await reconciling.undo(bank.tenant, second.id, second.version)
    await reconciling.undo(bank.tenant, first.id, first.version)
    assert await held(books, "1050") == [125, 125]
    await proven(bank)


async def test_fees_beside_payouts_propose_no_rule_for_the_payouts(bank: Bank, books: Books) -> None:
    for day in (11, 12, 13):
        await receipts(books, "100", day=day)
    lines = await brought(bank, *(("97", "SUMUP payout"),) * 3)
    items = [each for each in (await bank_desk.desk(bank.tenant, bank.account.id, None)).together if each.entry]
    for one, item in zip(lines, items, strict=True):
        await bank.settle(one, Split(amount=D(100), line=item.id), Split(amount=D(-3), code="6420"))
    assert await bank_rules.proposed_rules(bank.tenant) == []
