"""Sessions, cash that moves, and closings."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from weft import Scope

from ..domain.sessions import Drawer, Period, Session, TaxSum, Totals
from ..tables import CashMovement, FiscalPeriod, TillEvent
from .writing import insert

_SESSION = """
SELECT s.id, s.till, t.code AS till_code, s.store, s.number, s.state, s.business_date, s.currency, s.opening_float, s.opened_at,
       s.opened_by, s.counted_at, s.counted_by, s.counted, s.told_expected, s.denominations, s.note, s.expected, s.over_short, s.entry,
       s.period, s.count_seq
FROM retail_pos_session s JOIN retail_pos_till t ON t.id = s.till
"""
_PERIOD = """
SELECT id, till, kind, number, first, last, session, receipts, grand_total, perpetual_total, totals, previous, hash, made_at, made_by
FROM retail_pos_fiscal_period
"""


def _session(row: Any) -> Session:
    values = dict(row.items())
    return Session(**{**values, "denominations": msgspec.json.decode(values["denominations"])})


def _period(row: Any) -> Period:
    values = dict(row.items())
    return Period(**{**values, "totals": msgspec.json.decode(values["totals"], type=Totals)})


async def many(db: Scope, ids: Sequence[UUID]) -> dict[UUID, Session]:
    """Return sessions by id."""
    return {row["id"]: _session(row) for row in await db.fetch(f"{_SESSION} WHERE s.id = ANY($1)", list(ids))}


async def ensure(db: Scope, session: UUID, till: UUID, store: UUID, day: date, currency: str) -> None:
    """Make a session whose records begin to arrive; one that is there stays as it is."""
    await db.execute(
        """
        INSERT INTO retail_pos_session (id, till, store, number, state, business_date, currency, opening_float, denominations, note)
        SELECT $1, $2, $3, 1 + COALESCE((SELECT max(number) FROM retail_pos_session WHERE till = $2), 0), 'open', $4, $5, 0, '{}', ''
        ON CONFLICT (id) DO NOTHING
        """,
        *(session, till, store, day, currency),
    )


async def opened(db: Scope, session: UUID, values: dict[str, Any]) -> None:
    """Write down the float of a session and who opened it."""
    await db.execute(
        "UPDATE retail_pos_session SET opening_float = $2, opened_at = $3, opened_by = $4, business_date = $5 WHERE id = $1",
        *(session, values["float"], values["at"], values["by"], values["day"]),
    )


async def counted(db: Scope, session: UUID, values: dict[str, Any]) -> None:
    """Write down what was counted in a drawer."""
    await db.execute(
        "UPDATE retail_pos_session SET state = 'counted', counted = $2, told_expected = $3, counted_at = $4, counted_by = $5, "
        "count_seq = $6, denominations = $7, note = $8 WHERE id = $1 AND state = 'open'",
        *(session, values["counted"], values["expected"], values["at"], values["by"], values["seq"]),
        *(msgspec.json.encode(values["denominations"]).decode(), values["note"]),
    )


async def add_movement(db: Scope, row: dict[str, Any]) -> None:
    """Keep money that moved."""
    await insert(db, {CashMovement: [row]})


async def add_events(db: Scope, rows: Sequence[dict[str, Any]]) -> None:
    """Keep technical events."""
    await insert(db, {TillEvent: rows})


async def counted_sessions(db: Scope, till: UUID) -> list[Session]:
    """Return a till's sessions that are counted and wait to be closed."""
    return [_session(row) for row in await db.fetch(f"{_SESSION} WHERE s.till = $1 AND s.state = 'counted' ORDER BY s.number", till)]


async def running(db: Scope) -> list[Session]:
    """Return the sessions that are open, of all tills."""
    return [_session(row) for row in await db.fetch(f"{_SESSION} WHERE s.state = 'open' ORDER BY t.code, s.number")]


async def running_day(db: Scope, till: UUID) -> date | None:
    """Return the day of the session that runs at a till."""
    found: date | None = await db.fetchval("SELECT max(business_date) FROM retail_pos_session WHERE till = $1 AND state <> 'closed'", till)
    return found


async def drawer(db: Scope, session: UUID) -> Drawer:
    """Return what should be in a session's drawer by what is here."""
    row = await db.fetchrow(
        """
        SELECT s.opening_float,
               (SELECT COALESCE(sum(t.amount), 0) FROM retail_pos_receipt r JOIN retail_pos_tender t ON t.receipt = r.id
                WHERE r.session = s.id AND r.kind <> 'training' AND t.type = 'cash') AS cash,
               (SELECT COALESCE(sum(m.amount), 0) FROM retail_pos_cash_movement m WHERE m.session = s.id) AS moved
        FROM retail_pos_session s WHERE s.id = $1
        """,
        session,
    )
    assert row is not None
    return Drawer(opening=row["opening_float"], cash=row["cash"], moved=row["moved"])


# Receipts of the session, and of sessions of the till that were closed before they came; or those of a closing.
_PARTS = "r.id, r.session, r.kind, r.gross, r.net, r.tax, r.total, r.discount, r.rounding, r.cost, r.units"
_OPEN = f"""
SELECT {_PARTS} FROM retail_pos_receipt r JOIN retail_pos_session s ON s.id = r.session
WHERE r.till = $1 AND r.period IS NULL AND r.kind <> 'training' AND (r.session = $2 OR s.state = 'closed')
"""
_CLOSED = f"SELECT {_PARTS} FROM retail_pos_receipt r WHERE r.period = $1 AND r.session IS NOT NULL AND $2::uuid IS NOT NULL"


async def open_totals(db: Scope, till: UUID, session: UUID) -> Totals:
    """Return what an X report of a session sums up: what its Z would."""
    return await _totals(db, _OPEN, till, session)


async def closed_totals(db: Scope, period: UUID, session: UUID) -> Totals:
    """Return what the receipts of a closing come to now."""
    return await _totals(db, _CLOSED, period, session)


async def _totals(db: Scope, which: str, first: UUID, session: UUID) -> Totals:
    sums = await db.fetchrow(
        f"""
        WITH r AS ({which})
        SELECT count(*) AS receipts, count(*) FILTER (WHERE gross >= 0 AND kind <> 'void') AS sales,
               count(*) FILTER (WHERE kind = 'return') AS returns,
               count(*) FILTER (WHERE kind = 'void') AS voids, COALESCE(sum(gross), 0) AS gross,
               COALESCE(sum(gross) FILTER (WHERE kind = 'sale'), 0) AS gross_sales,
               COALESCE(sum(gross) FILTER (WHERE kind <> 'sale'), 0) AS gross_returns,
               COALESCE(sum(net), 0) AS net, COALESCE(sum(tax), 0) AS tax, COALESCE(sum(total), 0) AS total,
               COALESCE(sum(discount) FILTER (WHERE kind <> 'return'), 0) AS discounts,
               COALESCE(sum(rounding), 0) AS rounding, COALESCE(sum(cost), 0) AS cost,
               COALESCE(sum(units), 0) AS units, count(*) FILTER (WHERE session <> $2) AS late
        FROM r
        """,
        *(first, session),
    )
    taxes = await db.fetch(
        f"WITH r AS ({which}) SELECT t.code, max(t.rate) AS rate, sum(t.net) AS net, sum(t.tax) AS tax, sum(t.gross) AS gross "
        "FROM r JOIN retail_pos_receipt_tax t ON t.receipt = r.id GROUP BY t.code ORDER BY t.code",
        *(first, session),
    )
    tenders = await db.fetch(
        f"WITH r AS ({which}) SELECT t.type, sum(t.amount) AS amount FROM r JOIN retail_pos_tender t ON t.receipt = r.id "
        "GROUP BY t.type ORDER BY t.type",
        *(first, session),
    )
    moved = await db.fetch(
        "SELECT kind, sum(amount) AS amount FROM retail_pos_cash_movement WHERE session = $1 GROUP BY kind ORDER BY kind", session
    )
    assert sums is not None
    return Totals(
        **dict(sums.items()),
        taxes={row["code"]: TaxSum(rate=row["rate"], net=row["net"], tax=row["tax"], gross=row["gross"]) for row in taxes},
        tenders={row["type"]: row["amount"] for row in tenders},
        movements={row["kind"]: row["amount"] for row in moved},
    )


async def last_period(db: Scope, till: UUID, kind: str) -> Period | None:
    """Return the latest closing of a kind of a till."""
    row = await db.fetchrow(f"{_PERIOD} WHERE till = $1 AND kind = $2 ORDER BY number DESC LIMIT 1", till, kind)
    return _period(row) if row else None


async def period(db: Scope, period_id: UUID) -> Period | None:
    """Return a closing."""
    row = await db.fetchrow(f"{_PERIOD} WHERE id = $1", period_id)
    return _period(row) if row else None


async def days_since(db: Scope, day: date) -> list[Period]:
    """Return the Z reports of days from one on."""
    return [_period(row) for row in await db.fetch(f"{_PERIOD} WHERE kind = 'day' AND last >= $1 ORDER BY last, id", day)]


async def close(db: Scope, closed: Period, session: UUID, expected: Decimal, over_short: Decimal, entry: UUID | None) -> None:
    """Write a Z report, close its session, and put its receipts under it."""
    row = {**msgspec.structs.asdict(closed), "totals": msgspec.to_builtins(closed.totals)}
    await insert(db, {FiscalPeriod: [row]})
    await db.execute(
        f"UPDATE retail_pos_receipt SET period = $3 WHERE id IN (SELECT id FROM ({_OPEN}) AS o)", closed.till, session, closed.id
    )
    await db.execute(
        "UPDATE retail_pos_session SET state = 'closed', expected = $2, over_short = $3, entry = $4, period = $5 WHERE id = $1",
        *(session, expected, over_short, entry, closed.id),
    )


async def made_at(db: Scope, session: UUID) -> datetime | None:
    """Return when the latest record of a session was made."""
    found: datetime | None = await db.fetchval("SELECT max(made_at) FROM retail_pos_inbox WHERE session = $1", session)
    return found


async def not_closed(db: Scope, first: date, last: date) -> list[tuple[UUID, str, date]]:
    """Return the sessions of some days that are not closed: id, name and day."""
    rows = await db.fetch(
        "SELECT s.id, t.code || '-' || s.number AS name, s.business_date AS day FROM retail_pos_session s "
        "JOIN retail_pos_till t ON t.id = s.till WHERE s.state <> 'closed' AND s.business_date BETWEEN $1 AND $2 "
        "ORDER BY s.business_date, t.code, s.number",
        *(first, last),
    )
    return [(row["id"], row["name"], row["day"]) for row in rows]


async def parked_of(db: Scope, first: date, last: date) -> list[tuple[UUID, str, date, str]]:
    """Return the problems of parked records of some days: id, name, day and sentence."""
    rows = await db.fetch(
        "SELECT p.id, t.code || ' ' || i.seq AS name, i.business_date AS day, p.sentence FROM retail_pos_problem p "
        "JOIN retail_pos_inbox i ON i.id = p.record JOIN retail_pos_till t ON t.id = i.till "
        "WHERE p.kind = 'parked' AND p.state = 'open' AND i.business_date BETWEEN $1 AND $2 ORDER BY i.business_date, p.id",
        *(first, last),
    )
    return [(row["id"], row["name"], row["day"], row["sentence"]) for row in rows]


async def gaps(db: Scope) -> list[tuple[UUID, str]]:
    """Return the open gaps in chains: id and sentence."""
    rows = await db.fetch("SELECT id, sentence FROM retail_pos_problem WHERE kind = 'gap' AND state = 'open' ORDER BY opened_at, id")
    return [(row["id"], row["sentence"]) for row in rows]
