"""What the dispatcher has found out about a request before any handler sees it."""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection

from core.auth.access import Access
from core.auth.sessions import Visitor
from core.runtime import Runtime
from core.tenancy.catalogue import TenantRecord
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from weft.errors import Missing

KEY = "weft"  # of the ASGI scope

SESSION_COOKIE = "weft_session"
BROWSER_COOKIE = "weft_browser"  # tells a browser apart while it is led from the platform's host to a tenant's
TOAST_COOKIE = "weft_toast"

PUBLIC_API = re.compile(r"^/public/[a-z0-9_]+/api/")
NOBODY = Actor("platform", "Nobody signed in", permissions=frozenset())


def cookie_name(name: str, *, secure: bool) -> str:
    """Return a cookie's name as it is sent: through TLS with the prefix that keeps other hosts of ours from setting it (RFC 6265bis)."""
    return f"__Host-{name}" if secure else name


@dataclass(slots=True)
class Door:
    """The request's tenant (none at the platform's host), who is there, and how to tell requests apart in logs."""

    runtime: Runtime
    request_id: str
    visitor: Visitor
    record: TenantRecord | None = None
    access: Access | None = None
    trace: str = ""
    bearer: str = ""
    public: bool = False  # whether it asks for what nobody need be signed in for
    _tenant: LiveTenant | None = None

    @property
    def tenant(self) -> LiveTenant:
        """The tenant, with who is there acting; raises `Missing` at the platform's host."""
        if self._tenant is None:
            if self.record is None or (self.access is None and not self.public):
                raise Missing("There is no tenant at this address.")
            who = self.access.actor(self.request_id, self.trace) if self.access else None
            who = who or replace(NOBODY, request_id=self.request_id, trace=self.trace)
            self._tenant = self.runtime.tenant(self.record, who)
        return self._tenant

    @property
    def person_id(self) -> UUID | None:
        """Who is there, when it is a person."""
        return self.access.person.id if self.access and self.access.person else None


def door_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Door:
    """Return what the dispatcher found out."""
    scope: Any = connection.scope
    door: Door = scope[KEY]  # the dispatcher's own entry
    return door


def wants_json(path: str) -> bool:
    """Tell whether an answer is for a program."""
    return path.startswith("/api/") or PUBLIC_API.match(path) is not None
