"""Writes parties, any number of them in a few statements: rows travel as one JSON array per table."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from weft import Conflict, Scope, Seals, Secret, new_id

from ..domain.details import Details, PartyRecord, derive
from ..domain.identifiers import SEALED_SCHEMES
from ..sealed import IDENTIFIER

_PARTY_COLUMNS = (
    "kind, name, legal_name, given_name, family_name, language, notes, tags, sort_name, match_key, search_text, "
    "email, phone, city, country, archived_at, merged_into, version, created_at, updated_at"
)
_PARTY_ROW = """
row (id uuid, kind text, name text, legal_name text, given_name text, family_name text, language text, notes text, tags text[],
     sort_name text, match_key text, search_text text, email text, phone text, city text, country text,
     archived_at timestamptz, merged_into uuid, version integer, created_at timestamptz, updated_at timestamptz)
"""
_INSERT_PARTIES = f"""
INSERT INTO contacts_party (id, {_PARTY_COLUMNS})
SELECT id, {_PARTY_COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS {_PARTY_ROW}
"""
_UPDATE_PARTIES = f"""
UPDATE contacts_party p
SET ({_PARTY_COLUMNS}) = ({", ".join(f"row.{name.strip()}" for name in _PARTY_COLUMNS.split(","))})
FROM jsonb_to_recordset($1::jsonb) AS {_PARTY_ROW}
WHERE p.id = row.id AND p.version = row.version - 1
RETURNING p.id
"""
_DROP_POINTS = """
DELETE FROM contacts_point p WHERE p.party = ANY ($2::uuid[]) AND NOT EXISTS (
    SELECT 1 FROM jsonb_to_recordset($1::jsonb) AS row (party uuid, kind text, value text)
    WHERE row.party = p.party AND row.kind = p.kind AND row.value = p.value)
"""
_PUT_POINTS = """
INSERT INTO contacts_point AS p (id, party, kind, value, label, position)
SELECT id, party, kind, value, label, position
FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, party uuid, kind text, value text, label text, position smallint)
ON CONFLICT (party, kind, value) DO UPDATE SET label = excluded.label, position = excluded.position
WHERE (p.label, p.position) IS DISTINCT FROM (excluded.label, excluded.position)
"""
_DROP_ADDRESSES = """
DELETE FROM contacts_address a WHERE a.party = ANY ($2::uuid[]) AND NOT EXISTS (
    SELECT 1 FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, party uuid) WHERE row.id = a.id)
"""
_PUT_ADDRESSES = """
INSERT INTO contacts_address (id, party, kind, lines, postcode, city, region, country, position)
SELECT id, party, kind, lines, postcode, city, region, country, position
FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, party uuid, kind text, lines text[], postcode text, city text, region text,
    country text, position smallint)
ON CONFLICT (id) DO UPDATE SET party = excluded.party, kind = excluded.kind, lines = excluded.lines, postcode = excluded.postcode,
    city = excluded.city, region = excluded.region, country = excluded.country, position = excluded.position
"""
_DROP_IDENTIFIERS = """
DELETE FROM contacts_identifier i WHERE i.party = ANY ($2::uuid[]) AND NOT EXISTS (
    SELECT 1 FROM jsonb_to_recordset($1::jsonb) AS row (party uuid, scheme text, value text)
    WHERE row.party = i.party AND row.scheme = i.scheme AND row.value = i.value)
"""
_PUT_IDENTIFIERS = """
INSERT INTO contacts_identifier AS i (id, party, scheme, value, sealed, shared, position)
SELECT id, party, scheme, value, sealed, shared, position
FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, party uuid, scheme text, value text, sealed bytea, shared boolean, position smallint)
ON CONFLICT (party, scheme, value) DO UPDATE SET shared = excluded.shared, position = excluded.position
WHERE (i.shared, i.position) IS DISTINCT FROM (excluded.shared, excluded.position)
"""
_KEEP_TAGS = "INSERT INTO contacts_tag (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"


async def insert_parties(db: Scope, parties: Sequence[PartyRecord]) -> None:
    """Write new parties with everything they have."""
    await db.execute(_INSERT_PARTIES, _json(_party_row(party) for party in parties))
    await _put_children(db, parties)


async def update_parties(db: Scope, parties: Sequence[PartyRecord]) -> set[UUID]:
    """Write parties whose stored version is the one before theirs, with everything they have; returns the ids of those."""
    rows = await db.fetch(_UPDATE_PARTIES, _json(_party_row(party) for party in parties))
    written = {row["id"] for row in rows}
    kept = [party for party in parties if party.id in written]
    ids = [party.id for party in kept]
    identifiers = partial(_identifiers, await _seals(db, kept))
    for statement, children in ((_DROP_POINTS, _points), (_DROP_ADDRESSES, _addresses), (_DROP_IDENTIFIERS, identifiers)):
        await db.execute(statement, _json(row for party in kept for row in children(party)), ids)
    await _put_children(db, kept)
    return written


async def delete_parties(db: Scope, ids: Sequence[UUID]) -> None:
    """Delete parties with all they have; raises `Conflict` when another module's rows refer to one."""
    try:
        await db.execute("DELETE FROM contacts_party WHERE id = ANY ($1::uuid[])", ids)
    except (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError) as wrong:
        raise Conflict("A contact that other modules use cannot be deleted.") from wrong


async def set_archived(db: Scope, ids: Sequence[UUID], at: datetime | None, now: datetime) -> list[tuple[UUID, str, int]]:
    """Archive parties, or bring them back; returns id, name and new version of those that were not so already."""
    found = await db.fetch(
        "SELECT id FROM contacts_party WHERE id = ANY ($1::uuid[]) AND merged_into IS NULL AND (archived_at IS NULL) = $2 "
        "ORDER BY id FOR NO KEY UPDATE",
        ids,
        at is not None,
    )
    if not found:
        return []
    rows = await db.fetch(
        "UPDATE contacts_party SET archived_at = $2::timestamptz, updated_at = $3, version = version + 1 WHERE id = ANY ($1::uuid[]) "
        "RETURNING id, name, version",
        [row["id"] for row in found],
        at,
        now,
    )
    return [(row["id"], row["name"], row["version"]) for row in rows]


async def _put_children(db: Scope, parties: Sequence[PartyRecord]) -> None:
    try:
        await _put_all_children(db, parties)
    except asyncpg.UniqueViolationError as wrong:  # two who add the same identifier at once: the index lets only one through
        raise Conflict("Somebody else has just added a contact with the same identifier: look for it before you add it again.") from wrong


async def _put_all_children(db: Scope, parties: Sequence[PartyRecord]) -> None:
    identifiers = partial(_identifiers, await _seals(db, parties))
    for statement, children in ((_PUT_POINTS, _points), (_PUT_ADDRESSES, _addresses), (_PUT_IDENTIFIERS, identifiers)):
        if rows := [row for party in parties for row in children(party)]:
            await db.execute(statement, _json(rows))
    if tags := {tag for party in parties for tag in party.details.tags}:
        await db.execute(_KEEP_TAGS, sorted(tags))


async def _seals(db: Scope, parties: Sequence[PartyRecord]) -> Seals | None:
    return await db.seals() if any(each.scheme in SEALED_SCHEMES for party in parties for each in party.details.identifiers) else None


def _party_row(party: PartyRecord) -> dict[str, Any]:
    details = party.details
    return {
        "id": party.id,
        "kind": details.kind,
        "name": details.name,
        "legal_name": details.legal_name,
        "given_name": details.given_name,
        "family_name": details.family_name,
        "language": details.language,
        "notes": details.notes,
        "tags": details.tags,
        "archived_at": party.archived_at,
        "merged_into": party.merged_into,
        "version": party.version,
        "created_at": party.created_at,
        "updated_at": party.updated_at,
        **msgspec.structs.asdict(derive(details)),
    }


def _points(party: PartyRecord) -> Iterable[dict[str, Any]]:
    for kind, points in party.details.points().items():
        for position, point in enumerate(points):
            yield {"id": new_id(), "party": party.id, "kind": kind, "value": point.value, "label": point.label, "position": position}


def _addresses(party: PartyRecord) -> Iterable[dict[str, Any]]:
    for position, address in enumerate(party.details.addresses):
        yield {**msgspec.structs.asdict(address), "party": party.id, "position": position}


def _identifiers(seals: Seals | None, party: PartyRecord) -> Iterable[dict[str, Any]]:
    for position, each in enumerate(party.details.identifiers):
        row = {**msgspec.structs.asdict(each), "id": new_id(), "party": party.id, "position": position}
        if seals and each.scheme in SEALED_SCHEMES:
            value = Secret(each.value)
            row |= {"value": seals.blind(IDENTIFIER, value), "sealed": f"\\x{(seals.seal(IDENTIFIER, row['id'], value) or b'').hex()}"}
        yield row


def with_address_ids(details: Details) -> Details:
    """Return details in which every address has an id, those of new ones made now."""
    addresses = tuple(each if each.id else msgspec.structs.replace(each, id=new_id()) for each in details.addresses)
    return msgspec.structs.replace(details, addresses=addresses)


def _json(rows: Iterable[dict[str, Any]]) -> str:
    return msgspec.json.encode(list(rows)).decode()
