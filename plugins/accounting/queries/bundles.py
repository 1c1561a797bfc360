"""What the auditor's bundle is made from, and the bundles that were made."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope


class AccountRow(NamedTuple):
    """An account, as the bundle lists it."""

    id: UUID
    code: str
    name: str
    type: str
    currency: str
    parent: str
    closed: bool


class Register(NamedTuple):
    """What an id in an entry stands for."""

    what: str
    id: UUID
    code: str
    name: str


class DocumentRow(NamedTuple):
    """An invoice or a bill, as the bundle lists it."""

    kind: str
    state: str
    number: str
    reference: str
    issued: date
    due: date
    party: UUID
    party_name: str
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    open: Decimal
    entry: str


class Bundle(NamedTuple):
    """A bundle: its file, how many bytes that has, and the head of the tree it goes up to."""

    id: UUID
    file: UUID
    name: str
    bytes: int
    size: int
    root: str
    made_at: datetime
    made_by: UUID | None


_REGISTERS = """
SELECT 'journal' AS what, j.id, j.code, j.name FROM accounting_journal j
UNION ALL SELECT 'fiscal year', y.id, y.code, y.first || ' to ' || y.last FROM accounting_fiscal_year y
UNION ALL SELECT d.key, v.id, v.code, v.title FROM accounting_dimension_value v JOIN accounting_dimension d ON d.id = v.dimension
ORDER BY 1, 3
"""
_DOCUMENTS = """
SELECT d.kind, d.state, d.number, d.reference, d.issued, d.due, d.party, d.party_name, d.currency, d.net, d.tax, d.total, d.open,
    coalesce(e.reference, '') AS entry
FROM accounting_document d LEFT JOIN accounting_entry e ON e.id = d.entry WHERE d.state <> 'draft' AND (d.issued, d.number) > ($1, $2)
ORDER BY d.issued, d.number LIMIT $3
"""
_COLUMNS = ", ".join(f"b.{name}" for name in Bundle._fields)


async def accounts(db: Scope) -> list[AccountRow]:
    """Return the chart by code."""
    rows = await db.fetch(
        "SELECT a.id, a.code, a.name, a.type, a.currency, coalesce(p.code, '') AS parent, a.closed "
        "FROM accounting_account a LEFT JOIN accounting_account p ON p.id = a.parent ORDER BY a.code"
    )
    return [AccountRow(**dict(row.items())) for row in rows]


async def registers(db: Scope) -> list[Register]:
    """Return journals, fiscal years and values of dimensions."""
    return [Register(**dict(row.items())) for row in await db.fetch(_REGISTERS)]


async def documents(db: Scope, after: tuple[date, str], limit: int) -> list[DocumentRow]:
    """Return documents by day and number, from `after` on."""
    return [DocumentRow(**dict(row.items())) for row in await db.fetch(_DOCUMENTS, *after, limit)]


async def keep(db: Scope, bundle: Bundle) -> None:
    """Store that a bundle was made."""
    names = ", ".join(Bundle._fields)
    await db.execute(f"INSERT INTO accounting_bundle ({names}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", *bundle)


async def latest(db: Scope, limit: int = 20) -> list[Bundle]:
    """Return the latest bundles, newest first."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM accounting_bundle b ORDER BY b.made_at DESC, b.id DESC LIMIT $1", limit)
    return [Bundle(**dict(row.items())) for row in rows]


async def find(db: Scope, bundle_id: UUID) -> Bundle | None:
    """Return a bundle."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM accounting_bundle b WHERE b.id = $1", bundle_id)
    return Bundle(**dict(row.items())) if row else None
