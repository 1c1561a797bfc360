"""Signatures as the Standard Webhooks specification has them, so that receivers verify them with any of its libraries."""

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

PREFIX = "whsec_"
BYTES = 32  # Standard Webhooks, "Signature scheme": between 24 and 64


def new_secret() -> bytes:
    """Return a key to sign with."""
    return secrets.token_bytes(BYTES)


def shown(secret: bytes) -> str:
    """Return a key as people copy it: ``whsec_`` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(message: UUID, at: datetime, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """Return the headers that prove a body; one signature for each key, so that a receiver may hold either while keys change."""
    name, stamp = f"msg_{message.hex}", str(int(at.timestamp()))
    signed = b".".join((name.encode(), stamp.encode(), body))
    marks = (base64.b64encode(hmac.new(key, signed, sha256).digest()).decode() for key in keys)
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": " ".join(f"v1,{mark}" for mark in marks)}
