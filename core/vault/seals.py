"""Seals and opens the columns that plugins declare, with the data keys of one business at hand."""

import hmac
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from core.vault.columns import Column, seal, unseal
from core.vault.keys import DataKeys
from weft.sealed import Sealed, Seals, Secret

BLIND = 16  # bytes of an entry in a blind index: 2⁶⁴ values before two of them may be taken for one


@lru_cache(1000)
def place_of(column: Sealed) -> Column:
    """Return the place that values of a declared column are bound to."""
    return Column(column.table, column.column)


class LiveSeals(Seals):
    """What `weft.Seals` promises, kept: AES-256-GCM for values, HMAC-SHA-256 for what finds them (a key each, per generation)."""

    def __init__(self, keys: DataKeys) -> None:
        self.keys = keys

    def seal(self, column: Sealed, row: UUID, value: Secret) -> bytes | None:
        """Return a value as it is stored."""
        return seal(self.keys, place_of(column), row, value.clear.encode()) if value else None

    def open(self, column: Sealed, row: UUID, stored: bytes | None) -> Secret:
        """Return a stored value."""
        return Secret(unseal(self.keys, place_of(column), row, stored).decode()) if stored else Secret()

    def blind(self, column: Sealed, value: Secret) -> str:
        """Return what is stored in the blind index."""
        return self._blind(column, value, self.keys.generation) if value else ""

    def blinds(self, column: Sealed, value: Secret) -> Sequence[str]:
        """Return what to look for in the blind index."""
        return [self._blind(column, value, each) for each in sorted(self.keys.keys, reverse=True)] if value else []

    def _blind(self, column: Sealed, value: Secret, generation: int) -> str:
        key = self.keys.kept(generation, "blind index", bytes)
        said = f"{column.table}\0{column.column}\0{column.normal(value.clear)}".encode()
        return f"~{hmac.digest(key, said, 'sha256')[:BLIND].hex()}"
