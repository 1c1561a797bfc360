"""What is typed into the form of an order, and what of a stored one is shown in it."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Form, Invalid, new_id

from ..domain.matching import plain
from ..domain.orders import Order
from ..services.adding import Added
from ..services.orders import DraftLine, OrderDraft

SHOWN = ("description", "quantity", "unit_price", "discount", "expected")
KEPT = ("item", "unit", "supplier_code", "tax_category")  # of a line, which the form carries along


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The fields above the lines."""

    supplier: UUID
    ordered: date | None = None
    expected: date | None = None
    currency: Annotated[str, Meta(max_length=3)] = ""
    rate: Decimal | None = None
    location: Annotated[str, Meta(max_length=100)] = ""
    reference: Annotated[str, Meta(max_length=100)] = ""
    note: Annotated[str, Meta(max_length=2000)] = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of one line."""

    quantity: Decimal
    description: Annotated[str, Meta(max_length=300)] = ""
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    expected: date | None = None
    item: UUID | None = None
    unit: Annotated[str, Meta(max_length=20)] = ""
    supplier_code: Annotated[str, Meta(max_length=60)] = ""
    tax_category: Annotated[str, Meta(max_length=40)] = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """The form: its head, its rows as typed, and the version it started from."""

    id: UUID
    head: Form
    rows: tuple[dict[str, str], ...]
    version: int = 0


def read_entry(form: Form, order_id: UUID | None = None) -> Entry:
    """Return what was typed; rows without a quantity, and those that say nothing, are left out."""
    rows = tuple(
        {name: row.get(name) for name in (*SHOWN, *KEPT)}
        for row in form.rows("lines")
        if row.get("quantity") not in ("", "0") and (row.get("description") or row.get("item"))
    )
    try:
        chosen = order_id or UUID(form.get("id"))
    except ValueError:
        chosen = new_id()
    return Entry(chosen, form, rows, int(form.get("version")) if form.get("version").isdigit() else 0)


def blank(today: date, supplier: str = "", location: str = "") -> Entry:
    """Return an empty form."""
    return Entry(new_id(), Form.of(ordered=today.isoformat(), supplier=supplier, location=location), ())


def with_item(entry: Entry, added: Added) -> Entry:
    """Return a form with one more of an item: on its row where it has one, else on a new one."""
    item = str(added.item)
    for place, row in enumerate(entry.rows):
        if row["item"] == item:
            quantity = (
                Decimal(row["quantity"].replace(",", ".")) if row["quantity"].replace(",", ".").replace(".", "").isdigit() else Decimal(0)
            )
            more = row | {"quantity": plain(quantity + added.quantity)}
            return replace(entry, rows=(*entry.rows[:place], more, *entry.rows[place + 1 :]))
    row = dict.fromkeys((*SHOWN, *KEPT), "") | {
        "item": item,
        "description": added.description,
        "quantity": plain(added.quantity),
        "unit": added.unit,
        "supplier_code": added.supplier_code,
        "unit_price": "" if added.price is None else plain(added.price),
    }
    return replace(entry, rows=(*entry.rows, row))


def with_free_row(entry: Entry, text: str = "") -> Entry:
    """Return a form with one more row for what is not in the catalogue."""
    row = dict.fromkeys((*SHOWN, *KEPT), "") | {"quantity": "1", "description": text}
    return replace(entry, rows=(*entry.rows, row))


def shown(order: Order) -> Entry:
    """Return the form of a stored order."""
    head = {
        "supplier": str(order.supplier),
        "ordered": order.ordered.isoformat(),
        "expected": order.expected.isoformat() if order.expected else "",
        "currency": order.currency,
        "rate": "" if order.rate == 1 else plain(order.rate),
        "location": order.location,
        "reference": order.reference,
        "note": order.note,
    }
    rows = tuple(
        {
            "description": line.description,
            "quantity": plain(line.quantity),
            "unit_price": plain(line.unit_price),
            "discount": plain(line.discount) if line.discount else "",
            "expected": line.expected.isoformat() if line.expected else "",
            "item": str(line.item or ""),
            "unit": line.unit,
            "supplier_code": line.supplier_code,
            "tax_category": line.tax_category,
        }
        for line in order.lines
    )
    return Entry(order.id, Form.of(**head), rows, order.version)


def draft_of(entry: Entry) -> OrderDraft:
    """Return what was typed as a draft; raises `Invalid` by field, all at once."""
    wrong: dict[str, str] = {}
    lines: list[DraftLine] = []
    for place, row in enumerate(entry.rows):
        try:
            lines.append(DraftLine(**msgspec.structs.asdict(Form.of(**row).read(Row))))
        except Invalid as problem:
            wrong |= {f"lines.{place}.{name}": sentence for name, sentence in problem.fields.items()}
    try:
        head = entry.head.read(Head)
    except Invalid as problem:
        raise Invalid(fields=problem.fields | wrong) from problem
    if wrong:
        raise Invalid(fields=wrong)
    return OrderDraft(lines=tuple(lines), **msgspec.structs.asdict(head))


def differences(mine: Entry, theirs: Entry) -> list[dict[str, str]]:
    """Return the fields in which two versions differ, as people read them."""
    names = {
        "ordered": "Date",
        "expected": "Expected",
        "currency": "Currency",
        "reference": "Reference",
        "note": "Note",
        "location": "Goods to",
    }
    found = [
        {"label": label, "mine": mine.head.get(name), "theirs": theirs.head.get(name)}
        for name, label in names.items()
        if mine.head.get(name) != theirs.head.get(name)
    ]
    said = [
        "; ".join(" × ".join(filter(None, (row["quantity"], row["description"], row["unit_price"]))) for row in each.rows)
        for each in (mine, theirs)
    ]
    if said[0] != said[1]:
        found.append({"label": "Lines", "mine": said[0], "theirs": said[1]})
    return found
