"""Bank accounts, the files that were brought for them, and statements."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from weft import Invalid, Row, Scope, Seals, Secret

from ..domain.bank.statement import Balance
from ..domain.bank.stored import FileOutcome, StoredBankAccount, StoredFile, StoredStatement
from ..sealed import ACCOUNT_NUMBER

_ACCOUNT = (
    "SELECT b.id, b.name, b.number, b.number_sealed, b.bank, b.currency, b.account, a.code, a.name AS account_name, "
    "b.mappings::text AS mappings, b.active, b.version FROM accounting_bank_account b JOIN accounting_account a ON a.id = b.account"
)
# By its index entry under every key there is, and readable, as the version before writes it.
_TAKEN = (
    "SELECT EXISTS (SELECT FROM accounting_bank_account b WHERE b.id <> $1 AND b.currency = $2 AND (b.number_blind = ANY ($3::text[]) "
    "OR b.number = $4))"
)
_NUMBER_TAKEN = "There is a bank account with this number already."
_FILE = "SELECT f.id, f.file, f.name, f.bank_account, f.state, f.outcome::text AS outcome, f.at, f.by FROM accounting_bank_file f"
_STATEMENT = (
    "SELECT s.id, s.bank_account, s.source, s.format, s.key, s.name, s.first, s.last, s.opening, s.closing, s.state, "
    "s.proof::text AS proof, s.reason, s.version, s.at, (SELECT count(*) FROM accounting_bank_line l WHERE l.statement = s.id) AS lines, "
    "(SELECT count(*) FROM accounting_bank_line l WHERE l.statement = s.id AND l.state <> 'matched') AS open_lines "
    "FROM accounting_bank_statement s"
)


def _values(row: Row, *json: str) -> dict[str, Any]:
    values = dict(row.items())
    for name in json:
        values[name] = msgspec.json.decode(values[name])
    return values


def _account_of(row: Row, seals: Seals) -> StoredBankAccount:
    values = _values(row, "mappings")
    sealed = values.pop("number_sealed")
    # What stands readable was written last, by a process of the version before.
    values["number"] = Secret(values["number"]) if values["number"] else seals.open(ACCOUNT_NUMBER, values["id"], sealed)
    return msgspec.convert(values, StoredBankAccount)


def _file_of(row: Row) -> StoredFile:
    return msgspec.convert(_values(row, "outcome"), StoredFile)


def _statement_of(row: Row) -> StoredStatement:
    return msgspec.convert(_values(row, "proof"), StoredStatement)


async def accounts(db: Scope) -> list[StoredBankAccount]:
    """Return every bank account by name."""
    rows = await db.fetch(f"{_ACCOUNT} ORDER BY b.name")
    seals = await db.seals() if rows else None
    return [_account_of(row, seals) for row in rows if seals]


async def account(db: Scope, account_id: UUID, *, lock: bool = False) -> StoredBankAccount | None:
    """Return a bank account."""
    row = await db.fetchrow(f"{_ACCOUNT} WHERE b.id = $1{' FOR UPDATE OF b' if lock else ''}", account_id)
    return _account_of(row, await db.seals()) if row else None


async def put_account(db: Scope, made: StoredBankAccount) -> None:
    """Store a bank account, new or changed; raises `Invalid` for a name, number or account of the books that another has."""
    seals = await db.seals()
    if made.number and await db.fetchval(_TAKEN, made.id, made.currency, seals.blinds(ACCOUNT_NUMBER, made.number), made.number.clear):
        raise Invalid.field("number", _NUMBER_TAKEN)
    try:
        await db.execute(
            "INSERT INTO accounting_bank_account (id, name, number_sealed, number_blind, bank, currency, account, mappings, active, "
            "version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10) ON CONFLICT (id) DO UPDATE SET name = $2, number = '', "
            "number_sealed = $3, number_blind = $4, bank = $5, currency = $6, account = $7, mappings = $8::text::jsonb, active = $9, "
            "version = $10",
            *(made.id, made.name, seals.seal(ACCOUNT_NUMBER, made.id, made.number), seals.blind(ACCOUNT_NUMBER, made.number)),
            *(made.bank, made.currency, made.account, msgspec.json.encode(made.mappings).decode(), made.active, made.version),
        )
    except asyncpg.UniqueViolationError as taken:
        field = {"accounting_bank_account_name": "name", "accounting_bank_account_blind": "number"}.get(taken.constraint_name or "", "code")
        sentence = {
            "name": "There is a bank account of this name already.",
            "number": _NUMBER_TAKEN,
            "code": "This account of the books stands for another bank account already.",
        }[field]
        raise Invalid.field(field, sentence) from taken


async def keep_currency(db: Scope, account: UUID, currency: str) -> bool:
    """Have an account of the books that takes any currency take only one, unless it holds another already; tell whether it was changed."""
    changed = await db.execute(
        "UPDATE accounting_account a SET currency = $2, version = a.version + 1 WHERE a.id = $1 AND a.currency = '' "
        "AND NOT EXISTS (SELECT FROM accounting_line l WHERE l.account = a.id AND l.currency <> $2)",
        *(account, currency),
    )
    return changed > 0


async def put_file(db: Scope, made: StoredFile) -> None:
    """Store a file, new or read."""
    await db.execute(
        "INSERT INTO accounting_bank_file (id, file, name, bank_account, state, outcome, at, by) "
        "VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8) ON CONFLICT (id) DO UPDATE SET bank_account = $4, state = $5, "
        "outcome = $6::text::jsonb",
        *(made.id, made.file, made.name, made.bank_account, made.state, msgspec.json.encode(made.outcome).decode(), made.at, made.by),
    )


async def file(db: Scope, file_id: UUID, *, lock: bool = False) -> StoredFile | None:
    """Return a file."""
    row = await db.fetchrow(f"{_FILE} WHERE f.id = $1{' FOR UPDATE' if lock else ''}", file_id)
    return _file_of(row) if row else None


async def files(db: Scope, limit: int = 20) -> list[StoredFile]:
    """Return the latest files, newest first."""
    return [_file_of(row) for row in await db.fetch(f"{_FILE} ORDER BY f.at DESC, f.id DESC LIMIT $1", limit)]


async def set_outcome(db: Scope, file_id: UUID, state: str, outcome: FileOutcome) -> None:
    """Say what became of a file."""
    await db.execute(
        "UPDATE accounting_bank_file f SET state = $2, outcome = $3::text::jsonb WHERE f.id = $1",
        *(file_id, state, msgspec.json.encode(outcome).decode()),
    )


async def put_statement(db: Scope, made: StoredStatement) -> None:
    """Store a new statement."""
    await db.execute(
        "INSERT INTO accounting_bank_statement (id, bank_account, source, format, key, name, first, last, opening, closing, state, proof, "
        "reason, version, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::jsonb, $13, $14, $15)",
        *(made.id, made.bank_account, made.source, made.format, made.key, made.name, made.first, made.last, made.opening, made.closing),
        *(made.state, msgspec.json.encode(made.proof).decode(), made.reason, made.version, made.at),
    )


async def statement(db: Scope, statement_id: UUID, *, lock: bool = False) -> StoredStatement | None:
    """Return a statement."""
    row = await db.fetchrow(f"{_STATEMENT} WHERE s.id = $1{' FOR UPDATE OF s' if lock else ''}", statement_id)
    return _statement_of(row) if row else None


async def statements(db: Scope, bank_account: UUID, limit: int = 100) -> list[StoredStatement]:
    """Return the latest statements of a bank account, newest first."""
    sql = f"{_STATEMENT} WHERE s.bank_account = $1 ORDER BY s.last DESC NULLS LAST, s.id DESC LIMIT $2"
    return [_statement_of(row) for row in await db.fetch(sql, bank_account, limit)]


async def known_keys(db: Scope, bank_account: UUID, keys: Sequence[str]) -> set[str]:
    """Return which of some statements are there already."""
    sql = "SELECT s.key FROM accounting_bank_statement s WHERE s.bank_account = $1 AND s.key = ANY ($2::text[])"
    return {row["key"] for row in await db.fetch(sql, bank_account, list(keys))}


async def closing_before(db: Scope, bank_account: UUID, day: date | None) -> Balance | None:
    """Return the closing balance of the last statement that ended before a day, or on it."""
    row = await db.fetchrow(
        "SELECT s.closing, b.currency, s.last FROM accounting_bank_statement s JOIN accounting_bank_account b ON b.id = s.bank_account "
        "WHERE s.bank_account = $1 AND s.closing IS NOT NULL AND s.last <= coalesce($2, s.last) ORDER BY s.last DESC, s.id DESC LIMIT 1",
        *(bank_account, day),
    )
    return Balance("closing", row["closing"], row["currency"], row["last"]) if row else None


async def set_state(db: Scope, statement_id: UUID, state: str, reason: str | None = None) -> None:
    """Say in which state a statement is, and perhaps why."""
    await db.execute(
        "UPDATE accounting_bank_statement s SET state = $2, reason = coalesce($3, s.reason), version = s.version + 1 WHERE s.id = $1",
        *(statement_id, state, reason),
    )


async def remove_statement(db: Scope, statement_id: UUID) -> None:
    """Forget a statement and its lines, none of which is matched."""
    await db.execute(
        "DELETE FROM accounting_bank_decision x USING accounting_bank_line l WHERE x.line = l.id AND l.statement = $1", statement_id
    )
    await db.execute("DELETE FROM accounting_bank_line l WHERE l.statement = $1", statement_id)
    await db.execute("DELETE FROM accounting_bank_statement s WHERE s.id = $1", statement_id)


async def overview(db: Scope) -> list[tuple[UUID, Decimal | None, date | None, int, Decimal, int]]:
    """Return of each bank account what its last statement closes with, and when, how many lines are open and their sum, how many parked."""
    rows = await db.fetch(
        "SELECT b.id, t.closing, t.last, coalesce(n.open, 0) AS open, coalesce(n.amount, 0) AS amount, coalesce(n.parked, 0) AS parked "
        "FROM accounting_bank_account b LEFT JOIN LATERAL (SELECT s.closing, s.last FROM accounting_bank_statement s "
        "WHERE s.bank_account = b.id AND s.closing IS NOT NULL AND s.state <> 'discrepancy' ORDER BY s.last DESC NULLS LAST, s.id DESC "
        "LIMIT 1) t ON true LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE l.state = 'open') AS open, "
        "sum(l.amount) FILTER (WHERE l.state = 'open') AS amount, count(*) FILTER (WHERE l.state = 'parked') AS parked "
        "FROM accounting_bank_line l WHERE l.bank_account = b.id AND l.state <> 'matched') n ON true ORDER BY b.name"
    )
    return [(row["id"], row["closing"], row["last"], row["open"], row["amount"], row["parked"]) for row in rows]
