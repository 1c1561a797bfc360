"""Every statement on the tables of imports, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from core.imports.batch import Counts, Import, Phase, Problem, Progress
from core.imports.mapping import Mapped
from core.imports.profile import Column
from core.imports.reading import Reading
from core.tenancy.pending import as_json
from weft.data import Outcome, RowProblem, Written
from weft.errors import Conflict, Missing
from weft.tenant import Row, Scope

_COLUMNS = """
id, importer, file, file_name, size, state, chain, reading::text, columns::text, mapping::text, options::text, job, stop, total, note,
expected::text, next_row, created, updated, unchanged, refused, undone, kept, failed_while, wanted::text, person_id, person_name,
created_at, finished_at, version
"""
LONGEST_VALUE = 500  # characters of a cell that are kept with its problem


async def insert_import(db: Scope, new: Import) -> None:
    """Store a new import."""
    await db.execute(
        """INSERT INTO platform.import_batch
        (id, importer, file, file_name, size, state, chain, reading, columns, mapping, options, wanted, total, person_id, person_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10::jsonb, $11::jsonb, $12::jsonb, $13, $14, $15)""",
        *(new.id, new.importer, new.file, new.file_name, new.size, new.state, new.chain),
        *(as_json(new.reading), as_json(new.columns), as_json(new.mapping), as_json(new.options), as_json(new.wanted)),
        *(new.total, new.person_id, new.person_name),
    )


async def seek_import(db: Scope, import_id: UUID, *, lock: bool = False) -> Import | None:
    """Return an import if there is one; with `lock` nobody else changes it until the transaction ends."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM platform.import_batch WHERE id = $1{' FOR UPDATE' if lock else ''}", import_id)
    return _import(row) if row else None


async def find_import(db: Scope, import_id: UUID, *, lock: bool = False) -> Import:
    """Return an import; with `lock` nobody else changes it until the transaction ends. Raises `Missing`."""
    found = await seek_import(db, import_id, lock=lock)
    if found is None:
        raise Missing("There is no such import. It may have been thrown away.")
    return found


async def list_imports(db: Scope, importers: Sequence[str], before: tuple[datetime, UUID] | None, size: int) -> list[Import]:
    """Return the newest imports of some importers, those after a place in the list."""
    rows = await db.fetch(
        f"""SELECT {_COLUMNS} FROM platform.import_batch WHERE importer = ANY ($1)
        AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3)) ORDER BY created_at DESC, id DESC LIMIT $4""",
        list(importers),
        before[0] if before else None,
        before[1] if before else None,
        size,
    )
    return [_import(row) for row in rows]


async def update_import(db: Scope, import_id: UUID, **changes: Any) -> None:
    """Change some facts of an import, and its version."""
    names, values = [], []
    for name, value in changes.items():
        is_json = name in _JSON
        values.append(as_json(value) if is_json else value)
        names.append(f"{name} = ${len(values) + 1}{'::jsonb' if is_json else ''}")
    await db.execute(f"UPDATE platform.import_batch SET {', '.join(names)}, version = version + 1 WHERE id = $1", import_id, *values)


_JSON = frozenset({"reading", "columns", "mapping", "options", "expected", "wanted"})


async def delete_import(db: Scope, import_id: UUID) -> None:
    """Forget an import, with its problems and rows."""
    await db.execute("DELETE FROM platform.import_batch WHERE id = $1", import_id)


async def is_stopped(db: Scope, import_id: UUID) -> bool:
    """Tell whether a person wants the work on an import to stop."""
    return await db.fetchval("SELECT stop FROM platform.import_batch WHERE id = $1", import_id) is not False


async def find_progress(db: Scope, found: Import) -> Progress:
    """Return how far a worker is with an import."""
    row = await db.fetchrow(
        """SELECT state, progress AS done, progress_of AS total, note, error,
        COALESCE(extract(epoch FROM clock_timestamp() - started_at), 0)::float8 AS seconds FROM platform.job WHERE id = $1""",
        found.job,
    )
    return Progress(**dict(row.items())) if row else Progress()


def expect_version(found: Import, version: int) -> None:
    """Raise `Conflict` unless an import is as who changes it has seen it."""
    if found.version != version:
        raise Conflict("Somebody else has changed this import meanwhile. It is shown as it is now: look at it, and send your change again.")


# --- what a batch came to ---


async def add_outcome(db: Scope, import_id: UUID, outcome: Outcome, refused: Sequence[RowProblem], next_row: int) -> None:
    """Store what a batch of rows came to, and that the import goes on at `next_row`."""
    await add_rows(db, import_id, outcome.written)
    await add_problems(db, import_id, "import", [*refused, *outcome.problems])
    counts = count(outcome, refused)
    await db.execute(
        """UPDATE platform.import_batch SET next_row = $2, created = created + $3, updated = updated + $4, unchanged = unchanged + $5,
        refused = refused + $6 WHERE id = $1""",
        *(import_id, next_row, counts.created, counts.updated, counts.unchanged, counts.refused),
    )


def count(outcome: Outcome, refused: Sequence[RowProblem]) -> Counts:
    """Return how many rows of a batch became what."""
    actions = [each.action for each in outcome.written]
    rows = {each.row for each in refused} | {each.row for each in outcome.problems}
    return Counts(actions.count("created"), actions.count("updated"), actions.count("unchanged"), len(rows))


async def add_rows(db: Scope, import_id: UUID, written: Sequence[Written]) -> None:
    """Store which rows became which records, so that they can be undone."""
    if written:
        await db.execute(
            """INSERT INTO platform.import_row (batch, row, record_id, action, version, before)
            SELECT $1, r.row, r.record, r.action, r.version, r.before::jsonb
            FROM unnest($2::integer[], $3::uuid[], $4::text[], $5::integer[], $6::text[]) AS r (row, record, action, version, before)""",
            import_id,
            [each.row for each in written],
            [each.id for each in written],
            [each.action for each in written],
            [each.version for each in written],
            [as_json(each.before) for each in written],
        )


async def add_problems(db: Scope, import_id: UUID, phase: Phase, problems: Sequence[RowProblem]) -> None:
    """Store what is wrong with rows."""
    if not problems:
        return
    places: dict[int, int] = {}
    numbered = []
    for each in problems:
        places[each.row] = places.get(each.row, -1) + 1
        numbered.append(places[each.row])
    await db.execute(
        """INSERT INTO platform.import_problem (batch, phase, row, place, field, sentence, value)
        SELECT $1, $2, r.row, r.place, r.field, r.sentence, r.value
        FROM unnest($3::integer[], $4::smallint[], $5::text[], $6::text[], $7::text[]) AS r (row, place, field, sentence, value)""",
        import_id,
        phase,
        [each.row for each in problems],
        numbered,
        [each.field for each in problems],
        [_storable(each.sentence) for each in problems],
        [_storable(each.value)[:LONGEST_VALUE] for each in problems],
    )


async def forget_problems(db: Scope, import_id: UUID, phase: Phase) -> None:
    """Delete what an earlier attempt found wrong."""
    await db.execute("DELETE FROM platform.import_problem WHERE batch = $1 AND phase = $2", import_id, phase)


async def read_problems(db: Scope, import_id: UUID, phase: Phase, after: int, rows: int) -> list[Problem]:
    """Return the problems of the first so many rows that have some after a row, in order."""
    found = await db.fetch(
        """SELECT p.row, p.field, p.sentence, p.value FROM platform.import_problem p
        WHERE p.batch = $1 AND p.phase = $2 AND p.row > $3 AND p.row <= COALESCE((
            SELECT DISTINCT q.row FROM platform.import_problem q WHERE q.batch = $1 AND q.phase = $2 AND q.row > $3
            ORDER BY q.row OFFSET $4 LIMIT 1), 2147483647)
        ORDER BY p.row, p.place""",
        *(import_id, phase, after, rows - 1),
    )
    return [Problem(row=row["row"], field=row["field"], sentence=row["sentence"], value=row["value"]) for row in found]


# --- undoing ---


async def read_to_undo(db: Scope, import_id: UUID, size: int) -> list[Written]:
    """Return the records that an import made or changed last and that are not undone, each once: as it was before its first row, at the
    version after its last.
    """
    rows = await db.fetch(_TO_UNDO, import_id, size)
    return [
        Written(row["row"], row["record_id"], row["action"], row["version"], _merged(msgspec.json.decode(row["befores"]))) for row in rows
    ]


_TO_UNDO = """
WITH first AS MATERIALIZED (
    SELECT r.row, r.record_id, r.action FROM platform.import_row r
    WHERE r.batch = $1 AND r.action <> 'unchanged' AND NOT r.kept AND NOT EXISTS (
        SELECT 1 FROM platform.import_row e WHERE e.batch = $1 AND e.record_id = r.record_id AND e.row < r.row AND e.action <> 'unchanged')
    ORDER BY r.row DESC LIMIT $2
)
SELECT f.row, f.record_id, f.action, every.version, every.befores::text FROM first f CROSS JOIN LATERAL (
    SELECT max(e.version) AS version, jsonb_agg(e.before ORDER BY e.row DESC) AS befores
    FROM platform.import_row e WHERE e.batch = $1 AND e.record_id = f.record_id AND e.action <> 'unchanged'
) every ORDER BY f.row DESC
"""


def _merged(befores: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a record was before all its changes; `befores` has the last one first."""
    merged: dict[str, Any] = {}
    for before in befores:
        merged |= before
    return merged


async def mark_undone(db: Scope, import_id: UUID, undone: Sequence[UUID], kept: Sequence[UUID]) -> None:
    """Store which records were undone and which were left alone."""
    await db.execute("DELETE FROM platform.import_row WHERE batch = $1 AND record_id = ANY ($2)", import_id, list(undone))
    await db.execute("UPDATE platform.import_row SET kept = true WHERE batch = $1 AND record_id = ANY ($2)", import_id, list(kept))
    await db.execute(
        "UPDATE platform.import_batch SET undone = undone + $2, kept = kept + $3 WHERE id = $1", import_id, len(undone), len(kept)
    )


# --- what a person chose the last time ---


async def remember(db: Scope, importer: str, digest: str, chosen: Mapping[str, str], options: Mapping[str, str]) -> None:
    """Keep which heading is which field (none: left out), for the next file with these headings."""
    await db.execute(
        """INSERT INTO platform.import_mapping (importer, headings, mapping, options) VALUES ($1, $2, $3::jsonb, $4::jsonb)
        ON CONFLICT (tenant, importer, headings) DO UPDATE SET mapping = excluded.mapping, options = excluded.options, used_at = now()""",
        *(importer, digest, as_json(chosen), as_json(options)),
    )


async def recall(db: Scope, importer: str, digest: str, headings: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was chosen for a file with these headings, or else for the latest one whose headings are all in this one."""
    row = await db.fetchrow(
        """SELECT mapping::text, options::text FROM platform.import_mapping WHERE importer = $1
        AND (headings = $2 OR $3::text[] @> ARRAY(SELECT jsonb_object_keys(mapping))) ORDER BY headings = $2 DESC, used_at DESC LIMIT 1""",
        *(importer, digest, list(headings)),
    )
    if row is None:
        return {}, {}
    return msgspec.json.decode(row["mapping"], type=dict[str, str]), msgspec.json.decode(row["options"], type=dict[str, str])


def _storable(text: str) -> str:
    """Return a text without the character NUL, which PostgreSQL does not take."""
    return text.replace("\0", "␀")


def _import(row: Row) -> Import:
    facts = dict(row.items())
    counts = Counts(*(facts.pop(name) for name in ("created", "updated", "unchanged", "refused")))
    facts["reading"] = msgspec.json.decode(facts["reading"], type=Reading)
    facts["columns"] = msgspec.json.decode(facts["columns"], type=tuple[Column, ...])
    facts["mapping"] = msgspec.json.decode(facts["mapping"], type=tuple[Mapped, ...])
    facts["options"] = msgspec.json.decode(facts["options"], type=dict[str, str])
    facts["wanted"] = msgspec.json.decode(facts["wanted"], type=dict[str, str])
    facts["expected"] = msgspec.json.decode(facts["expected"], type=Counts)
    return Import(**facts, counts=counts)
