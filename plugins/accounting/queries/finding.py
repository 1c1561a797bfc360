"""Finding documents and payments by words."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from weft import Scope

_TITLES = "CASE d.kind WHEN 'invoice' THEN 'Invoice' WHEN 'credit_note' THEN 'Credit note' WHEN 'bill' THEN 'Bill' ELSE 'Vendor credit' END"


class Found(NamedTuple):
    """A document or a payment that holds the words."""

    id: UUID
    is_document: bool
    title: str
    number: str
    party_name: str
    day: date


async def by_words(db: Scope, words: Sequence[str], limit: int) -> list[Found]:
    """Return documents and payments that hold words at the beginning of one of theirs, newest first; words are folded."""
    patterns = ["% " + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" for word in words[:6]]
    rows = await db.fetch(
        f"(SELECT d.id, true AS is_document, {_TITLES} AS title, d.number, d.party_name, d.issued AS day FROM accounting_document d "
        "WHERE d.search_text LIKE ALL ($1::text[]) ORDER BY d.issued DESC, d.id DESC LIMIT $2) UNION ALL "
        "(SELECT p.id, false, 'Payment', p.number, p.party_name, p.day FROM accounting_payment p "
        "WHERE p.search_text LIKE ALL ($1::text[]) ORDER BY p.day DESC, p.id DESC LIMIT $2) ORDER BY day DESC LIMIT $2",
        *(patterns, limit),
    )
    return [Found(**dict(row.items())) for row in rows]
