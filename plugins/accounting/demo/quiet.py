"""A small history for a business of the demo: what it invoices, what it pays, and what the bank moves, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from weft import Tenant

from ..domain.documents.model import DocumentKind
from ..domain.drafts import DraftLine
from ..services import bank_accounts, opening, setup, taxes, years
from ..services.bank_accounts import BankAccountDraft
from . import vat
from .days import CENT, Month, about, chance, months
from .scene import Scene, entry, item, line

CLOSED = 2  # months back


@dataclass(frozen=True, slots=True)
class Sale:
    """What a customer is invoiced for in months whose number leaves `turn` when divided by `every`; paid `late` days after it is due."""

    who: str
    day: int
    text: str
    quantity: int
    price: str
    tax: str
    account: str = ""
    every: int = 1
    turn: int = 0
    late: int = 3


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a supplier sends a bill for."""

    who: str
    day: int
    text: str
    amount: str
    tax: str
    account: str
    every: int = 1
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Pay:
    """Wages of a month: gross, what is withheld, and what the business adds, with the codes of wages, duties, taxes and what is owed."""

    gross: str
    withheld: str
    added: str
    wages: str
    duties: str
    owed: str
    office: str


@dataclass(frozen=True, slots=True)
class Story:
    """All that a small history is made of; `opening` by code, the account `rest` takes what is missing."""

    chart: str
    bank: str
    name: str
    number: str
    bic: str
    opening: dict[str, str]
    rest: str
    sales: Sequence[Sale]
    purchases: Sequence[Purchase]
    pay: Pay
    words: tuple[str, str] = ("Wages of", "Depreciation of")
    depreciation: tuple[str, str, str] = ("", "", "0")
    tax: tuple[str, str, str, str] = ("", "", "", "")  # on sales, on purchases, owed, and the office: paid on the tenth of the next month
    season: Sequence[str] = ("1",) * 12
    back: int = 8


async def make(tenant: Tenant, story: Story) -> None:
    """Make the books, and lock them as far as the month before last."""
    scene = Scene(tenant, tenant.today(), story.bank)
    span = months(scene.today, story.back)
    await setup.set_up(tenant, story.chart)
    await years.ensure_year(tenant, span[0].first)
    await taxes.choose_system(tenant, story.chart)
    await bank_accounts.save(tenant, BankAccountDraft(name=story.name, code=story.bank, number=story.number, bank=story.bic))
    held = {code: Decimal(amount) for code, amount in story.opening.items()}
    held[story.rest] = -sum(held.values(), Decimal(0))
    nothing = Decimal(0)
    await opening.post(
        tenant, span[0].first, [DraftLine(code=code, debit=max(each, nothing), credit=max(-each, nothing)) for code, each in held.items()]
    )
    for month in span:
        async with tenant.transaction():
            await _month(scene, story, month)
            if story.tax[0] and month.back >= CLOSED:
                await _file(scene, story, month)
            await scene.settle([each for each in scene.moved(month) if each.day < scene.today])
    await years.set_lock(tenant, "all", next(each.last for each in span if each.back == CLOSED))


async def _month(scene: Scene, story: Story, month: Month) -> None:
    season = Decimal(story.season[month.first.month - 1])
    for sale in story.sales:
        day = month.day(sale.day)
        if day >= scene.today or month.first.month % sale.every != sale.turn:
            continue
        quantity = max(1, round(sale.quantity * season * (Decimal("0.8") + chance(sale.who, day) * Decimal("0.4"))))
        sold = item(sale.text, quantity, sale.price, sale.tax, sale.account)
        scene.pays(await scene.document(DocumentKind.INVOICE, sale.who, day, sold), sale.late)
    for each in story.purchases:
        day = month.day(each.day)
        if day >= scene.today or month.first.month % each.every != each.turn:
            continue
        bought = item(each.text, 1, about(each.amount, "0.05", each.who, day), each.tax, each.account)
        number = f"{each.who[:2].upper()}{day:%y%m}{round(chance(each.who, day) * 90) + 10}"
        scene.pays(await scene.document(DocumentKind.BILL, each.who, day, bought, terms="14 days", reference=number))
    if month.back:
        await _pay(scene, story, month)


async def _file(scene: Scene, story: Story, month: Month) -> None:
    on_sales, on_purchases, owed, office = story.tax
    text = f"{office} {month.first:%m/%Y}"
    amount = await vat.move(scene, month, on_sales, on_purchases, owed, text)
    scene.moves(month.last + timedelta(days=10), -amount, office, text, owed)


async def _pay(scene: Scene, story: Story, month: Month) -> None:
    """Pay wages at the end of a month, and what is withheld ten days later; write off a month of what wears out."""
    pay = story.pay
    gross = about(pay.gross, "0.02", "pay", month.first)
    withheld, added = ((gross * Decimal(share)).quantize(CENT) for share in (pay.withheld, pay.added))
    text = f"{story.words[0]} {month.first:%Y-%m}"
    lines = (line(pay.wages, gross), line(pay.duties, added), line(pay.owed, -(withheld + added)), line(story.bank, -(gross - withheld)))
    entries = [entry("BNK", month.day(28), text, *lines)]
    scene.moves(month.last + timedelta(days=10), -(withheld + added), pay.office, text, pay.owed)
    cost, worn, amount = story.depreciation
    if cost:
        value = Decimal(amount)
        entries.append(entry("GEN", month.last, f"{story.words[1]} {month.first:%Y-%m}", line(cost, value), line(worn, -value)))
    await scene.post(entries)
