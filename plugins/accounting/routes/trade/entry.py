"""What is typed into the form of an invoice or a bill, and what of a stored one is shown in it."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Form, Invalid

from ...domain.documents.model import DocumentKind
from ...domain.documents.stored import StoredDocument, StoredLine
from ...domain.tax.determination import ItemKind
from ...services.documents import DocumentDraft

LEAST_ROWS = 3
JOIN = "+"  # between the codes of a line's taxes, in one value of the select


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The fields above the lines."""

    party: UUID
    issued: date
    currency: Annotated[str, Meta(max_length=3)] = ""
    tax_day: date | None = None
    due: date | None = None
    terms: UUID | None = None
    rate: Decimal | None = None
    included: bool = False
    position: Annotated[str, Meta(max_length=40)] = ""
    reference: Annotated[str, Meta(max_length=100)] = ""
    note: Annotated[str, Meta(max_length=2000)] = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of one line."""

    description: Annotated[str, Meta(max_length=500)] = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    tax: str = ""
    account: str = ""
    detail: Annotated[str, Meta(max_length=100)] = ""
    event: Annotated[str, Meta(max_length=60)] = ""
    unit: Annotated[str, Meta(max_length=20)] = ""
    item: UUID | None = None
    deposit: UUID | None = None
    tax_category: Annotated[str, Meta(max_length=40)] = ""
    kind: ItemKind = "goods"
    source_line: Annotated[str, Meta(max_length=100)] = ""


SHOWN = ("description", "quantity", "unit", "unit_price", "discount", "tax", "account")
KEPT = ("detail", "event", "item", "deposit", "tax_category", "kind", "source_line")  # of a line, which the form carries along
BY_CATEGORY = "*"  # instead of a tax: those of the item's category, as the other party is taxed
DIMENSION = "dim_"  # before the key of a dimension


@dataclass(frozen=True, slots=True)
class Entry:
    """The form: its head, its rows as typed, and what is kept of a stored document besides."""

    kind: DocumentKind
    head: Form
    rows: tuple[dict[str, str], ...]
    version: int = 0
    credits: UUID | None = None
    deposit_for: UUID | None = None


def read_entry(form: Form, kind: DocumentKind, stored: StoredDocument | None) -> Entry:
    """Return what was typed; rows that say nothing are left out."""
    rows = tuple(
        {name: row.get(name) for name in (*SHOWN, *KEPT)}
        | {"tax": JOIN.join(dict.fromkeys(code for given in row.all("tax") for code in given.split(JOIN) if code))}
        | {name: row.get(name) for name in row.values if name.startswith(DIMENSION)}
        for row in form.rows("lines")
        if row.get("description") or row.get("unit_price") or row.get("account")
    )
    version = int(form.get("version")) if form.get("version").isdigit() else 0
    return Entry(kind, form, rows, version, stored.credits if stored else None, stored.deposit_for if stored else None)


def blank(kind: DocumentKind, today: date, party: str = "", tax: str = "", terms: str = "") -> Entry:
    """Return an empty form."""
    head = Form.of(issued=today.isoformat(), party=party, terms=terms)
    return with_rows(Entry(kind, head, ()), LEAST_ROWS, tax)


def with_rows(entry: Entry, count: int = 1, tax: str | None = None) -> Entry:
    """Return a form with more empty rows; a new row has the tax of the last one."""
    last = entry.rows[-1]["tax"] if entry.rows else BY_CATEGORY
    more = dict.fromkeys((*SHOWN, *KEPT), "") | {"quantity": "1", "tax": last if tax is None else tax}
    return replace(entry, rows=(*entry.rows, *(dict(more) for _ in range(count))))


def shown(stored: StoredDocument) -> Entry:
    """Return the form of a stored document."""
    head = {
        "party": str(stored.party),
        "issued": stored.issued.isoformat(),
        "currency": stored.currency,
        "tax_day": stored.tax_day.isoformat() if stored.tax_day else "",
        "due": stored.due.isoformat(),
        "terms": str(stored.terms or ""),
        "rate": "" if stored.rate is None else f"{stored.rate:f}",
        "included": "on" if stored.included else "off",
        "position": stored.position,
        "reference": stored.reference,
        "note": stored.note,
    }
    rows = tuple(
        {
            "description": line.description,
            "quantity": _plain(line.quantity),
            "unit_price": _plain(line.unit_price),
            "discount": _plain(line.discount) if line.discount else "",
            "unit": line.unit,
            "tax": BY_CATEGORY if line.by_category else JOIN.join(line.taxes),
            "account": line.account,
            **{name: str(getattr(line, name) or "") for name in KEPT},
            **{DIMENSION + key: code for key, code in line.dimensions.items()},
        }
        for line in stored.lines
    )
    return with_rows(Entry(stored.kind, Form.of(**head), rows, stored.version, stored.credits, stored.deposit_for))


def draft_of(entry: Entry) -> DocumentDraft:
    """Return what was typed as a draft; raises `Invalid` by field, all at once."""
    wrong: dict[str, str] = {}
    lines: list[StoredLine] = []
    for place, row in enumerate(entry.rows):
        try:
            read = Form.of(**row).read(Row)
            codes = [code for code in read.tax.split(JOIN) if code]
            dimensions = {name.removeprefix(DIMENSION): code for name, code in row.items() if name.startswith(DIMENSION) and code}
            lines.append(
                StoredLine(
                    description=read.description,
                    quantity=read.quantity,
                    unit_price=read.unit_price,
                    discount=read.discount,
                    taxes=() if BY_CATEGORY in codes else tuple(codes),
                    by_category=BY_CATEGORY in codes,
                    tax_category=read.tax_category,
                    kind=read.kind,
                    source_line=read.source_line,
                    dimensions=dimensions,
                    account=read.account.split(" ")[0],
                    detail=read.detail,
                    event=read.event,
                    unit=read.unit,
                    item=read.item,
                    deposit=read.deposit,
                )
            )
        except Invalid as problem:
            wrong |= {f"lines.{place}.{name}": sentence for name, sentence in problem.fields.items()}
    try:
        head = entry.head.read(Head)
    except Invalid as problem:
        raise Invalid(fields=problem.fields | wrong) from problem
    if wrong:
        raise Invalid(fields=wrong)
    values: dict[str, Any] = {name: getattr(head, name) for name in Head.__struct_fields__}
    return DocumentDraft(kind=entry.kind, lines=tuple(lines), credits=entry.credits, deposit_for=entry.deposit_for, **values)


def differences(mine: Entry, theirs: Entry) -> list[dict[str, str]]:
    """Return the fields in which two versions differ, as people read them."""
    names = {
        "party": "Party",
        "issued": "Date",
        "due": "Due",
        "terms": "Terms",
        "reference": "Reference",
        "note": "Note",
        "currency": "Currency",
        "position": "Taxed as",
    }
    found = [
        {"label": label, "mine": mine.head.get(name), "theirs": theirs.head.get(name)}
        for name, label in names.items()
        if mine.head.get(name) != theirs.head.get(name)
    ]
    ours = [" × ".join(filter(None, (row["description"], row["quantity"], row["unit_price"]))) for row in mine.rows if row["unit_price"]]
    others = [
        " × ".join(filter(None, (row["description"], row["quantity"], row["unit_price"]))) for row in theirs.rows if row["unit_price"]
    ]
    if ours != others:
        found.append({"label": "Lines", "mine": "; ".join(ours), "theirs": "; ".join(others)})
    return found


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
