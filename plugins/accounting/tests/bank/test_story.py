"""A bank's statements in the books: brought, proved, reconciled, taken back (S11 of the field's scenarios among them)."""

import asyncio
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from plugins.accounting.domain.bank.rules import Rule
from plugins.accounting.domain.bank.splits import Split
from plugins.accounting.domain.bank.stored import StoredBankAccount, StoredBankLine, StoredFile, StoredStatement
from plugins.accounting.domain.currency.rates import Rate
from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.queries import bank as bank_queries
from plugins.accounting.queries import bank_lines
from plugins.accounting.services import bank_accounts, bank_matching, bank_rules, bank_statements, posting, proving, reconciling, taxes
from plugins.accounting.services.bank_accounts import BankAccountChanged, BankAccountDraft
from plugins.accounting.services.bank_statements import FileToRead, StatementChanged
from plugins.accounting.services.reconciling import LineChanged
from plugins.accounting.tests.conftest import Books
from plugins.accounting.tests.trade import Trade, line, open_trade
from weft import Conflict, Invalid, Tenant
from weft.testing import Jobs

D = Decimal
IBAN = "DE02120300000000202051"
Movement = tuple[str, str]


class Bank:
    """A business with a bank account, and a bank that sends it MT940."""

    def __init__(self, trade: Trade, account: StoredBankAccount) -> None:
        self.trade, self.tenant, self.account = trade, trade.tenant, account
        self.number = 0

    def mt940(self, opening: str, closing: str, *movements: Movement, number: str = IBAN) -> bytes:
        """Return a statement of the 20th of March."""
        self.number += 1
        currency = self.tenant.currency

        def balance(amount: str) -> str:
            return f"{'D' if D(amount) < 0 else 'C'}260320{currency}{comma(amount)}"

        lines = [f":20:S{self.number}", f":25:{number}", f":28C:{self.number}/1", f":60F:{balance(opening)}"]
        for amount, text in movements:
            lines += [f":61:2603200320{'D' if D(amount) < 0 else 'C'}{comma(amount)}NTRFNONREF", f":86:{text}"]
        return "\n".join([*lines, f":62F:{balance(closing)}", "-", ""]).encode()

    async def bring(self, content: bytes, name: str = "statement.sta", account: UUID | None = None) -> StoredFile:
        """Bring a file and have it read at once."""
        made = await bank_statements.upload(self.tenant, name, content, account)
        await bank_statements.read_file(self.tenant, FileToRead(made.id))
        async with self.tenant.transaction() as db:
            found = await bank_queries.file(db, made.id)
        assert found is not None
        return found

    async def statements(self) -> list[StoredStatement]:
        async with self.tenant.transaction() as db:
            return await bank_queries.statements(db, self.account.id)

    async def lines(self) -> list[StoredBankLine]:
        """Return all lines, in the order they came."""
        async with self.tenant.transaction() as db:
            found = [
                each
                for statement in await bank_queries.statements(db, self.account.id)
                for each in await bank_lines.of_statement(db, statement.id)
            ]
        return sorted(found, key=lambda each: each.id)

    async def settle(self, one: StoredBankLine, *splits: Split) -> StoredBankLine:
        return (await reconciling.settle(self.tenant, one.id, one.version, splits)).line

    async def held(self) -> Decimal:
        """Return what the books hold on the bank account."""
        return (await bank_accounts.standings(self.tenant))[0].book_balance


def comma(amount: str) -> str:
    return f"{abs(D(amount)):.2f}".replace(".", ",")


@pytest.fixture
async def bank(books: Books) -> Bank:
    trade = await open_trade(books.tenant)
    account = await bank_accounts.save(
        books.tenant, BankAccountDraft(name="Current account", code="1000", number="DE02 1203 0000 0000 2020 51")
    )
    return Bank(trade, account)


async def test_s11_a_statement_is_split_over_invoices_a_credit_note_and_a_bill(bank: Bank) -> None:
    first, second = await bank.trade.invoice(line(1, 100)), await bank.trade.invoice(line(1, 150))
    credit, bill = await bank.trade.invoice(line(1, 50), kind=DocumentKind.CREDIT_NOTE), await bank.trade.bill(line(1, 50))
    await bank.bring(bank.mt940("10", "80", ("180", "payment"), ("-50", "refund"), ("-60", "purchase")))
    (statement,) = await bank.statements()
    assert (statement.state, statement.opening, statement.closing, statement.lines) == ("verified", D("10.00"), D("80.00"), 3)

    paid, refund, purchase = await bank.lines()
    await bank.settle(paid, Split(amount=D(100), document=first.id), Split(amount=D(80), document=second.id))
    await bank.settle(refund, Split(amount=D(-50), document=credit.id))
    await bank.settle(purchase, Split(amount=D(-50), document=bill.id), Split(amount=D(-10), party=bank.trade.vendor))

    states = [(await bank.trade.again(each)) for each in (first, second, credit, bill)]
    assert [each.open for each in states] == [D(0), D(70), D(0), D(0)]
    assert [each.status(each.issued) for each in states] == ["paid", "partial", "paid", "paid"]
    assert (await bank.statements())[0].state == "reconciled"
    assert await bank.held() == D(70)
    assert await bank.trade.held("payable") == D(10)
    await bank.trade.ties_out()


async def test_s11_a_statement_whose_lines_do_not_come_to_its_balance_is_refused_until_they_do(bank: Bank) -> None:
    wrong = await bank.bring(bank.mt940("50", "150", ("60", "one")))
    assert wrong.outcome.parked == 1
    (statement,) = await bank.statements()
    assert (statement.state, statement.proof.differences[0].amount) == ("discrepancy", D("40.00"))
    (one,) = await bank.lines()
    with pytest.raises(Conflict, match="does not tie out"):
        await bank.settle(one, Split(amount=D(60), code="4000"))
    await bank_statements.discard(bank.tenant, statement.id, statement.version)
    right = await bank.bring(bank.mt940("50", "150", ("60", "one"), ("40", "two")))
    assert right.outcome.parked == 0
    assert [each.state for each in await bank.statements()] == ["verified"]


async def test_a_discrepancy_passes_with_a_reason_only(bank: Bank) -> None:
    await bank.bring(bank.mt940("50", "150", ("60", "one")))
    (statement,) = await bank.statements()
    with pytest.raises(Invalid) as refused:
        await bank_statements.let_pass(bank.tenant, statement.id, statement.version, " ")
    assert "reason" in refused.value.fields
    passed = await bank_statements.let_pass(bank.tenant, statement.id, statement.version, "The bank forgot a line; it confirmed by letter.")
    assert (passed.state, passed.reason[:8]) == ("imported", "The bank")
    with pytest.raises(StatementChanged):
        await bank_statements.let_pass(bank.tenant, statement.id, statement.version, "Again")
    assert [each.state for each in await bank.lines()] == ["open"]


async def test_the_first_suggestion_is_accepted_with_one_call_and_says_why(bank: Bank) -> None:
    made = await bank.trade.invoice(line(1, 240))
    await bank.bring(bank.mt940("0", "240", ("240", f"Zahlung {made.number} danke")))
    found = await bank_matching.proposals(bank.tenant, bank.account.id)
    (one,) = found.lines
    best = found.found[one.id][0]
    assert best.certain
    assert best.reasons[:2] == (f"{made.number} stands in the text.", "The amount is exactly what is open.")
    (done,) = await reconciling.accept(bank.tenant, one.id, one.version)
    assert (done.line.state, done.next) == ("matched", None)
    assert done.matches[0].explanation == best.reasons
    assert (await bank.trade.again(made)).open == 0
    assert await bank.held() == D(240)


async def test_undo_takes_back_payments_and_entries_and_opens_the_line(bank: Bank) -> None:
    made = await bank.trade.invoice(line(1, 240))
    await bank.bring(bank.mt940("0", "235", ("235", "part and fee")))
    (one,) = await bank.lines()
    done = await bank.settle(one, Split(amount=D(240), document=made.id), Split(amount=D(-5), event="bank_fees"))
    assert await bank.held() == D(235)
    assert await bank.trade.held("bank_fees") == D(5)
    with pytest.raises(LineChanged):
        await reconciling.undo(bank.tenant, one.id, one.version)
    again = await reconciling.undo(bank.tenant, one.id, done.version, "Wrong customer")
    assert (again.state, (await bank.trade.again(made)).open) == ("open", D(240))
    assert [await bank.held(), await bank.trade.held("bank_fees"), await bank.trade.held("receivable")] == [D(0), D(0), D(240)]
    assert (await bank.statements())[0].state == "verified"
    await bank.settle(again, Split(amount=D(235), code="4000"))
    await bank.trade.ties_out()


async def test_parts_that_do_not_come_to_the_line_are_refused_by_field_and_nothing_is_written(bank: Bank) -> None:
    made = await bank.trade.invoice(line(1, 100))
    await bank.bring(bank.mt940("0", "180", ("180", "x")))
    (one,) = await bank.lines()
    for splits, field in (
        ((Split(amount=D(100), document=made.id),), "splits"),
        ((Split(amount=D(180), document=made.id),), "splits.0.amount"),
        ((Split(amount=D(180)),), "splits.0.code"),
        ((Split(amount=D(100), document=made.id), Split(amount=D(80), code="9999")), "lines.1.code"),
        ((), ""),
    ):
        with pytest.raises(Invalid) as refused:
            await bank.settle(one, *splits)
        assert set(refused.value.fields) == ({field} if field else set())
    assert (await bank.lines())[0] == one
    assert (await bank.trade.again(made)).open == D(100)
    assert await bank.held() == 0


async def test_a_file_brought_twice_adds_nothing_and_one_that_overlaps_only_what_is_new(bank: Bank) -> None:
    content = bank.mt940("0", "30", ("10", "a"), ("20", "b"))
    await bank.bring(content)
    again = await bank.bring(content)
    assert (again.outcome.lines, again.outcome.known_statements, again.outcome.known_lines) == (0, 1, 2)
    csv = "Date,Text,Amount,Balance\n2026-03-20,c,5.00,5.00\n2026-03-20,c,5.00,10.00\n"
    more = csv + "2026-03-21,d,7.00,17.00\n"
    first = await bank.bring(csv.encode(), "bank.csv", bank.account.id)
    second = await bank.bring(more.encode(), "bank.csv", bank.account.id)
    assert (first.outcome.lines, second.outcome.lines, second.outcome.known_lines) == (2, 1, 2)


async def test_two_files_of_one_account_read_at_once_do_not_double_a_line(bank: Bank) -> None:
    rows = [f"2026-03-{day:02},x,1.00,{day}.00" for day in range(13, 32)]
    contents = ["\n".join(["Date,Text,Amount,Balance", *rows[: 10 + at]]).encode() for at in range(4)]
    files = [await bank_statements.upload(bank.tenant, "x.csv", each, bank.account.id) for each in contents]
    await asyncio.gather(*(bank_statements.read_file(bank.tenant, FileToRead(each.id)) for each in files))
    lines = await bank.lines()
    assert (len(lines), len({each.booked for each in lines})) == (13, 13)


async def test_a_statement_missing_between_two_is_noticed(bank: Bank) -> None:
    await bank.bring(bank.mt940("0", "30", ("30", "a")))
    await bank.bring(bank.mt940("50", "60", ("10", "b")))
    parked = next(each for each in await bank.statements() if each.state == "discrepancy")
    assert [(each.kind, each.amount) for each in parked.proof.differences] == [("continuity", D("20.00"))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n", "picture"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', "not a statement"),
        (b"", "empty"),
    ],
)
async def test_what_is_no_statement_is_refused_at_once(bank: Bank, content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        await bank_statements.upload(bank.tenant, "x", content)


async def test_a_statement_of_an_unknown_account_or_of_another_than_chosen_is_refused_whole(bank: Bank) -> None:
    other = bank.mt940("0", "30", ("30", "a"), number="GB33BUKB20201555555555")
    both = bank.mt940("0", "30", ("30", "a")) + other
    for content, account in ((other, None), (other, bank.account.id), (both, None)):
        found = await bank.bring(content, account=account)
        assert (found.state, "•••• 5555" in found.outcome.sentence) == ("refused", True)
    assert await bank.statements() == []


async def test_a_job_reads_the_file_and_tells_who_brought_it(bank: Bank, jobs: Jobs) -> None:
    await bank_statements.upload(bank.tenant, "march.sta", bank.mt940("0", "30", ("30", "a")))
    await jobs.run_all()
    assert [each.state for each in await bank.statements()] == ["verified"]


async def test_two_people_at_one_line_reconcile_it_once(bank: Bank) -> None:
    await bank.bring(bank.mt940("0", "30", ("30", "a")))
    (one,) = await bank.lines()
    done = await asyncio.gather(*(bank.settle(one, Split(amount=D(30), code="4000")) for _ in range(3)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["LineChanged", "LineChanged", "StoredBankLine"]
    assert await bank.held() == D(30)


async def test_rules_book_and_three_bookings_alike_propose_one(bank: Bank) -> None:
    await bank.bring(
        bank.mt940("0", "-16", ("-4", "Kontofuehrung 1"), ("-4", "Kontofuehrung 2"), ("-4", "Kontofuehrung 3"), ("-4", "Kontofuehrung 4"))
    )
    lines = await bank.lines()
    for each in lines[:3]:
        await bank.settle(each, Split(amount=D(-4), code="6100"))
    (rule,) = await bank_rules.proposed_rules(bank.tenant)
    await bank_rules.save_rule(bank.tenant, rule)
    found = await bank_matching.proposals(bank.tenant, bank.account.id)
    assert found.found[lines[3].id][0].account == "6100"
    await reconciling.accept(bank.tenant, lines[3].id, lines[3].version)
    assert (await bank.statements())[0].state == "reconciled"
    assert await bank_rules.proposed_rules(bank.tenant) == []


async def test_certain_ones_are_accepted_together_and_the_rest_stays(bank: Bank) -> None:
    made = [await bank.trade.invoice(line(1, amount)) for amount in (110, 120, 130)]
    movements = [(str(each.total), f"Invoice {each.number}") for each in made[:2]]
    await bank.bring(bank.mt940("0", "999", *movements, ("769", "no idea")))
    assert await reconciling.accept_certain(bank.tenant, bank.account.id) == (2, [])
    assert [(await bank.trade.again(each)).open for each in made] == [0, 0, 130]


async def test_what_is_accepted_is_learned_from(bank: Bank) -> None:
    made = [await bank.trade.invoice(line(1, 100 + at)) for at in range(12)]
    movements = [(str(each.total), f"Invoice {each.number}") for each in made]
    total = sum((each.total for each in made), D(0))
    await bank.bring(bank.mt940("0", str(total), *movements))
    await reconciling.accept_certain(bank.tenant, bank.account.id)
    for one in (await bank.lines())[:2]:
        await reconciling.undo(bank.tenant, one.id, one.version)
    await bank_matching.learn(bank.tenant, bank_matching.Nothing())
    learned = await bank_matching.learned(bank.tenant)
    assert learned.examples == 12
    assert learned.decided == {"reference": (10, 12)}


async def test_an_account_of_the_books_is_kept_in_the_currency_of_the_bank_account(bank: Bank) -> None:
    with pytest.raises(Invalid) as refused:
        await bank_accounts.save(bank.tenant, BankAccountDraft(name="Dollars", code="1010", currency="USD"))
    assert "kept in" in refused.value.fields["code"]


async def test_a_document_in_another_currency_is_settled_and_the_rate_says_what_was_lost(bank: Bank) -> None:
    tenant, base = bank.tenant, bank.tenant.currency
    foreign = "USD" if base == "EUR" else "EUR"
    day = date(2026, 3, 20)
    await taxes.add_rates(tenant, [Rate(day, base, foreign, D("1.25"), "test"), Rate(date(2026, 3, 16), base, foreign, D("1.20"), "test")])
    made = await bank.trade.invoice(line(1, 300), currency=foreign)
    await bank.bring(bank.mt940("0", "238", ("238", "x")))
    (one,) = await bank.lines()
    with pytest.raises(Invalid, match="say how much of it is settled"):
        await bank.settle(one, Split(amount=D(238), document=made.id))
    split = Split(amount=D(238), document=made.id, settles=D(300))
    await bank.settle(one, split)
    assert (await bank.trade.again(made)).open == 0
    assert [await bank.held(), await bank.trade.held("exchange_loss"), await bank.trade.held("receivable")] == [D(238), D(12), D(0)]
    await bank.trade.ties_out()


async def test_bank_accounts_are_checked_and_changed_by_one_at_a_time(bank: Bank) -> None:
    for draft, field in (
        (BankAccountDraft(name="Current account", code="1010"), "name"),
        (BankAccountDraft(name="B", code="1010", number=IBAN), "number"),
        (BankAccountDraft(name="B", code="1000"), "code"),
        (BankAccountDraft(name="B", code="4000"), "code"),
        (BankAccountDraft(name="B", code="777"), "code"),
        (BankAccountDraft(name=" ", code="1010", currency="EURO"), "currency"),
    ):
        with pytest.raises(Invalid) as refused:
            await bank_accounts.save(bank.tenant, draft)
        assert field in refused.value.fields
    changed = await bank_accounts.save(bank.tenant, BankAccountDraft(name="Main", code="1000", number=IBAN), bank.account.id, 1)
    assert (changed.name, changed.version) == ("Main", 2)
    with pytest.raises(BankAccountChanged):
        await bank_accounts.save(bank.tenant, BankAccountDraft(name="Other", code="1000"), bank.account.id, 1)


async def test_rules_are_checked_named_once_and_removed(bank: Bank) -> None:
    made = await bank_rules.save_rule(bank.tenant, Rule(name="Rent", words=("MIETE",), to_account="6100"))
    with pytest.raises(Invalid):
        await bank_rules.save_rule(bank.tenant, Rule(name="rent", words=("X",), to_account="6100"))
    assert made.id is not None
    await bank_rules.remove_rule(bank.tenant, made.id)
    assert await bank_rules.all_rules(bank.tenant) == []


async def test_the_proof_finds_an_entry_reversed_behind_the_banks_back(bank: Bank) -> None:
    await bank.bring(bank.mt940("0", "30", ("30", "a")))
    (one,) = await bank.lines()
    done = await reconciling.settle(bank.tenant, one.id, one.version, (Split(amount=D(30), code="4000"),))
    results = {each.title: each for each in await proving.prove(bank.tenant)}
    assert (results["Bank"].findings, results["Bank"].note) == ((), "1 of 1 lines reconciled")
    async with bank.tenant.transaction():
        back = await posting.reverse(bank.tenant, done.matches[0].entry, date(2026, 3, 21), "By hand")
    results = {each.title: each for each in await proving.prove(bank.tenant)}
    assert f"reversed by {back.reference}" in results["Bank"].findings[0].sentence
    await reconciling.undo(bank.tenant, one.id, done.line.version)
    results = {each.title: each for each in await proving.prove(bank.tenant)}
    assert results["Bank"].findings == ()
    assert await bank.held() == 0


async def test_the_proof_compares_what_the_bank_says_with_what_the_books_hold(bank: Bank) -> None:
    await bank.bring(bank.mt940("0", "30", ("30", "a")))
    results = {each.title: each for each in await proving.prove(bank.tenant)}
    assert (results["Bank balances"].findings, "not reconciled 30" in results["Bank balances"].note) == ((), True)
    (one,) = await bank.lines()
    await reconciling.settle(bank.tenant, one.id, one.version, (Split(amount=D(30), code="4000"),))
    results = {each.title: each for each in await proving.prove(bank.tenant)}
    assert (results["Bank balances"].findings, "books 30" in results["Bank balances"].note) == ((), True)
    async with bank.tenant.transaction(unaudited="a fault, to be found") as db:
        await db.execute("UPDATE accounting_bank_statement SET opening = 5, closing = 35")
    results = {each.title: each for each in await proving.prove(bank.tenant)}
    assert "before the first statement the bank says 5" in results["Bank balances"].findings[0].sentence


async def test_a_business_never_sees_anothers_lines(bank: Bank, other_tenant: Tenant) -> None:
    await bank.bring(bank.mt940("0", "30", ("30", "a")))
    assert await bank_accounts.all_accounts(other_tenant) == []
