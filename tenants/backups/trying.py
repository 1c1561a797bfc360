"""Tries a backup by restoring it: into a business that nobody can reach, which is looked over and erased."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from core.audit.verify import verify_log
from core.checks.kept import latest_runs
from core.checks.running import Checking, run_checks
from core.tenancy.tenant import LiveTenant
from tenants.archive.importing import Imported, Target, Wanted, import_tenant
from tenants.backups.making import opened_backup
from tenants.backups.shelf import Backup
from tenants.life import purge
from weft.errors import WeftError

AT_MOST = timedelta(hours=6)  # how long a trial may take: whatever became of it, its business is erased then


async def try_backup(target: Target, schema: str, backup: Backup) -> str:
    """Restore a backup, look it over, erase it again; returns in one sentence what is wrong, empty when nothing is, and keeps that.

    Everything that came in was held against its checksum and counted by the database; then the audit log is verified and every check of
    every module is run.
    """
    runtime = target.runtime
    try:
        until = runtime.now() + AT_MOST
        wanted = Wanted(f"trial-{secrets.token_hex(6)}", people=False, quiet=True, erased_at=until)
        async with opened_backup(runtime, schema, backup.id) as opened:
            made = await import_tenant(target, opened, wanted)
        try:
            trouble = await _look_over(target, made)
        finally:
            await _erase(target, made)
    except WeftError as wrong:
        trouble = f"It could not be restored. {wrong.message}"
    except Exception as wrong:
        await runtime.platform.execute(_TRIED, schema, backup.id, runtime.now(), f"The trial failed: {type(wrong).__name__}.")
        raise
    await runtime.platform.execute(_TRIED, schema, backup.id, runtime.now(), trouble[:1000])
    return trouble


async def _look_over(target: Target, made: Imported) -> str:
    runtime = target.runtime
    tenant = await runtime.tenant_by_id(made.tenant_id)
    verdict = await verify_log(runtime.platform, made.schema)
    if verdict.tampering:
        return f"Its audit log does not prove: {verdict.tampering.sentence}"
    if made.lost:
        return f"{len(made.lost)} files are not in it: their bytes were gone when it was made."
    found = [sentence for key in sorted(tenant.catalogue_entry.enabled) for sentence in await _checked(tenant, key)]
    return f"{len(found)} checks of modules object. {found[0]}" if found else ""


async def _checked(tenant: LiveTenant, key: str) -> Sequence[str]:
    """Return what a module's checks object to in the restored business, and did not in the business as it was backed up."""
    if not tenant.house.registry.checks(frozenset({key})):
        return ()
    async with tenant.transaction() as db:
        before = {each.sentence for run in await latest_runs(db, key, 1) for answer in run.answers for each in answer.findings}
    await run_checks(tenant, Checking(key))
    async with tenant.transaction() as db:
        [run] = await latest_runs(db, key, 1)
    found = [each for answer in run.answers for each in answer.findings]
    return [each.sentence for each in found if each.severity == "error" and each.sentence not in before]


async def _erase(target: Target, made: Imported) -> None:
    """Erase the restored business at once; should that fail, the operator does it when its time is over."""
    await target.runtime.platform.execute("UPDATE platform.tenant SET delete_after = now() WHERE id = $1", made.tenant_id)
    await purge(target.provisioner, made.tenant_id)


_TRIED = "UPDATE platform.backup SET tested_at = $3, trouble = $4 WHERE tenant = $1 AND id = $2"
