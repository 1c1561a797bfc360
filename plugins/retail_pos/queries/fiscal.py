"""Chains, closings and archives of tills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from weft import Row, Scope

from ..domain.sessions import Period, Totals

_PERIOD = """
SELECT p.id, p.till, p.kind, p.number, p.first, p.last, p.session, p.receipts, p.grand_total, p.perpetual_total, p.totals, p.previous,
    p.hash, p.made_at, p.made_by
FROM retail_pos_fiscal_period p
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TillChain:
    """A till, how many records of it are here, up to where they have no gap, and which is the highest that arrived."""

    id: UUID
    code: str
    title: str
    records: int
    chain_seq: int
    chain_hash: str
    last_seq: int
    seen_at: datetime | None
    problems: int


class ArchiveRow(NamedTuple):
    """An archive that was made."""

    id: UUID
    first: date
    last: date
    file: UUID
    name: str
    size: int
    sha256: str
    records: int
    made_at: datetime
    made_by: UUID | None


class Reach(NamedTuple):
    """The numbers of a till's records that belong to some days: all from the first to the last."""

    till: UUID
    code: str
    first: int
    last: int


def _decoded(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) else value


def _period(row: Row) -> Period:
    values = dict(row.items())
    return Period(**{**values, "totals": msgspec.convert(_decoded(values["totals"]), Totals)})


async def tills(db: Scope) -> list[TillChain]:
    """Return every till with the state of its chain, by code."""
    rows = await db.fetch(
        "SELECT t.id, t.code, t.title, (SELECT count(*) FROM retail_pos_inbox i WHERE i.till = t.id AND i.seq > 0) AS records, "
        "t.chain_seq, t.chain_hash, t.last_seq, t.seen_at, "
        "(SELECT count(*) FROM retail_pos_problem p WHERE p.till = t.id AND p.state = 'open' AND p.kind <> 'parked') AS problems "
        "FROM retail_pos_till t ORDER BY t.code"
    )
    return [TillChain(**dict(row.items())) for row in rows]


async def records(db: Scope, till: UUID, after: int, last: int, limit: int) -> list[dict[str, Any]]:
    """Return records of a till as they were sent, in the order of their numbers, those after one and up to another."""
    rows = await db.fetch(
        "SELECT body FROM retail_pos_inbox WHERE till = $1 AND seq > greatest($2, 0) AND seq <= $3 ORDER BY seq LIMIT $4",
        *(till, after, last, limit),
    )
    return [_decoded(row["body"]) for row in rows]


async def periods(db: Scope, till: UUID, kind: str) -> list[Period]:
    """Return the closings of a kind of a till, by number."""
    return [_period(row) for row in await db.fetch(f"{_PERIOD} WHERE p.till = $1 AND p.kind = $2 ORDER BY p.number", till, kind)]


async def latest(db: Scope, limit: int) -> list[tuple[str, Period]]:
    """Return the latest closings with their tills' codes, the last first."""
    rows = await db.fetch(
        "SELECT p.id, t.code FROM retail_pos_fiscal_period p JOIN retail_pos_till t ON t.id = p.till "
        "ORDER BY p.made_at DESC, p.id LIMIT $1",
        limit,
    )
    found = {row["id"]: _period(row) for row in await db.fetch(f"{_PERIOD} WHERE p.id = ANY ($1)", [row["id"] for row in rows])}
    return [(row["code"], found[row["id"]]) for row in rows]


async def uncovered(db: Scope, till: UUID, kind: str) -> list[Period]:
    """Return the closings of a kind that are in no larger one yet, by number."""
    return [
        _period(row)
        for row in await db.fetch(
            f"{_PERIOD} WHERE p.till = $1 AND p.kind = $2 AND NOT EXISTS (SELECT FROM retail_pos_period_part t WHERE t.id = p.id) "
            "ORDER BY p.number",
            *(till, kind),
        )
    ]


async def parts(db: Scope, till: UUID) -> dict[UUID, list[Period]]:
    """Return what each month and year of a till sums up, by its id."""
    rows = await db.fetch(
        "SELECT t.id, t.period FROM retail_pos_period_part t JOIN retail_pos_fiscal_period p ON p.id = t.id WHERE p.till = $1", till
    )
    found: dict[UUID, list[Period]] = {row["period"]: [] for row in rows}
    known = {row["id"]: row["period"] for row in rows}
    for row in await db.fetch(f"{_PERIOD} WHERE p.id = ANY ($1) ORDER BY p.number", list(known)):
        found[known[row["id"]]].append(_period(row))
    return found


async def add_period(db: Scope, made: Period, of: Sequence[Period]) -> None:
    """Keep a closing of a month or a year, with what it sums up."""
    await db.execute(
        "INSERT INTO retail_pos_fiscal_period (id, till, kind, number, first, last, session, receipts, grand_total, perpetual_total, "
        "totals, previous, hash, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8, $9, $10, $11, $12, $13, $14)",
        *(made.id, made.till, made.kind, made.number, made.first, made.last, made.receipts, made.grand_total, made.perpetual_total),
        *(msgspec.json.encode(made.totals).decode(), made.previous, made.hash, made.made_at, made.made_by),
    )
    await db.execute(
        "INSERT INTO retail_pos_period_part (id, period) SELECT part, $2 FROM unnest($1::uuid[]) AS part", [each.id for each in of], made.id
    )


async def reaches(db: Scope, first: date, last: date) -> list[Reach]:
    """Return which records belong to some days, for each till that has any."""
    rows = await db.fetch(
        "SELECT t.id AS till, t.code, min(i.seq) AS first, max(i.seq) AS last FROM retail_pos_inbox i "
        "JOIN retail_pos_till t ON t.id = i.till "
        "WHERE i.business_date BETWEEN $1 AND $2 AND i.seq > 0 GROUP BY t.id, t.code ORDER BY t.code",
        *(first, last),
    )
    return [Reach(*(row[name] for name in Reach._fields)) for row in rows]


async def receipts_of(db: Scope, period: UUID) -> list[int]:
    """Return the numbers of the records that a day's closing covers."""
    rows = await db.fetch("SELECT seq FROM retail_pos_receipt WHERE period = $1 ORDER BY seq", period)
    return [row["seq"] for row in rows]


async def archives(db: Scope) -> list[ArchiveRow]:
    """Return the archives, the latest first."""
    rows = await db.fetch(
        "SELECT id, first, last, file, name, size, sha256, records, made_at, made_by FROM retail_pos_archive ORDER BY made_at DESC LIMIT 50"
    )
    return [ArchiveRow(*(row[name] for name in ArchiveRow._fields)) for row in rows]


async def add_archive(db: Scope, made: ArchiveRow) -> None:
    """Keep what is known of an archive."""
    await db.execute(
        "INSERT INTO retail_pos_archive (id, first, last, file, name, size, sha256, records, made_at, made_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        *made,
    )
