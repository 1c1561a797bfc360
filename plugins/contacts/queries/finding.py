"""Finds parties by what people type and programs scan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from weft import Choice, Row, Scope, Secret
from weft.contracts.parties import PartyKind

from ..domain.countries import country_name
from ..domain.identifiers import SEALED_SCHEMES
from ..domain.text import fold, search_fold
from ..sealed import IDENTIFIER


@dataclass(frozen=True, slots=True)
class Found:
    """A party as a list of hits shows it."""

    id: UUID
    kind: PartyKind
    name: str
    city: str
    email: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Latest:
    """A party that was added lately."""

    id: UUID
    kind: PartyKind
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions on parties: `identifier` is a scheme and a value, `point` a kind and a value, both in normal form."""

    tag: str | None = None
    identifier: tuple[str, str] | None = None
    point: tuple[str, str] | None = None
    since: datetime | None = None
    archived: bool = False


_SHOWN = "p.id, p.kind, p.name, p.city, p.email, p.archived_at IS NOT NULL AS archived"
_BY_VALUE = f"""
SELECT {_SHOWN} FROM contacts_party p WHERE p.merged_into IS NULL AND p.id IN (
    SELECT i.party FROM contacts_identifier i
    JOIN unnest($1::text[], $2::text[]) AS k (scheme, value) ON i.scheme = k.scheme AND i.value = k.value
    UNION ALL
    SELECT c.party FROM contacts_point c
    JOIN unnest($3::text[], $4::text[]) AS k (kind, value) ON c.kind = k.kind AND c.value = k.value)
ORDER BY p.archived_at IS NOT NULL, p.sort_name, p.id LIMIT $5
"""
_BY_BEGINNING = f"""
SELECT {_SHOWN} FROM contacts_party p
WHERE p.sort_name >= $1 AND p.sort_name < $2 AND p.merged_into IS NULL AND p.archived_at IS NULL ORDER BY p.sort_name, p.id LIMIT $3
"""
_LAST = "\U0010ffff"  # sorts after every letter in the collation "C"


async def stored_forms(db: Scope, identifiers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what identifiers (scheme, value) may be stored as → which they are.

    One of a sealed kind is stored as its entry in the blind index, under any key of the business, or readable by a version before.
    """
    found = {each: each for each in identifiers}
    if sealed := [each for each in found if each[0] in SEALED_SCHEMES]:
        seals = await db.seals()
        found |= {(scheme, blind): (scheme, value) for scheme, value in sealed for blind in seals.blinds(IDENTIFIER, Secret(value))}
    return found


async def find_by_value(db: Scope, identifiers: Sequence[tuple[str, str]], points: Sequence[tuple[str, str]], limit: int) -> list[Found]:
    """Return parties that hold one of these identifiers (scheme, value) or contact points (kind, value) exactly."""
    stored = list(await stored_forms(db, identifiers))
    schemes, values = [each[0] for each in stored], [each[1] for each in stored]
    kinds, shown = [each[0] for each in points], [each[1] for each in points]
    return [_found(row) for row in await db.fetch(_BY_VALUE, schemes, values, kinds, shown, limit)]


async def find_by_text(db: Scope, text: str, limit: int) -> list[Found]:
    """Return parties by name, e-mail, telephone or identifier: those whose name begins like the text first."""
    beginning = fold(text)
    if not beginning:
        return []
    rows = list(await db.fetch(_BY_BEGINNING, beginning, f"{beginning}{_LAST}", limit))
    if len(rows) < limit:
        known = {row["id"] for row in rows}
        others = await _by_words(db, text, limit + len(rows))
        rows += [row for row in others if row["id"] not in known]
    return [_found(row) for row in rows[:limit]]


async def _by_words(db: Scope, text: str, limit: int) -> Sequence[Row]:
    wanted = _patterns(text)
    likes = " AND ".join(f"p.search_text LIKE ${place}" for place in range(1, len(wanted) + 1))  # LIKE ALL (array) would use no index
    return await db.fetch(
        f"SELECT {_SHOWN} FROM contacts_party p WHERE {likes} AND p.merged_into IS NULL AND p.archived_at IS NULL "
        f"ORDER BY p.sort_name, p.id LIMIT ${len(wanted) + 1}",
        *wanted,
        limit,
    )


def _patterns(text: str) -> list[str]:
    """Return what a search text must be like: short words where words begin, longer ones anywhere."""
    words = [word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") for word in search_fold(text).split()[:6]]
    return [f"%{word}%" if len(word) > 2 else f"% {word}%" for word in words]


async def holders(db: Scope, identifiers: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], UUID]:
    """Return which party holds an identifier (scheme, value), of those that one does; who shares it knowingly does not count."""
    stored = await stored_forms(db, identifiers)
    rows = await db.fetch(
        "SELECT i.scheme, i.value, i.party FROM contacts_identifier i "
        "JOIN unnest($1::text[], $2::text[]) AS k (scheme, value) ON i.scheme = k.scheme AND i.value = k.value WHERE NOT i.shared",
        [each[0] for each in stored],
        [each[1] for each in stored],
    )
    return {stored[row["scheme"], row["value"]]: row["party"] for row in rows}


async def holders_of_emails(db: Scope, emails: Sequence[str]) -> Mapping[str, Sequence[UUID]]:
    """Return which parties have an e-mail address, of those that somebody has; at most ten each."""
    rows = await db.fetch(
        "SELECT k.value, c.party FROM unnest($1::text[]) AS k (value) "
        "CROSS JOIN LATERAL (SELECT party FROM contacts_point WHERE kind = 'email' AND value = k.value LIMIT 10) AS c",
        list(dict.fromkeys(emails)),
    )
    found: dict[str, list[UUID]] = {}
    for row in rows:
        found.setdefault(row["value"], []).append(row["party"])
    return found


async def latest(db: Scope, limit: int) -> list[Latest]:
    """Return the parties that were added last."""
    rows = await db.fetch(
        "SELECT id, kind, name, created_at FROM contacts_party WHERE merged_into IS NULL AND archived_at IS NULL "
        "ORDER BY created_at DESC, id DESC LIMIT $1",
        limit,
    )
    return [Latest(row["id"], row["kind"], row["name"], row["created_at"]) for row in rows]


async def next_ids(db: Scope, after: UUID | None, limit: int) -> list[UUID]:
    """Return ids of parties that are neither archived nor merged away, in order, from after one on."""
    rows = await db.fetch(
        "SELECT id FROM contacts_party WHERE ($1::uuid IS NULL OR id > $1) AND merged_into IS NULL AND archived_at IS NULL "
        "ORDER BY id LIMIT $2",
        after,
        limit,
    )
    return [row["id"] for row in rows]


async def fitting_ids(db: Scope, wanted: Wanted, after: UUID | None, limit: int) -> list[UUID]:
    """Return ids of parties that fit every condition that is given, in order, from after one on."""
    holds = "p.id IN (SELECT i.party FROM contacts_identifier i WHERE i.scheme = {} AND i.value = ANY ({}::text[]))"
    reached = "p.id IN (SELECT c.party FROM contacts_point c WHERE c.kind = {} AND c.value = {})"
    asked: list[tuple[str, tuple[object, ...]]] = [("p.merged_into IS NULL", ())]
    asked += [] if wanted.archived else [("p.archived_at IS NULL", ())]
    asked += [("p.id > {}", (after,))] if after else []
    asked += [("p.tags @> ARRAY[{}]::text[]", (wanted.tag,))] if wanted.tag else []
    if wanted.identifier:
        stored = await stored_forms(db, [wanted.identifier])
        asked += [(holds, (wanted.identifier[0], [value for _, value in stored]))]
    asked += [(reached, wanted.point)] if wanted.point else []
    asked += [("p.updated_at >= {}", (wanted.since,))] if wanted.since else []
    args: list[object] = []
    conditions = []
    for sql, values in asked:
        conditions.append(sql.format(*(f"${len(args) + place}" for place in range(1, len(values) + 1))))
        args += values
    rows = await db.fetch(f"SELECT p.id FROM contacts_party p WHERE {' AND '.join(conditions)} ORDER BY p.id LIMIT {limit:d}", *args)
    return [row["id"] for row in rows]


async def tags_in_use(db: Scope) -> list[str]:
    """Return every tag that is or was in use."""
    return [row["name"] for row in await db.fetch("SELECT name FROM contacts_tag ORDER BY lower(name) LIMIT 500")]


async def countries_in_use(db: Scope) -> list[Choice]:
    """Return the countries that parties are in; each is found by one look into the index, however many parties it has."""
    rows = await db.fetch(
        "WITH RECURSIVE step (country) AS ("
        "SELECT min(country) FROM contacts_party WHERE country <> '' "
        "UNION ALL SELECT (SELECT min(p.country) FROM contacts_party p WHERE p.country > step.country AND p.country <> '') "
        "FROM step WHERE step.country IS NOT NULL) SELECT country FROM step WHERE country IS NOT NULL"
    )
    return sorted((Choice(row["country"], country_name(row["country"])) for row in rows), key=lambda choice: fold(choice.title))


def _found(row: Row) -> Found:
    return Found(row["id"], row["kind"], row["name"], row["city"], row["email"], row["archived"])
