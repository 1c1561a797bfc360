"""Secrets that open something: as a browser or a program holds them, and as little of them as the database is told."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import asyncpg

from core.platform.database import Db

Purpose = Literal["handoff", "password_reset", "confirm_email"]
LASTS: dict[Purpose, timedelta] = {
    "handoff": timedelta(minutes=1),
    "password_reset": timedelta(hours=1),
    "confirm_email": timedelta(days=3),
}


@dataclass(frozen=True, slots=True)
class Secret:
    """What a one-time secret is for."""

    person_id: UUID
    tenant_id: UUID | None
    root: UUID | None
    browser: bytes | None
    email: str


def new_token(prefix: str = "") -> str:
    """Return an unguessable token (256 bits)."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token; a fast hash is right for a secret of full entropy."""
    return hashlib.sha256(token.encode()).digest()


_MAKE = """
INSERT INTO platform.one_time_secret (token_hash, purpose, person_id, tenant_id, root, browser, email, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_FIELDS = "person_id, tenant_id, root, browser, COALESCE(email, '') AS email"


async def make_secret(
    db: "Db[asyncpg.Record]",
    purpose: Purpose,
    person_id: UUID,
    now: datetime,
    *,
    tenant_id: UUID | None = None,
    root: UUID | None = None,
    browser: bytes | None = None,
    email: str | None = None,
) -> str:
    """Return a secret that works once, for as long as its purpose allows; mailed ones of the same purpose stop working."""
    token = new_token()
    if email is not None:
        await drop_secrets(db, purpose, person_id)
    await db.execute(_MAKE, token_hash(token), purpose, person_id, tenant_id, root, browser, email, now + LASTS[purpose])
    return token


async def look_at_secret(db: "Db[asyncpg.Record]", purpose: Purpose, token: str, now: datetime) -> Secret | None:
    """Return what a secret is for without using it up: links in mails are opened by scanners too."""
    row = await db.fetchrow(
        f"SELECT {_FIELDS} FROM platform.one_time_secret WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3",
        token_hash(token),
        purpose,
        now,
    )
    return Secret(**dict(row)) if row else None


async def take_secret(db: "Db[asyncpg.Record]", purpose: Purpose, token: str, now: datetime) -> Secret | None:
    """Use up a secret; returns whom it is for, or nothing when it is unknown, used or too old."""
    row = await db.fetchrow(
        f"DELETE FROM platform.one_time_secret WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING {_FIELDS}",
        token_hash(token),
        purpose,
        now,
    )
    return Secret(**dict(row)) if row else None


async def drop_secrets(db: "Db[asyncpg.Record]", purpose: Purpose, person_id: UUID) -> None:
    """Let what was mailed to a person for a purpose stop working."""
    await db.execute("DELETE FROM platform.one_time_secret WHERE purpose = $1 AND person_id = $2", purpose, person_id)
