"""The bytes of a posted entry that are sealed, so that a stranger can compute them again.

A leaf of a tenant's tree (RFC 6962 section 2.1) is the entry as it was posted, in one JSON object in UTF-8. Its members are ``currency``,
``date``, ``description``, ``id``, ``journal``, ``lines``, ``number``, ``posted_at``, ``posted_by``, ``reason``, ``reference``,
``reverses``, ``source``, ``total`` and ``year``; those of a line are ``account``, ``amount``, ``base``, ``currency``, ``date``,
``description``, ``dimensions``, ``due``, ``party`` and ``position``; ``source`` is ``null`` or has ``id``, ``kind`` and ``title``.

* Accounts, journals, years, parties and the values of dimensions are told by their ids: a code or a name may be changed later, and which
  one belongs to an id stands in the auditor's bundle. ``dimensions`` are sorted.
* Amounts are strings with the digits that were stored, debits positive (``"-240.00"``); days are ``"2026-03-31"``; ``posted_at`` is in
  UTC with six decimals (``"2026-03-31T12:30:00.000250Z"``); ``number`` and ``position`` are integers; what is absent is ``null``.
* Lines come by their positions. What is still open of a line is left out: it changes as it is paid.

No white space between tokens; members sorted by name; in a string only what JSON demands is escaped (``\\b \\t \\n \\f \\r \\" \\\\``, and
other characters below U+0020 as ``\\u00xx`` in small letters). The leaf's hash is SHA-256 of a zero byte and these bytes.
`docs/verify_ledger.py` computes the same with nothing but Python's library.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from weft import merkle

MaybeDay: TypeAlias = date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafLine:
    """What is sealed of a line; debits are positive."""

    position: int
    account: UUID
    date: date
    currency: str
    amount: Decimal
    base: Decimal
    description: str
    party: UUID | None
    due: MaybeDay
    dimensions: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafEntry:
    """What is sealed of an entry; `source` is kind, id and title of its document."""

    id: UUID
    journal: UUID
    year: UUID
    number: int
    reference: str
    date: date
    description: str
    currency: str
    total: Decimal
    source: tuple[str, str, str] | None
    reverses: UUID | None
    reason: str
    posted_at: datetime
    posted_by: UUID | None
    lines: Sequence[LeafLine]


def leaf_text(entry: LeafEntry) -> str:
    """Return what is sealed of an entry."""
    source = dict(zip(("kind", "id", "title"), entry.source, strict=True)) if entry.source else None
    told: dict[str, Any] = {
        "currency": entry.currency,
        "date": entry.date.isoformat(),
        "description": entry.description,
        "id": str(entry.id),
        "journal": str(entry.journal),
        "lines": [_line(line) for line in sorted(entry.lines, key=lambda each: each.position)],
        "number": entry.number,
        "posted_at": time_text(entry.posted_at),
        "posted_by": _id(entry.posted_by),
        "reason": entry.reason,
        "reference": entry.reference,
        "reverses": _id(entry.reverses),
        "source": source,
        "total": f"{entry.total:f}",
        "year": str(entry.year),
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def leaf_hash(entry: LeafEntry) -> bytes:
    """Return the hash of the leaf that an entry is."""
    return merkle.leaf_hash(leaf_text(entry).encode())


def time_text(at: datetime) -> str:
    """Return a time as a leaf tells it."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _line(line: LeafLine) -> dict[str, Any]:
    return {
        "account": str(line.account),
        "amount": f"{line.amount:f}",
        "base": f"{line.base:f}",
        "currency": line.currency,
        "date": line.date.isoformat(),
        "description": line.description,
        "dimensions": sorted(map(str, line.dimensions)),
        "due": line.due.isoformat() if line.due else None,
        "party": _id(line.party),
        "position": line.position,
    }


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None
