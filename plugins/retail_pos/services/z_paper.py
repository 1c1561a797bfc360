"""The X or Z report on paper: on a strip as wide as a receipt."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from weft import PrintedDocument, Tenant

from .showing import SessionPage
from .slips import LAYOUT, locale_of, sample

MOVED = {"pay_in": "Paid in", "pay_out": "Paid out", "drop": "To the safe", "pickup": "From the safe"}
TENDERS = {"cash": "Cash", "card": "Card", "gift_card": "Gift cards", "store_credit": "Store credit", "loyalty": "Loyalty points"}


async def z_pdf(tenant: Tenant, page: SessionPage) -> bytes:
    """Return a session's X or Z report as PDF; raises `Unavailable` when it cannot be laid out."""
    kind = f"Z report {page.period.number}" if page.period else "X report"
    told = {
        "title": f"{kind}, till {page.session.till_code}",
        "business": tenant.name,
        "language": locale_of(tenant).language,
        "logo": None,
        "blocks": list(_blocks(tenant, page, kind)),
    }
    return await tenant.pdf(Z_REPORT, told)


Z_REPORT = PrintedDocument("retail_pos.z_report", "X and Z report", LAYOUT, sample)


def _row(left: str, right: str = "", style: str = "", *, center: bool = False) -> dict[str, Any]:
    return {"kind": "row", "left": left, "right": right, "style": style, "center": center}


RULE = {"kind": "rule"}


def _blocks(tenant: Tenant, page: SessionPage, kind: str) -> Iterator[dict[str, Any]]:
    locale, session, totals = locale_of(tenant), page.session, page.totals

    def amount(value: Decimal) -> str:
        return format_currency(value, session.currency, locale=locale)

    def when(value: Any) -> str:
        return format_datetime(value, "short", tzinfo=tenant.timezone, locale=locale) if value else "-"

    yield _row(tenant.name, style="bold", center=True)
    yield _row(kind, style="large", center=True)
    yield _row(f"Till {session.till_code}, session {session.number}", format_date(session.business_date, "medium", locale=locale))
    yield _row("Opened", when(session.opened_at))
    yield _row("Counted", when(session.counted_at))
    yield RULE
    yield _row("Receipts", str(totals.receipts))
    yield _row("of these returns", str(totals.returns))
    yield _row("of these void", str(totals.voids))
    yield _row("Sales", amount(totals.gross_sales))
    yield _row("Returns and voids", amount(totals.gross_returns))
    yield _row("Turnover", amount(totals.gross), "bold")
    yield _row("Discounts given", amount(totals.discounts))
    yield RULE
    for code, tax in totals.taxes.items():
        rate = format_decimal(tax.rate, locale=locale)
        yield _row(f"{code} {rate} % on {amount(tax.net)}", amount(tax.tax))
    yield RULE
    for tender, value in totals.tenders.items():
        yield _row(TENDERS.get(tender, tender.replace("_", " ").capitalize()), amount(value))
    yield _row("Cash rounding", amount(totals.rounding))
    yield RULE
    yield _row("Float", amount(page.drawer.opening))
    yield _row("Cash taken", amount(page.drawer.cash))
    for moved, value in totals.movements.items():
        yield _row(MOVED.get(moved, moved), amount(value))
    yield _row("Should be in the drawer", amount(session.expected if session.expected is not None else page.drawer.expected), "bold")
    if session.counted is not None:
        yield _row("Counted", amount(session.counted))
    if session.over_short is not None:
        yield _row("Over" if session.over_short >= 0 else "Short", amount(session.over_short), "bold")
    if page.period:
        yield RULE
        yield _row("Total of this closing", amount(page.period.grand_total))
        yield _row("Perpetual total", amount(page.period.perpetual_total), "bold")
        yield _row(f"Hash {page.period.hash[:32]}", style="small")
        yield _row(f"after {page.period.previous[:32]}", style="small")
