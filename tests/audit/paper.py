"""Writes entries, and looks at what became of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import asyncpg

from core.audit.verify import Verdict, verify_log
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from weft import Change, Permission, RecordKind, RecordRef, new_id

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

NOTE = RecordKind("notes.note", "Note", "/notes/{id}", Permission("notes.note.read", "Read notes"))


async def write(tenant: LiveTenant, count: int, *, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None) -> None:
    """Write entries, each in a transaction of its own."""
    for number in range(count):
        async with tenant.transaction():
            ref = RecordRef(NOTE, new_id(), f"Note {number} “ü” 🧵")
            values = after or {"price": Decimal("1.50"), "number": number, "rate": 1.5, "tags": ["a", None, True], "Ä": {"b": 1, "a": 2}}
            await tenant.record(Change(ref, "priced", before or {"price": Decimal("1.00")}, values))


async def verdict(installation: Installation, tenant: LiveTenant, **options: Any) -> Verdict:
    """Verify a tenant's log as the platform does."""
    return await verify_log(installation.runtime.platform, tenant.schema, **options)


async def as_owner(superuser: Connection, sql: str, *args: object) -> str:
    """Do what only somebody with all rights can: change the log past its triggers."""
    async with superuser.transaction():
        await superuser.execute("SET LOCAL session_replication_role = replica")
        return await superuser.execute(sql, *args)
