"""Orders as PDF in the supplier's language, and on their way by mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from weft import Change, Invalid, MailFile, PrintedDocument, Tenant, locale_in, words_in
from weft.contracts import Parties, Party

from ..domain.orders import OPEN, Order, State, must_be
from ..domain.suppliers import Supplier
from ..events import OrderSent
from ..queries import orders as stored
from ..records import ORDER, ref
from ..settings import PurchasingSettings
from . import orders, suppliers

LAYOUTS = Path(__file__).parent.parent / "layouts"
LONGEST = 5000
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and what it is called."""

    name: str
    content: bytes


def words_for(language: str) -> Mapping[str, str]:
    """Return the words of orders in a language, or in English."""
    return words_in(LAYOUTS / "words.json", language)


async def order_pdf(tenant: Tenant, order_id: UUID) -> Printed:
    """Return an order as PDF; a draft says that it is one. Raises `Missing`, and `Unavailable` when it cannot be laid out."""
    async with tenant.transaction() as db:
        order = await orders.find(db, order_id)
        supplier = await suppliers.find(tenant, db, order.supplier)
        party = await tenant.service(Parties).get(order.supplier)
    data = told(tenant, order, supplier, party)
    return Printed(f"{data['title']}.pdf".replace("/", "-"), await tenant.pdf(PURCHASE_ORDER, data))


def told(tenant: Tenant, order: Order, supplier: Supplier, party: Party) -> dict[str, Any]:
    """Return what an order's PDF says, all of it as text."""
    settings = tenant.settings(PurchasingSettings)
    language = tenant.document_language(party.language)
    words, locale = words_for(language), locale_in(tenant, language)
    draft = order.state in (State.DRAFT, State.WAITING)
    title = f"{words['draft']}: {words['order']}" if draft else f"{words['order']} {order.number}"
    facts = [("number", order.number), ("date", format_date(order.ordered, format="medium", locale=locale))]
    facts += [("expected", format_date(order.expected, format="medium", locale=locale))] if order.expected else []
    facts += [("account", supplier.account), ("reference", order.reference)]
    totals = orders.totals_of(tenant, order)
    sums = [{"label": words["net"], "value": format_currency(totals.net, order.currency, locale=locale)}]
    sums += [{"label": name, "value": format_currency(amount, order.currency, locale=locale)} for name, amount in totals.taxes]
    return {
        "title": title,
        "language": locale.language,
        "recipient": _recipient(party),
        "facts": [{"label": words[name], "value": value} for name, value in facts if value],
        **_table(order, words, locale),
        "totals": sums,
        "total": {"label": words["total"], "value": format_currency(totals.total, order.currency, locale=locale)},
        "notes": [each for each in (order.note, settings.order_note) if each],
    }


def _recipient(party: Party) -> list[str]:
    if party.address is None:
        return [party.name]
    place = " ".join(filter(None, (party.address.postcode, party.address.city)))
    return [party.name, *party.address.lines, *filter(None, (place, party.address.country))]


def _table(order: Order, words: Mapping[str, str], locale: Locale) -> dict[str, Any]:
    discounts = any(line.discount for line in order.lines)
    names = ["code", "description", "quantity", "price", *(["discount"] if discounts else []), "amount"]
    rows = []
    for line in order.lines:
        amount = format_decimal(line.quantity, locale=locale, decimal_quantization=False)
        row = [line.supplier_code or line.sku, line.description, f"{amount} {line.unit}".strip()]
        row.append(format_decimal(line.unit_price, format="#,##0.00####", locale=locale))
        row += [format_percent(line.discount / 100, format="#,##0.##%", locale=locale) if line.discount else ""] if discounts else []
        rows.append([*row, format_currency(line.net(order.currency), order.currency, locale=locale)])
    return {"headings": [words[name] for name in names], "lines": rows}


async def sample(tenant: Tenant, language: str) -> dict[str, Any]:
    """Return what an example of an order says."""
    words, locale, day = words_for(language), locale_in(tenant, language), tenant.today()

    def money(value: str) -> str:
        return format_currency(Decimal(value), tenant.currency, locale=locale)

    lines = [["T-100", "Green tea 100 g", "48", "2.10", money("100.80")], ["M-7", "Mug", "24", "3.95", money("94.80")]]
    return {
        "title": f"{words['order']} PO-{day.year}-0042",
        "language": locale.language,
        "recipient": ["Brook Supplies Ltd", "Mill Lane 4", "Leeds"],
        "facts": [{"label": words["date"], "value": format_date(day, format="medium", locale=locale)}],
        "headings": [words[name] for name in ("code", "description", "quantity", "price", "amount")],
        "lines": lines,
        "totals": [],
        "total": {"label": words["total"], "value": money("195.60")},
        "notes": [],
    }


PURCHASE_ORDER = PrintedDocument("purchasing.order", "Purchase order", LAYOUTS / "order.typ", sample)


async def address_of(tenant: Tenant, order: Order) -> str:
    """Return where an order is mailed to, unless somebody says otherwise."""
    async with tenant.transaction() as db:
        supplier = await suppliers.find(tenant, db, order.supplier)
        return supplier.email or (await tenant.service(Parties).get(order.supplier)).email


async def send(tenant: Tenant, order_id: UUID, to: str, text: str = "") -> Order:
    """Mail an order that is approved to its supplier, with the PDF; with an empty address it is only marked as sent.

    Raises `Invalid` by field, `Conflict` for an order that is not approved, `Missing` and `Unavailable`.
    """
    to = to.strip()
    if to and not _ADDRESS.fullmatch(to):
        raise Invalid.field("to", f"“{to[:80]}” is not one e-mail address.")
    if len(text) > LONGEST:
        raise Invalid.field("text", f"Write {LONGEST} characters at most.")
    async with tenant.transaction() as db:
        found = await orders.find(db, order_id, lock=True)
        must_be(found, *OPEN, doing="sent")
        state = State.SENT if found.state is State.APPROVED else found.state
        after = msgspec.structs.replace(found, state=state, sent_at=tenant.now(), sent_to=to, version=found.version + 1)
        if to:
            printed = await order_pdf(tenant, order_id)
            party = await tenant.service(Parties).get(found.supplier)
            subject, usual = letter(tenant, after, party)
            await tenant.mail(to, subject, text.strip() or usual, files=[MailFile(printed.name, "application/pdf", printed.content)])
        await stored.put_approval(db, after)
        total = orders.totals_of(tenant, after).total
        sent = OrderSent(order_id=after.id, number=after.number, supplier_id=after.supplier, currency=after.currency, total=total)
        await tenant.emit(sent)
        await tenant.record(Change(ref(ORDER, after.id, after.title), "sent", {}, {"to": to or "by hand"}))
    return after


def letter(tenant: Tenant, order: Order, party: Party) -> tuple[str, str]:
    """Return the usual subject and words of a letter with an order, in the supplier's language."""
    words, locale = words_for(party.language or tenant.locale), locale_in(tenant, party.language)
    values = {
        "title": f"{words['order']} {order.number}",
        "sender": tenant.name,
        "supplier": party.name,
        "total": format_currency(orders.totals_of(tenant, order).total, order.currency, locale=locale),
        "expected": format_date(order.expected or order.ordered, format="medium", locale=locale),
    }
    return words["subject"].format(**values), words["letter"].format(**values)
