"""Contracts between plugins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from weft.tenant import Tenant

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Provided(Generic[T]):
    """`make(tenant)` returns something that fulfils `contract` (an abstract class) for that tenant."""

    contract: type[T]
    make: "Callable[[Tenant], T]"
