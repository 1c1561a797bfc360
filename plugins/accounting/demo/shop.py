"""The books of Harbour & Vine: a year behind them, closed as far as the month before last, with last month's work on the desk."""

from datetime import timedelta
from decimal import Decimal

from weft import MailFile, Tenant
from weft.contracts import Ledger

from ..domain.bank.rules import Rule
from ..domain.bank.splits import Split
from ..domain.bank.stored import StoredBankAccount
from ..domain.currency.rates import Rate
from ..domain.documents.model import DocumentKind
from ..domain.drafts import DraftLine
from ..queries import bank as bank_queries
from ..queries import bank_lines
from ..services import (
    bank_accounts,
    bank_rules,
    bank_statements,
    closing,
    opening,
    reconciling,
    recurring,
    reminding,
    setup,
    taxes,
    years,
)
from ..services.bank_accounts import BankAccountDraft
from ..services.bank_statements import FileToRead
from . import shop_days, shop_trade
from .days import Month, days, months
from .scene import Movement, Scene, item
from .statement import Sheet, write

BACK = 12  # whole months before this one
IBAN, BIC = "GB33BUKB20201555555555", "BUKBGB22"
CLOSED, READY = 2, 1  # months back: the last one that is closed, and the one whose work is to be done
BASE_RATE = Decimal("4.00")  # of the Bank of England, for interest on late payments
STOCK = "1000"
OPENING = {
    "0130": "46200.00",
    "0140": "5800.00",
    "0190": "-17340.00",
    STOCK: "38450.00",
    "1200": "24310.55",
    "1210": "20000.00",
    "1230": "600.00",
    "2500": "-30000.00",
    "3000": "-100.00",
}
RULES = (
    Rule(name="Card payouts", direction="in", words=("PAYOUT",), counterparty="Portside Card Services", to_account="1250"),
    Rule(name="Cash paid in", direction="in", words=("CASH PAID IN",), to_account="1230"),
    Rule(name="Net wages", direction="out", words=("NET WAGES",), to_account="2310"),
    Rule(name="PAYE", direction="out", words=("PAYE",), to_account="2300"),
    Rule(name="Pension", direction="out", words=("CONTRIBUTIONS",), to_account="2320"),
    Rule(name="VAT", direction="out", words=("VAT", "GB123456789"), to_account="2220"),
    Rule(name="Loan repayment", direction="out", words=("LOAN", "REPAYMENT"), to_account="2500"),
    Rule(name="Loan interest", direction="out", words=("LOAN", "INTEREST"), to_account="7000"),
)


async def make(tenant: Tenant) -> None:
    """Make the books, month by month through the services that people use."""
    scene = Scene(tenant, tenant.today(), "1200")
    span = months(scene.today, BACK)
    account = await _begin(scene, span[0])
    for month in span:
        async with tenant.transaction():
            await _trade(scene, month)
            if month.back > CLOSED:
                await scene.settle(scene.moved(month))
            if month.back == CLOSED:
                await _reconcile(scene, month, account)
            if month.back >= CLOSED:
                await shop_days.vat_return(scene, month)
    await _close(scene, span)
    await _leave_work(scene, span)


async def _begin(scene: Scene, first: Month) -> StoredBankAccount:
    """Begin the books with a chart, taxes, rates, a bank account and what was there."""
    tenant = scene.tenant
    await setup.set_up(tenant, "gb")
    await years.ensure_year(tenant, first.first)
    await taxes.choose_system(tenant, "gb")
    every_week = [day for day in days(first.first - timedelta(days=7), scene.today) if day.weekday() == 0]
    await taxes.add_rates(
        tenant, [Rate(day, code, "GBP", shop_trade.rate(code, day), "weekly") for day in every_week for code in ("EUR", "USD")]
    )
    account = await bank_accounts.save(tenant, BankAccountDraft(name="Solent Bank, current account", code="1200", number=IBAN, bank=BIC))
    for rule in RULES:
        await bank_rules.save_rule(tenant, rule)
    held = {code: Decimal(amount) for code, amount in OPENING.items()}
    if tenant.has("inventory"):
        del held[STOCK]  # which counts it itself, and posts what it is worth
    held["3200"] = -sum(held.values(), Decimal(0))
    zero = Decimal(0)
    lines = [DraftLine(code=code, debit=max(amount, zero), credit=max(-amount, zero)) for code, amount in held.items()]
    await opening.post(tenant, first.first, lines)
    return account


async def _trade(scene: Scene, month: Month) -> None:
    season = shop_days.SEASON[month.first.month]
    await shop_trade.invoices(scene, month, season)
    await shop_trade.bills(scene, month, season)
    entries = shop_days.takings(scene, month)
    if month.back:
        entries += [*shop_days.wages(scene, month), *shop_days.month_end(scene, month)]
    await scene.post(entries)


async def _sheet(scene: Scene, month: Month, number: int, movements: list[Movement]) -> Sheet:
    async with scene.tenant.transaction():
        held = await scene.tenant.service(Ledger).balance(scene.bank, month.first - timedelta(days=1))
    opening_balance = sum((each.amount for each in held), Decimal(0))
    return Sheet(IBAN, BIC, scene.tenant.name, scene.tenant.currency, number, month.first, month.last, opening_balance, movements)


async def _reconcile(scene: Scene, month: Month, account: StoredBankAccount) -> None:
    """Bring a month's statement as a file, and say of each line what it was."""
    tenant = scene.tenant
    sheet = await _sheet(scene, month, BACK - month.back, scene.moved(month))
    file = await bank_statements.upload(tenant, sheet.name, write(sheet), account.id)
    await bank_statements.read_file(tenant, FileToRead(file.id))
    meant = {(each.day, each.amount, each.text): each for each in sheet.movements}
    async with tenant.transaction() as db:
        (statement,) = await bank_queries.statements(db, account.id)
        lines = await bank_lines.of_statement(db, statement.id)
        for each in lines:
            found = meant[each.booked, each.amount, each.told.remittance]
            foreign = found.currency not in ("", tenant.currency)
            split = Split(amount=each.amount, document=found.document, settles=found.settles if foreign else None, code=found.code)
            await reconciling.settle(tenant, each.id, each.version, [split])


async def _close(scene: Scene, span: list[Month]) -> None:
    """Remind who is late, close the year that is long over, and lock what is closed."""
    tenant, closed = scene.tenant, next(each for each in span if each.back == CLOSED)
    party = await scene.party("Dockside Studios")
    await reminding.send(tenant, party, closed.day(26), BASE_RATE)
    for year in (await years.read_calendar(tenant)).years:
        if year.last <= closed.last and year.state == "open":
            await closing.close(tenant, year.id)
    await years.set_lock(tenant, "all", closed.last)


async def _leave_work(scene: Scene, span: list[Month]) -> None:
    """Leave what an accountant finds in the morning: bills to approve, an invoice to finish, and a letter from the bank."""
    tenant = scene.tenant
    ready = next(each for each in span if each.back == READY)
    bill = DocumentKind.BILL
    await scene.draft(
        bill,
        "Sable & Sons Confectioners",
        ready.day(26),
        item("Fudge and shortbread", 1, "418.60", "gb_p_zero", "5010"),
        reference="SA-2207",
    )
    await scene.draft(
        bill,
        "Northcote Cold Store",
        ready.day(27),
        item("Storage of frozen goods", 1, "236.00", "gb_p_standard", "6130"),
        reference="NC-90418",
    )
    await scene.draft(
        bill, "Weald Growers", ready.day(29), item("Apples and squash", 1, "512.40", "gb_p_zero", "5010"), reference="WG-1173"
    )
    await scene.draft(
        DocumentKind.INVOICE,
        "Camber Rowing Club",
        ready.day(30),
        item("Buffet for the regatta dinner", 60, "18.50", "gb_s_standard", "4010"),
    )
    storage = await scene.draft(
        DocumentKind.INVOICE, "Old Town Book Room", scene.today, item("Cellar storage, monthly", 1, "35.00", "gb_s_standard", "4010")
    )
    following = span[-1].last + timedelta(days=1)
    await recurring.repeat(tenant, storage.id, recurring.Repeat(first=following, every_months=1, action="post"))
    sheet = await _sheet(scene, ready, BACK - READY, scene.moved(ready))
    if tenant.person:
        text = (
            f"Dear customer,\n\nhere is the statement of your account {IBAN} for {ready.first:%B %Y}. It is in camt.053: bring it in under "
            f"Accounting, Bank.\n\nOpening balance  {sheet.opening:,.2f} GBP\nClosing balance  {sheet.closing:,.2f} GBP\n\nSolent Bank\n"
        )
        async with tenant.transaction(unaudited="a letter changes nothing"):
            await tenant.mail(
                tenant.person.email,
                f"Your statement for {ready.first:%B %Y}",
                text,
                files=[MailFile(sheet.name, "application/xml", write(sheet))],
            )
