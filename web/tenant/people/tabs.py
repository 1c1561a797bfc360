"""The tabs above people, roles and tokens."""

from typing import Any

from core.auth.permissions import PEOPLE, TOKENS
from core.tenancy.tenant import LiveTenant
from web.door import Door

_COUNTS = """
SELECT (SELECT count(*) FROM platform.membership WHERE tenant_id = $1) AS people,
       (SELECT count(*) FROM platform.role WHERE tenant_id = $1) AS roles,
       (SELECT count(*) FROM platform.api_token WHERE tenant_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2))
           AS tokens
"""
TABS = (
    ("people", "People", "/people", PEOPLE),
    ("roles", "Roles", "/people/roles", PEOPLE),
    ("tokens", "API tokens", "/people/tokens", TOKENS),
)


async def tabs(door: Door, tenant: LiveTenant, here: str) -> list[dict[str, Any]]:
    """Return the tabs that who acts may open, with how many there are of each."""
    counts = await door.runtime.platform.fetchrow(_COUNTS, tenant.id, tenant.now())
    assert counts is not None
    return [
        {"label": label, "href": path, "active": key == here, "count": counts[key]}
        for key, label, path, permission in TABS
        if tenant.may(permission)
    ]
