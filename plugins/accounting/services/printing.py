"""Documents as PDF: what they say, in the language of whom they are for, laid out by Typst."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import typst
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from weft import Missing, Tenant, Unavailable

from ..domain.documents.model import Computed, compute_document
from ..domain.documents.stored import StoredDocument, to_document
from ..domain.documents.terms import early_discount
from ..settings import AccountingSettings
from . import documents

LAYOUTS = Path(__file__).parent.parent / "layouts"
LETTER_PAPER = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})
LONGEST_LOGO = 2_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and what it is called."""

    name: str
    content: bytes


@lru_cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((LAYOUTS / "words.json").read_text())
    return found


def words_for(language: str) -> Mapping[str, str]:
    """Return the words of documents in a language, or in English."""
    return _words().get(language.replace("-", "_").split("_")[0].lower(), _words()["en"])


def locale_for(tenant: Tenant, language: str) -> Locale:
    """Return how figures and days are written in a language: as the business writes them where it speaks that language itself."""
    wanted = language.replace("-", "_") or tenant.locale
    same = wanted.split("_")[0] == tenant.locale.split("_")[0]
    try:
        return Locale.parse(tenant.locale if same else wanted)
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


class Written:
    """Writes figures as they are written where the document goes."""

    def __init__(self, tenant: Tenant, language: str) -> None:
        self.locale = locale_for(tenant, language)
        self.words = words_for(language or tenant.locale)

    def money(self, amount: Decimal, currency: str) -> str:
        return format_currency(amount, currency, locale=self.locale)

    def number(self, value: Decimal) -> str:
        return format_decimal(value, locale=self.locale, decimal_quantization=False)

    def price(self, value: Decimal) -> str:
        return format_decimal(value, format="#,##0.00####", locale=self.locale)

    def percent(self, value: Decimal) -> str:
        return format_percent(value / 100, format="#,##0.###%", locale=self.locale)

    def day(self, value: date) -> str:
        return format_date(value, format="medium", locale=self.locale)


async def document_pdf(tenant: Tenant, document_id: UUID) -> Printed:
    """Return a document as PDF; a draft says that it is one. Raises `Missing`, `Unavailable` when it cannot be laid out."""
    async with tenant.transaction() as db:
        found = await documents.find(db, document_id)
        credited = (await documents.find(db, found.credits)).number if found.credits else ""
        logo = await logo_of(tenant)
    return await laid_out(told(tenant, found, credited) | {"logo": logo})


async def laid_out(said: Mapping[str, Any]) -> Printed:
    """Return what a letter says as PDF; raises `Unavailable` when it cannot be laid out."""
    layout = (LAYOUTS / "document.typ").read_bytes()
    try:
        content = await asyncio.to_thread(_laid_out, layout, json.dumps(said))
    except RuntimeError as wrong:
        raise Unavailable("The document could not be laid out: the operator finds the reason in the log.") from wrong
    return Printed(f"{said['title']}.pdf".replace("/", "-"), content)


def _laid_out(layout: bytes, data: str) -> bytes:
    return typst.compile(layout, output=None, format="pdf", sys_inputs={"data": data})


async def logo_of(tenant: Tenant) -> list[int] | None:
    """Return the business's logo as the layout takes it; nothing where there is none, or none that can be read."""
    if tenant.logo is None:
        return None
    try:
        facts = await tenant.files.find(tenant.logo)
        if facts.media_type not in ("image/png", "image/jpeg", "image/svg+xml") or facts.size > LONGEST_LOGO:
            return None
        return [byte async for part in tenant.files.read(tenant.logo) for byte in part]
    except Missing:
        return None


def told(tenant: Tenant, document: StoredDocument, credited: str = "") -> dict[str, Any]:
    """Return what a document's PDF says, all of it as text."""
    settings = tenant.settings(AccountingSettings)
    computed = compute_document(to_document(document))
    write = Written(tenant, document.made_with.language)
    words = write.words
    title = f"{words[document.kind.value]} {document.number}" if document.number else f"{words['draft']}: {words[document.kind.value]}"
    base = None
    if document.currency != tenant.currency and document.base_total:
        base = {"label": words["in_base"].format(currency=tenant.currency), "value": write.money(document.base_total, tenant.currency)}
    return {
        "title": title,
        **frame(tenant, write),
        "recipient": list(document.made_with.recipient or (document.party_name,)),
        "facts": _facts(document, credited, write),
        "discounts": any(line.discount for line in document.lines),
        **_table(document, computed, write),
        "total": {"label": words["total"], "value": write.money(computed.total, document.currency)},
        "base": base,
        "due": _due(document, computed, write),
        "notes": _notes(document, computed, write, settings.invoice_note),
    }


def frame(tenant: Tenant, write: Written) -> dict[str, Any]:
    """Return what every letter of the business says around its text."""
    settings, words = tenant.settings(AccountingSettings), write.words
    sender = _lines(settings.letterhead)
    return {
        "paper": "us-letter" if tenant.country in LETTER_PAPER else "a4",
        "language": write.locale.language,
        "words": words,
        "sender": {
            "name": tenant.name,
            "line": " · ".join((tenant.name, *sender)),
            "lines": [tenant.name, *sender, *([f"{words['tax_number']}: {settings.tax_number}"] if settings.tax_number else [])],
            "bank": _lines(settings.bank_details),
        },
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split(";") if line.strip()]


def _facts(document: StoredDocument, credited: str, write: Written) -> list[dict[str, str]]:
    facts = [("number", document.number), ("date", write.day(document.issued))]
    facts.append(("supply", write.day(document.tax_day or document.issued)))
    facts += [("due", write.day(document.due)), ("reference", document.reference), ("credits", credited)]
    return [{"label": write.words[name], "value": value} for name, value in facts if value]


def _table(document: StoredDocument, computed: Computed, write: Written) -> dict[str, Any]:
    """Return headings, lines and totals."""
    discounts = any(line.discount for line in document.lines)
    names = ["description", "quantity", "price", *(["discount"] if discounts else []), "tax", "amount"]
    rows = []
    for line, taxed in computed.lines:
        shown = taxed.gross if document.included else taxed.net
        rates = ", ".join(_rate(each.tax.rate, each.tax.kind.value, write) for each in taxed.taxes)
        cells = [line.description, f"{write.number(line.quantity)} {line.unit}".strip(), write.price(line.unit_price)]
        cells += [write.percent(line.discount) if line.discount else ""] if discounts else []
        rows.append([*cells, rates, write.money(shown, document.currency)])
    totals = [{"label": write.words["net"], "value": write.money(computed.net, document.currency)}]
    for each in computed.taxes:
        label = write.words["on"].format(tax=each.tax.title, base=write.money(each.base, document.currency))
        totals.append({"label": label, "value": write.money(each.amount if each.tax.on_document else Decimal(0), document.currency)})
    if computed.rounding:
        totals.append({"label": write.words["rounding"], "value": write.money(computed.rounding, document.currency)})
    return {"headings": [write.words[name] for name in names], "lines": rows, "totals": totals}


def _rate(rate: Decimal, kind: str, write: Written) -> str:
    return write.price(rate) if kind == "fixed" else write.percent(rate)


def _due(document: StoredDocument, computed: Computed, write: Written) -> list[dict[str, str]]:
    """Return when how much is to be paid, and what paying early takes off."""
    if document.kind.is_credit:
        return []
    dues = documents.dues_of(document, computed)
    found = [{"label": write.day(due.day), "value": write.money(due.amount, document.currency)} for due in dues]
    step = computed.document.step
    early = early_discount(document.made_with.terms, computed.net, computed.taxes, computed.total, document.issued, step)
    if early:
        label = write.words["until"].format(day=write.day(early.until), amount=write.money(early.amount, document.currency))
        found.insert(0, {"label": label, "value": write.money(computed.total - early.amount, document.currency)})
    return found


def _notes(document: StoredDocument, computed: Computed, write: Written, usual: str) -> list[str]:
    """Return the notes at the end: what tax law wants said, the document's own, and the usual one."""
    categories = dict.fromkeys(each.tax.category for each in computed.taxes)
    legal = [write.words[each] for each in categories if each in write.words]
    included = [write.words["included"]] if document.included else []
    return [*included, *legal, *([document.note] if document.note else []), *([usual] if usual else [])]
