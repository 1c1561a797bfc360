"""Invoices, credit notes and bills as they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from weft import Conflict, Row, Scope, new_id

from ..domain.documents.stored import StoredDocument
from ..domain.tax.compute import TaxAmount
from ..domain.tax.model import Tax
from . import aliases

_NAMES = (
    *("id", "kind", "state", "number", "party", "party_name", "reference", "currency", "rate", "issued", "tax_day", "due", "terms"),
    *("included", "note", "lines", "made_with", "net", "tax", "rounding", "total", "base_total", "open", "entry", "credits", "deposit_for"),
    *("sent_at", "sent_to", "source_kind", "source_id", "source_title", "version", "made_at", "made_by", "posted_at"),
)
_JSON = frozenset({"lines", "made_with"})
_COLUMNS = ", ".join(f"d.{name}::text AS {name}" if name in _JSON else f"d.{name}" for name in _NAMES)


def _of(row: Row) -> StoredDocument:
    values: dict[str, Any] = dict(row.items())
    for name in _JSON:
        values[name] = msgspec.json.decode(values[name])
    return msgspec.convert(values, StoredDocument)


async def document(db: Scope, document_id: UUID, *, lock: bool = False) -> StoredDocument | None:
    """Return a document, locked until the transaction ends when asked for."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM accounting_document d WHERE d.id = $1{' FOR UPDATE' if lock else ''}", document_id)
    return _of(row) if row else None


async def by_source(db: Scope, kind: str, source_id: str) -> StoredDocument | None:
    """Return the document that was made from something of another module."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM accounting_document d WHERE d.source_kind = $1 AND d.source_id = $2 AND d.source_kind <> ''",
        kind,
        source_id,
    )
    return _of(row) if row else None


async def documents(db: Scope, ids: Sequence[UUID], *, lock: bool = False) -> list[StoredDocument]:
    """Return documents by id, in one order, so that two who lock never wait in a circle."""
    sql = f"SELECT {_COLUMNS} FROM accounting_document d WHERE d.id = ANY ($1::uuid[]) ORDER BY d.id{' FOR UPDATE' if lock else ''}"
    return [_of(row) for row in await db.fetch(sql, list(ids))]


async def put(db: Scope, made: StoredDocument, search_text: str) -> None:
    """Store a document, new or changed."""
    names = [*_NAMES, "search_text"]
    values = [msgspec.json.encode(getattr(made, name)).decode() if name in _JSON else getattr(made, name) for name in _NAMES]
    values[1] = made.kind.value
    places = ", ".join(f"${place}::text::jsonb" if name in _JSON else f"${place}" for place, name in enumerate(names, 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    await db.execute(
        f"INSERT INTO accounting_document ({', '.join(names)}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {changes}",
        *values,
        search_text,
    )


async def delete(db: Scope, document_id: UUID) -> None:
    """Delete a draft; raises `Conflict` when a deposit was invoiced for it."""
    try:
        await db.execute("DELETE FROM accounting_document d WHERE d.id = $1 AND d.state = 'draft'", document_id)
    except (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError) as used:
        raise Conflict("A deposit was invoiced for this draft: credit that first, or keep the draft.") from used


async def set_open(db: Scope, document_id: UUID, amount: Decimal) -> None:
    """Say how much of a document is open."""
    await db.execute("UPDATE accounting_document d SET open = $2 WHERE d.id = $1", document_id, amount)


async def set_sent(db: Scope, document_id: UUID, at: datetime, to: str) -> None:
    """Say when and to whom a document was sent."""
    await db.execute("UPDATE accounting_document d SET sent_at = $2, sent_to = $3 WHERE d.id = $1", document_id, at, to)


async def crediting(db: Scope, document_id: UUID) -> list[StoredDocument]:
    """Return the documents that take something of another one back, oldest first."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM accounting_document d WHERE d.credits = $1 ORDER BY d.id", document_id)
    return [_of(row) for row in rows]


async def deposits_of(db: Scope, document_id: UUID) -> list[StoredDocument]:
    """Return the deposit invoices of a document, oldest first."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM accounting_document d WHERE d.deposit_for = $1 ORDER BY d.id", document_id)
    return [_of(row) for row in rows]


async def same_reference(db: Scope, party: UUID, reference: str, other_than: UUID) -> str:
    """Return the number of another document of a party with the same reference of the vendor's, or nothing."""
    found = await db.fetchval(
        "SELECT coalesce(nullif(d.number, ''), 'a draft') FROM accounting_document d "
        "WHERE d.party = $1 AND lower(d.reference) = lower($2) AND d.reference <> '' AND d.id <> $3 AND d.kind = 'bill' LIMIT 1",
        *(party, reference, other_than),
    )
    return str(found or "")


async def open_of(db: Scope, *, use: str, party: UUID | None = None, currency: str = "") -> list[StoredDocument]:
    """Return posted documents that are not settled, of sales or purchases, oldest due date first; of a party under any of its ids."""
    kinds = ["invoice", "credit_note"] if use == "sale" else ["bill", "bill_credit"]
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM accounting_document d WHERE d.open <> 0 AND d.kind = ANY ($1::text[]) "
        "AND (cardinality($2::uuid[]) = 0 OR d.party = ANY ($2)) AND ($3 = '' OR d.currency = $3) ORDER BY d.due, d.id LIMIT 5000",
        *(kinds, await aliases.same(db, party) if party else [], currency),
    )
    return [_of(row) for row in rows]


@dataclass(frozen=True, slots=True)
class KeptTax:
    """A tax that fell due on a day, with the document and entry it came with."""

    day: date
    tax: TaxAmount
    credit_note: bool
    entry: UUID
    document: UUID | None = None
    payment: UUID | None = None


async def put_taxes(db: Scope, taxes: Sequence[KeptTax]) -> None:
    """Keep taxes for the return."""
    for each in taxes:
        await db.execute(
            "INSERT INTO accounting_tax_amount (id, day, document, payment, entry, tax_code, tax, base, amount, deductible, credit_note) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11)",
            *(new_id(), each.day, each.document, each.payment, each.entry, each.tax.tax.code),
            *(msgspec.json.encode(each.tax.tax).decode(), each.tax.base, each.tax.amount, each.tax.deductible, each.credit_note),
        )


async def taxes_between(db: Scope, first: date, last: date) -> list[tuple[KeptTax, str]]:
    """Return the taxes that fell due on some days, each with the number of its document, payment, or else its entry."""
    rows = await db.fetch(
        "SELECT t.day, t.document, t.payment, t.entry, t.tax::text AS tax, t.base, t.amount, t.deductible, t.credit_note, "
        "coalesce(p.number, d.number, e.reference) AS source FROM accounting_tax_amount t LEFT JOIN accounting_document d "
        "ON d.id = t.document LEFT JOIN accounting_payment p ON p.id = t.payment JOIN accounting_entry e ON e.id = t.entry "
        "WHERE t.day BETWEEN $1 AND $2 ORDER BY t.day, t.id",
        *(first, last),
    )
    return [(_kept(row), row["source"]) for row in rows]


async def taxes_of_payment(db: Scope, payment_id: UUID) -> list[KeptTax]:
    """Return the taxes that a payment made due or corrected."""
    rows = await db.fetch(
        "SELECT t.day, t.document, t.payment, t.entry, t.tax::text AS tax, t.base, t.amount, t.deductible, t.credit_note "
        "FROM accounting_tax_amount t WHERE t.payment = $1 ORDER BY t.id",
        payment_id,
    )
    return [_kept(row) for row in rows]


async def taxes_of_entry(db: Scope, entry_id: UUID) -> list[KeptTax]:
    """Return the taxes that fell due with an entry."""
    rows = await db.fetch(
        "SELECT t.day, t.document, t.payment, t.entry, t.tax::text AS tax, t.base, t.amount, t.deductible, t.credit_note "
        "FROM accounting_tax_amount t WHERE t.entry = $1 ORDER BY t.id",
        entry_id,
    )
    return [_kept(row) for row in rows]


def _kept(row: Row) -> KeptTax:
    amount = TaxAmount(msgspec.json.decode(row["tax"], type=Tax), row["base"], row["amount"], row["deductible"])
    return KeptTax(row["day"], amount, row["credit_note"], row["entry"], row["document"], row["payment"])
