"""What arrived from tills, and what of it somebody has to look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from weft import Scope, new_id

from ..domain.chain import Link
from ..domain.inbox import Kept, Problem
from ..domain.reasons import Reason
from ..domain.setup import Till
from ..tables import Inbox
from ..tables import Problem as ProblemRow
from .setup import TILL
from .writing import insert, insertion

_KEPT = "SELECT id, till, seq, type, hash, previous, session, business_date, made_at, received_at, state, chain FROM retail_pos_inbox"
_PROBLEM = """
SELECT p.id, p.till, COALESCE(t.code, '') AS till_code, p.kind, p.record, p.seq, p.hash, p.reason, p.sentence, p.details, p.opened_at,
       p.state, p.decision, p.note, p.decided_by, p.decided_at
FROM retail_pos_problem p LEFT JOIN retail_pos_till t ON t.id = p.till
"""


async def known(db: Scope, till: UUID, ids: Sequence[UUID], numbers: Sequence[int]) -> list[Kept]:
    """Return what is here under these ids, or under these numbers of a till."""
    rows = await db.fetch(f"{_KEPT} WHERE id = ANY($1) OR (till = $2 AND seq = ANY($3))", list(ids), till, list(numbers))
    return [Kept(**dict(row.items())) for row in rows]


async def find(db: Scope, record: UUID) -> Kept | None:
    """Return one record's place in the inbox."""
    row = await db.fetchrow(f"{_KEPT} WHERE id = $1", record)
    return Kept(**dict(row.items())) if row else None


async def body(db: Scope, record: UUID) -> dict[str, Any]:
    """Return a record word for word."""
    found: dict[str, Any] = msgspec.json.decode(await db.fetchval("SELECT body FROM retail_pos_inbox WHERE id = $1", record) or "{}")
    return found


async def bodies(db: Scope, records: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return records word for word, in order of their numbers."""
    rows = await db.fetch("SELECT body FROM retail_pos_inbox WHERE id = ANY($1) ORDER BY seq", list(records))
    return [msgspec.json.decode(row["body"]) for row in rows]


async def hold(db: Scope, till: UUID) -> tuple[Till, bool, bool] | None:
    """Return a till, and let nobody else take its records until the transaction ends; with it whether any problem is open in the business,
    and whether a session of the till is counted and waits to be closed.
    """
    row = await db.fetchrow(f"{TILL} WHERE t.id = $1 FOR UPDATE OF t", till)
    if row is None:
        return None
    # Asked once the till is held: what the same statement reads of other tables is from before it waited.
    state = await db.fetchrow(
        "SELECT EXISTS (SELECT FROM retail_pos_problem WHERE state = 'open') AS problems, "
        "EXISTS (SELECT FROM retail_pos_session WHERE till = $1 AND state = 'counted') AS waits",
        till,
    )
    assert state is not None
    return Till(**dict(row.items())), state["problems"], state["waits"]


async def keep(db: Scope, rows: Sequence[dict[str, Any]], till: Till) -> None:
    """Keep records, and how far their till's chain is; the database refuses an id or a place in a chain that is taken."""
    await db.execute(
        f"WITH kept AS ({insertion(Inbox, 1)}) "
        "UPDATE retail_pos_till SET chain_seq = $3, chain_hash = $4, last_seq = $5, seen_at = $6 WHERE id = $2",
        msgspec.json.encode(rows).decode(),
        *(till.id, till.chain_seq, till.chain_hash, till.last_seq, till.seen_at),
    )


async def keep_beside(db: Scope, row: dict[str, Any]) -> None:
    """Keep a record that the back office made: it has no place in a till's chain."""
    await insert(db, {Inbox: [row]})


async def set_state(db: Scope, record: UUID, state: str) -> None:
    """Say what became of a record."""
    await db.execute("UPDATE retail_pos_inbox SET state = $2 WHERE id = $1", record, state)


async def set_chain(db: Scope, linked: Sequence[UUID], broken: Sequence[UUID]) -> None:
    """Say which records follow the one before them, and which do not."""
    await db.execute(
        "UPDATE retail_pos_inbox SET chain = CASE WHEN id = ANY($1) THEN 'linked' ELSE 'broken' END WHERE id = ANY($1) OR id = ANY($2)",
        *(list(linked), list(broken)),
    )


async def links_after(db: Scope, till: UUID, seq: int) -> list[Link]:
    """Return the places in a till's chain after a number."""
    rows = await db.fetch(
        "SELECT id, seq, hash, previous FROM retail_pos_inbox WHERE till = $1 AND seq > $2 ORDER BY seq LIMIT 20000", till, seq
    )
    return [Link(row["id"], row["seq"], row["hash"], row["previous"]) for row in rows]


async def side_place(db: Scope, till: UUID) -> int:
    """Return a number below zero for a record that has no place of its own in the chain."""
    lowest: int = await db.fetchval(
        "SELECT LEAST(0, (SELECT min(seq) FROM retail_pos_inbox WHERE till = $1), "
        "(SELECT min(seq) FROM retail_pos_receipt WHERE till = $1))",
        till,
    )
    return lowest - 1


async def hash_at(db: Scope, till: UUID, seq: int) -> str | None:
    """Return the hash of a till's record by its number."""
    found: str | None = await db.fetchval("SELECT hash FROM retail_pos_inbox WHERE till = $1 AND seq = $2", till, seq)
    return found


async def waiting(db: Scope, session: UUID) -> bool:
    """Tell whether a record of a session waits for a decision."""
    sql = "SELECT EXISTS (SELECT FROM retail_pos_inbox WHERE session = $1 AND state = 'parked')"
    return bool(await db.fetchval(sql, session))


async def unfinished(db: Scope, till: UUID) -> bool:
    """Tell whether something of a till may be well by now: a return whose sale was not here, a drawer that is counted and not closed."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM retail_pos_problem WHERE till = $1 AND state = 'open' AND kind = 'parked' AND reason = 'original') "
            "OR EXISTS (SELECT FROM retail_pos_session WHERE till = $1 AND state = 'counted')",
            till,
        )
    )


async def open_problems(db: Scope, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Write down what a person has to look at, each once; returns the ids of those that are new."""
    columns = "id, till, kind, record, seq, hash, reason, sentence, details, body, opened_at, state, decision, note"
    found = await db.fetch(
        f"INSERT INTO retail_pos_problem ({columns}) SELECT {columns} FROM json_to_recordset($1::json) AS r (id uuid, till uuid, "
        "kind text, record uuid, seq bigint, hash text, reason text, sentence text, details jsonb, body jsonb, "
        "opened_at timestamptz, state text, "
        "decision text, note text) WHERE NOT EXISTS (SELECT FROM retail_pos_problem p WHERE p.record = r.record AND p.hash = r.hash "
        "AND p.kind = r.kind AND p.kind IN ('conflict', 'corrupt') AND p.decision <> 'healed') ON CONFLICT DO NOTHING RETURNING id",
        msgspec.json.encode(rows).decode(),
    )
    return [row["id"] for row in found]


async def gap(db: Scope, till: UUID, sentence: str, seq: int, now: datetime) -> UUID | None:
    """Open the alert that records of a till are missing, or tell it anew; returns the id of a new one."""
    changed = await db.execute(
        "UPDATE retail_pos_problem SET sentence = $2, seq = $3 WHERE till = $1 AND kind = 'gap' AND state = 'open'", till, sentence, seq
    )
    if changed:
        return None
    row = problem_row(till, "gap", None, (seq, ""), Reason("gap", sentence), now)
    await insert(db, {ProblemRow: [row]})
    made: UUID = row["id"]
    return made


def problem_row(till: UUID | None, kind: str, record: UUID | None, place: tuple[int, str], reason: Reason, now: datetime) -> dict[str, Any]:
    """Return the row of an open problem; `place` is a record's number and hash."""
    return {
        "id": new_id(),
        "till": till,
        "kind": kind,
        "record": record,
        "seq": place[0],
        "hash": place[1],
        "reason": reason.key,
        "sentence": reason.sentence,
        "details": {},
        "body": None,
        "opened_at": now,
        "state": "open",
        "decision": "",
        "note": "",
        "decided_by": None,
        "decided_at": None,
    }


async def heal(db: Scope, kind: str, now: datetime, *, till: UUID | None = None, records: Sequence[UUID] = ()) -> list[UUID]:
    """Close open problems of a kind, of a till or of records, since what was wrong is right now; returns their ids."""
    found = await db.fetch(
        "UPDATE retail_pos_problem SET state = 'closed', decision = 'healed', decided_at = $2 "
        "WHERE kind = $1 AND state = 'open' AND (till = $3 OR record = ANY($4)) RETURNING id",
        *(kind, now, till, list(records)),
    )
    return [row["id"] for row in found]


async def problem(db: Scope, problem_id: UUID, *, lock: bool = False) -> Problem | None:
    """Return a problem."""
    row = await db.fetchrow(f"{_PROBLEM} WHERE p.id = $1{' FOR UPDATE OF p' if lock else ''}", problem_id)
    return _problem(row) if row else None


async def problems_of(db: Scope, records: Sequence[UUID], *, state: str = "open") -> list[Problem]:
    """Return problems of records."""
    rows = await db.fetch(f"{_PROBLEM} WHERE p.record = ANY($1) AND p.state = $2 ORDER BY p.opened_at, p.id", list(records), state)
    return [_problem(row) for row in rows]


async def waiting_for(db: Scope, receipts: Sequence[UUID]) -> list[Problem]:
    """Return the problems of records that are parked since receipts that they name were not here."""
    rows = await db.fetch(
        f"{_PROBLEM} JOIN retail_pos_inbox i ON i.id = p.record WHERE p.kind = 'parked' AND p.state = 'open' AND p.reason = 'original' "
        "AND (i.body #>> '{receipt,voids}' = ANY($1) OR EXISTS (SELECT FROM jsonb_array_elements(i.body #> '{receipt,lines}') AS l "
        "WHERE l #>> '{original,receipt}' = ANY($1))) ORDER BY p.seq, p.id",
        [str(each) for each in receipts],
    )
    return [_problem(row) for row in rows]


async def of_till(db: Scope, till: UUID, reasons: Sequence[str]) -> list[Problem]:
    """Return the problems of a till's records that are parked for one of these reasons."""
    sql = f"{_PROBLEM} WHERE p.kind = 'parked' AND p.state = 'open' AND p.till = $1 AND p.reason = ANY($2) ORDER BY p.seq, p.id"
    return [_problem(row) for row in await db.fetch(sql, till, list(reasons))]


async def problem_body(db: Scope, problem_id: UUID) -> dict[str, Any] | None:
    """Return what came, where the inbox could not keep it."""
    text = await db.fetchval("SELECT body FROM retail_pos_problem WHERE id = $1", problem_id)
    return msgspec.json.decode(text) if text else None


async def decide(db: Scope, problem_id: UUID, decision: str, note: str, by: UUID | None, now: datetime) -> None:
    """Close a problem with a decision."""
    await db.execute(
        "UPDATE retail_pos_problem SET state = 'closed', decision = $2, note = $3, decided_by = $4, decided_at = $5 WHERE id = $1",
        *(problem_id, decision, note, by, now),
    )


async def open_count(db: Scope) -> int:
    """Return how many problems wait for somebody."""
    found: int = await db.fetchval("SELECT count(*) FROM retail_pos_problem WHERE state = 'open'")
    return found


def _problem(row: Any) -> Problem:
    values = dict(row.items())
    return Problem(**{**values, "details": msgspec.json.decode(values["details"])})
