"""Reads and writes merges, and moves what hangs on a party to another."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from weft import Row, Scope

from ..domain.details import PartyRecord
from ..domain.identifiers import SEALED_SCHEMES
from .sealing import SEALED, TOGETHER, opened_parties, sealed_parties


class Link(msgspec.Struct, frozen=True):
    """A relation that a merge dropped."""

    id: UUID
    kind: str
    subject: UUID
    object: UUID
    note: str


class Moved(msgspec.Struct, frozen=True):
    """What went from one party to the other besides its details: ids of relations and files, and the relations that were dropped."""

    subjects: tuple[UUID, ...] = ()
    objects: tuple[UUID, ...] = ()
    attachments: tuple[UUID, ...] = ()
    dropped: tuple[Link, ...] = ()


class Before(msgspec.Struct, frozen=True):
    """Both parties as they were, and what was moved."""

    kept: PartyRecord
    merged: PartyRecord
    moved: Moved


class Merged(msgspec.Struct, frozen=True):
    """A merge that was done; `kept_version` is what the kept party had right after it."""

    id: UUID
    kept: UUID
    merged: UUID
    merged_name: str
    kept_version: int
    merged_at: datetime
    merged_by: str


_DROP_DOUBLE = """
DELETE FROM contacts_relation r WHERE (r.subject = $1 OR r.object = $1) AND (
    r.subject = $2 OR r.object = $2
    OR EXISTS (SELECT 1 FROM contacts_relation k WHERE k.kind = r.kind
        AND k.subject = CASE WHEN r.subject = $1 THEN $2 ELSE r.subject END
        AND k.object = CASE WHEN r.object = $1 THEN $2 ELSE r.object END))
RETURNING r.id, r.kind, r.subject, r.object, r.note
"""
_OPEN = """
SELECT m.id, m.kept, m.merged, p.name AS merged_name, m.kept_version, m.merged_at, m.merged_by
FROM contacts_merge m JOIN contacts_party p ON p.id = m.merged WHERE m.undone_at IS NULL AND {column} = $1 ORDER BY m.merged_at DESC
"""

_SNAPSHOTS = f"""
SELECT m.id, m.before::text AS before FROM contacts_merge m
WHERE m.before @? '$.*.details.identifiers[*] ? (({" || ".join(f'@.scheme == "{each}"' for each in sorted(SEALED_SCHEMES))})
    && !(@.value starts with "{SEALED}"))' ORDER BY m.id LIMIT $1 FOR UPDATE SKIP LOCKED
"""


async def move_links(db: Scope, source: UUID, target: UUID) -> Moved:
    """Move relations and files from one party to another; a relation that the other has already, or with the other, is dropped."""
    dropped = await db.fetch(_DROP_DOUBLE, source, target)
    subjects = await db.fetch("UPDATE contacts_relation SET subject = $2 WHERE subject = $1 RETURNING id", source, target)
    objects = await db.fetch("UPDATE contacts_relation SET object = $2 WHERE object = $1 RETURNING id", source, target)
    files = await db.fetch("UPDATE contacts_attachment SET party = $2 WHERE party = $1 RETURNING id", source, target)
    return Moved(_ids(subjects), _ids(objects), _ids(files), tuple(Link(**dict(row.items())) for row in dropped))


async def move_links_back(db: Scope, moved: Moved, source: UUID, target: UUID) -> None:
    """Undo `move_links`; what was removed since stays removed."""
    for table, column, ids in (
        ("contacts_relation", "subject", moved.subjects),
        ("contacts_relation", "object", moved.objects),
        ("contacts_attachment", "party", moved.attachments),
    ):
        await db.execute(f"UPDATE {table} SET {column} = $1 WHERE id = ANY ($3::uuid[]) AND {column} = $2", source, target, ids)
    for link in moved.dropped:
        await db.execute(
            "INSERT INTO contacts_relation (id, kind, subject, object, note) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            *msgspec.structs.astuple(link),
        )


async def keep_merge(db: Scope, merge: Merged, before: Before) -> None:
    """Write down a merge."""
    ours, theirs = await sealed_parties(db, [before.kept, before.merged])
    told = msgspec.structs.replace(before, kept=ours, merged=theirs)
    await db.execute(
        "INSERT INTO contacts_merge (id, kept, merged, kept_version, before, merged_at, merged_by) "
        "VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)",
        merge.id,
        merge.kept,
        merge.merged,
        merge.kept_version,
        msgspec.json.encode(told).decode(),
        merge.merged_at,
        merge.merged_by,
    )


async def merges_into(db: Scope, kept: UUID) -> list[Merged]:
    """Return the merges that a party came out of and that stand, latest first."""
    return [Merged(**dict(row.items())) for row in await db.fetch(_OPEN.format(column="m.kept"), kept)]


async def find_merge(db: Scope, merge_id: UUID) -> tuple[Merged, Before] | None:
    """Return a merge that stands, with both parties before it."""
    row = await db.fetchrow(_OPEN.format(column="m.id"), merge_id)
    if row is None:
        return None
    before = await db.fetchval("SELECT before::text FROM contacts_merge WHERE id = $1", merge_id)
    told = msgspec.json.decode(before, type=Before)
    ours, theirs = await opened_parties(db, [told.kept, told.merged])
    return Merged(**dict(row.items())), msgspec.structs.replace(told, kept=ours, merged=theirs)


async def mark_undone(db: Scope, merge_id: UUID, at: datetime) -> None:
    """Note that a merge was undone."""
    await db.execute("UPDATE contacts_merge SET undone_at = $2 WHERE id = $1", merge_id, at)


async def forget_merges(db: Scope, party_ids: Sequence[UUID]) -> None:
    """Delete what merges remember of parties."""
    await db.execute("DELETE FROM contacts_merge WHERE kept = ANY ($1::uuid[]) OR merged = ANY ($1::uuid[])", party_ids)


async def seal_snapshots(db: Scope) -> int:
    """Seal what some merges remember; returns how many merges."""
    rows = await db.fetch(_SNAPSHOTS, TOGETHER)
    for row in rows:
        before = msgspec.json.decode(row["before"], type=Before)
        ours, theirs = await sealed_parties(db, [before.kept, before.merged])
        text = msgspec.json.encode(msgspec.structs.replace(before, kept=ours, merged=theirs)).decode()
        await db.execute("UPDATE contacts_merge SET before = $2::text::jsonb WHERE id = $1", row["id"], text)
    return len(rows)


def _ids(rows: Sequence[Row]) -> tuple[UUID, ...]:
    return tuple(row["id"] for row in rows)
