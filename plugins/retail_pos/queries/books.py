"""What tills were told to sell by, and what managers let pass at them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from weft import Scope, new_id

from ..domain.granting import Book

_BOOK = msgspec.json.Decoder(Book)


async def at(db: Scope, moment: datetime) -> Book | None:
    """Return what tills were told that asked at a moment; nothing where none asked before."""
    found: str | None = await db.fetchval(
        "SELECT content::text FROM retail_pos_book WHERE at <= $1 ORDER BY at DESC, id DESC LIMIT 1", moment
    )
    return None if found is None else _BOOK.decode(found)


async def remember(db: Scope, book: Book, now: datetime) -> None:
    """Keep what a till was told, unless the one before was told the same."""
    await db.execute(
        "INSERT INTO retail_pos_book (id, at, content) SELECT $1, $2, $3::text::jsonb WHERE $3::text::jsonb IS DISTINCT FROM "
        "(SELECT content FROM retail_pos_book WHERE at <= $2 ORDER BY at DESC, id DESC LIMIT 1)",
        *(new_id(), now, msgspec.json.encode(book).decode()),
    )


async def let_pass(db: Scope, session: UUID, until: datetime, managers: Sequence[UUID]) -> bool:
    """Tell whether a manager let something pass at a till's session up to a moment."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM retail_pos_till_event e WHERE e.session = $1 AND e.kind = 'override' AND e.made_at <= $2 "
        "AND e.by = ANY ($3::uuid[]))",
        *(session, until, list(managers)),
    )
    return found
