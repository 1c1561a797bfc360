"""Who is at the door, and what they may do."""

from dataclasses import dataclass
from uuid import UUID

from core.tenancy.pending import Actor
from weft.permissions import Permission
from weft.tenant import Person

OWNER_ROLE = "owner"  # the template of the role that may do everything


@dataclass(frozen=True, slots=True)
class Access:
    """A person or program at a door. `permissions` of None is everything: the owner's role."""

    via: str  # session or token
    id: UUID  # of the session or the token
    person: Person | None
    tenant_id: UUID | None
    permissions: frozenset[str] | None
    root: UUID | None = None
    membership_id: UUID | None = None
    theme: str = "system"
    token_name: str = ""
    confirmed: bool = True  # the person has proven that their address is theirs

    def may(self, permission: Permission) -> bool:
        """Tell whether something is allowed."""
        return self.permissions is None or permission.name in self.permissions

    @property
    def is_owner(self) -> bool:
        """Whether everything is allowed."""
        return self.permissions is None

    def actor(self, request_id: str, trace: str = "") -> Actor:
        """Return who acts, for scopes and the audit log."""
        name = self.person.name if self.person else f"Token “{self.token_name}”"
        return Actor(self.via, name, self.person, self.permissions, request_id, trace)
