"""How a plugin lives."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weft.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What to do in a tenant's own transaction after its tables stand, after an upgrade from a version, or before the module is hidden.

    `on_demo` fills a business of the demo, after its files came in and with no transaction open: with a history that people can work on,
    made through the services that they use. It runs once, in the order in which modules need each other.
    """

    on_enable: "Callable[[Tenant], Awaitable[None]] | None" = None
    on_upgrade: "Callable[[Tenant, str], Awaitable[None]] | None" = None
    on_disable: "Callable[[Tenant], Awaitable[None]] | None" = None
    on_demo: "Callable[[Tenant], Awaitable[None]] | None" = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Raises when something outside that this plugin needs is broken; shown by ``/health/ready`` and ``weft doctor``."""

    name: str
    check: "Callable[[], Awaitable[None]]"
