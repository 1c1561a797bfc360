"""Runs every check, in an order in which what is wrong with the ground is told before what is wrong with what stands on it."""

import asyncpg

from core.platform.database import Db
from tenants.doctor import census, fleet, ground
from tenants.doctor.findings import Finding
from tenants.modules import Modules
from tenants.provisioner import Provisioner


async def examine(provisioner: Provisioner, modules: Modules, *, spares: int = 0) -> list[Finding]:
    """Look at everything in one read-only transaction; `spares` is how many should be ready."""
    async with provisioner.as_owner() as db:
        await db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = pg_catalog, pg_temp")
        findings = [*await ground.server(db), *await ground.rights(db), *await ground.row_security(db), *await ground.platform(db)]
        try:
            findings += await _fleet(db, modules, spares)
        except asyncpg.InsufficientPrivilegeError as refused:
            findings.append(Finding("owners", False, f"Not everything could be looked at, since the owner may not: {refused}."))
    return findings


async def _fleet(db: "Db[asyncpg.Record]", modules: Modules, spares: int) -> list[Finding]:
    facts = await census.read(db)
    return [
        *await fleet.homes(db, facts),
        *fleet.orphans(facts),
        *fleet.modules(facts, modules),
        *fleet.tables(facts, modules),
        *fleet.bookkeeping(facts),
        *fleet.spares(facts, spares),
        *await fleet.operations(db),
        *await fleet.outbox(db),
        await fleet.cost(db, facts),
    ]
