"""Secrets of webhooks at rest: sealed with a key that the database does not know."""

import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.settings import Settings

NONCE = 12  # bytes (NIST SP 800-38D, section 5.2.1.1)


class Sealer:
    """Seals and opens with AES-256-GCM; what is sealed for one endpoint cannot be opened as that of another."""

    def __init__(self, settings: Settings) -> None:
        self._cipher = AESGCM(settings.derived("webhook secrets"))

    def seal(self, endpoint: UUID, secret: bytes) -> bytes:
        """Return a secret as it is stored."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, secret, endpoint.bytes)

    def open(self, endpoint: UUID, sealed: bytes) -> bytes:
        """Return a stored secret; raises `cryptography.exceptions.InvalidTag` when the installation's key is another one."""
        return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], endpoint.bytes)
