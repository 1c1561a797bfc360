"""Secrets of webhooks at rest: sealed with the data key of their business, which the database alone cannot open."""

from uuid import UUID

from core.vault.columns import Column, seal, unseal
from core.vault.keys import Vault

# A secret that is replaced moves from the one column to the other as it is.
SECRET = Column("platform.webhook_endpoint", "secret")
OLD_SECRET = Column("platform.webhook_endpoint", "old_secret", bound="secret")


class Sealer:
    """Seals and opens; what is sealed for one endpoint cannot be opened as that of another."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def seal(self, schema: str, endpoint: UUID, secret: bytes) -> bytes:
        """Return a secret as it is stored."""
        return seal(await self._vault.keys_of(schema), SECRET, endpoint, secret)

    async def open(self, schema: str, endpoint: UUID, sealed: bytes) -> bytes:
        """Return a stored secret; raises `Unreadable`, and `Misconfigured` when the installation's key is another one."""
        return unseal(await self._vault.keys_of(schema), SECRET, endpoint, sealed)
