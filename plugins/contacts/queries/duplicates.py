"""Finds parties that may be one: for a party at hand, and over all of them in steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from weft import Scope, new_id

from ..domain.details import Details, derive
from ..domain.duplicates import EMAIL, IDENTIFIER, NAME, PHONE, SHARED_BY_MANY, SIMILAR, SIMILAR_ENOUGH, Candidate, score
from ..domain.text import telling_words
from .finding import stored_forms

_CANDIDATES = f"""
SELECT p.id, p.kind, p.name, p.city, p.email, array_agg(DISTINCT hit.reason) AS reasons FROM (
    SELECT i.party AS id, '{IDENTIFIER}' AS reason FROM contacts_identifier i
    JOIN unnest($1::text[], $2::text[]) AS k (scheme, value) ON i.scheme = k.scheme AND i.value = k.value
    UNION ALL
    (SELECT c.party, '{EMAIL}' FROM contacts_point c WHERE c.kind = 'email' AND c.value = ANY ($3::text[]) LIMIT 50)
    UNION ALL
    (SELECT c.party, '{PHONE}' FROM contacts_point c WHERE c.kind = 'phone' AND c.value = ANY ($4::text[]) LIMIT 50)
    UNION ALL
    (SELECT n.id, '{NAME}' FROM contacts_party n
     WHERE n.match_key = $5 AND n.kind = $6 AND ($7 = '' OR n.city = '' OR lower(n.city) = lower($7)) LIMIT 50)
    UNION ALL
    (SELECT s.id, '{SIMILAR}' FROM contacts_party s
     WHERE s.merged_into IS NULL AND s.archived_at IS NULL AND $7 <> '' AND lower(s.city) = lower($7) AND s.kind = $6
       AND s.search_text LIKE ANY ($9::text[]) AND extensions.similarity(s.sort_name, $8) >= {SIMILAR_ENOUGH} LIMIT 50)
) AS hit JOIN contacts_party p ON p.id = hit.id
WHERE p.merged_into IS NULL AND p.id IS DISTINCT FROM $10::uuid
GROUP BY p.id LIMIT 100
"""
_OPEN = """
SELECT d.id, d.first, d.second, d.reasons, d.score FROM contacts_duplicate d
WHERE NOT d.dismissed AND ($1::integer IS NULL OR (d.score, d.id) < ($1::integer, $2::uuid)) ORDER BY d.score DESC, d.id DESC LIMIT $3
"""
_KEEP = """
INSERT INTO contacts_duplicate AS d (id, first, second, reasons, score, dismissed, found_at)
SELECT id, first, second, reasons, score, dismissed, found_at FROM jsonb_to_recordset($1::jsonb)
    AS row (id uuid, first uuid, second uuid, reasons text[], score smallint, dismissed boolean, found_at timestamptz)
ON CONFLICT (first, second) DO UPDATE SET reasons = excluded.reasons, score = excluded.score, found_at = excluded.found_at,
    dismissed = d.dismissed OR excluded.dismissed
"""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two parties that may be one, the smaller id first."""

    id: UUID
    first: UUID
    second: UUID
    reasons: tuple[str, ...]
    score: int


@dataclass(frozen=True, slots=True)
class Step:
    """One way to look for pairs over all parties: `bound` ends a stretch of rows in the order of a key, `pairs` finds those in it."""

    title: str
    bound: str  # $1: the key before; returns the key that ends the stretch
    pairs: str  # $1, $2: the stretch, without its beginning, with its end


def _sharing(kind: str, reason: str) -> Step:
    return Step(
        f"Same {kind}",
        f"SELECT value FROM contacts_point WHERE kind = '{kind}' AND value > $1 ORDER BY value OFFSET 20000 LIMIT 1",
        f"""
        WITH few AS (
            SELECT value FROM contacts_point WHERE kind = '{kind}' AND value > $1 AND ($2::text IS NULL OR value <= $2)
            GROUP BY value HAVING count(*) BETWEEN 2 AND {SHARED_BY_MANY}),
        sharing AS (
            SELECT a.party AS first, b.party AS second FROM few
            JOIN contacts_point a ON a.kind = '{kind}' AND a.value = few.value
            JOIN contacts_point b ON b.kind = '{kind}' AND b.value = few.value AND b.party > a.party)
        SELECT first, second, '{reason}' AS reason FROM sharing
        UNION ALL
        SELECT first, second, '{NAME}' FROM sharing
        JOIN contacts_party a ON a.id = first JOIN contacts_party b ON b.id = second AND b.match_key = a.match_key AND b.kind = a.kind
        """,  # the same name is looked for among those of one town alone; whoever shares a number may well have none
    )


_OPEN_PARTY = "merged_into IS NULL AND archived_at IS NULL"
STEPS = (
    _sharing("email", EMAIL),
    _sharing("phone", PHONE),
    Step(
        "Same name",
        "SELECT match_key FROM contacts_party WHERE match_key > $1 ORDER BY match_key OFFSET 20000 LIMIT 1",
        f"""
        WITH few AS (
            SELECT match_key, kind, lower(city) AS town, array_agg(id) AS ids FROM contacts_party
            WHERE match_key > $1 AND ($2::text IS NULL OR match_key <= $2) AND {_OPEN_PARTY}
            GROUP BY match_key, kind, lower(city) HAVING count(*) BETWEEN 2 AND {SHARED_BY_MANY})
        SELECT a.id AS first, b.id AS second, '{NAME}' AS reason
        FROM few, unnest(few.ids) AS a (id), unnest(few.ids) AS b (id) WHERE b.id > a.id
        """,
    ),
    Step(  # sorted neighbourhood: whose names differ little stand next to each other among those of one town
        "Similar name in the same town",
        f"SELECT sort_name FROM contacts_party WHERE sort_name > $1 AND {_OPEN_PARTY} ORDER BY sort_name OFFSET 20000 LIMIT 1",
        f"""
        WITH placed AS (
            SELECT id, kind, lower(city) AS town, sort_name,
                   row_number() OVER (PARTITION BY kind, lower(city) ORDER BY sort_name, id) AS place
            FROM contacts_party WHERE sort_name > $1 AND ($2::text IS NULL OR sort_name <= $2) AND city <> '' AND {_OPEN_PARTY})
        SELECT least(a.id, b.id) AS first, greatest(a.id, b.id) AS second, '{SIMILAR}' AS reason
        FROM placed a CROSS JOIN generate_series(1, 3) AS gap
        JOIN placed b ON b.kind = a.kind AND b.town = a.town AND b.place = a.place + gap
        WHERE extensions.similarity(a.sort_name, b.sort_name) >= {SIMILAR_ENOUGH}
        """,
    ),
)


async def candidates(db: Scope, details: Details, but: UUID | None) -> list[Candidate]:
    """Return parties that may be the one described, likeliest first; `but` is the party itself."""
    derived = derive(details)
    telling = sorted(telling_words(details.name), key=len)[-2:]
    beginnings = [f"% {word[:4]}%" for word in telling if word.isalnum()]
    stored = await stored_forms(db, ((each.scheme, each.value) for each in details.identifiers))
    rows = await db.fetch(
        _CANDIDATES,
        [scheme for scheme, _ in stored],
        [value for _, value in stored],
        [point.value for point in details.emails],
        [point.value for point in details.phones],
        derived.match_key,
        details.kind,
        derived.city,
        derived.sort_name,
        beginnings,
        but,
    )
    found = [Candidate(row["id"], row["kind"], row["name"], row["city"], row["email"], tuple(row["reasons"])) for row in rows]
    return sorted(found, key=lambda each: (-each.score, each.name))


async def next_stretch(db: Scope, step: Step, after: str) -> str | None:
    """Return the key at which the stretch of rows after a key ends; nothing when it is the last."""
    bound: str | None = await db.fetchval(step.bound, after)
    return bound


async def pairs_between(db: Scope, step: Step, after: str, until: str | None) -> dict[tuple[UUID, UUID], set[str]]:
    """Return the pairs in a stretch, with why."""
    found: dict[tuple[UUID, UUID], set[str]] = {}
    for row in await db.fetch(step.pairs, after, until):
        found.setdefault((row["first"], row["second"]), set()).add(row["reason"])
    return found


async def keep_pairs(
    db: Scope, pairs: dict[tuple[UUID, UUID], set[str]], started: datetime, now: datetime, *, dismissed: bool = False
) -> None:
    """Write pairs down; reasons found since `started` add up. One that a person has dismissed stays dismissed."""
    if not pairs:
        return
    known = await db.fetch(
        "SELECT d.first, d.second, d.reasons FROM contacts_duplicate d "
        "JOIN unnest($1::uuid[], $2::uuid[]) AS k (first, second) ON d.first = k.first AND d.second = k.second WHERE d.found_at >= $3",
        [first for first, _ in pairs],
        [second for _, second in pairs],
        started,
    )
    before = {(row["first"], row["second"]): set(row["reasons"]) for row in known}
    rows = []
    for (first, second), reasons in pairs.items():
        all_of_them = sorted(reasons | before.get((first, second), set()))
        rows.append(
            {
                "id": new_id(),
                "first": first,
                "second": second,
                "reasons": all_of_them,
                "score": score(all_of_them),
                "dismissed": dismissed,
                "found_at": now,
            }
        )
    await db.execute(_KEEP, msgspec.json.encode(rows).decode())


async def forget_stale(db: Scope, started: datetime) -> None:
    """Delete the pairs that a search which began at `started` did not find again."""
    await db.execute("DELETE FROM contacts_duplicate WHERE NOT dismissed AND found_at < $1", started)


async def open_pairs(db: Scope, after: tuple[int, UUID] | None, limit: int) -> list[Pair]:
    """Return pairs that nobody has decided on, likeliest first, from after a score and id on."""
    rows = await db.fetch(_OPEN, after[0] if after else None, after[1] if after else None, limit)
    return [Pair(id=row["id"], first=row["first"], second=row["second"], reasons=tuple(row["reasons"]), score=row["score"]) for row in rows]


async def dismiss_pair(db: Scope, pair_id: UUID) -> tuple[UUID, UUID] | None:
    """Remember that two parties are not one; returns them."""
    row = await db.fetchrow("UPDATE contacts_duplicate SET dismissed = true WHERE id = $1 RETURNING first, second", pair_id)
    return (row["first"], row["second"]) if row else None


async def forget_pairs_of(db: Scope, party_ids: Sequence[UUID]) -> None:
    """Delete every pair that a party is in."""
    await db.execute("DELETE FROM contacts_duplicate WHERE first = ANY ($1::uuid[]) OR second = ANY ($1::uuid[])", party_ids)
