"""Reads parties whole."""

from collections.abc import Sequence
from uuid import UUID

from weft import Row, Scope, Seals

from ..domain.details import Address, Details, Identifier, PartyRecord, Point
from ..sealed import IDENTIFIER

_PARTIES = """
SELECT id, kind, name, legal_name, given_name, family_name, language, notes, tags, archived_at, merged_into, version, created_at, updated_at
FROM contacts_party WHERE id = ANY ($1::uuid[])
"""
_POINTS = "SELECT party, kind, value, label FROM contacts_point WHERE party = ANY ($1::uuid[]) ORDER BY party, kind, position, value"
_ADDRESSES = """
SELECT party, id, kind, lines, postcode, city, region, country
FROM contacts_address WHERE party = ANY ($1::uuid[]) ORDER BY party, position, id
"""
_IDENTIFIERS = (
    "SELECT id, party, scheme, value, sealed, shared FROM contacts_identifier WHERE party = ANY ($1::uuid[]) "
    "ORDER BY party, position, scheme, value"
)

# A chain of merges is followed to its end; UNION (not UNION ALL) ends one that leads back to its beginning.
_FOLLOWED = """
WITH RECURSIVE chain (asked, id) AS (
    SELECT id, id FROM unnest($1::uuid[]) AS id
    UNION
    SELECT chain.asked, p.merged_into FROM chain JOIN contacts_party p ON p.id = chain.id WHERE p.merged_into IS NOT NULL
)
SELECT chain.asked, chain.id FROM chain JOIN contacts_party p ON p.id = chain.id WHERE p.merged_into IS NULL
"""

_TOMBSTONES = """
WITH RECURSIVE chain (id) AS (
    SELECT id FROM contacts_party WHERE merged_into = ANY ($1::uuid[])
    UNION
    SELECT p.id FROM chain JOIN contacts_party p ON p.merged_into = chain.id
)
SELECT id FROM chain
"""


async def load_parties(db: Scope, ids: Sequence[UUID]) -> dict[UUID, PartyRecord]:
    """Return parties by id with everything they have, those that exist; merges are not followed."""
    rows = await db.fetch(_PARTIES, ids)
    if not rows:
        return {}
    found = [row["id"] for row in rows]
    points = _grouped(await db.fetch(_POINTS, found))
    addresses = _grouped(await db.fetch(_ADDRESSES, found))
    kept = await db.fetch(_IDENTIFIERS, found)
    seals = await db.seals() if any(row["sealed"] for row in kept) else None
    identifiers: dict[UUID, list[Identifier]] = {}
    for row in kept:
        identifiers.setdefault(row["party"], []).append(_identifier(row, seals))
    return {
        row["id"]: _record(row, points.get(row["id"], []), addresses.get(row["id"], []), identifiers.get(row["id"], [])) for row in rows
    }


async def lock_parties(db: Scope, ids: Sequence[UUID]) -> None:
    """Keep others from changing parties until the transaction ends; always in one order, so that two who do it never wait in a circle."""
    await db.fetch("SELECT id FROM contacts_party WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", sorted(ids))


async def follow_merges(db: Scope, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return, for each id of a party, the id of the party that it was merged into in the end, or its own."""
    return {row["asked"]: row["id"] for row in await db.fetch(_FOLLOWED, ids)}


async def merged_into(db: Scope, ids: Sequence[UUID]) -> list[UUID]:
    """Return the ids of the tombstones that lead to parties, directly or along a chain."""
    return [row["id"] for row in await db.fetch(_TOMBSTONES, ids)]


async def names_of(db: Scope, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of parties by id."""
    rows = await db.fetch("SELECT id, name FROM contacts_party WHERE id = ANY ($1::uuid[])", ids)
    return {row["id"]: row["name"] for row in rows}


def _grouped(rows: Sequence[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row["party"], []).append(row)
    return found


def _record(row: Row, points: Sequence[Row], addresses: Sequence[Row], identifiers: Sequence[Identifier]) -> PartyRecord:
    def of(kind: str) -> tuple[Point, ...]:
        return tuple(Point(each["value"], each["label"]) for each in points if each["kind"] == kind)

    details = Details(
        kind=row["kind"],
        name=row["name"],
        legal_name=row["legal_name"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        language=row["language"],
        notes=row["notes"],
        tags=tuple(row["tags"]),
        emails=of("email"),
        phones=of("phone"),
        websites=of("website"),
        addresses=tuple(_address(each) for each in addresses),
        identifiers=tuple(identifiers),
    )
    return PartyRecord(
        id=row["id"],
        details=details,
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        archived_at=row["archived_at"],
        merged_into=row["merged_into"],
    )


def _identifier(row: Row, seals: Seals | None) -> Identifier:
    value = row["value"]
    if seals and row["sealed"]:
        value = seals.open(IDENTIFIER, row["id"], row["sealed"]).clear
    return Identifier(row["scheme"], value, row["shared"])


def _address(row: Row) -> Address:
    return Address(
        kind=row["kind"],
        lines=tuple(row["lines"]),
        postcode=row["postcode"],
        city=row["city"],
        region=row["region"],
        country=row["country"],
        id=row["id"],
    )
