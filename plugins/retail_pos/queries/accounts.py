"""Accounts of gift cards, store credit and points: read, booked on, blocked, and those that expire."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from weft import Scope, new_id

from ..domain.values import Account, Issue, Loyal, ValueEntry

_VALUE = """
SELECT v.id, v.kind, v.number, v.customer, v.currency, v.balance, v.state, v.expires, v.opened_at,
    (SELECT max(e.at) FROM retail_pos_stored_value_entry e WHERE e.account = v.id) AS used_at
FROM retail_pos_stored_value v
"""
_LOYAL = """
SELECT a.id, a.customer, a.balance, a.opened_at, (SELECT max(e.at) FROM retail_pos_loyalty_entry e WHERE e.account = a.id) AS used_at
FROM retail_pos_loyalty_account a
"""


async def value(db: Scope, account: UUID, *, lock: bool = False) -> Account | None:
    """Return a gift card or store credit; with `lock` nobody else books on it until the transaction ends."""
    row = await db.fetchrow(f"{_VALUE} WHERE v.id = $1{' FOR UPDATE OF v' if lock else ''}", account)
    return Account(**dict(row.items())) if row else None


async def by_number(db: Scope, kind: str, number: str) -> Account | None:
    """Return a gift card or store credit by its number."""
    row = await db.fetchrow(f"{_VALUE} WHERE v.kind = $1 AND v.number = $2", kind, number)
    return Account(**dict(row.items())) if row else None


async def of_customer(db: Scope, customer: UUID) -> list[Account]:
    """Return what a customer has on cards and credits, the fullest first."""
    rows = await db.fetch(f"{_VALUE} WHERE v.customer = $1 AND v.balance <> 0 ORDER BY v.balance DESC, v.id LIMIT 20", customer)
    return [Account(**dict(row.items())) for row in rows]


async def open_value(db: Scope, made: Issue, currency: str, now: datetime) -> UUID | None:
    """Make an account; returns nothing where there is one with that number."""
    found: UUID | None = await db.fetchval(
        "INSERT INTO retail_pos_stored_value (id, kind, number, customer, currency, balance, state, expires, opened_at) "
        "VALUES ($1, $2, $3, $4, $5, 0, 'active', $6, $7) ON CONFLICT DO NOTHING RETURNING id",
        *(new_id(), made.kind, made.number, made.customer, currency, made.expires, now),
    )
    return found


async def book(db: Scope, entry: UUID, account: UUID, amount: Decimal, why: str, at: datetime, by: UUID | None) -> bool:
    """Put money on a card, or take it; returns whether that entry was not there yet."""
    done = await db.execute(
        "INSERT INTO retail_pos_stored_value_entry (id, account, amount, reason, at, person) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT DO NOTHING",
        *(entry, account, amount, why, at, by),
    )
    if done:
        await db.execute("UPDATE retail_pos_stored_value SET balance = balance + $2 WHERE id = $1", account, amount)
    return bool(done)


async def set_state(db: Scope, account: UUID, state: str) -> None:
    """Block a card, or let it be used again."""
    await db.execute("UPDATE retail_pos_stored_value SET state = $2 WHERE id = $1", account, state)


async def value_entries(db: Scope, account: UUID) -> list[ValueEntry]:
    """Return the latest 200 lines of a card's ledger, the last first."""
    rows = await db.fetch(
        "SELECT e.id, e.receipt, COALESCE(r.reference, '') AS reference, e.amount, e.reason, e.at, e.person "
        "FROM retail_pos_stored_value_entry e LEFT JOIN retail_pos_receipt r ON r.id = e.receipt WHERE e.account = $1 "
        "ORDER BY e.at DESC, e.id DESC LIMIT 200",
        account,
    )
    return [ValueEntry(**dict(row.items())) for row in rows]


async def loyal(db: Scope, account: UUID, *, lock: bool = False) -> Loyal | None:
    """Return a customer's points by the id of their account."""
    row = await db.fetchrow(f"{_LOYAL} WHERE a.id = $1{' FOR UPDATE OF a' if lock else ''}", account)
    return Loyal(**dict(row.items())) if row else None


async def loyal_customer(db: Scope, customer: UUID) -> Loyal | None:
    """Return a customer's points."""
    row = await db.fetchrow(f"{_LOYAL} WHERE a.customer = $1", customer)
    return Loyal(**dict(row.items())) if row else None


async def most_loyal(db: Scope, customers: Sequence[UUID] | None, limit: int) -> list[Loyal]:
    """Return the accounts with most points, of these customers or of all."""
    rows = await db.fetch(
        f"{_LOYAL} WHERE $1::uuid[] IS NULL OR a.customer = ANY ($1) ORDER BY a.balance DESC, a.id LIMIT $2",
        *(None if customers is None else list(customers), limit),
    )
    return [Loyal(**dict(row.items())) for row in rows]


async def give(db: Scope, entry: UUID, account: UUID, points: int, what: tuple[str, str], at: datetime, by: UUID | None) -> bool:
    """Give points, or take them; `what` is kind and reason. Returns whether that entry was not there yet."""
    done = await db.execute(
        "INSERT INTO retail_pos_loyalty_entry (id, account, kind, points, reason, at, person) VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "ON CONFLICT DO NOTHING",
        *(entry, account, what[0], points, what[1], at, by),
    )
    if done:
        await db.execute("UPDATE retail_pos_loyalty_account SET balance = balance + $2 WHERE id = $1", account, points)
    return bool(done)


async def point_entries(db: Scope, account: UUID) -> list[ValueEntry]:
    """Return the latest 200 lines of a customer's points, the last first."""
    rows = await db.fetch(
        "SELECT e.id, e.receipt, COALESCE(r.reference, '') AS reference, e.points::numeric AS amount, e.reason, e.at, e.person "
        "FROM retail_pos_loyalty_entry e LEFT JOIN retail_pos_receipt r ON r.id = e.receipt WHERE e.account = $1 "
        "ORDER BY e.at DESC, e.id DESC LIMIT 200",
        account,
    )
    return [ValueEntry(**dict(row.items())) for row in rows]


async def expired_values(db: Scope, today: date, unused_since: datetime | None, limit: int) -> list[Account]:
    """Return and hold cards and credits with something on them whose day is over, or that nobody used since a moment."""
    rows = await db.fetch(
        f"{_VALUE} WHERE v.balance > 0 AND v.state = 'active' AND CASE WHEN v.expires IS NOT NULL THEN v.expires < $1 ELSE "
        "$2::timestamptz IS NOT NULL AND NOT EXISTS (SELECT FROM retail_pos_stored_value_entry e WHERE e.account = v.id AND e.at >= $2) "
        "END ORDER BY v.id LIMIT $3 FOR UPDATE OF v SKIP LOCKED",
        *(today, unused_since, limit),
    )
    return [Account(**dict(row.items())) for row in rows]


async def expired_points(db: Scope, unused_since: datetime, limit: int) -> list[Loyal]:
    """Return and hold the accounts with points that nobody used since a moment."""
    rows = await db.fetch(
        f"{_LOYAL} WHERE a.balance > 0 AND NOT EXISTS (SELECT FROM retail_pos_loyalty_entry e WHERE e.account = a.id AND e.at >= $1) "
        "ORDER BY a.id LIMIT $2 FOR UPDATE OF a SKIP LOCKED",
        *(unused_since, limit),
    )
    return [Loyal(**dict(row.items())) for row in rows]


async def owed(db: Scope) -> dict[str, Decimal]:
    """Return what is on all gift cards and credits, by kind."""
    rows = await db.fetch("SELECT kind, sum(balance) AS amount FROM retail_pos_stored_value GROUP BY kind")
    return {row["kind"]: row["amount"] for row in rows}
