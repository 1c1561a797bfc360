"""Every statement that is sent to the database."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from weft import Invalid, Missing, Row, Scope, new_id

from .domain import Entry, Member

_COLUMNS = "id, party, card, name, points, version"


def _member(row: Row) -> Member:
    return Member(row["id"], row["party"], row["card"], row["name"], row["points"], row["version"])


async def find(db: Scope, member_id: UUID) -> Member:
    """Return a card, locked until the transaction ends; raises `Missing`."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM acme_loyalty_member WHERE id = $1 FOR UPDATE", member_id)
    if row is None:
        raise Missing("There is no such card.")
    return _member(row)


async def of_party(db: Scope, party: UUID) -> Member | None:
    """Return the card of a contact."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM acme_loyalty_member WHERE party = $1 FOR UPDATE", party)
    return _member(row) if row else None


async def by_card(db: Scope, card: str) -> Member | None:
    """Return a card by its number."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM acme_loyalty_member WHERE card = $1 FOR UPDATE", card)
    return _member(row) if row else None


async def search(db: Scope, text: str, limit: int) -> list[Member]:
    """Return cards whose number or whose holder's name contains a text."""
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM acme_loyalty_member WHERE name || ' ' || card ILIKE $1 ORDER BY lower(name), id LIMIT $2",
        pattern,
        limit,
    )
    return [_member(row) for row in rows]


async def add(db: Scope, member: Member) -> None:
    """Store a new card; raises `Invalid` for a number that is taken."""
    done = await db.execute(
        "INSERT INTO acme_loyalty_member (id, party, card, name, points, version) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (card) DO NOTHING",
        member.id,
        member.party,
        member.card,
        member.name,
        member.points,
        member.version,
    )
    if not done:
        raise Invalid.field("card", f"The card {member.card} is somebody else's.")


async def save(db: Scope, member: Member) -> None:
    """Store what was changed of a card."""
    await db.execute(
        "UPDATE acme_loyalty_member SET party = $2, name = $3, points = $4, version = $5 WHERE id = $1",
        member.id,
        member.party,
        member.name,
        member.points,
        member.version,
    )


async def remove(db: Scope, member_id: UUID) -> None:
    """Delete a card and what came and went on it."""
    await db.execute("DELETE FROM acme_loyalty_member WHERE id = $1", member_id)


async def book(db: Scope, member_id: UUID, day: date, points: int, reason: str) -> None:
    """Add an entry."""
    await db.execute(
        "INSERT INTO acme_loyalty_entry (id, member, day, points, reason) VALUES ($1, $2, $3, $4, $5)",
        new_id(),
        member_id,
        day,
        points,
        reason,
    )


async def move_entries(db: Scope, from_member: UUID, to_member: UUID) -> None:
    """Make one card's entries another's."""
    await db.execute("UPDATE acme_loyalty_entry SET member = $2 WHERE member = $1", from_member, to_member)


async def entries(db: Scope, member_id: UUID, limit: int = 50) -> Sequence[Entry]:
    """Return what came and went, the latest first."""
    rows = await db.fetch(
        "SELECT day, points, reason FROM acme_loyalty_entry WHERE member = $1 ORDER BY day DESC, id DESC LIMIT $2", member_id, limit
    )
    return [Entry(row["day"], row["points"], row["reason"]) for row in rows]


async def outstanding(db: Scope) -> tuple[int, int]:
    """Return how many cards there are, and how many points are on them."""
    row = await db.fetchrow("SELECT count(*) AS cards, COALESCE(sum(points), 0)::bigint AS points FROM acme_loyalty_member")
    return (row["cards"], row["points"]) if row else (0, 0)


async def unused_since(db: Scope, day: date) -> list[Member]:
    """Return cards with points on which nothing has happened since a day."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM acme_loyalty_member m WHERE points > 0 AND NOT EXISTS "
        "(SELECT FROM acme_loyalty_entry e WHERE e.member = m.id AND e.day >= $1) ORDER BY id LIMIT 1000 FOR UPDATE",
        day,
    )
    return [_member(row) for row in rows]


async def count_again(db: Scope) -> int:
    """Set each card's points to the sum of its entries; returns how many were wrong."""
    return await db.execute(
        "UPDATE acme_loyalty_member m SET points = s.points, version = version + 1 FROM "
        "(SELECT member, greatest(sum(points), 0) AS points FROM acme_loyalty_entry GROUP BY member) s "
        "WHERE s.member = m.id AND s.points <> m.points"
    )
