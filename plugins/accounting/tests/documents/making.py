"""Documents, taxes and facts as the tests of this folder name them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from plugins.accounting.domain.documents.model import Computed, Document, DocumentKind, DocumentLine, compute_document
from plugins.accounting.domain.documents.posting import Facts
from plugins.accounting.domain.tax.compute import Per
from plugins.accounting.domain.tax.model import Tax, TaxKind, Use
from weft import new_id
from weft.contracts.ledger import NewEntry, NewLine

DAY = date(2026, 3, 2)
PARTY = new_id()


def tax(rate: str, code: str = "", **more: Any) -> Tax:
    return Tax(code=code or f"tax_{rate}", title=f"Tax {rate}", rate=Decimal(rate), **more)


def line(quantity: str | int, price: str | int, *taxes: Tax, **more: Any) -> DocumentLine:
    return DocumentLine(quantity=Decimal(quantity), unit_price=Decimal(price), taxes=taxes, **more)


def document(*lines: DocumentLine, kind: DocumentKind = DocumentKind.INVOICE, currency: str = "EUR", **more: Any) -> Document:
    return Document(kind=kind, currency=currency, issued=DAY, lines=lines, **more)


def computed(*lines: DocumentLine, kind: DocumentKind = DocumentKind.INVOICE, currency: str = "EUR", **more: Any) -> Computed:
    return compute_document(document(*lines, kind=kind, currency=currency, **more))


def facts(base: str = "EUR", rate: str | Fraction = "1", **more: Any) -> Facts:
    return Facts(number="INV/1", date=DAY, base_currency=base, party=PARTY, rate=Fraction(rate), **more)


def amount(each: NewLine) -> Decimal:
    return each.debit - each.credit


def base_of(each: NewLine) -> Decimal:
    return amount(each) if each.base is None else each.base


def by_event(entry: NewEntry) -> dict[str, Decimal]:
    """What each account, by its event and detail or its code, gets; debits positive."""
    found: dict[str, Decimal] = {}
    for each in entry.lines:
        name = each.code or f"{each.event} {each.detail}".strip()
        found[name] = found.get(name, Decimal(0)) + amount(each)
    return found


def balanced(entry: NewEntry) -> bool:
    """Whether lines are one-sided and add up to nothing, in each currency and in base currency."""
    sums: dict[str, Decimal] = {}
    for each in entry.lines:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + amount(each)
    one_sided = all(min(each.debit, each.credit) == 0 and each.debit >= 0 and each.credit >= 0 for each in entry.lines)
    return one_sided and not any(sums.values()) and not sum((base_of(each) for each in entry.lines), Decimal(0))


SALE_TAXES = (tax("20", "s20"), tax("5.5", "s5", included=True), tax("4", "s4", raises_base=True), tax("-10", "wh"))
PURCHASE_TAXES = (
    tax("20", "p20", use=Use.PURCHASE),
    tax("19", "rc", use=Use.PURCHASE, reverse_charge=True, deductible=Decimal(60)),
    tax("10", "half", use=Use.PURCHASE, deductible=Decimal(50), included=True),
    tax("0.25", "unit", use=Use.PURCHASE, kind=TaxKind.FIXED, currency="EUR"),
)


@st.composite
def any_document(draw: st.DrawFn) -> Document:
    kind = draw(st.sampled_from(DocumentKind))
    pool = SALE_TAXES if kind.use is Use.SALE else PURCHASE_TAXES
    lines = draw(
        st.lists(
            st.builds(
                DocumentLine,
                quantity=st.decimals(min_value=-50, max_value=500, places=3),
                unit_price=st.decimals(min_value=0, max_value=900, places=4),
                discount=st.sampled_from([Decimal(0), Decimal("2.5"), Decimal(15)]),
                taxes=st.lists(st.sampled_from(pool), unique=True, max_size=4).map(tuple),
            ),
            min_size=1,
            max_size=6,
        )
    )
    return document(*lines, kind=kind, per=draw(st.sampled_from(Per)))
