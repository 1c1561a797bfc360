"""Who may give what to whom: rules over values, with no database behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.auth.access import OWNER_ROLE
from weft.errors import Conflict, Refused

Held = frozenset[str] | None  # permissions; None is everything


@dataclass(frozen=True, slots=True)
class Role:
    """A role of a tenant. `offered` is what its template allowed when somebody last looked at it; None for a role without a template."""

    id: UUID
    title: str
    template: str
    permissions: frozenset[str]
    offered: frozenset[str] | None
    version: int
    people: int = 0

    @property
    def is_owner(self) -> bool:
        """Whether it is the one that may do everything."""
        return self.template == OWNER_ROLE

    @property
    def held(self) -> Held:
        """What it allows."""
        return None if self.is_owner else self.permissions


class LastOwner(Conflict):
    """A business needs somebody who may do everything."""

    def __init__(self) -> None:
        super().__init__("This is the last owner of the business: make somebody else an owner first.")


def together(roles: Iterable[Role]) -> Held:
    """Return what several roles allow."""
    found: set[str] = set()
    for role in roles:
        if role.held is None:
            return None
        found |= role.held
    return frozenset(found)


def covers(held: Held, wanted: Held) -> bool:
    """Tell whether somebody who holds `held` may pass `wanted` on."""
    return held is None or (wanted is not None and wanted <= held)


def check_gives(held: Held, roles: Sequence[Role]) -> None:
    """Raise `Refused` when a role allows more than its giver may do."""
    for role in roles:
        if not covers(held, role.held):
            raise Refused(f"The role “{role.title}” allows more than you may do yourself, so only somebody who may do it all can give it.")


def check_above(held: Held, theirs: Held) -> None:
    """Raise `Refused` when somebody would change a person who may do more than they."""
    if not covers(held, theirs):
        raise Refused("This person may do more than you, so only somebody who may do as much can change their place here.")


def check_permissions(held: Held, before: frozenset[str], after: frozenset[str]) -> None:
    """Raise `Refused` when a permission is given to or taken from a role by somebody who does not hold it."""
    if held is not None and (beyond := sorted((before ^ after) - held)):
        raise Refused(f"You can only give or take what you may do yourself, and “{beyond[0]}” is not among it.")


def check_owner_stays(was_owner: bool, is_owner: bool, other_owners: int) -> None:
    """Raise `LastOwner` when the last owner would be none any more."""
    if was_owner and not is_owner and other_owners == 0:
        raise LastOwner


@dataclass(frozen=True, slots=True)
class Offer:
    """What a module's new version suggests for a role that came from its template."""

    added: frozenset[str]
    dropped: frozenset[str]


def new_offer(role: Role, template: frozenset[str] | None) -> Offer | None:
    """Return what has changed in a role's template since somebody last looked at it; nothing when nothing has."""
    if template is None or role.offered is None or template == role.offered:
        return None
    added, dropped = template - role.offered - role.permissions, (role.offered - template) & role.permissions
    return Offer(added, dropped) if added or dropped else None
