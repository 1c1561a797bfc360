"""How many lines a person has not read: counted at most every few seconds, since every page shows it."""

import time
from uuid import UUID

from core.messaging.notifications import unread_count
from core.runtime import Runtime
from core.tenancy.tenant import LiveTenant

FRESH = 10.0  # seconds a count may be shown again
KEEP = 20_000

Key = tuple[UUID, UUID]


class Unread:
    """The bell's number, per tenant and person."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: dict[Key, tuple[float, int]] = {}

    async def count(self, tenant: LiveTenant) -> int:
        """Return the number; nobody who is no person has one."""
        if tenant.person is None:
            return 0
        key, now = (tenant.id, tenant.person.id), time.monotonic()
        counted = self._known.get(key)
        if counted is None or now - counted[0] > FRESH:
            if len(self._known) >= KEEP:
                self._known.clear()
            counted = self._known[key] = (now, await unread_count(self._runtime.platform, tenant))
        return counted[1]

    def known(self, tenant: LiveTenant) -> int:
        """Return the number last counted: for a page that must not ask the database, since it tells that something is broken."""
        return self._known.get((tenant.id, tenant.person.id), (0.0, 0))[1] if tenant.person else 0

    def forget(self, tenant: LiveTenant) -> None:
        """Count anew the next time."""
        if tenant.person:
            self._known.pop((tenant.id, tenant.person.id), None)
