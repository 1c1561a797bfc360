"""The roles of a tenant: from the templates of its modules, and of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from core.audit.trail import write_entry
from core.auth.access import OWNER_ROLE
from core.auth.permissions import CORE
from core.people.rules import Held, Role, check_gives, check_permissions
from core.platform.database import Db
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from weft.errors import Conflict, Invalid, Missing
from weft.ids import new_id
from weft.permissions import Permission

if TYPE_CHECKING:
    from core.runtime import Runtime

KIND = "core.role"


@dataclass(frozen=True, slots=True)
class Group:
    """The permissions of one module, as the matrix shows them."""

    key: str
    title: str
    permissions: tuple[Permission, ...]


class RoleChanged(Conflict):
    """Somebody else has saved a role meanwhile; `role` is it as it stands now."""

    def __init__(self, role: Role) -> None:
        self.role = role
        super().__init__(f"Somebody else has changed the role “{role.title}” meanwhile. Nothing of yours was saved; theirs is shown below.")


def groups_of(registry: Registry, enabled: frozenset[str]) -> list[Group]:
    """Return every permission a tenant's roles can hold: those of its enabled modules, and the platform's own."""
    found = [Group(key, plugin.title, tuple(plugin.permissions())) for key, plugin in registry.plugins.items() if key in enabled]
    return [*(group for group in found if group.permissions), Group("core", "Administration", CORE)]


def template_permissions(registry: Registry, enabled: frozenset[str], template: str) -> frozenset[str] | None:
    """Return what a template of an enabled module allows in the installed version; nothing when there is no such template any more."""
    key, _, name = template.partition(".")
    if key not in enabled or registry.get(key) is None:
        return None
    found = next((each for each in registry.role_templates(key) if each.key == name), None)
    return frozenset(permission.name for permission in found.permissions) if found else None


_ROLES = """
SELECT r.id, r.title, r.template, r.permissions, r.offered, r.version,
       (SELECT count(*) FROM platform.membership_role mr WHERE mr.role_id = r.id)::int AS people
FROM platform.role r WHERE r.tenant_id = $1
"""


def role_of(row: asyncpg.Record) -> Role:
    """Turn a row into a role."""
    offered = row["offered"]
    return Role(
        row["id"],
        row["title"],
        row["template"],
        frozenset(row["permissions"]),
        None if offered is None else frozenset(offered),
        row["version"],
        row["people"],
    )


async def roles_of(db: "Db[asyncpg.Record]", tenant_id: UUID) -> list[Role]:
    """Return a tenant's roles: the owner's, then by title."""
    rows = await db.fetch(_ROLES + "ORDER BY r.template = $2 DESC, lower(r.title), r.id", tenant_id, OWNER_ROLE)
    return [role_of(row) for row in rows]


async def roles_by_id(db: "Db[asyncpg.Record]", tenant_id: UUID, ids: Iterable[UUID]) -> list[Role]:
    """Return some of a tenant's roles; raises `Invalid` when one of them is none of this tenant's."""
    wanted = list(dict.fromkeys(ids))
    rows = await db.fetch(_ROLES + "AND r.id = ANY ($2) ORDER BY lower(r.title)", tenant_id, wanted)
    if len(rows) != len(wanted):
        raise Invalid.field("roles", "One of these roles is not there any more: reload the page, then choose again.")
    return [role_of(row) for row in rows]


async def role_by_id(db: "Db[asyncpg.Record]", tenant_id: UUID, role_id: UUID, *, lock: bool = False) -> Role:
    """Return one role; raises `Missing`."""
    row = await db.fetchrow(_ROLES + f"AND r.id = $2{' FOR UPDATE' if lock else ''}", tenant_id, role_id)
    if row is None:
        raise Missing("There is no such role.")
    return role_of(row)


def clean_title(title: str) -> str:
    """Return a role's title on one line; raises `Invalid` for none, and for one that is too long."""
    clean = " ".join(title.split())
    if not 1 <= len(clean) <= 60:
        raise Invalid.field("title", "Give the role a name of at most 60 characters.")
    return clean


def check_known(known: Iterable[Group], permissions: frozenset[str], before: frozenset[str] = frozenset()) -> None:
    """Raise `Invalid` for a permission that no enabled module declares, unless the role had it before."""
    names = {each.name for group in known for each in group.permissions}
    if unknown := sorted(permissions - names - before):
        raise Invalid.field("permissions", f"“{unknown[0]}” is not a permission here: reload the page, then choose again.")


async def create_role(runtime: "Runtime", tenant: LiveTenant, title: str, permissions: frozenset[str]) -> UUID:
    """Make a role; returns its id. Raises `Invalid` for a wrong or taken title, and `Refused` beyond what who acts may do."""
    title = clean_title(title)
    check_known(groups_of(runtime.registry, tenant.catalogue_entry.enabled), permissions)
    check_permissions(tenant.actor.permissions, frozenset(), permissions)
    role_id = new_id()
    async with runtime.platform.transaction() as db:
        await _with_free_title(
            db,
            title,
            "INSERT INTO platform.role (id, tenant_id, title, permissions) VALUES ($1, $2, $3, $4)",
            role_id,
            tenant.id,
            title,
            sorted(permissions),
        )
        after = {"title": title, "permissions": sorted(permissions)}
        await write_entry(db, tenant.schema, tenant.actor, "created", KIND, title, record=role_id, after=after)
    return role_id


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody made of a role they saw in a version."""

    role_id: UUID
    version: int
    permissions: frozenset[str]
    title: str | None = None  # None: as it is


async def save_roles(runtime: "Runtime", tenant: LiveTenant, edits: Sequence[Edit]) -> list[Role]:
    """Store changed roles, all or none; returns those that were changed, as they were before.

    Raises `RoleChanged` when one was saved by somebody else since it was shown, `Refused` beyond what who acts may do, and `Invalid`.
    """
    known = groups_of(runtime.registry, tenant.catalogue_entry.enabled)
    changed = []
    async with runtime.platform.transaction() as db:
        for edit in sorted(edits, key=lambda each: each.role_id):  # always in one order, so that two people never wait for each other
            role = await role_by_id(db, tenant.id, edit.role_id, lock=True)
            title = role.title if edit.title is None else clean_title(edit.title)
            if (title, edit.permissions) == (role.title, role.permissions):
                continue
            if role.version != edit.version:
                raise RoleChanged(role)
            if role.is_owner:
                raise Conflict("The owner’s role may always do everything, and keeps its name.")
            check_known(known, edit.permissions, role.permissions)
            check_permissions(tenant.actor.permissions, role.permissions, edit.permissions)
            await _store(db, tenant, role, title, edit.permissions)
            changed.append(role)
    return changed


async def _store(
    db: "Db[asyncpg.Record]", tenant: LiveTenant, role: Role, title: str, permissions: frozenset[str], action: str = "changed"
) -> None:
    await _with_free_title(
        db,
        title,
        "UPDATE platform.role SET title = $2, permissions = $3, version = version + 1 WHERE id = $1",
        role.id,
        title,
        sorted(permissions),
    )
    before = {"title": role.title, "permissions": sorted(role.permissions)}
    after = {"title": title, "permissions": sorted(permissions)}
    await write_entry(db, tenant.schema, tenant.actor, action, KIND, title, record=role.id, before=before, after=after)


async def answer_offer(runtime: "Runtime", tenant: LiveTenant, role_id: UUID, *, accept: bool) -> Role:
    """Take over what a module's new version suggests for a role, or keep the role as it is; returns the role as it was.

    What was added to the role or taken from it by hand stays so. Raises `Missing` when nothing is suggested, and `Refused`.
    """
    async with runtime.platform.transaction() as db:
        role = await role_by_id(db, tenant.id, role_id, lock=True)
        template = template_permissions(runtime.registry, tenant.catalogue_entry.enabled, role.template)
        if template is None or role.offered is None:
            raise Missing("No module suggests anything for this role.")
        if accept:
            permissions = (role.permissions | (template - role.offered)) - (role.offered - template)
            check_permissions(tenant.actor.permissions, role.permissions, permissions)
            await _store(db, tenant, role, role.title, permissions, "brought up to date with its module")
        await db.execute("UPDATE platform.role SET offered = $2 WHERE id = $1", role.id, sorted(template))
    return role


async def delete_role(runtime: "Runtime", tenant: LiveTenant, role_id: UUID, *, instead: UUID | None = None) -> Role:
    """Delete a role; who holds it gets the role `instead`. Returns the role as it was.

    Raises `Conflict` while people or invitations have it and nothing is given instead, and for a role that a module brought.
    """
    async with runtime.platform.transaction() as db:
        role = await role_by_id(db, tenant.id, role_id, lock=True)
        if role.template:
            raise Conflict(f"The role “{role.title}” comes with a module. Take it from the people who have it, and it does nothing.")
        check_gives(tenant.actor.permissions, [role])
        invited = await db.fetchval(_INVITED, tenant.id, role_id, tenant.now())
        if (role.people or invited) and instead is None:
            raise Conflict(f"The role “{role.title}” is in use: choose which role its people get instead.")
        if instead is not None:
            await _reassign(db, tenant, role, instead)
        await db.execute("DELETE FROM platform.role WHERE id = $1", role_id)
        before = {"title": role.title, "permissions": sorted(role.permissions)}
        await write_entry(db, tenant.schema, tenant.actor, "deleted", KIND, role.title, record=role_id, before=before)
    return role


_INVITED = """
SELECT count(*) FROM platform.invitation
WHERE tenant_id = $1 AND $2 = ANY (roles) AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3
"""


async def _reassign(db: "Db[asyncpg.Record]", tenant: LiveTenant, role: Role, instead: UUID) -> None:
    if instead == role.id:
        raise Invalid.field("instead", "Choose another role than the one you delete.")
    (other,) = await roles_by_id(db, tenant.id, [instead])
    check_gives(tenant.actor.permissions, [other])
    moved = await db.fetch(
        "INSERT INTO platform.membership_role (membership_id, role_id) SELECT membership_id, $2 FROM platform.membership_role "
        "WHERE role_id = $1 ON CONFLICT DO NOTHING RETURNING membership_id",
        role.id,
        other.id,
    )
    await db.execute(
        "UPDATE platform.membership SET version = version + 1 WHERE id IN "
        "(SELECT membership_id FROM platform.membership_role WHERE role_id = $1)",
        role.id,
    )
    await db.execute(
        "UPDATE platform.invitation SET roles = array_replace(roles, $2, $3) WHERE tenant_id = $1 AND $2 = ANY (roles)",
        tenant.id,
        role.id,
        other.id,
    )
    after = {"role": other.title, "instead of": role.title, "people": len(moved)}
    await write_entry(db, tenant.schema, tenant.actor, "reassigned", KIND, other.title, record=other.id, after=after)


async def _with_free_title(db: "Db[asyncpg.Record]", title: str, sql: str, *args: object) -> None:
    try:
        async with db.transaction():
            await db.execute(sql, *args)
    except asyncpg.UniqueViolationError:
        raise Invalid.field("title", f"There is a role “{title}” already: choose another name.") from None


def titles(registry: Registry, enabled: frozenset[str]) -> Mapping[str, str]:
    """Return the title of every permission by its name."""
    return {each.name: each.title for group in groups_of(registry, enabled) for each in group.permissions}


def may_touch(held: Held, permission: str) -> bool:
    """Tell whether somebody may give or take a permission."""
    return held is None or permission in held
