"""Accounts as they are stored."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from weft import Conflict, Invalid, Row, Scope

from ..domain.accounts import Account

_COLUMNS = "a.id, a.code, a.name, a.type, a.currency, a.parent, a.posting, a.closed, a.reconcile, a.tags, a.note, a.version"


def account_of(row: Row) -> Account:
    """Return the account in a row."""
    return Account(
        **{
            name: row[name]
            for name in ("id", "code", "name", "type", "currency", "parent", "posting", "closed", "reconcile", "note", "version")
        },
        tags=tuple(row["tags"]),
    )


async def all_accounts(db: Scope) -> list[Account]:
    """Return every account by code."""
    return [account_of(row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM accounting_account a ORDER BY a.code")]


async def account(db: Scope, account_id: UUID, *, lock: bool = False) -> Account | None:
    """Return an account."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM accounting_account a WHERE a.id = $1{' FOR UPDATE' if lock else ''}", account_id)
    return account_of(row) if row else None


async def by_code(db: Scope, code: str) -> Account | None:
    """Return an account by its code."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM accounting_account a WHERE a.code = $1", code)
    return account_of(row) if row else None


async def find(db: Scope, text: str, limit: int) -> list[Account]:
    """Return open accounts whose code begins with a text or whose name holds all its words, exact codes first."""
    words = [word for word in text.lower().split() if word][:6]
    conditions = " AND ".join(f"strpos(lower(a.code || ' ' || a.name), ${place}) > 0" for place in range(3, 3 + len(words))) or "true"
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM accounting_account a WHERE a.posting AND NOT a.closed AND ({conditions}) "
        "ORDER BY a.code = $1 DESC, starts_with(a.code, $1) DESC, starts_with(lower(a.name), lower($1)) DESC, a.code LIMIT $2",
        text.strip(),
        limit,
        *words,
    )
    return [account_of(row) for row in rows]


async def insert(db: Scope, accounts: Sequence[Account]) -> None:
    """Store new accounts; parents may be among them. Raises `Invalid` for a code that is taken."""
    if not accounts:
        return
    try:
        await db.execute(
            "INSERT INTO accounting_account (id, code, name, type, currency, parent, posting, closed, reconcile, tags, note, version) "
            "SELECT n.id, n.code, n.name, n.type, n.currency, n.parent, n.posting, n.closed, n.reconcile, "
            "coalesce(string_to_array(nullif(n.tags, ''), ','), ARRAY[]::text[]), n.note, 1 "
            "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::bool[], $8::bool[], $9::bool[], "
            "$10::text[], $11::text[]) "
            "AS n (id, code, name, type, currency, parent, posting, closed, reconcile, tags, note)",
            *(
                [getattr(each, name) for each in accounts]
                for name in ("id", "code", "name", "type", "currency", "parent", "posting", "closed", "reconcile")
            ),
            [",".join(each.tags) for each in accounts],
            [each.note for each in accounts],
        )
    except asyncpg.UniqueViolationError as taken:
        raise Invalid.field("code", "There is an account with this code already.") from taken


async def update(db: Scope, changed: Account) -> None:
    """Store an account as it is now; raises `Invalid` for a code that is taken."""
    try:
        await db.execute(
            "UPDATE accounting_account SET code = $2, name = $3, type = $4, currency = $5, parent = $6, posting = $7, closed = $8, "
            "reconcile = $9, tags = $10, note = $11, version = $12 WHERE id = $1",
            *(changed.id, changed.code, changed.name, changed.type, changed.currency, changed.parent, changed.posting, changed.closed),
            *(changed.reconcile, list(changed.tags), changed.note, changed.version),
        )
    except asyncpg.UniqueViolationError as taken:
        raise Invalid.field("code", "There is an account with this code already.") from taken


async def delete(db: Scope, account_id: UUID) -> None:
    """Delete an account; raises `Conflict` when something refers to it."""
    try:
        await db.execute("DELETE FROM accounting_account a WHERE a.id = $1", account_id)
    except (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError) as used:
        raise Conflict("This account is in use: it has entries, accounts below it or posting rules. Close it instead.") from used


async def has_lines(db: Scope, account_id: UUID) -> bool:
    """Tell whether anything was posted to an account."""
    return bool(await db.fetchval("SELECT EXISTS (SELECT FROM accounting_line l WHERE l.account = $1)", account_id))


async def currencies_of(db: Scope, account_id: UUID) -> list[str]:
    """Return the currencies of the lines of an account."""
    rows = await db.fetch("SELECT DISTINCT b.currency FROM accounting_period_balance b WHERE b.account = $1", account_id)
    return [row["currency"] for row in rows]
