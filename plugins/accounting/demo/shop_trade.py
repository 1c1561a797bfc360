"""Whom Harbour & Vine sells to on account, and whom it buys from: at home, and in euros and dollars."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..domain.documents.model import DocumentKind
from ..domain.documents.stored import StoredDocument
from ..services import crediting, documents, issuing
from .days import CENT, Month, about, chance
from .scene import Scene, item

INVOICE, BILL = DocumentKind.INVOICE, DocumentKind.BILL
STANDARD, ZERO_RATED = "gb_s_standard", "gb_s_zero"
BROKEN = "The Crown & Anchor"  # where a case breaks on the way now and then


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer orders in months whose number leaves `turn` when divided by `every`; `late` days after it is due they pay."""

    who: str
    day: int
    what: tuple[tuple[str, int, str, str], ...]  # text, quantity, price, tax
    every: int = 1
    turn: int = 0
    late: int = 2
    currency: str = ""
    country: str = ""


ORDERS = (
    Order(
        "The Crown & Anchor",
        3,
        (("House red, case of 6", 24, "39.60", STANDARD), ("House white, case of 6", 20, "37.80", STANDARD)),
        late=1,
    ),
    Order(
        "Ferry House Hotel",
        6,
        (("Sparkling, case of 6", 14, "66.00", STANDARD), ("Cheese board for the bar", 12, "28.50", ZERO_RATED)),
        late=400,
    ),
    Order("Camber Rowing Club", 9, (("Bitter, cask", 9, "92.00", STANDARD), ("Crisps, box", 12, "14.20", STANDARD)), every=2, late=6),
    Order(
        "Dockside Studios",
        12,
        (("Fruit and coffee, weekly box", 4, "118.00", ZERO_RATED), ("Sparkling water, case", 10, "7.90", STANDARD)),
        late=400,
    ),
    Order(
        "Pepperpot Café", 14, (("Bread and pastry, daily", 26, "21.40", ZERO_RATED), ("Oat milk, case", 8, "13.20", ZERO_RATED)), late=-6
    ),
    Order("Bath Square Nursery", 17, (("Fruit, weekly box", 4, "46.00", ZERO_RATED),), every=2, turn=1, late=0),
    Order("Old Town Book Room", 20, (("Wine for readings, case of 6", 6, "44.40", STANDARD),), every=3, late=9),
    Order(
        "Épicerie Lefèvre",
        11,
        (("English wine, case of 6", 18, "74.00", ZERO_RATED), ("Chutney, box", 10, "41.50", ZERO_RATED)),
        late=3,
        currency="EUR",
        country="FR",
    ),
    Order(
        "Pilgrim Provisions Inc",
        18,
        (("English sparkling, case of 6", 22, "128.00", ZERO_RATED),),
        every=2,
        late=4,
        currency="USD",
        country="US",
    ),
)


@dataclass(frozen=True, slots=True)
class Supply:
    """What a supplier sends a bill for."""

    who: str
    day: int
    text: str
    amount: str
    tax: str
    account: str
    every: int = 1
    turn: int = 0
    terms: str = "30 days"
    currency: str = ""
    country: str = ""
    spread: str = "0.06"
    season: bool = False


SUPPLIES = (
    Supply("Solent Drinks Wholesale", 2, "Wine and beer", "13200", "gb_p_standard", "5010", season=True),
    Supply("Downland Dairy Co-operative", 4, "Milk, butter and cheese", "4350", "gb_p_zero", "5010", terms="14 days", season=True),
    Supply("Quayside Fish & Larder", 8, "Fish and larder", "3380", "gb_p_zero", "5010", terms="14 days", season=True),
    Supply("Marlpit Bakehouse", 10, "Bread", "2460", "gb_p_zero", "5010", terms="14 days", season=True),
    Supply(
        "Continental Larder Imports", 7, "Cheese and charcuterie", "3350", "gb_p_import_postponed", "5010", currency="EUR", country="FR"
    ),
    Supply("Quay Street Estates", 1, "Rent of 14 Quay Street", "2350", "gb_p_exempt", "6100", terms="Due at once", spread="0"),
    Supply("Southcoast Light & Power", 16, "Electricity", "690", "gb_p_standard", "6120", terms="14 days", spread="0.2"),
    Supply("Tideway Packaging", 19, "Bags and boxes", "310", "gb_p_standard", "6300", every=2),
    Supply("Harbour Refuse & Recycling", 22, "Collection", "145", "gb_p_standard", "6130", spread="0"),
    Supply("Portside Card Services", 28, "Card fees", "428", "gb_p_exempt", "6420", terms="14 days", season=True),
    Supply(
        "Nimbus Software Ltd", 5, "Shop software, monthly", "119", "gb_p_services_abroad", "6320", country="IE", terms="14 days", spread="0"
    ),
    Supply("Stone & Partners", 24, "Bookkeeping and advice", "540", "gb_p_standard", "6400", every=3, spread="0"),
    Supply("Brightwater Refrigeration", 13, "Service of the cold room", "265", "gb_p_standard", "6130", every=3, turn=1),
)


def is_on(month: Month, every: int, turn: int) -> bool:
    """Tell whether something that comes every so many months comes in this one."""
    return month.first.month % every == turn


def sterling(amount: Decimal, currency: str, day: date) -> Decimal:
    """Return what an amount is worth in pounds on a day, at the rates of the demo."""
    return (amount * rate(currency, day)).quantize(CENT) if currency else amount


def rate(currency: str, day: date) -> Decimal:
    """Return what a euro or a dollar is worth in pounds on a day: made up, and moving a little every week."""
    middle = {"EUR": "0.8640", "USD": "0.7610"}[currency]
    return about(middle, "0.016", currency, day.isocalendar()[:2], step=Decimal("0.0001"))


async def invoices(scene: Scene, month: Month, season: Decimal) -> list[StoredDocument]:
    """Send the invoices of a month, as far as its days are over, and let customers pay; returns them."""
    made = []
    for order in ORDERS:
        day = month.day(order.day)
        if day >= scene.today or not is_on(month, order.every, order.turn):
            continue
        await scene.party(order.who, country=order.country)
        lines = [
            item(text, max(1, round(quantity * season * (Decimal("0.85") + chance(order.who, text, day) * Decimal("0.3")))), price, tax)
            for text, quantity, price, tax in order.what
        ]
        invoice = await scene.document(INVOICE, order.who, day, *lines, currency=order.currency)
        if order.who == BROKEN and month.first.month % 4 == 0:
            invoice = await credit(scene, invoice)
        made.append(invoice)
        # Two of them pay until the autumn, and then no more: somebody has to be reminded.
        late = order.late if order.late < 100 or month.back < 4 else 5
        paid_on = invoice.due + timedelta(days=late)
        scene.pays(invoice, late, worth=sterling(invoice.open, order.currency, paid_on) if order.currency else None)
    return made


async def bills(scene: Scene, month: Month, season: Decimal) -> list[StoredDocument]:
    """Enter the bills of a month, as far as its days are over, and let the bank pay them when they are due; returns them."""
    made = []
    for supply in SUPPLIES:
        day = month.day(supply.day)
        if day >= scene.today or not is_on(month, supply.every, supply.turn):
            continue
        await scene.party(supply.who, country=supply.country)
        amount = about(Decimal(supply.amount) * (season if supply.season else 1), supply.spread, supply.who, day)
        line = item(supply.text, 1, amount, supply.tax, supply.account)
        number = f"{supply.who[:2].upper()}-{day:%y%m}-{round(chance(supply.who, day) * 900) + 100}"
        bill = await scene.document(BILL, supply.who, day, line, terms=supply.terms, currency=supply.currency, reference=number)
        made.append(bill)
        scene.pays(bill, 0, worth=sterling(bill.total, supply.currency, bill.due) if supply.currency else None)
    return made


async def credit(scene: Scene, invoice: StoredDocument) -> StoredDocument:
    """Take one case of an invoice back, broken on the way; returns the invoice as it is then."""
    line = invoice.lines[0]
    note = item(f"{line.description}, broken on the way", 1, line.unit_price, line.taxes[0])
    made = await scene.draft(DocumentKind.CREDIT_NOTE, invoice.party_name, invoice.issued + timedelta(days=2), note)
    posted = await issuing.post(scene.tenant, made.id, made.version)
    await crediting.apply_credit(scene.tenant, invoice.id, posted.id)
    return await documents.get(scene.tenant, invoice.id)
