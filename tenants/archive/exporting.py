"""Writes one business into one archive, from one snapshot of the database; what other businesses there are makes no difference to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from uuid import UUID

import asyncpg
import msgspec

from core.platform.database import Db
from tenants.archive.manifest import FORMAT, SHARED, Business, Manifest, Member, Module, People, Role
from tenants.archive.parts import ArchiveWriter
from tenants.archive.tables import Table, in_copy_format, shared_table, tables_of
from tenants.provisioner import Provisioner
from tenants.roles import OWNER
from weft.errors import Missing

Told = Callable[[str], None]


class Files(Protocol):
    """What the bytes of files are read from."""

    def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file's bytes; raises `Missing`."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where a business is read from."""

    provisioner: Provisioner
    store: Files


async def export_tenant(
    source: Source,
    tenant_id: UUID,
    sink: BinaryIO,
    at: datetime,
    told: Told = lambda what: None,
    *,
    keys: Mapping[int, bytes] | None = None,
) -> Manifest:
    """Write everything of a business to `sink`, and return what that was; raises `Missing`.

    Everything is read in one transaction (REPEATABLE READ, READ ONLY), so that no part is younger than another; memory does not grow with
    the business. Of a file whose bytes are gone the facts are written, and its id stands in `Manifest.lost`.
    `keys` are data keys to put in, where nothing else carries them.
    """
    writer = ArchiveWriter(sink)
    async with source.provisioner.pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
        await in_copy_format(connection)
        business = await _business(connection, tenant_id)
        modules = await _modules(connection, tenant_id, business.schema)
        platform = await connection.fetchval("SELECT max(name) FROM platform.schema_step")
        await writer.add_people(await _people(connection, tenant_id))
        if keys:
            await writer.add_keys(keys)
        for table in await tables_of(connection, business.schema):
            if table.name != "migration":  # the books of migrations are made anew by running them
                told(table.name)
                await _add_table(writer, connection, table, business.schema)
        for each in SHARED:
            told(each.table)
            await _add_shared(writer, connection, await shared_table(connection, each.table), business.schema)
        files = [row["id"] for row in await connection.fetch("SELECT id FROM platform.file WHERE tenant = $1 ORDER BY id", business.schema)]
        lost = [file_id for file_id in files if not await _add_file(writer, source.store, business.schema, file_id, told)]
    manifest = Manifest(
        format=FORMAT,
        made_at=at,
        platform=platform,
        business=business,
        modules=modules,
        parts=tuple(writer.parts),
        lost=tuple(lost),
    )
    await asyncio.to_thread(writer.close, manifest)
    return manifest


async def _business(connection: "Db[asyncpg.Record]", tenant_id: UUID) -> Business:
    row = await connection.fetchrow(
        "SELECT id, schema::text, slug, name, country, currency, timezone, locale, logo, onboarded, settings::text FROM platform.tenant"
        " WHERE id = $1 AND state IN ('active', 'suspended', 'deleting')",
        tenant_id,
    )
    if row is None:
        raise Missing("There is no such business to export.")
    facts: dict[str, Any] = dict(row)
    facts["settings"] = msgspec.json.decode(facts["settings"], type=dict[str, msgspec.Raw])
    return Business(**facts)


async def _modules(connection: "Db[asyncpg.Record]", tenant_id: UUID, schema: str) -> tuple[Module, ...]:
    """Return what the catalogue says of modules; what their tables have seen is told by the schema's own books."""
    ran: dict[str, list[str]] = {}
    if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{schema}.migration"):
        for row in await connection.fetch(f"SELECT app_name, name FROM {schema}.migration ORDER BY name"):
            ran.setdefault(row["app_name"], []).append(row["name"])
    rows = await connection.fetch(
        "SELECT plugin, version, enabled FROM platform.tenant_module WHERE tenant_id = $1 ORDER BY plugin", tenant_id
    )
    return tuple(
        Module(key=row["plugin"], version=row["version"], enabled=row["enabled"], migrations=tuple(ran.get(row["plugin"], ())))
        for row in rows
    )


async def _people(connection: "Db[asyncpg.Record]", tenant_id: UUID) -> People:
    roles = await connection.fetch(
        "SELECT id, title, template, permissions, offered FROM platform.role WHERE tenant_id = $1 ORDER BY id", tenant_id
    )
    members = await connection.fetch(
        "SELECT m.person_id AS person, p.name, p.email, m.joined_at, m.disabled_at,"
        " array(SELECT role_id FROM platform.membership_role r WHERE r.membership_id = m.id ORDER BY 1) AS roles"
        " FROM platform.membership m JOIN platform.person p ON p.id = m.person_id WHERE m.tenant_id = $1 ORDER BY m.person_id",
        tenant_id,
    )
    return People(
        roles=tuple(msgspec.convert(dict(row), Role) for row in roles), members=tuple(msgspec.convert(dict(row), Member) for row in members)
    )


async def _add_table(writer: ArchiveWriter, connection: "Db[asyncpg.Record]", table: Table, schema: str) -> None:
    query = f"SELECT {table.listed()} FROM {schema}.{table.quoted}"
    await writer.add("table", f"tables/{table.name}.copy.gz", _copied(connection, query), table=table.name, columns=table.columns)


async def _add_shared(writer: ArchiveWriter, connection: "Db[asyncpg.Record]", table: Table, schema: str) -> None:
    query = f"SELECT {table.listed()} FROM platform.{table.quoted} WHERE tenant = '{schema}'"
    await writer.add("platform", f"platform/{table.name}.copy.gz", _copied(connection, query), table=table.name, columns=table.columns)


async def _copied(connection: "Db[asyncpg.Record]", query: str) -> AsyncIterator[bytes]:
    """Yield what COPY sends, no faster than it is taken."""
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=16)

    async def copy() -> None:
        try:
            await connection.copy_from_query(query, output=queue.put)
        finally:
            await queue.put(None)

    task = asyncio.create_task(copy())
    try:
        while (part := await queue.get()) is not None:
            yield part
        await task
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _add_file(writer: ArchiveWriter, store: Files, schema: str, file_id: UUID, told: Told) -> bool:
    """Add a file's bytes; returns whether they were there."""
    told(f"file {file_id}")
    try:
        await writer.add("file", f"files/{file_id}", store.read(f"{schema}/{file_id}"), file=file_id)
    except Missing:
        return False
    return True
