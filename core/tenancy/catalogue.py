"""The catalogue: which tenants there are, in which state, with which modules and settings; cached until one changes."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.platform.changes import Changes
from core.platform.database import Platform
from core.platform.kept import Kept


class TenantRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant as the catalogue knows it; `modules` maps the key of each enabled plugin to its version."""

    id: UUID
    schema: str
    bucket: int
    isolation: str = "shared"  # strict: its transactions run on connections of its own
    state: str
    slug: str
    name: str
    country: str
    currency: str
    timezone: str
    locale: str
    logo: UUID | None
    onboarded: bool
    reason: str
    version: int
    modules: dict[str, str]
    settings: dict[str, msgspec.Raw]

    @property
    def enabled(self) -> frozenset[str]:
        """The keys of the enabled plugins."""
        return frozenset(self.modules)


_SELECT = """
SELECT t.id, t.schema::text, t.bucket, t.isolation,
       t.state, COALESCE(t.slug, '') AS slug, t.name, t.country, t.currency, t.timezone, t.locale, t.logo,
       t.onboarded, t.reason, t.version, t.settings::text AS settings,
       COALESCE((SELECT json_object_agg(m.plugin, m.version) FROM platform.tenant_module m WHERE m.tenant_id = t.id AND m.enabled),
                '{}')::text AS modules
FROM platform.tenant t
"""


class Catalogue:
    """Looks tenants up. A few thousand entries are kept; each is dropped when the database tells that it changed."""

    def __init__(self, platform: Platform, changes: Changes, *, keep: int = 5000) -> None:
        self._platform = platform
        self._changes = changes
        self._by_slug: Kept[str, TenantRecord] = Kept(keep)
        self._generation = 0
        changes.subscribe(self._forget)

    async def by_slug(self, slug: str) -> TenantRecord | None:
        """Return the tenant with an address, in whatever state it is."""
        if self._changes.alive and (known := self._by_slug.get(slug)):
            return known
        before = self._generation
        found = await self._one("WHERE t.slug = $1", slug)
        if found and self._changes.alive and before == self._generation:
            self._by_slug.put(slug, found, str(found.id))
        return found

    async def by_id(self, tenant_id: UUID) -> TenantRecord | None:
        """Return a tenant by its id, as the database has it now."""
        return await self._one("WHERE t.id = $1", tenant_id)

    async def by_schema(self, schema: str) -> TenantRecord | None:
        """Return a tenant by the name of its schema, as the database has it now."""
        return await self._one("WHERE t.schema = $1", schema)

    async def _one(self, where: str, value: object) -> TenantRecord | None:
        row = await self._platform.fetchrow(_SELECT + where, value)
        return record_of(row) if row else None

    def _forget(self, kind: str, key: str) -> None:
        self._generation += 1
        if kind == "everything":
            self._by_slug.clear()
        elif kind == "tenant":
            self._by_slug.changed(key)


def record_of(row: asyncpg.Record) -> TenantRecord:
    """Turn a row of the catalogue into a value."""
    facts: dict[str, Any] = dict(row)
    facts["modules"] = msgspec.json.decode(facts["modules"], type=dict[str, str])
    facts["settings"] = msgspec.json.decode(facts["settings"], type=dict[str, msgspec.Raw])
    return TenantRecord(**facts)
