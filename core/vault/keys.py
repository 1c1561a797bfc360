"""Data keys of businesses: made when they are first needed, kept wrapped in the database, forgotten when they are dropped."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg

from core.platform.changes import Changes
from core.platform.database import Db, Platform
from core.settings import Settings
from core.vault.keyring import Keyring
from core.vault.locks import opened
from weft.errors import Missing

T = TypeVar("T")

KEY = 32  # bytes


@dataclass(frozen=True, slots=True)
class DataKeys:
    """The data keys of one business by generation; the highest one seals."""

    keys: Mapping[int, bytes] = field(repr=False)
    _derived: dict[tuple[int, str], Any] = field(default_factory=dict, repr=False, compare=False)

    def kept(self, generation: int, purpose: str, make: Callable[[bytes], T]) -> T:
        """Return what `make` makes of the key that is derived from a generation's for a purpose, made once; raises `Missing`."""
        found: T | None = self._derived.get((generation, purpose))
        if found is None:
            found = self._derived[generation, purpose] = make(opened(self.key(generation), purpose))
        return found

    @property
    def generation(self) -> int:
        """The one that seals."""
        return max(self.keys)

    def key(self, generation: int) -> bytes:
        """Return a key; raises `Missing` for one that was dropped."""
        try:
            return self.keys[generation]
        except KeyError:
            raise Missing("What is kept here was sealed with a key that is no longer there: nobody can read it any more.") from None


class Vault:
    """Hands out the data keys of businesses; a few thousand are kept in memory, as long as the database tells of changes."""

    def __init__(self, settings: Settings, platform: Platform, changes: Changes, *, keep: int = 5000) -> None:
        self.keyring = Keyring.of(settings)
        self._platform = platform
        self._changes = changes
        self._keep = keep
        self._known: OrderedDict[str, DataKeys] = OrderedDict()
        self._generation = 0
        changes.subscribe(self._forget)

    async def keys_of(self, schema: str) -> DataKeys:
        """Return the keys of a business; the first one is made when there is none. Raises `Misconfigured` and `Missing`."""
        if self._changes.alive and (known := self._known.get(schema)):
            self._known.move_to_end(schema)
            return known
        before = self._generation
        found = await self._read(schema)
        if not found:
            await self.add(schema, 1)
            found = await self._read(schema)
        held = DataKeys(found)
        if self._changes.alive and before == self._generation:
            self._known[schema] = held
            if len(self._known) > self._keep:
                self._known.popitem(last=False)
        return held

    async def read(self, schema: str) -> DataKeys:
        """Return the keys of a business as the database has them now; the first one is made when there is none."""
        self._forget("vault", schema)
        return await self.keys_of(schema)

    async def add(self, schema: str, generation: int) -> None:
        """Make a key of a generation, unless somebody else has just done that; raises `Missing` for a business that is gone."""
        wrapped = self.keyring.wrap(schema, generation, secrets.token_bytes(KEY))
        async with self._platform.transaction() as db:
            if not await db.fetchval("SELECT true FROM platform.tenant WHERE schema = $1 FOR KEY SHARE", schema):
                raise Missing("There is no such business any more.")
            await db.execute(_ADD, schema, generation, self.keyring.current.id, wrapped)

    async def put(self, db: "Db[asyncpg.Record]", schema: str, keys: Mapping[int, bytes]) -> None:
        """Give a business that is being made the keys it had elsewhere, in the caller's transaction."""
        for generation, key in keys.items():
            await db.execute(_ADD, schema, generation, self.keyring.current.id, self.keyring.wrap(schema, generation, key))

    async def rewrap(self, batch: int = 200) -> int:
        """Wrap every key with the installation's key in use; returns how many were wrapped with another. May be stopped and begun again."""
        done = 0
        while True:
            async with self._platform.transaction() as db:
                rows = await db.fetch(_BEHIND, self.keyring.current.id, batch)
                for row in rows:
                    key = self.keyring.unwrap(row["tenant"], row["generation"], row["wrapper"], row["wrapped"])
                    wrapped = self.keyring.wrap(row["tenant"], row["generation"], key)
                    await db.execute(_WRAPPED, row["tenant"], row["generation"], self.keyring.current.id, wrapped)
            done += len(rows)
            if len(rows) < batch:
                return done

    async def _read(self, schema: str) -> dict[int, bytes]:
        rows = await self._platform.fetch("SELECT generation, wrapper, wrapped FROM platform.tenant_key WHERE tenant = $1", schema)
        return {row["generation"]: self.keyring.unwrap(schema, row["generation"], row["wrapper"], row["wrapped"]) for row in rows}

    def _forget(self, kind: str, key: str) -> None:
        if kind == "everything":
            self._generation += 1
            self._known.clear()
        elif kind == "vault":
            self._generation += 1
            self._known.pop(key, None)


_ADD = "INSERT INTO platform.tenant_key (tenant, generation, wrapper, wrapped) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
_BEHIND = """
SELECT tenant::text, generation, wrapper, wrapped FROM platform.tenant_key WHERE wrapper <> $1
ORDER BY tenant, generation LIMIT $2 FOR UPDATE
"""
_WRAPPED = "UPDATE platform.tenant_key SET wrapper = $3, wrapped = $4 WHERE tenant = $1 AND generation = $2"
