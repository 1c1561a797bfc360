"""Who belongs to a tenant, and with which roles: added, found and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from core.audit.trail import write_entry
from core.auth.access import OWNER_ROLE
from core.people.roles import roles_of
from core.people.rules import Role
from core.platform.database import Db
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from weft.errors import Missing
from weft.ids import new_id

if TYPE_CHECKING:
    from core.runtime import Runtime

KIND = "core.member"


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in one tenant; `seen_at` is when they were last there, `tokens` how many API tokens of theirs still work."""

    id: UUID
    person_id: UUID
    name: str
    email: str
    confirmed: bool
    roles: tuple[Role, ...]
    joined_at: datetime
    seen_at: datetime | None
    disabled: bool
    sign_ins: int
    tokens: int
    version: int

    @property
    def is_owner(self) -> bool:
        """Whether they may do everything."""
        return any(role.is_owner for role in self.roles)


# --- for whoever founds a business ---


async def owner_role(db: "Db[asyncpg.Record]", tenant_id: UUID) -> UUID:
    """Return the id of the role that may do everything; it is made when it does not stand yet."""
    await db.execute(
        "INSERT INTO platform.role (id, tenant_id, title, template) VALUES ($1, $2, 'Owner', $3) "
        "ON CONFLICT (tenant_id, template) WHERE template <> '' DO NOTHING",
        new_id(),
        tenant_id,
        OWNER_ROLE,
    )
    found: UUID = await db.fetchval("SELECT id FROM platform.role WHERE tenant_id = $1 AND template = $2", tenant_id, OWNER_ROLE)
    return found


async def add_member(db: "Db[asyncpg.Record]", tenant_id: UUID, person_id: UUID, roles: Sequence[UUID]) -> UUID:
    """Let a person belong to a tenant, and return the membership's id; who belongs there already gets the roles in addition."""
    membership_id: UUID = await db.fetchval(
        "INSERT INTO platform.membership (id, tenant_id, person_id) VALUES ($1, $2, $3) "
        "ON CONFLICT (tenant_id, person_id) DO UPDATE SET version = membership.version + 1 RETURNING id",
        new_id(),
        tenant_id,
        person_id,
    )
    await give_roles(db, membership_id, roles)
    return membership_id


async def hand_over(db: "Db[asyncpg.Record]", giver: UUID, taker: UUID) -> None:
    """Give every place of one person to another, who is the same human: where both belong, the taker gets the giver's roles too."""
    actor = Actor(via="platform", name=await db.fetchval("SELECT name FROM platform.person WHERE id = $1", taker))
    places = "SELECT m.id, m.tenant_id, t.schema::text FROM platform.membership m JOIN platform.tenant t ON t.id = m.tenant_id"
    for row in await db.fetch(f"{places} WHERE m.person_id = $1", giver):
        roles = await db.fetch("SELECT role_id FROM platform.membership_role WHERE membership_id = $1", row["id"])
        await add_member(db, row["tenant_id"], taker, [each["role_id"] for each in roles])
        await write_entry(db, row["schema"], actor, "joined with the account they had", KIND, actor.name, record=row["id"])
    await db.execute("UPDATE platform.api_token SET created_by = $2 WHERE created_by = $1", giver, taker)
    await db.execute("DELETE FROM platform.membership WHERE person_id = $1", giver)


async def give_roles(db: "Db[asyncpg.Record]", membership_id: UUID, roles: Sequence[UUID]) -> None:
    """Give a member roles in addition."""
    await db.execute(
        "INSERT INTO platform.membership_role (membership_id, role_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING",
        membership_id,
        list(roles),
    )


# --- looked at ---

_MEMBERS = """
SELECT m.id, m.person_id, p.name, COALESCE(p.email, p.pending_email) AS email, p.email IS NOT NULL AS confirmed, m.joined_at,
       m.disabled_at IS NOT NULL AS disabled, m.version,
       array(SELECT mr.role_id FROM platform.membership_role mr WHERE mr.membership_id = m.id) AS roles,
       (SELECT max(s.last_seen_at) FROM platform.session s WHERE s.person_id = m.person_id AND s.tenant_id = m.tenant_id) AS seen_at,
       (SELECT count(*) FROM platform.session s WHERE s.person_id = m.person_id AND s.tenant_id = m.tenant_id AND s.expires_at > $2)::int
           AS sign_ins,
       (SELECT count(*) FROM platform.api_token a WHERE a.tenant_id = m.tenant_id AND a.created_by = m.person_id AND a.revoked_at IS NULL
            AND (a.expires_at IS NULL OR a.expires_at > $2))::int AS tokens
FROM platform.membership m JOIN platform.person p ON p.id = m.person_id
WHERE m.tenant_id = $1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which members to show: those whose name or address holds `search`, with one of some roles, in one of some states (active, disabled).

    `after` and `before` are places in the order of names that an earlier page has given.
    """

    search: str = ""
    roles: tuple[UUID, ...] = ()
    states: tuple[str, ...] = ()
    after: tuple[str, UUID] | None = None
    before: tuple[str, UUID] | None = None
    size: int = 50


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Some members by name, and the places to go on from; `total` counts every one that was wanted."""

    members: tuple[Member, ...]
    previous: tuple[str, UUID] | None
    following: tuple[str, UUID] | None
    total: int


_WANTED = """
AND ($3 = '' OR p.name ILIKE $3 OR COALESCE(p.email, p.pending_email) ILIKE $3)
AND ($4::uuid[] = '{}' OR EXISTS (SELECT 1 FROM platform.membership_role mr WHERE mr.membership_id = m.id AND mr.role_id = ANY ($4)))
AND ($5::text[] = '{}' OR CASE WHEN m.disabled_at IS NULL THEN 'active' ELSE 'disabled' END = ANY ($5))
"""


async def members_page(runtime: "Runtime", tenant: LiveTenant, wanted: Wanted) -> MemberPage:
    """Return a page of a tenant's members."""
    escaped = wanted.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    args = (tenant.id, tenant.now(), f"%{escaped}%" if escaped else "", list(wanted.roles), list(wanted.states))
    place, sign, order = wanted.after, ">", "ASC"
    if wanted.before:
        place, sign, order = wanted.before, "<", "DESC"
    async with runtime.platform.transaction() as db:
        known = {role.id: role for role in await roles_of(db, tenant.id)}
        rows = await db.fetch(
            f"{_MEMBERS} {_WANTED} AND ($6::text IS NULL OR (lower(p.name), m.id) {sign} ($6, $7)) "
            f"ORDER BY lower(p.name) {order}, m.id {order} LIMIT $8",
            *args,
            *(place or (None, None)),
            wanted.size + 1,
        )
        total = await db.fetchval(f"SELECT count(*) FROM ({_MEMBERS} {_WANTED}) AS wanted", *args)
    shown = [_member(row, known) for row in rows[: wanted.size]]
    more = len(rows) > wanted.size
    if wanted.before:
        shown.reverse()
    has_before, has_after = (more, True) if wanted.before else (wanted.after is not None, more)
    ends = [(each.name.lower(), each.id) for each in (*shown[:1], *shown[-1:])]
    return MemberPage(tuple(shown), ends[0] if ends and has_before else None, ends[-1] if ends and has_after else None, total)


async def member_by_id(runtime: "Runtime", tenant: LiveTenant, membership_id: UUID) -> Member:
    """Return one member; raises `Missing`."""
    async with runtime.platform.transaction() as db:
        return await find_member(db, tenant, membership_id)


async def find_member(db: "Db[asyncpg.Record]", tenant: LiveTenant, membership_id: UUID, *, lock: bool = False) -> Member:
    """Return one member; with `lock` nobody else changes them, or any owner, until the transaction ends. Raises `Missing`."""
    if lock:  # the owner's role first: so two owners who take it from each other do so one after the other
        await db.execute("SELECT 1 FROM platform.role WHERE tenant_id = $1 AND template = $2 FOR UPDATE", tenant.id, OWNER_ROLE)
        await db.execute("SELECT 1 FROM platform.membership WHERE id = $1 FOR UPDATE", membership_id)
    row = await db.fetchrow(f"{_MEMBERS} AND m.id = $3", tenant.id, tenant.now(), membership_id)
    if row is None:
        raise Missing("There is no such person in this business; perhaps they have just been removed.")
    return _member(row, {role.id: role for role in await roles_of(db, tenant.id)})


def _member(row: asyncpg.Record, known: dict[UUID, Role]) -> Member:
    facts = dict(row)
    facts["roles"] = tuple(role for role_id, role in known.items() if role_id in row["roles"])
    return Member(**facts)


async def other_owners(db: "Db[asyncpg.Record]", tenant_id: UUID, membership_id: UUID) -> int:
    """Return how many owners a tenant has besides one; who is disabled does not count."""
    return int(await db.fetchval(_OTHER_OWNERS, tenant_id, membership_id, OWNER_ROLE))


_OTHER_OWNERS = """
SELECT count(DISTINCT m.id) FROM platform.membership m
JOIN platform.membership_role mr ON mr.membership_id = m.id JOIN platform.role r ON r.id = mr.role_id AND r.template = $3
JOIN platform.person p ON p.id = m.person_id AND p.disabled_at IS NULL
WHERE m.tenant_id = $1 AND m.id <> $2 AND m.disabled_at IS NULL
"""


async def owners_of(db: "Db[asyncpg.Record]", tenant_id: UUID) -> list[tuple[str, str]]:
    """Return names and addresses of a tenant's owners."""
    rows = await db.fetch(
        "SELECT DISTINCT p.name, COALESCE(p.email, p.pending_email) AS email FROM platform.membership m "
        "JOIN platform.membership_role mr ON mr.membership_id = m.id JOIN platform.role r ON r.id = mr.role_id AND r.template = $2 "
        "JOIN platform.person p ON p.id = m.person_id AND p.disabled_at IS NULL WHERE m.tenant_id = $1 AND m.disabled_at IS NULL",
        tenant_id,
        OWNER_ROLE,
    )
    return [(row["name"], row["email"]) for row in rows]
