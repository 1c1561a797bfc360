"""Brings an archive in as a new business: all of it in one transaction, so that whatever happens either all is there or nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from core.audit.trail import write_entry
from core.people.members import add_member, owner_role
from core.people.tokens import COMMAND
from core.platform.database import Db
from core.runtime import Runtime
from core.tenancy.pending import Actor
from tenants.archive.arriving import Arriving, load_shared, load_tables
from tenants.archive.joining import People, join_people
from tenants.archive.manifest import Manifest, Part
from tenants.archive.reading import Archive, Opened
from tenants.archive.tables import in_copy_format
from tenants.archive.versions import Installed, obstacles
from tenants.isolation import isolate
from tenants.life import KIND, NewTenant, check_new
from tenants.modules import Modules, upgrade
from tenants.provisioner import Provisioner
from tenants.requirements import in_order
from tenants.roles import OWNER
from tenants.spares import make_role_and_schema, new_schema_name
from tenants.steps import enter_schema, migrations_of, run_migrations
from weft.errors import Conflict, Invalid, Unavailable
from weft.ids import new_id

Told = Callable[[str], None]
UNFINISHED = "This business is being brought up to date after it was restored."


@dataclass(frozen=True, slots=True)
class Target:
    """Where an archive is brought in."""

    runtime: Runtime
    provisioner: Provisioner
    modules: Modules


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the new business is called, who gets into it, and whether it starts anything by itself.

    A copy beside a business that works must not send letters and reports a second time: `quiet` pauses every schedule of it.
    """

    slug: str
    name: str = ""  # none: the one it had
    people: bool = True  # whether its members belong to it at once, or are invited; nobody else does
    quiet: bool = False
    actor: Actor = COMMAND
    owner: UUID | None = None  # somebody who may do everything there, whoever else gets in
    erased_at: datetime | None = None  # a copy that nobody is to reach, only to be looked at by us, and erased by then


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it."""

    tenant_id: UUID
    schema: str
    rows: int
    files: int
    people: People
    lost: tuple[UUID, ...] = field(default=())  # files that the archive itself did not have


async def import_tenant(target: Target, opened: Opened, wanted: Wanted, told: Told = lambda what: None) -> Imported:
    """Make a business of an archive. Raises `Invalid` with the reason for an archive that is not whole, and `Conflict` for a taken address.

    A crash leaves nothing that anybody can see; bytes of files that were stored by then are swept up after a day.
    """
    archive, manifest = opened.archive, opened.archive.manifest
    await archive.check()
    new = _new_business(manifest, wanted)
    async with target.provisioner.as_owner() as connection:
        steps = [row["name"] for row in await connection.fetch("SELECT name FROM platform.schema_step")]
    if reasons := obstacles(manifest, _installed(target.modules), steps):
        raise Invalid(f"This archive cannot be brought in here. {' '.join(reasons)}")
    if await target.runtime.platform.fetchval("SELECT true FROM platform.tenant WHERE slug = $1", wanted.slug):
        raise Conflict(f"The address “{wanted.slug}” is taken: choose another.")
    schema = new_schema_name()
    files = [part for part in manifest.parts if part.kind == "file"]
    await _store_files(target.runtime, archive, schema, files, told)
    try:
        async with target.runtime.reserving(wanted.slug):
            made = await _in_one_transaction(target, opened, schema, new, wanted, told)
    except BaseException:
        await asyncio.shield(_discard_files(target.runtime, schema, files))
        raise
    await target.runtime.changes.catch_up(target.runtime.platform)
    if _unfinished(target, manifest):
        await _bring_up(target, made, manifest, quiet=wanted.quiet)
    return made


def _new_business(manifest: Manifest, wanted: Wanted) -> NewTenant:
    was = manifest.business
    new = NewTenant(wanted.slug, wanted.name or was.name, was.country, was.currency, was.timezone, was.locale)
    check_new(new)
    return new


def _installed(modules: Modules) -> dict[str, Installed]:
    return {
        key: Installed(plugin.title, plugin.version, tuple(name for name, _ in migrations_of(plugin)))
        for key, plugin in modules.registry.plugins.items()
    }


async def _in_one_transaction(  # the steps of one transaction share what they work on
    target: Target, opened: Opened, schema: str, new: NewTenant, wanted: Wanted, told: Told
) -> Imported:
    archive, tenant_id = opened.archive, new_id()
    manifest = archive.manifest
    async with target.provisioner.transaction() as connection:
        await make_role_and_schema(connection, schema, 0)
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
        await connection.execute("INSERT INTO platform.tenant (id, schema, state) VALUES ($1, $2, 'building')", tenant_id, schema)
        arriving = Arriving(connection, archive, schema, told)
        try:
            await _make_tables(target, connection, tenant_id, schema, manifest, whole=False)
            await in_copy_format(connection)
            await load_tables(arriving)
            await _make_tables(target, connection, tenant_id, schema, manifest, whole=True)
            await connection.execute(_NAMED, tenant_id, *_facts(manifest, new, wanted, unfinished=_unfinished(target, manifest)))
            people = await join_people(connection, target.runtime, tenant_id, await archive.people(), wanted.people)
            if wanted.owner:
                await add_member(connection, tenant_id, wanted.owner, [await owner_role(connection, tenant_id)])
            await load_shared(arriving, people.renamed)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as wrong:
            if getattr(wrong, "constraint_name", "") == "tenant_slug_key":
                raise Conflict(f"The address “{wanted.slug}” is taken: choose another.") from None
            raise Invalid(f"The archive holds what the database does not take ({arriving.now}): {wrong}.") from None
        await target.runtime.vault.put(connection, schema, opened.keys)
        await target.modules.make_schedules(connection, target.runtime, schema)
        if wanted.quiet:
            await connection.execute(_PAUSED, schema)
        await _keep_files(connection, schema, manifest)
        after = {"address": wanted.slug, "archive": manifest.made_at, "business": manifest.business.slug, "rows": manifest.rows}
        await write_entry(connection, schema, wanted.actor, "restored from an archive", KIND, new.name, record=tenant_id, after=after)
    files = sum(part.kind == "file" for part in manifest.parts)
    return Imported(tenant_id, schema, manifest.rows, files, people, manifest.lost)


async def _make_tables(  # as above
    target: Target, connection: "Db[asyncpg.Record]", tenant_id: UUID, schema: str, manifest: Manifest, *, whole: bool
) -> None:
    """Make the tables of every module as the archive knew them, or bring them to the installed version when they are filled."""
    had = {module.key: module for module in manifest.modules}
    plugins = target.modules.registry.plugins
    await enter_schema(connection, schema)
    for key in in_order(plugins, frozenset(had)):
        if not whole:
            await run_migrations(connection, tenant_id, schema, plugins[key], only=frozenset(had[key].migrations))
        else:
            await target.modules.make_tables(connection, tenant_id, schema, key)
            await connection.execute(_MODULE, tenant_id, key, had[key].version, had[key].enabled)


_MODULE = """
INSERT INTO platform.tenant_module (tenant_id, plugin, version, enabled) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, plugin) DO UPDATE SET version = excluded.version, enabled = excluded.enabled
"""
_NAMED = """
UPDATE platform.tenant SET state = $2, reason = $3, slug = $4, name = $5, country = $6, currency = $7, timezone = $8, locale = $9,
    logo = $10, onboarded = $11, settings = $12::jsonb, claimed_at = now(),
    suspended_at = CASE $2 WHEN 'suspended' THEN now() END, delete_after = $13 WHERE id = $1
"""


def _behind(target: Target, manifest: Manifest) -> list[str]:
    """Return the modules whose own steps to a newer version must run."""
    return [each.key for each in manifest.modules if each.enabled and each.version != target.modules.plugin(each.key).version]


def _unfinished(target: Target, manifest: Manifest) -> bool:
    """Tell whether a business must stay closed until something is done that takes transactions of its own."""
    return bool(_behind(target, manifest)) or _asks_isolation(target, manifest)


def _asks_isolation(target: Target, manifest: Manifest) -> bool:
    return any(each.enabled and target.modules.plugin(each.key).isolation == "strict" for each in manifest.modules)


def _facts(manifest: Manifest, new: NewTenant, wanted: Wanted, *, unfinished: bool) -> tuple[object, ...]:
    """Return what `_NAMED` sets: closed as long as something is to be done in transactions of its own."""
    was = manifest.business
    settings = msgspec.json.encode(was.settings).decode()
    place = (new.slug, new.name, new.country, new.currency, new.timezone, new.locale)
    state, reason = ("suspended", UNFINISHED) if unfinished else ("active", "")
    if wanted.erased_at:
        state, reason = "deleting", ""
    return (state, reason, *place, was.logo, was.onboarded, settings, wanted.erased_at)


async def _bring_up(target: Target, made: Imported, manifest: Manifest, *, quiet: bool) -> None:
    """Give it connections of its own where a module asks for that, run what modules do when they come to a newer version, and open it."""
    record = await target.runtime.catalogue.by_id(made.tenant_id)
    if record and _asks_isolation(target, manifest):
        await isolate(target.provisioner, target.runtime, record)
    for key in _behind(target, manifest):
        await upgrade(target.provisioner, target.runtime, target.modules, made.tenant_id, key)
    async with target.provisioner.as_owner() as connection:
        if quiet:  # an upgrade declares schedules anew
            await connection.execute(_PAUSED, made.schema)
        await connection.execute(_OPENED, made.tenant_id, UNFINISHED)
    await target.runtime.changes.catch_up(target.runtime.platform)


_PAUSED = "UPDATE platform.schedule SET paused = true WHERE tenant = $1"
_OPENED = "UPDATE platform.tenant SET state = 'active', suspended_at = NULL, reason = '' WHERE id = $1 AND reason = $2"


async def _store_files(runtime: Runtime, archive: Archive, schema: str, files: list[Part], told: Told) -> None:
    """Store bytes before the transaction that names them; they are announced, so that a crash leaves them to the sweeper."""
    for part in files:
        told(part.name)
        path = f"{schema}/{part.file}"
        await runtime.platform.execute(_ANNOUNCE, path, schema)
        await runtime.store.write(path, archive.content(part))


async def _keep_files(connection: "Db[asyncpg.Record]", schema: str, manifest: Manifest) -> None:
    """Make files of the bytes that were stored; raises `Unavailable` when some were swept up, which happens after a day."""
    kept = await connection.execute("DELETE FROM platform.file_waste WHERE tenant = $1", schema)
    if kept != f"DELETE {sum(part.kind == 'file' for part in manifest.parts)}":
        raise Unavailable("This took longer than a day, and files that were stored first are swept up by now: try again.")


async def _discard_files(runtime: Runtime, schema: str, files: list[Part]) -> None:
    await runtime.store.delete(*(f"{schema}/{part.file}" for part in files))
    await runtime.platform.execute("DELETE FROM platform.file_waste WHERE tenant = $1", schema)


_ANNOUNCE = """
INSERT INTO platform.file_waste (path, tenant, at) VALUES ($1, $2, now() + interval '1 day')
ON CONFLICT (path) DO UPDATE SET at = excluded.at
"""
