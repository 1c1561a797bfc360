"""What hangs on a party beside its own details: relations, files, and how many parties there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from weft import Scope

from ..domain.relations import Related, seen_from
from ..tables import Attachment, Relation


@dataclass(frozen=True, slots=True)
class Attached:
    """A file kept with a party; `size` in bytes."""

    id: UUID
    file: UUID
    name: str
    media_type: str
    size: int
    note: str
    added_by: str
    created_at: datetime


_RELATIONS = """
SELECT r.id, r.kind, r.note, r.created_at, r.subject = $1 AS as_subject, p.id AS other, p.name AS other_name, p.kind AS other_kind
FROM contacts_relation r JOIN contacts_party p ON p.id = CASE WHEN r.subject = $1 THEN r.object ELSE r.subject END
WHERE r.subject = $1 OR r.object = $1 ORDER BY r.kind, p.sort_name, r.id LIMIT $2
"""


async def relations_of(db: Scope, party_id: UUID, limit: int = 200) -> list[Related]:
    """Return what a party is to others, and they to it."""
    return [
        Related(
            id=row["id"],
            kind=row["kind"],
            title=seen_from(row["kind"], as_subject=row["as_subject"]),
            other=row["other"],
            other_name=row["other_name"],
            other_kind=row["other_kind"],
            note=row["note"],
            created_at=row["created_at"],
        )
        for row in await db.fetch(_RELATIONS, party_id, limit)
    ]


async def add_relation(db: Scope, relation_id: UUID, kind: str, subject: UUID, thing: UUID, note: str) -> bool:
    """Write a relation; returns False when there is one already."""
    written = await db.execute(
        "INSERT INTO contacts_relation (id, kind, subject, object, note) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (kind, subject, object) DO NOTHING",
        relation_id,
        kind,
        subject,
        thing,
        note,
    )
    return written == 1


async def remove_relation(relation_id: UUID) -> tuple[str, UUID, UUID, str] | None:
    """Delete a relation; returns kind, subject, object and note of what it was."""
    rows = (
        await Relation.delete().where(Relation.id == relation_id).returning(Relation.kind, Relation.subject, Relation.object, Relation.note)
    )
    return (rows[0]["kind"], rows[0]["subject"], rows[0]["object"], rows[0]["note"]) if rows else None


async def remove_relations_of(party_ids: Sequence[UUID]) -> None:
    """Delete every relation of parties."""
    ids = list(party_ids)
    await Relation.delete().where(Relation.subject.is_in(ids) | Relation.object.is_in(ids))


async def with_links(db: Scope, party_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of some parties have relations or files."""
    rows = await db.fetch(
        "SELECT subject AS id FROM contacts_relation WHERE subject = ANY ($1::uuid[]) UNION "
        "SELECT object FROM contacts_relation WHERE object = ANY ($1::uuid[]) UNION "
        "SELECT party FROM contacts_attachment WHERE party = ANY ($1::uuid[])",
        party_ids,
    )
    return {row["id"] for row in rows}


async def attachments_of(party_id: UUID) -> list[Attached]:
    """Return the files kept with a party, newest first."""
    rows = await (
        Attachment.select(
            Attachment.id,
            Attachment.file,
            Attachment.name,
            Attachment.media_type,
            Attachment.size,
            Attachment.note,
            Attachment.added_by,
            Attachment.created_at,
        )
        .where(Attachment.party == party_id)
        .order_by(Attachment.created_at, Attachment.id, ascending=False)
    )
    return [Attached(**row) for row in rows]


async def add_attachment(party_id: UUID, attached: Attached) -> None:
    """Keep a stored file with a party."""
    await Attachment.insert(Attachment(party=party_id, **{name: getattr(attached, name) for name in Attached.__slots__}))


async def remove_attachment(party_id: UUID, attachment_id: UUID) -> tuple[UUID, str] | None:
    """Forget a file of a party; returns its id as a file, and its name."""
    rows = (
        await Attachment.delete()
        .where((Attachment.id == attachment_id) & (Attachment.party == party_id))
        .returning(Attachment.file, Attachment.name)
    )
    return (rows[0]["file"], rows[0]["name"]) if rows else None


async def remove_attachments(party_ids: Sequence[UUID]) -> list[UUID]:
    """Forget every file of parties; returns the files' ids."""
    rows = await Attachment.delete().where(Attachment.party.is_in(list(party_ids))).returning(Attachment.file)
    return [row["file"] for row in rows]


async def count_by_kind(db: Scope, limit: int) -> Mapping[str, int]:
    """Return how many organisations and people are neither archived nor merged away, counted up to `limit` each."""
    counted = {}
    for kind in ("organisation", "person"):
        counted[kind] = int(
            await db.fetchval(
                "SELECT count(*) FROM (SELECT 1 FROM contacts_party "
                "WHERE kind = $1 AND archived_at IS NULL AND merged_into IS NULL LIMIT $2) AS counted",
                kind,
                limit,
            )
        )
    return counted


async def made_per_day(db: Scope, since: datetime, zone: str, limit: int) -> Mapping[str, int]:
    """Return how many of the last `limit` parties were made on each day since a moment, by ISO date in a time zone."""
    rows = await db.fetch(
        "SELECT (created_at AT TIME ZONE $2::text)::date AS day, count(*) AS made FROM ("
        "SELECT created_at FROM contacts_party WHERE created_at >= $1 AND merged_into IS NULL ORDER BY created_at DESC LIMIT $3) AS recent "
        "GROUP BY 1",
        since,
        zone,
        limit,
    )
    return {row["day"].isoformat(): int(row["made"]) for row in rows}
