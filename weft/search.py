"""Global search over what plugins keep."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weft.permissions import Permission

if TYPE_CHECKING:
    from weft.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    title: str
    subtitle: str
    url: str
    exact: bool = False  # an identifier matched whole: shown first, and opened at once by a scanner's Enter


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSource:
    """One kind of record that the search box looks through."""

    title: str
    icon: str
    permission: Permission
    find: "Callable[[Tenant, str, int], Awaitable[Sequence[Hit]]]"  # opens its own transaction; at most so many hits
