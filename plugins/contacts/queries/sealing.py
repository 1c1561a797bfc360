"""Numbers between what people typed and what is stored: sealed kinds by their entry in the blind index, and the number beside it."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from weft import Row, Scope, Seals, Secret

from ..domain.details import Identifier, PartyRecord, derive
from ..domain.identifiers import SEALED_SCHEMES
from ..sealed import IDENTIFIER, SNAPSHOT
from .loading import load_parties

SEALED = "=sealed:"  # how a sealed value in a snapshot begins: no kind of number does
TOGETHER = 500

_READABLE = """
SELECT i.id, i.party, i.scheme, i.value FROM contacts_identifier i
WHERE i.scheme = ANY ($1::text[]) AND i.sealed IS NULL ORDER BY i.id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
# A process of the version before may have given the party the same number again, or another party one that is sealed already.
_TWICE = """
DELETE FROM contacts_identifier i USING unnest($1::uuid[], $2::text[]) AS u (id, blind)
WHERE i.id = u.id AND EXISTS (
    SELECT FROM contacts_identifier o WHERE o.party = i.party AND o.scheme = i.scheme AND o.value = u.blind AND o.id <> i.id)
"""
_SEAL = """
UPDATE contacts_identifier i SET value = u.blind, sealed = u.sealed, shared = i.shared OR EXISTS (
    SELECT FROM contacts_identifier o WHERE o.scheme = i.scheme AND o.value = u.blind AND o.id <> i.id AND NOT o.shared)
FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS u (id, blind, sealed) WHERE i.id = u.id
"""
_SEARCH = """
UPDATE contacts_party p SET search_text = u.text FROM unnest($1::uuid[], $2::text[]) AS u (id, text)
WHERE p.id = u.id AND p.search_text <> u.text
"""


async def sealed_parties(db: Scope, parties: Sequence[PartyRecord]) -> list[PartyRecord]:
    """Return parties as they may be written down inside of JSON: sealed numbers as text that only this business can open."""
    if not any(each.scheme in SEALED_SCHEMES for party in parties for each in party.details.identifiers):
        return list(parties)
    seals = await db.seals()
    return [_with(party, [_closed(seals, party.id, each) for each in party.details.identifiers]) for party in parties]


async def opened_parties(db: Scope, parties: Sequence[PartyRecord]) -> list[PartyRecord]:
    """Return parties that were written down by `sealed_parties`, or readable by a version before it."""
    if not any(each.value.startswith(SEALED) for party in parties for each in party.details.identifiers):
        return list(parties)
    seals = await db.seals()
    return [_with(party, [_opened(seals, party.id, each) for each in party.details.identifiers]) for party in parties]


def _closed(seals: Seals, party: UUID, each: Identifier) -> Identifier:
    if each.scheme not in SEALED_SCHEMES or each.value.startswith(SEALED):
        return each
    stored = seals.seal(SNAPSHOT, party, Secret(each.value)) or b""
    return msgspec.structs.replace(each, value=SEALED + b64encode(stored).decode())


def _opened(seals: Seals, party: UUID, each: Identifier) -> Identifier:
    if not each.value.startswith(SEALED):
        return each
    stored = b64decode(each.value.removeprefix(SEALED))
    return msgspec.structs.replace(each, value=seals.open(SNAPSHOT, party, stored).clear)


def _with(party: PartyRecord, identifiers: Sequence[Identifier]) -> PartyRecord:
    return msgspec.structs.replace(party, details=msgspec.structs.replace(party.details, identifiers=tuple(identifiers)))


async def seal_some(db: Scope) -> int:
    """Seal some numbers that a version before stored readable; returns how many."""
    rows = await db.fetch(_READABLE, sorted(SEALED_SCHEMES), TOGETHER)
    if not rows:
        return 0
    seals = await db.seals()
    blinds = [seals.blind(IDENTIFIER, Secret(row["value"])) for row in rows]
    ids = [row["id"] for row in rows]
    await db.execute(_TWICE, ids, blinds)
    await db.execute(_SEAL, ids, blinds, [seals.seal(IDENTIFIER, row["id"], Secret(row["value"])) for row in rows])
    await _search_anew(db, rows)
    return len(rows)


async def _search_anew(db: Scope, rows: Iterable[Row]) -> None:
    """Take sealed numbers out of what parties are found by."""
    parties = await load_parties(db, list({row["party"] for row in rows}))
    await db.execute(_SEARCH, list(parties), [derive(each.details).search_text for each in parties.values()])


def without_sealed(party: PartyRecord) -> PartyRecord:
    """Return a party without its sealed numbers."""
    return _with(party, [each for each in party.details.identifiers if each.scheme not in SEALED_SCHEMES])
