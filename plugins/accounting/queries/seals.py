"""Seals: entries as they are sealed, their places, and the heads of the tree."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from weft import Row, Scope, merkle, new_id

from ..domain.proof.leaf import LeafEntry, LeafLine
from ..domain.proof.papers import HASH, cut
from ..domain.proof.paths import KEPT, Peak

NOWHERE = UUID(int=0)
DAY = 86_400_000  # milliseconds


class Head(NamedTuple):
    """The tree after a seal."""

    size: int
    root: bytes
    peaks: tuple[bytes, ...]
    sealed_at: datetime


_ENTRIES = """
SELECT e.id, e.journal, e.fiscal_year AS year, e.number, e.reference, e.date, e.description, e.currency, e.total,
    e.source_kind, e.source_id, e.source_title, e.reverses, e.reason, e.posted_at, e.posted_by
FROM accounting_entry e
"""
_LINES = """
SELECT l.entry, l.position, l.account, l.date, l.currency, l.amount, l.base, l.description, l.party, l.due, s.members
FROM accounting_line l LEFT JOIN accounting_dimension_set s ON s.id = l.dimensions WHERE l.entry = ANY ($1::uuid[])
"""
_FIRST = """
INSERT INTO accounting_seal (size, root, peaks, leaves, sealed_at) VALUES (0, $1, $2::bytea[], $3, $4) ON CONFLICT (size) DO NOTHING
"""


async def take_turn(db: Scope, now: datetime) -> bool:
    """Tell whether nobody else seals now; nobody does until this transaction ends. The first seal of all, over nothing, is the token."""
    await db.execute(_FIRST, merkle.EMPTY_ROOT, [], b"", now)
    return await db.fetchval("SELECT s.size FROM accounting_seal s WHERE s.size = 0 FOR UPDATE SKIP LOCKED") is not None


async def heads(db: Scope) -> list[Head]:
    """Return the tree's heads, oldest first."""
    rows = await db.fetch("SELECT s.size, s.root, s.peaks, s.sealed_at FROM accounting_seal s WHERE s.size > 0 ORDER BY s.size")
    return [_head(row) for row in rows]


async def latest_heads(db: Scope, limit: int) -> list[Head]:
    """Return the tree's latest heads, newest first."""
    rows = await db.fetch(
        "SELECT s.size, s.root, s.peaks, s.sealed_at FROM accounting_seal s WHERE s.size > 0 ORDER BY s.size DESC LIMIT $1", limit
    )
    return [_head(row) for row in rows]


def _head(row: Row) -> Head:
    return Head(row["size"], row["root"], tuple(row["peaks"]), row["sealed_at"])


async def leaves(db: Scope, low: int, high: int) -> bytes:
    """Return the hashes that seals keep whose size is above `low` and not above `high`, 32 bytes each, in order."""
    rows = await db.fetch("SELECT s.leaves FROM accounting_seal s WHERE s.size > $1 AND s.size <= $2 ORDER BY s.size", low, high)
    return b"".join(row["leaves"] for row in rows)


async def leaves_of(db: Scope, low: int, high: int) -> list[bytes]:
    """Return the hashes of the leaves from `low` to below `high`, as many of them as there are."""
    rows = await db.fetch(
        "SELECT s.size, s.leaves FROM accounting_seal s WHERE s.size > $1 AND s.size <= "
        "coalesce((SELECT min(n.size) FROM accounting_seal n WHERE n.size >= $2), $2) ORDER BY s.size",
        *(low, high),
    )
    if not rows:
        return []
    first = rows[0]["size"] - len(rows[0]["leaves"]) // HASH
    return cut(b"".join(row["leaves"] for row in rows))[low - first : high - first]


async def kept_nodes(db: Scope, peaks: Sequence[Peak]) -> dict[Peak, bytes]:
    """Return the roots of subtrees that are kept, of those that are asked for."""
    rows = await db.fetch(
        "SELECT n.level, n.place, n.hash FROM accounting_seal_node n JOIN unnest($1::smallint[], $2::bigint[]) AS u (level, place) "
        "ON u.level = n.level AND u.place = n.place",
        *([level for level, _ in peaks], [place for _, place in peaks]),
    )
    return {(row["level"], row["place"]): row["hash"] for row in rows}


async def count_blocks(db: Scope) -> int:
    """Return of how many full blocks of leaves the roots are kept."""
    return int(await db.fetchval("SELECT count(*) FROM accounting_seal_node n WHERE n.level = $1", KEPT))


async def keep_nodes(db: Scope, nodes: Sequence[merkle.Node]) -> None:
    """Keep the roots of full subtrees; those that are kept already stand."""
    if nodes:
        await db.execute(
            "INSERT INTO accounting_seal_node (id, level, place, hash) SELECT u.id, u.level, u.place, u.hash "
            "FROM unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::bytea[]) AS u (id, level, place, hash) "
            "ON CONFLICT (level, place) DO NOTHING",
            *([new_id() for _ in nodes], [each.level for each in nodes], [each.place for each in nodes], [each.hash for each in nodes]),
        )


async def recent(db: Scope) -> UUID:
    """Return an id such that no entry before it can still be waiting: ids begin with their time (RFC 9562 section 5.7), and no transaction
    lasts a day.
    """
    last: UUID | None = await db.fetchval("SELECT s.entry FROM accounting_sealed s ORDER BY s.entry DESC LIMIT 1")
    return UUID(int=max(0, (last.int >> 80) - DAY) << 80) if last else NOWHERE


async def waiting(db: Scope, after: UUID, limit: int) -> list[LeafEntry]:
    """Return entries that are not sealed, by id from `after` on."""
    rows = await db.fetch(
        f"{_ENTRIES} WHERE e.id > $1 AND NOT EXISTS (SELECT FROM accounting_sealed s WHERE s.entry = e.id) ORDER BY e.id LIMIT $2",
        after,
        limit,
    )
    return await _with_lines(db, rows)


async def count_waiting(db: Scope) -> int:
    """Return how many entries are not sealed yet."""
    return int(await db.fetchval("SELECT (SELECT count(*) FROM accounting_entry) - (SELECT count(*) FROM accounting_sealed)"))


async def seal(db: Scope, head: Head, batch: bytes, first: int, entries: Sequence[LeafEntry]) -> None:
    """Give entries their places from `first` on, and keep the new head; `batch` are the hashes of their leaves."""
    await db.execute(
        "INSERT INTO accounting_sealed (entry, position, reference) "
        "SELECT n.entry, $1 + n.number - 1, n.reference "
        "FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS n (entry, reference, number)",
        *(first, [each.id for each in entries], [each.reference for each in entries]),
    )
    await db.execute(
        "INSERT INTO accounting_seal (size, root, peaks, leaves, sealed_at) VALUES ($1, $2, $3::bytea[], $4, $5)",
        *(head.size, head.root, list(head.peaks), batch, head.sealed_at),
    )


class Place(NamedTuple):
    """A place of the tree, with the entry that has it now; none when the entry is gone."""

    position: int
    entry: UUID
    reference: str
    now: LeafEntry | None


async def places(db: Scope, low: int, high: int) -> list[Place]:
    """Return the places from `low` to below `high`, with their entries as they are now."""
    rows = await db.fetch(
        "SELECT s.entry, s.position, s.reference FROM accounting_sealed s WHERE s.position >= $1 AND s.position < $2 ORDER BY s.position",
        *(low, high),
    )
    there = {each.id: each for each in await by_id(db, [row["entry"] for row in rows])}
    return [Place(row["position"], row["entry"], row["reference"], there.get(row["entry"])) for row in rows]


async def beyond(db: Scope, size: int, limit: int) -> list[Place]:
    """Return places that no seal ever gave."""
    rows = await db.fetch(
        "SELECT s.entry, s.position, s.reference FROM accounting_sealed s WHERE s.position >= $1 ORDER BY s.position LIMIT $2", size, limit
    )
    return [Place(row["position"], row["entry"], row["reference"], None) for row in rows]


async def place_of(db: Scope, entry_id: UUID) -> int | None:
    """Return the place of an entry; nothing while it is not sealed."""
    found: int | None = await db.fetchval("SELECT s.position FROM accounting_sealed s WHERE s.entry = $1", entry_id)
    return found


async def by_id(db: Scope, ids: Sequence[UUID]) -> list[LeafEntry]:
    """Return entries as they would be sealed now."""
    return await _with_lines(db, await db.fetch(f"{_ENTRIES} WHERE e.id = ANY ($1::uuid[])", list(ids)))


async def _with_lines(db: Scope, rows: Sequence[Row]) -> list[LeafEntry]:
    lines: dict[UUID, list[LeafLine]] = {row["id"]: [] for row in rows}
    for row in await db.fetch(_LINES, list(lines)):
        values = {name: value for name, value in row.items() if name not in {"entry", "members"}}
        lines[row["entry"]].append(LeafLine(**values, dimensions=tuple(row["members"] or ())))
    return [_entry(row, lines[row["id"]]) for row in rows]


def _entry(row: Row, lines: Sequence[LeafLine]) -> LeafEntry:
    source = (row["source_kind"], row["source_id"], row["source_title"]) if row["source_kind"] or row["source_id"] else None
    values = {name: value for name, value in row.items() if not name.startswith("source_")}
    return LeafEntry(**values, source=source, lines=lines)
