"""Where a person belongs: the businesses they can switch between, kept until one of them or the person changes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.auth.access import OWNER_ROLE
from core.platform.changes import Changes
from core.platform.database import Platform
from core.platform.kept import Kept


@dataclass(frozen=True, slots=True)
class Place:
    """One business of a person's, in whatever state it is."""

    tenant_id: UUID
    slug: str
    name: str
    state: str
    delete_after: datetime | None
    is_owner: bool


_PLACES = """
SELECT m.id AS membership_id, t.id AS tenant_id, t.slug, t.name, t.state, t.delete_after, EXISTS (
    SELECT 1 FROM platform.membership_role mr JOIN platform.role r ON r.id = mr.role_id WHERE mr.membership_id = m.id AND r.template = $2
) AS is_owner
FROM platform.membership m JOIN platform.tenant t ON t.id = m.tenant_id
WHERE m.person_id = $1 AND m.disabled_at IS NULL AND t.state IN ('active', 'suspended', 'deleting') ORDER BY lower(t.name), t.id
"""


class Places:
    """Looks up where people belong."""

    def __init__(self, platform: Platform, changes: Changes, *, keep: int = 20_000) -> None:
        self._platform = platform
        self._changes = changes
        self._known: Kept[UUID, tuple[Place, ...]] = Kept(keep)
        self._generation = 0
        changes.subscribe(self._forget)

    async def of(self, person_id: UUID) -> tuple[Place, ...]:
        """Return a person's businesses by name; asks the database only when one of them has changed."""
        if (known := self.known(person_id)) is not None:
            return known
        before = self._generation
        rows = await self._platform.fetch(_PLACES, person_id, OWNER_ROLE)
        found = tuple(Place(**{name: row[name] for name in Place.__slots__}) for row in rows)
        if self._changes.alive and before == self._generation:
            about = [str(id_) for row in rows for id_ in (row["tenant_id"], row["membership_id"])]
            self._known.put(person_id, found, str(person_id), *about)
        return found

    def known(self, person_id: UUID) -> tuple[Place, ...] | None:
        """Return a person's businesses when they need not be asked for."""
        return self._known.get(person_id) if self._changes.alive else None

    def _forget(self, kind: str, key: str) -> None:
        self._generation += 1
        if kind == "everything":
            self._known.clear()
        elif kind in ("person", "tenant", "membership", "access"):  # the last two: somebody became an owner, or is none any more
            self._known.changed(key)
