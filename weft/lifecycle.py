"""How a plugin lives."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weft.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What to do in a tenant's own transaction after its tables stand, after an upgrade from a version, or before the module is hidden."""

    on_enable: "Callable[[Tenant], Awaitable[None]] | None" = None
    on_upgrade: "Callable[[Tenant, str], Awaitable[None]] | None" = None
    on_disable: "Callable[[Tenant], Awaitable[None]] | None" = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Raises when something outside that this plugin needs is broken; shown by ``/health/ready`` and ``weft doctor``."""

    name: str
    check: "Callable[[], Awaitable[None]]"
