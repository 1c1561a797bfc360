"""Writes entries: number, entry, lines and deltas of balances in one statement, however many entries there are."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from weft import Conflict, Scope, new_id
from weft.contracts import AlreadyPosted, PeriodLocked

from ..domain.checking import ReadyEntry
from ..domain.numbering import pattern

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a posted entry got."""

    id: UUID
    reference: str
    line_ids: tuple[UUID, ...]


FIRST_LINE = 23  # where the columns of lines begin among the values
_COUNT = """
INSERT INTO accounting_counter (id, journal, fiscal_year, value) VALUES ($1, $2, $3, $4)
ON CONFLICT (journal, fiscal_year) DO UPDATE SET value = accounting_counter.value + $4 RETURNING value
"""
_LINES = """
INSERT INTO accounting_line (id, entry, position, account, date, currency, amount, base, description, party, dimensions, due, residual)
SELECT l.id, l.entry, l.position, l.account, l.date, l.currency, l.amount, l.base, l.description, l.party, l.dimensions, l.due, l.residual
FROM unnest({0}::uuid[], {1}::uuid[], {2}::int[], {3}::uuid[], {4}::date[], {5}::text[], {6}::numeric[], {7}::numeric[], {8}::text[],
    {9}::uuid[], {10}::uuid[], {11}::date[], {12}::numeric[])
    AS l (id, entry, position, account, date, currency, amount, base, description, party, dimensions, due, residual)
"""
_MOVED = """
INSERT INTO accounting_period_balance (id, account, period, currency, dimensions, debit, credit, base_debit, base_credit)
SELECT m.id, m.account, m.period, m.currency, m.dimensions, m.debit, m.credit, m.base_debit, m.base_credit
FROM unnest({0}::uuid[], {1}::uuid[], {2}::uuid[], {3}::text[], {4}::uuid[], {5}::numeric[], {6}::numeric[], {7}::numeric[], {8}::numeric[])
    AS m (id, account, period, currency, dimensions, debit, credit, base_debit, base_credit)
"""


def _places(sql: str, first: int) -> str:
    count = sql.count("::")
    return sql.format(*(f"${first + place}" for place in range(count)))


# One statement, so that the counter is held for one round trip and the commit alone. It writes nothing when what the entry was checked
# against has changed meanwhile.
POST = f"""
WITH counted AS (
    INSERT INTO accounting_counter (id, journal, fiscal_year, value)
    SELECT $1::uuid, $2::uuid, $3::uuid, $4::bigint
    WHERE $23::uuid IS NULL OR $23 = (SELECT g.version FROM accounting_ground g)
    ON CONFLICT (journal, fiscal_year) DO UPDATE SET value = accounting_counter.value + $4 RETURNING value),
made AS (
    INSERT INTO accounting_entry (id, journal, fiscal_year, period, number, reference, date, description, currency, total, lines,
        source_kind, source_id, source_title, digest, reverses, reason, posted_at, posted_by)
    SELECT $5, $2, $3, $6, c.value, $7 || lpad(c.value::text, greatest($8, length(c.value::text)), '0') || $9,
        $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22 FROM counted c RETURNING reference),
lined AS ({_places(_LINES, FIRST_LINE + 1)}, made),
moved AS ({_places(_MOVED, FIRST_LINE + 14)}, made)
SELECT reference FROM made
"""
_ENTRIES = """
INSERT INTO accounting_entry (id, journal, fiscal_year, period, number, reference, date, description, currency, total, lines, source_kind,
    source_id, source_title, digest, reverses, reason, posted_at, posted_by)
SELECT e.id, e.journal, e.fiscal_year, e.period, e.number, e.reference, e.date, e.description, e.currency, e.total, e.lines, e.source_kind,
    e.source_id, e.source_title, e.digest, e.reverses, e.reason, $18, $19
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::date[], $8::text[], $9::text[], $10::numeric[],
    $11::int[], $12::text[], $13::text[], $14::text[], $15::text[], $16::uuid[], $17::text[])
    AS e (id, journal, fiscal_year, period, number, reference, date, description, currency, total, lines, source_kind, source_id,
          source_title, digest, reverses, reason)
"""

_TAXES = """
INSERT INTO accounting_tax_amount (id, day, entry, tax_code, tax, base, amount, deductible, credit_note)
SELECT t.id, t.day, t.entry, t.code, t.tax::jsonb, t.base, t.amount, t.deductible, t.credit_note
FROM unnest({0}::uuid[], {1}::date[], {2}::uuid[], {3}::text[], {4}::text[], {5}::numeric[], {6}::numeric[], {7}::numeric[], {8}::boolean[])
    AS t (id, day, entry, code, tax, base, amount, deductible, credit_note)
"""
POST_TAXED = POST.replace(
    "\nSELECT reference FROM made", f",\ntaxed AS ({_places(_TAXES, FIRST_LINE + 23)}, made)\nSELECT reference FROM made"
)

Sets = Mapping[tuple[UUID, ...], UUID]


def arguments(entry: ReadyEntry, sets: Sets, entry_id: UUID, at: datetime, by: UUID | None, ground: UUID | None = None) -> list[Any]:
    """Return the values of the statement that posts one entry; `ground` is the version it was checked against, if that matters."""
    format_ = pattern(entry.journal.number_format, entry.journal.code, entry.year.code, entry.new.date)
    source = entry.new.source
    return [
        *(new_id(), entry.journal.id, entry.year.id, 1),
        *(entry_id, entry.period.id, format_.prefix, format_.width, format_.suffix),
        *(entry.new.date, entry.new.description, entry.base_currency, entry.total, len(entry.lines)),
        *((source.kind, source.id, source.title) if source else ("", "", "")),
        *(entry.digest, entry.reverses, entry.reason, at, by, ground),
        *_line_columns([(entry_id, entry)], sets),
        *_moved([entry], sets),
    ]


async def post_one(db: Scope, entry: ReadyEntry, sets: Sets, at: datetime, by: UUID | None, ground: UUID | None) -> Numbered | None:
    """Write one entry, or return nothing where the ground it was checked against is another by now.

    Raises `AlreadyPosted`, `PeriodLocked`, `Conflict` for what another transaction did at the same moment.
    """
    entry_id = new_id()
    values = arguments(entry, sets, entry_id, at, by, ground)
    try:
        if entry.taxes:
            reference = await db.fetchval(POST_TAXED, *values, *_taxed([(entry_id, entry)]))
        else:
            reference = await db.fetchval(POST, *values)
    except asyncpg.UniqueViolationError as taken:
        raise _taken(taken) from taken
    except asyncpg.CheckViolationError as refused:
        raise _refused(refused) from refused
    return Numbered(entry_id, reference, tuple(values[FIRST_LINE])) if reference is not None else None


async def post_many(db: Scope, entries: Sequence[ReadyEntry], sets: Sets, at: datetime, by: UUID | None) -> list[Numbered]:
    """Write many entries, numbered in the order given; raises as `post_one`."""
    numbers = await _numbers(db, entries)
    ids = [new_id() for _ in entries]
    references = [
        pattern(each.journal.number_format, each.journal.code, each.year.code, each.new.date).write(number)
        for each, number in zip(entries, numbers, strict=True)
    ]
    rows = [
        (
            *(entry_id, each.journal.id, each.year.id, each.period.id, number, reference, each.new.date, each.new.description),
            *(each.base_currency, each.total, len(each.lines)),
            *((each.new.source.kind, each.new.source.id, each.new.source.title) if each.new.source else ("", "", "")),
            *(each.digest, each.reverses, each.reason),
        )
        for entry_id, each, number, reference in zip(ids, entries, numbers, references, strict=True)
    ]
    pairs = list(zip(ids, entries, strict=True))
    try:
        # What comes next is made ready while the server writes what came before.
        columns = [*(list(column) for column in zip(*rows, strict=True)), at, by]
        lines = await _meanwhile(db, _ENTRIES, columns, lambda: _line_columns(pairs, sets))
        moved = await _meanwhile(db, _places(_LINES, 1), lines, lambda: _moved(entries, sets))
        await db.execute(_places(_MOVED, 1), *moved)
        if any(each.taxes for each in entries):
            await db.execute(_places(_TAXES, 1), *_taxed(pairs))
    except asyncpg.UniqueViolationError as taken:
        raise _taken(taken) from taken
    except asyncpg.CheckViolationError as refused:
        raise _refused(refused) from refused
    line_ids = iter(lines[0])
    return [
        Numbered(entry_id, reference, tuple(next(line_ids) for _ in each.lines))
        for entry_id, reference, each in zip(ids, references, entries, strict=True)
    ]


async def _meanwhile(db: Scope, sql: str, values: Sequence[Any], make: Callable[[], list[list[Any]]]) -> list[list[Any]]:
    """Run a statement, and return what was made while the server was at it."""
    writing = asyncio.create_task(db.execute(sql, *values))
    try:
        await asyncio.sleep(0)  # so that it is sent before anything is made
        return make()
    finally:
        await writing


async def _numbers(db: Scope, entries: Sequence[ReadyEntry]) -> list[int]:
    """Take numbers for entries of any journals and years; counters are taken in one order, so that two bulks never wait in a circle."""
    wanted: dict[tuple[UUID, UUID], int] = defaultdict(int)
    for each in entries:
        wanted[each.journal.id, each.year.id] += 1
    following: dict[tuple[UUID, UUID], int] = {}
    for journal, year in sorted(wanted):
        count = wanted[journal, year]
        following[journal, year] = await db.fetchval(_COUNT, new_id(), journal, year, count) - count
    found = []
    for each in entries:
        following[each.journal.id, each.year.id] += 1
        found.append(following[each.journal.id, each.year.id])
    return found


def _line_columns(entries: Sequence[tuple[UUID, ReadyEntry]], sets: Sets) -> list[list[Any]]:
    rows = [
        (
            *(new_id(), entry_id, position, line.account.id, entry.new.date, line.amount.currency, line.amount.amount, line.base),
            *(line.description, line.party, sets.get(tuple(each.id for each in line.dimensions)), line.due, line.residual),
        )
        for entry_id, entry in entries
        for position, line in enumerate(entry.lines, 1)
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def _moved(entries: Sequence[ReadyEntry], sets: Sets) -> list[list[Any]]:
    """Return what moved on each account in each period, as columns."""
    sums: dict[tuple[Any, ...], list[Decimal]] = {}
    for entry in entries:
        for line in entry.lines:
            key = (line.account.id, entry.period.id, line.amount.currency, sets.get(tuple(each.id for each in line.dimensions)))
            found = sums.setdefault(key, [ZERO, ZERO, ZERO, ZERO])
            found[0 if line.amount.amount > 0 else 1] += abs(line.amount.amount)
            found[2 if line.base > 0 else 3] += abs(line.base)
    rows = [(new_id(), *key, *values) for key, values in sums.items()]
    return [list(column) for column in zip(*rows, strict=True)]


def _taxed(entries: Sequence[tuple[UUID, ReadyEntry]]) -> list[list[Any]]:
    """Return what goes into the tax return, as columns; what is taken back stands there as a credit note does."""
    rows = []
    for entry_id, entry in entries:
        for each in entry.taxes:
            back = each.base < 0 or (not each.base and each.amount < 0)
            told = -each if back else each
            tax = msgspec.json.encode(each.tax).decode()
            rows.append((new_id(), entry.new.date, entry_id, each.tax.code, tax, told.base, told.amount, told.deductible, back))
    return [list(column) for column in zip(*rows, strict=True)]


async def take_back_taxes(db: Scope, entry_id: UUID, reversal: UUID, day: date) -> None:
    """Take out of the tax return what an entry that is no document put into it; both stay to be seen there."""
    await db.execute(
        "INSERT INTO accounting_tax_amount (id, day, entry, tax_code, tax, base, amount, deductible, credit_note) "
        "SELECT uuidv7(), $3, $2, t.tax_code, t.tax, t.base, t.amount, t.deductible, NOT t.credit_note FROM accounting_tax_amount t "
        "WHERE t.entry = $1 AND t.document IS NULL AND t.payment IS NULL",
        *(entry_id, reversal, day),
    )


def _taken(taken: asyncpg.UniqueViolationError) -> Exception:
    if taken.constraint_name == "accounting_entry_source":
        return AlreadyPosted("This document was posted a moment ago by somebody else.")
    if taken.constraint_name == "accounting_entry_reverses":
        return Conflict("This entry was reversed a moment ago by somebody else.")
    return Conflict("Somebody else posted at the same moment: post again.")


def _refused(refused: asyncpg.CheckViolationError) -> Exception:
    if refused.constraint_name == "accounting_hard_lock":
        return PeriodLocked("The books were closed for good a moment ago: post on a later day.")
    return Conflict(f"The database refused this entry: {refused}")


_SETS = """
INSERT INTO accounting_dimension_set (id, key, members, label) SELECT s.id, s.key, string_to_array(s.key, ',')::uuid[], s.label
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS s (id, key, label) ON CONFLICT (key) DO NOTHING
"""


async def dimension_sets(db: Scope, entries: Sequence[ReadyEntry]) -> dict[tuple[UUID, ...], UUID]:
    """Return the id of each set of dimension values that lines have; new ones are made."""
    wanted = {tuple(value.id for value in line.dimensions): line.dimensions for each in entries for line in each.lines if line.dimensions}
    if not wanted:
        return {}
    keys = {",".join(map(str, sorted(ids))): ids for ids in wanted}
    labels = [", ".join(value.title for value in wanted[ids]) for ids in keys.values()]
    await db.execute(_SETS, [new_id() for _ in keys], list(keys), labels)
    rows = await db.fetch("SELECT s.id, s.key FROM accounting_dimension_set s WHERE s.key = ANY ($1::text[])", list(keys))
    return {keys[row["key"]]: row["id"] for row in rows}
