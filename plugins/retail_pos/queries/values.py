"""Gift cards, store credit and points: balances, and the ledgers behind them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Scope, new_id

Key = tuple[str, str]  # kind and number


async def balances(db: Scope, keys: Sequence[Key]) -> dict[Key, Decimal]:
    """Return what gift cards and store credits hold, and keep others from changing them; a blocked one holds nothing."""
    rows = await db.fetch(
        "SELECT kind, number, CASE WHEN state = 'active' THEN balance ELSE 0 END AS balance FROM retail_pos_stored_value "
        "WHERE (kind, number) IN (SELECT k, n FROM unnest($1::text[], $2::text[]) AS u (k, n)) ORDER BY id FOR UPDATE",
        *([kind for kind, _ in keys], [number for _, number in keys]),
    )
    return {(row["kind"], row["number"]): row["balance"] for row in rows}


async def points(db: Scope, customers: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many points customers have."""
    rows = await db.fetch("SELECT customer, balance FROM retail_pos_loyalty_account WHERE customer = ANY($1)", list(customers))
    return {row["customer"]: row["balance"] for row in rows}


async def move(
    db: Scope, moves: Sequence[tuple[Key, Decimal, UUID | None, UUID | None]], currency: str, reason: str, now: datetime, by: UUID | None
) -> None:
    """Put money on cards and credits, or take it; accounts that are not there yet are made. Each move: key, amount, customer, receipt."""
    rows = [
        {
            "account": new_id(),
            "entry": new_id(),
            "kind": key[0],
            "number": key[1],
            "amount": amount,
            "customer": customer,
            "receipt": receipt,
        }
        for key, amount, customer, receipt in moves
    ]
    await db.execute(
        """
        WITH told AS (
            SELECT account, entry, kind, number, amount, customer, receipt FROM json_to_recordset($1::json)
            AS r (account uuid, entry uuid, kind text, number text, amount numeric, customer uuid, receipt uuid)
        ), summed AS (
            SELECT (array_agg(account ORDER BY account))[1] AS account, kind, number, sum(amount) AS amount,
                   (array_agg(customer ORDER BY account))[1] AS customer
            FROM told GROUP BY kind, number
        ), put AS (
            INSERT INTO retail_pos_stored_value (id, kind, number, customer, currency, balance, state, opened_at)
            SELECT account, kind, number, customer, $2, amount, 'active', $3 FROM summed
            ON CONFLICT (kind, number) DO UPDATE SET balance = retail_pos_stored_value.balance + EXCLUDED.balance
            RETURNING id, kind, number
        )
        INSERT INTO retail_pos_stored_value_entry (id, account, receipt, amount, reason, at, person)
        SELECT told.entry, put.id, told.receipt, told.amount, $4, $3, $5
        FROM told JOIN put ON put.kind = told.kind AND put.number = told.number
        """,
        *(msgspec.json.encode(rows).decode(), currency, now, reason, by),
    )


async def give_points(db: Scope, moves: Sequence[tuple[UUID, int, str, UUID | None]], reason: str, now: datetime, by: UUID | None) -> None:
    """Give points to customers, or take them; each move: customer, points, kind, receipt."""
    rows = [
        {"account": new_id(), "entry": new_id(), "customer": customer, "points": count, "kind": kind, "receipt": receipt}
        for customer, count, kind, receipt in moves
        if count
    ]
    if not rows:
        return
    await db.execute(
        """
        WITH told AS (
            SELECT account, entry, customer, points, kind, receipt FROM json_to_recordset($1::json)
            AS r (account uuid, entry uuid, customer uuid, points integer, kind text, receipt uuid)
        ), put AS (
            INSERT INTO retail_pos_loyalty_account (id, customer, balance, opened_at)
            SELECT (array_agg(account ORDER BY account))[1], customer, sum(points), $2 FROM told GROUP BY customer
            ON CONFLICT (customer) DO UPDATE SET balance = retail_pos_loyalty_account.balance + EXCLUDED.balance
            RETURNING id, customer
        )
        INSERT INTO retail_pos_loyalty_entry (id, account, receipt, kind, points, reason, at, person)
        SELECT told.entry, put.id, told.receipt, told.kind, told.points, $3, $2, $4 FROM told JOIN put ON put.customer = told.customer
        """,
        *(msgspec.json.encode(rows).decode(), now, reason, by),
    )


async def uneven(db: Scope) -> Mapping[str, Sequence[str]]:
    """Return the gift cards and customers whose balance is not the sum of their entries."""
    cards = await db.fetch(
        "SELECT v.kind || ' ' || v.number AS name FROM retail_pos_stored_value v "
        "LEFT JOIN retail_pos_stored_value_entry e ON e.account = v.id "
        "GROUP BY v.id HAVING v.balance <> COALESCE(sum(e.amount), 0)"
    )
    loyal = await db.fetch(
        "SELECT a.customer::text AS name FROM retail_pos_loyalty_account a LEFT JOIN retail_pos_loyalty_entry e ON e.account = a.id "
        "GROUP BY a.id HAVING a.balance <> COALESCE(sum(e.points), 0)"
    )
    return {"values": [row["name"] for row in cards], "points": [row["name"] for row in loyal]}


async def one(db: Scope, key: Key) -> UUID:
    """Return the id of a gift card or store credit that is there."""
    found: UUID = await db.fetchval("SELECT id FROM retail_pos_stored_value WHERE kind = $1 AND number = $2", *key)
    return found
