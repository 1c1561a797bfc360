"""What is open and may be paid through a bank."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from weft import Row, Scope
from weft.money import minor_unit, round_to

from ..domain.bank.items import OpenItem
from ..domain.bank.splits import Split
from ..domain.documents.model import DocumentKind
from ..domain.documents.terms import DiscountOn, EarlyPayment

# Documents that may be paid at once: more are not looked through on one page (the oldest due are).
MOST = 60_000
LONGEST = 60  # characters of what may be a reference
_DUE_IN = (DocumentKind.INVOICE.value, DocumentKind.BILL_CREDIT.value)


async def open_items(db: Scope, ids: Sequence[UUID] = ()) -> list[OpenItem]:
    """Return posted documents that are not settled, or only some of them, signed as a bank would book their payment."""
    rows = await db.fetch(
        "SELECT d.id, d.kind, d.number, d.reference, d.party, d.party_name, d.currency, d.open, d.total, d.net, d.issued, d.due, "
        "d.made_with #> ARRAY['terms', 'early'] AS early FROM accounting_document d WHERE d.open <> 0 "
        "AND (cardinality($1::uuid[]) = 0 OR d.id = ANY ($1)) ORDER BY d.due, d.id LIMIT $2",
        *(list(ids), MOST),
    )
    return [_item_of(row) for row in rows]


# What is open on accounts whose lines are settled, save what documents and payments of documents leave open, and what banks' lines booked.
_LINES = """
SELECT l.id, l.residual, l.currency, round(l.base * l.residual / l.amount, 6) AS base, a.code, a.name, l.party, l.date, l.due,
    l.description, e.id AS entry, e.reference, e.source_id, e.source_title
FROM accounting_line l JOIN accounting_entry e ON e.id = l.entry JOIN accounting_account a ON a.id = l.account
WHERE l.residual <> 0 AND a.type NOT IN ('bank', 'credit_card') AND e.source_kind <> 'accounting.bank_line' AND e.reverses IS NULL
    AND NOT EXISTS (SELECT FROM accounting_document d WHERE d.entry = l.entry)
    AND NOT EXISTS (SELECT FROM accounting_payment p WHERE p.entry = l.entry)
"""


async def open_lines(db: Scope, ids: Sequence[UUID] = (), *, lock: bool = False) -> list[OpenItem]:
    """Return what is open in the ledger without a document, or only some of it, signed as a bank would book its payment."""
    if ids:
        found = await db.fetch(f"{_LINES} AND l.id = ANY ($1::uuid[]){' ORDER BY l.id FOR UPDATE OF l' if lock else ''}", list(ids))
    else:
        found = await db.fetch(f"{_LINES} ORDER BY l.date, l.id LIMIT $1", MOST)
    return [_line_of(row) for row in found]


async def chosen_items(db: Scope, splits: Sequence[Split]) -> list[OpenItem]:
    """Return what parts of a line are of: documents, and lines of the ledger, which are locked."""
    documents, lines = [each.document for each in splits if each.document], [each.line for each in splits if each.line]
    return [*(await open_items(db, documents) if documents else ()), *(await open_lines(db, lines, lock=True) if lines else ())]


def _line_of(row: Row) -> OpenItem:
    words = (row["source_title"], row["source_id"], row["description"])
    return OpenItem(
        id=row["id"],
        amount=row["residual"],
        currency=row["currency"],
        number=row["source_title"] or row["reference"],
        references=tuple(each for each in (row["reference"], *words) if each and len(each) <= LONGEST),
        party=row["party"],
        issued_on=row["date"],
        entry=row["entry"],
        account=row["code"],
        account_name=row["name"],
        base=row["base"],
    )


def _item_of(row: Row) -> OpenItem:
    sign = 1 if row["kind"] in _DUE_IN else -1
    early = msgspec.json.decode(row["early"], type=EarlyPayment | None) if row["early"] else None
    item = OpenItem(
        id=row["id"],
        amount=row["open"] * sign,
        currency=row["currency"],
        number=row["number"],
        references=(row["reference"],) if row["reference"] else (),
        party=row["party"],
        party_name=row["party_name"],
        issued_on=row["issued"],
        due_on=row["due"],
    )
    if early is None or row["open"] != row["total"]:
        return item
    base = row["net"] if early.on is DiscountOn.NET else row["total"]
    discount = round_to(base * early.percent / 100, minor_unit(row["currency"]))
    return msgspec.structs.replace(item, discount=discount * sign, discount_until=row["issued"] + timedelta(days=early.days))
