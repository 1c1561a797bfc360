"""Documents as PDF: what they say, in the language of whom they are for, laid out by Typst."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from weft import Conflict, Invalid, Missing, PrintedDocument, Tenant, locale_in, new_id, words_in

from ..domain.documents.model import Computed, DocumentKind, compute_document
from ..domain.documents.stored import MadeWith, StoredDocument, StoredLine, to_document
from ..domain.documents.terms import early_discount
from ..domain.proof.papers import Inclusion
from ..domain.tax.model import Tax
from ..settings import AccountingSettings
from . import documents, sealing

LAYOUTS = Path(__file__).parent.parent / "layouts"


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and what it is called."""

    name: str
    content: bytes


def words_for(language: str) -> Mapping[str, str]:
    """Return the words of documents in a language, or in English."""
    return words_in(LAYOUTS / "words.json", language)


class Written:
    """Writes figures as they are written where the document goes."""

    def __init__(self, tenant: Tenant, language: str) -> None:
        spoken = tenant.document_language(language)
        self.locale = locale_in(tenant, spoken)
        self.words = words_for(spoken)

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
        proof = await proof_of(tenant, found)
    return await laid_out(tenant, INVOICE, told(tenant, found, credited, proof))


async def laid_out(tenant: Tenant, kind: PrintedDocument, said: Mapping[str, Any]) -> Printed:
    """Return what a letter says as PDF; raises `Unavailable` when it cannot be laid out."""
    return Printed(f"{said['title']}.pdf".replace("/", "-"), await tenant.pdf(kind, said))


def told(tenant: Tenant, document: StoredDocument, credited: str = "", proof: Mapping[str, Any] | None = None) -> dict[str, Any]:
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
        "language": write.locale.language,
        "words": dict(words),
        "recipient": list(document.made_with.recipient or (document.party_name,)),
        "facts": _facts(document, credited, write),
        **_table(document, computed, write),
        "total": {"label": words["total"], "value": write.money(computed.total, document.currency)},
        "base": base,
        "due": _due(document, computed, write),
        "notes": _notes(document, computed, write, settings.invoice_note),
        "proof": proof,
    }


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


async def proof_of(tenant: Tenant, document: StoredDocument) -> dict[str, Any] | None:
    """Return what the page of its own says that proves a document's entry; nothing until that is sealed, or where it is not asked for."""
    if document.entry is None or not tenant.settings(AccountingSettings).print_proof:
        return None
    try:
        made = await sealing.prove_entry(tenant, document.entry)
    except (Conflict, Invalid, Missing):
        return None
    return proof_page(tenant, document, made)


def proof_page(tenant: Tenant, document: StoredDocument, made: Inclusion) -> dict[str, Any]:
    """Return what the page says that proves a document's entry: all that somebody needs to check it (RFC 6962, section 2.1.1)."""
    words = Written(tenant, document.made_with.language).words
    about = {"number": document.number, "position": made.position + 1, "size": made.size, "sender": tenant.name}
    facts = [("proof_root", f"{made.size}:{made.root}"), ("proof_fingerprint", made.fingerprint), ("proof_entry", made.leaf)]
    rows = [{"label": words[name], "value": value} for name, value in facts]
    rows.append({"label": words["proof_index"], "value": str(made.position)})
    rows += [{"label": words["proof_path"] if not place else "", "value": value} for place, value in enumerate(made.path)]
    return {"title": words["proof"], "lines": [words[name].format(**about) for name in ("proof_says", "proof_check")], "facts": rows}


async def sample(tenant: Tenant, language: str) -> dict[str, Any]:
    """Return what an example of an invoice says."""
    words, day = words_for(language), tenant.today()
    tax = Tax(code="sample", title="20 %", rate=Decimal(20))
    lines = tuple(
        StoredLine(description=f"{words['description']} {place}", quantity=Decimal(place), unit_price=Decimal(price), taxes=("sample",))
        for place, price in ((1, "249.00"), (2, "19.90"), (12, "4.50"))
    )
    found = StoredDocument(
        id=new_id(),
        kind=DocumentKind.INVOICE,
        party=new_id(),
        party_name="Ada Lovelace Ltd",
        currency=tenant.currency,
        issued=day,
        due=day + timedelta(days=30),
        number=f"INV-{day.year}-0042",
        reference="PO 1815",
        lines=lines,
        made_with=MadeWith(taxes={"sample": (tax,)}, recipient=("Ada Lovelace Ltd", "12 St James’s Square", "London"), language=language),
    )
    return told(tenant, found)


INVOICE = PrintedDocument("accounting.invoice", "Invoice", LAYOUTS / "document.typ", sample)
