"""Lines of statements, what they turned out to be, and what was decided on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from weft import Row, Scope, Seals, new_id

from ..domain.bank.account_numbers import main_account
from ..domain.bank.duplicates import EntryKey
from ..domain.bank.items import Features, SuggestionKind
from ..domain.bank.learning import Booking, Example
from ..domain.bank.rules import Rule
from ..domain.bank.scoring import Weights
from ..domain.bank.stored import StoredBankLine, StoredMatch
from ..sealed import LINE_ACCOUNTS
from .bank_sealing import kept_of, lines_of, opened_rules, rule_data, told_of

_LINE = (
    "SELECT l.id, l.bank_account, l.statement, l.position, l.booked, l.amount, l.currency, l.told::text AS told, l.digest, l.occurrence, "
    "l.state, l.version, l.accounts_sealed FROM accounting_bank_line l"
)
_MATCH = (
    "SELECT m.id, m.line, m.kind, m.amount, m.payment, m.entry, m.title, m.explanation::text AS explanation, m.score, m.at, m.by, "
    "m.undone_at FROM accounting_bank_match m"
)
_AT_ONCE = 5000
# Each account once for each party, however many lines it paid.
_PAYERS = """
SELECT b.party, b.number, (array_agg(b.id))[1] AS id, (array_agg(b.sealed))[1] AS sealed FROM (
    SELECT l.id, l.account_blind AS blind, l.accounts_sealed AS sealed, coalesce(l.told #>> ARRAY['counterparty', 'account'], '') AS number,
        x.party FROM accounting_bank_decision x JOIN accounting_bank_line l ON l.id = x.line
    WHERE x.accepted AND x.party IS NOT NULL ORDER BY x.at DESC LIMIT $1) b
WHERE b.blind <> '' OR b.number <> '' GROUP BY b.party, b.blind, b.number
"""


def _match_of(row: Row) -> StoredMatch:
    values: dict[str, Any] = dict(row.items())
    values["explanation"] = msgspec.json.decode(values["explanation"])
    return msgspec.convert(values, StoredMatch)


async def add(db: Scope, lines: Sequence[StoredBankLine]) -> None:
    """Store new lines, many at once."""
    seals = await db.seals() if lines else None
    for at in range(0, len(lines), _AT_ONCE):
        assert seals is not None
        some = lines[at : at + _AT_ONCE]
        kept = [kept_of(seals, each.id, each.told) for each in some]
        columns = [
            *([getattr(each, name) for each in some] for name in ("id", "bank_account", "statement", "position", "booked", "amount")),
            [each.currency for each in some],
            [each.title[:200] for each in some],
            [each.told for each in kept],
            *([getattr(each, name) for each in some] for name in ("search_text", "digest", "occurrence", "state")),
            *([getattr(each, name) for each in kept] for name in ("sealed", "blind")),
        ]
        await db.execute(
            "INSERT INTO accounting_bank_line (id, bank_account, statement, position, booked, amount, currency, party_name, told, "
            "search_text, digest, occurrence, state, accounts_sealed, account_blind) SELECT u.id, u.account, u.statement, u.place, "
            "u.booked, u.amount, u.currency, u.title, u.told::jsonb, u.search_text, u.digest, u.occurrence, u.state, u.sealed, u.blind "
            "FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::date[], $6::numeric[], $7::text[], $8::text[], $9::text[], "
            "$10::text[], $11::text[], $12::integer[], $13::text[], $14::bytea[], $15::text[]) AS u "
            "(id, account, statement, place, booked, amount, currency, title, told, search_text, digest, occurrence, state, sealed, blind)",
            *columns,
        )


async def known(db: Scope, bank_account: UUID, digests: Sequence[str]) -> set[EntryKey]:
    """Return which lines of some digests are there already."""
    rows = await db.fetch(
        "SELECT l.digest, l.occurrence FROM accounting_bank_line l WHERE l.bank_account = $1 AND l.digest = ANY ($2::text[])",
        *(bank_account, list(digests)),
    )
    return {EntryKey(row["digest"], row["occurrence"]) for row in rows}


async def line(db: Scope, line_id: UUID, *, lock: bool = False) -> StoredBankLine | None:
    """Return a line."""
    rows = await db.fetch(f"{_LINE} WHERE l.id = $1{' FOR UPDATE' if lock else ''}", line_id)
    return next(iter(await lines_of(db, rows)), None)


async def open_lines(db: Scope, bank_account: UUID, limit: int) -> list[StoredBankLine]:
    """Return the oldest open lines of a bank account."""
    rows = await db.fetch(f"{_LINE} WHERE l.bank_account = $1 AND l.state = 'open' ORDER BY l.booked, l.id LIMIT $2", bank_account, limit)
    return await lines_of(db, rows)


async def of_statement(db: Scope, statement_id: UUID, limit: int = 1000) -> list[StoredBankLine]:
    """Return the lines of a statement in its order."""
    rows = await db.fetch(f"{_LINE} WHERE l.statement = $1 ORDER BY l.position LIMIT $2", statement_id, limit)
    return await lines_of(db, rows)


async def set_state(db: Scope, line_id: UUID, state: str) -> None:
    """Say in which state a line is."""
    await db.execute("UPDATE accounting_bank_line l SET state = $2, version = l.version + 1 WHERE l.id = $1", line_id, state)


async def release(db: Scope, statement_id: UUID) -> int:
    """Open the parked lines of a statement; returns how many."""
    return await db.execute(
        "UPDATE accounting_bank_line l SET state = 'open', version = l.version + 1 WHERE l.statement = $1 AND l.state = 'parked'",
        statement_id,
    )


async def unmatched(db: Scope, statement_id: UUID) -> int:
    """Return how many lines of a statement are not matched."""
    return int(
        await db.fetchval("SELECT count(*) FROM accounting_bank_line l WHERE l.statement = $1 AND l.state <> 'matched'", statement_id)
    )


async def add_match(db: Scope, made: StoredMatch) -> None:
    """Store what a line, or a part of it, turned out to be."""
    await db.execute(
        "INSERT INTO accounting_bank_match (id, line, kind, amount, payment, entry, title, explanation, score, at, by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10, $11)",
        *(made.id, made.line, made.kind, made.amount, made.payment, made.entry, made.title),
        *(msgspec.json.encode(made.explanation).decode(), made.score, made.at, made.by),
    )


async def matches(db: Scope, line_ids: Sequence[UUID]) -> list[StoredMatch]:
    """Return what some lines turned out to be, undone ones left out."""
    sql = f"{_MATCH} WHERE m.line = ANY ($1::uuid[]) AND m.undone_at IS NULL ORDER BY m.id"
    return [_match_of(row) for row in await db.fetch(sql, list(line_ids))]


async def latest_matched(db: Scope, bank_account: UUID, limit: int) -> list[StoredBankLine]:
    """Return the lines of a bank account that were matched last, newest first."""
    rows = await db.fetch(
        f"{_LINE} JOIN (SELECT n.line, max(n.at) AS at FROM (SELECT m.line, m.at FROM accounting_bank_match m WHERE m.undone_at IS NULL "
        "ORDER BY m.at DESC LIMIT 500) n GROUP BY n.line) t ON t.line = l.id "
        "WHERE l.bank_account = $1 AND l.state = 'matched' ORDER BY t.at DESC, l.id DESC LIMIT $2",
        *(bank_account, limit),
    )
    return await lines_of(db, rows)


async def is_reversed(db: Scope, entry: UUID) -> bool:
    """Tell whether an entry was reversed, whoever did it."""
    return bool(await db.fetchval("SELECT EXISTS (SELECT FROM accounting_entry r WHERE r.reverses = $1)", entry))


async def undo_matches(db: Scope, line_id: UUID, at: datetime) -> None:
    """Say that what a line turned out to be was taken back."""
    await db.execute("UPDATE accounting_bank_match m SET undone_at = $2 WHERE m.line = $1 AND m.undone_at IS NULL", line_id, at)


class Decision(NamedTuple):
    """What a person decided on a suggestion of a kind, or did by hand (``manual``), with the party or account it led to."""

    kind: str
    accepted: bool
    features: Features = Features()
    party: UUID | None = None
    to_account: str = ""


async def decide(db: Scope, line_id: UUID, decision: Decision, at: datetime) -> None:
    """Keep what a person decided."""
    await db.execute(
        "INSERT INTO accounting_bank_decision (id, line, kind, features, accepted, party, to_account, at) "
        "VALUES ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8)",
        *(new_id(), line_id, decision.kind, msgspec.json.encode(decision.features).decode(), decision.accepted),
        *(decision.party, decision.to_account, at),
    )


async def undecide(db: Scope, line_id: UUID) -> None:
    """Turn what was accepted of a line into what was not: it was undone."""
    await db.execute("UPDATE accounting_bank_decision x SET accepted = false WHERE x.line = $1 AND x.accepted", line_id)


async def examples(db: Scope, limit: int = 20_000) -> list[Example]:
    """Return the latest decisions on suggestions."""
    rows = await db.fetch(
        "SELECT x.kind, x.features::text AS features, x.accepted FROM accounting_bank_decision x WHERE x.kind <> 'manual' "
        "AND x.kind <> 'rule' ORDER BY x.at DESC LIMIT $1",
        limit,
    )
    return [
        Example(msgspec.json.decode(row["features"], type=Features), msgspec.convert(row["kind"], SuggestionKind), row["accepted"])
        for row in rows
    ]


async def payers(db: Scope, limit: int = 50_000) -> list[tuple[str, UUID]]:
    """Return from which bank accounts parties paid, as it was accepted."""
    rows = await db.fetch(_PAYERS, limit)
    seals = await db.seals() if any(row["sealed"] for row in rows) else None
    return [(_number(row, seals), row["party"]) for row in rows]


def _number(row: Row, seals: Seals | None) -> str:
    opened = seals.open(LINE_ACCOUNTS, row["id"], row["sealed"]).clear if seals and row["sealed"] else row["number"]
    return main_account(opened)


async def bookings(db: Scope, limit: int = 2000) -> list[Booking]:
    """Return the latest lines that were booked by hand to an account of the books."""
    rows = await db.fetch(
        "SELECT l.id, l.told::text AS told, l.accounts_sealed, l.amount, x.to_account "
        "FROM accounting_bank_decision x JOIN accounting_bank_line l ON l.id = x.line "
        "WHERE x.accepted AND x.kind = 'manual' AND x.to_account <> '' ORDER BY x.at DESC LIMIT $1",
        limit,
    )
    seals = await db.seals() if any(row["accounts_sealed"] for row in rows) else None
    found = []
    for row in rows:
        told = told_of(row["told"], seals, row["id"], row["accounts_sealed"])
        found.append(
            Booking(
                name=told.counterparty.name,
                account=told.counterparty.account,
                text=f"{told.remittance} {told.text}".strip(),
                incoming=row["amount"] > 0,
                to_account=row["to_account"],
            )
        )
    return found


async def rules(db: Scope) -> list[Rule]:
    """Return the rules that are on, in their order."""
    sql = (
        "SELECT r.id, r.place, r.name, r.data::text AS data, r.version FROM accounting_bank_rule r WHERE r.active ORDER BY r.place, r.name"
    )
    found = [
        msgspec.structs.replace(
            msgspec.json.decode(row["data"], type=Rule), id=row["id"], order=row["place"], name=row["name"], version=row["version"]
        )
        for row in await db.fetch(sql)
    ]
    return await opened_rules(db, found)


async def place_rules(db: Scope, ids: Sequence[UUID]) -> None:
    """Put rules into an order."""
    await db.execute(
        "UPDATE accounting_bank_rule r SET place = u.place * 10 FROM unnest($1::uuid[]) WITH ORDINALITY AS u (id, place) WHERE r.id = u.id",
        list(ids),
    )


async def latest(db: Scope, limit: int) -> list[StoredBankLine]:
    """Return the latest lines of all bank accounts, whatever became of them, newest first."""
    rows = await db.fetch(f"{_LINE} WHERE l.state <> 'parked' ORDER BY l.booked DESC, l.id DESC LIMIT $1", limit)
    return await lines_of(db, rows)


async def put_rule(db: Scope, rule_id: UUID, rule: Rule) -> None:
    """Store a rule, new or changed."""
    await db.execute(
        "INSERT INTO accounting_bank_rule (id, place, name, data) VALUES ($1, $2, $3, $4::text::jsonb) ON CONFLICT (id) DO UPDATE SET "
        "place = $2, name = $3, data = $4::text::jsonb, version = accounting_bank_rule.version + 1",
        *(rule_id, rule.order, rule.name, await rule_data(db, rule_id, rule)),
    )


async def remove_rule(db: Scope, rule_id: UUID) -> None:
    """Forget a rule."""
    await db.execute("DELETE FROM accounting_bank_rule r WHERE r.id = $1", rule_id)


async def weights(db: Scope) -> Weights:
    """Return what was learned last, the beginning's where nothing was."""
    found = await db.fetchval("SELECT w.weights::text FROM accounting_bank_learned w")
    learned = msgspec.json.decode(found, type=Weights) if found else Weights()
    return learned if len(learned.values) == len(Weights().values) else Weights()


async def put_weights(db: Scope, learned: Weights, at: datetime) -> None:
    """Keep what was learned."""
    await db.execute("DELETE FROM accounting_bank_learned w")
    encoded = msgspec.json.encode(learned).decode()
    await db.execute("INSERT INTO accounting_bank_learned (id, weights, at) VALUES ($1, $2::text::jsonb, $3)", new_id(), encoded, at)
