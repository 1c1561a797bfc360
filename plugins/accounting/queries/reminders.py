"""Reminders as they are stored, and the policy behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Scope, new_id

from ..domain.documents.dunning import DunningPolicy, Reminded


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """How a business reminds: its levels, and the code of the law whose fees and interest it asks for."""

    policy: DunningPolicy
    law: str
    version: int = 0


async def policy(db: Scope) -> KeptPolicy | None:
    """Return how the business reminds; nothing until somebody said so."""
    row = await db.fetchrow("SELECT p.policy::text AS policy, p.law, p.version FROM accounting_dunning_policy p")
    return KeptPolicy(msgspec.json.decode(row["policy"], type=DunningPolicy), row["law"], row["version"]) if row else None


async def put_policy(db: Scope, made: KeptPolicy) -> None:
    """Store how the business reminds, in place of what there was."""
    await db.execute("DELETE FROM accounting_dunning_policy p")
    await db.execute(
        "INSERT INTO accounting_dunning_policy (id, policy, law, version) VALUES ($1, $2::text::jsonb, $3, $4)",
        *(new_id(), msgspec.json.encode(made.policy).decode(), made.law, made.version),
    )


async def reminded(db: Scope, documents: Sequence[UUID]) -> dict[str, Reminded]:
    """Return how far documents are reminded of, by id."""
    rows = await db.fetch(
        "SELECT DISTINCT ON (r.document) r.document, r.level, r.day, bool_or(r.flat_fee > 0) OVER (PARTITION BY r.document) AS flat_fee "
        "FROM accounting_reminder r WHERE r.document = ANY ($1::uuid[]) ORDER BY r.document, r.day DESC, r.id DESC",
        list(documents),
    )
    return {str(row["document"]): Reminded(row["level"], row["day"], row["flat_fee"]) for row in rows}


@dataclass(frozen=True, slots=True)
class KeptReminder:
    """One document that was reminded of."""

    document: UUID
    level: int
    day: date
    open: Decimal
    flat_fee: Decimal
    interest: Decimal
    sent_to: str
    charges: UUID | None = None


async def put(db: Scope, made: Sequence[KeptReminder], at: datetime, by: UUID | None) -> None:
    """Store reminders."""
    for each in made:
        await db.execute(
            "INSERT INTO accounting_reminder (id, document, level, day, open, flat_fee, interest, sent_to, charges, made_at, made_by) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            *(new_id(), each.document, each.level, each.day, each.open, each.flat_fee, each.interest, each.sent_to, each.charges, at, by),
        )


async def of_document(db: Scope, document: UUID) -> list[KeptReminder]:
    """Return the reminders of a document, oldest first."""
    rows = await db.fetch(
        "SELECT r.document, r.level, r.day, r.open, r.flat_fee, r.interest, r.sent_to, r.charges FROM accounting_reminder r "
        "WHERE r.document = $1 ORDER BY r.day, r.id",
        document,
    )
    return [KeptReminder(**dict(row.items())) for row in rows]
