"""The demo shop with all its modules, out of one place and into another: nothing is lost, and nothing proven comes undone."""

import asyncio
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from core.audit.seal import seal_tenant
from core.audit.verify import verify_log
from core.checks.kept import latest_runs
from core.checks.running import Checking, run_checks
from core.people.accounts import new_account
from core.people.members import add_member, owner_role
from core.runtime import Runtime
from core.tenancy.catalogue import TenantRecord
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from plugins.accounting.services.bundling import make_bundle
from tenants.archive.files import export_to, opened_with
from tenants.archive.importing import Imported, Wanted, import_tenant
from tenants.archive.manifest import SHARED
from tests.archive.conftest import PASSPHRASE, Connection, source_of, target_of

ROWS = "SELECT md5(COALESCE(string_agg({what}, E'\\n' ORDER BY {what}), '')) || count(*) FROM {table} x {where}"
DOCS = Path(__file__).parents[2] / "docs"


async def digests(superuser: Connection, schema: str) -> dict[str, str]:
    """Return a digest of the rows of every table of a business, without what is its place: tenant, ids of shared rows, when it was made."""
    tables = await superuser.fetch("SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'", schema)
    found = {}
    for row in tables:
        what = "(x.app_name || x.name)" if row["relname"] == "migration" else "x::text"
        found[row["relname"]] = await superuser.fetchval(ROWS.format(what=what, table=f'{schema}."{row["relname"]}"', where=""))
    for shared in SHARED:
        kept = "to_jsonb(x) - 'tenant'" + (" - 'id'" if shared.replaced else "")
        mine = f"WHERE x.tenant = '{schema}'" + (" AND x.position IS NOT NULL" if shared.table == "audit_entry" else "")
        found[f"platform.{shared.table}"] = await superuser.fetchval(
            ROWS.format(what=f"({kept})::text", table=f"platform.{shared.table}", where=mine)
        )
    return found


async def test_a_copy_beside_the_shop_has_every_row_file_seal_and_role_of_it_and_passes_every_check(
    installation: Installation, superuser: Connection, shop: TenantRecord, tmp_path: Path
) -> None:
    await seal_tenant(installation.runtime.platform, shop.schema)
    file, keys = tmp_path / "shop.weft", (await installation.runtime.vault.keys_of(shop.schema)).keys
    manifest = await export_to(source_of(installation), shop.id, file, PASSPHRASE, installation.clock(), keys=keys)
    assert manifest.rows > 20_000
    async with opened_with(file, PASSPHRASE) as opened:
        made = await import_tenant(target_of(installation), opened, Wanted("beside", "Beside", quiet=True))
    before = await digests(superuser, shop.schema)
    assert {name for name, digest in (await digests(superuser, made.schema)).items() if digest != before[name]} == set()
    assert (await installation.runtime.vault.keys_of(made.schema)).keys == keys
    assert [tuple(row) for row in await superuser.fetch(ROLES, made.tenant_id)] == [
        tuple(row) for row in await superuser.fetch(ROLES, shop.id)
    ]
    assert await superuser.fetchval("SELECT bool_and(paused) AND count(*) > 0 FROM platform.schedule WHERE tenant = $1", made.schema)
    assert await superuser.fetchval("SELECT count(*) FROM platform.file_waste WHERE tenant = $1", made.schema) == 0
    tenant = await installation.runtime.tenant_by_id(made.tenant_id)
    await check_files(installation.runtime, shop, made, superuser)
    await check_proofs(tenant, installation.runtime, tmp_path)
    await check_all_modules(tenant)


async def test_elsewhere_people_who_are_known_by_their_mail_belong_to_it_at_once_and_others_are_invited(
    installation: Installation, elsewhere: Installation, tmp_path: Path
) -> None:
    tenant = await installation.new_tenant("catalogue")
    async with installation.runtime.platform.transaction() as db:
        owner = await owner_role(db, tenant.id)
        for name in ("Ada", "Ben"):
            person = await new_account(db, name, "no password", email=f"{name.lower()}@{tenant.slug}.example")
            await add_member(db, tenant.id, person, [owner])
    async with elsewhere.runtime.platform.transaction() as db:
        known = await new_account(db, "Ada B.", "another password", email=f"ada@{tenant.slug}.example")
    file = tmp_path / "small.weft"
    await export_to(source_of(installation), tenant.id, file, PASSPHRASE, installation.clock())
    async with opened_with(file, PASSPHRASE) as opened:
        made = await import_tenant(target_of(elsewhere), opened, Wanted(tenant.slug))
    away = elsewhere.runtime.platform
    assert [
        row["person_id"] for row in await away.fetch("SELECT person_id FROM platform.membership WHERE tenant_id = $1", made.tenant_id)
    ] == [known]
    assert (made.people.members, made.people.invited) == (1, (f"ben@{tenant.slug}.example",))
    assert await away.fetchval("SELECT subject FROM platform.mail WHERE recipient = $1", f"ben@{tenant.slug}.example")
    assert await away.fetchval("SELECT NOT bool_or(paused) FROM platform.schedule WHERE tenant = $1", made.schema) in (True, None)
    assert await away.fetchval("SELECT password_hash FROM platform.person WHERE id = $1", known) == "another password"


ROLES = """
SELECT p.email, array_agg(r.title ORDER BY r.title) AS roles FROM platform.membership m JOIN platform.person p ON p.id = m.person_id
JOIN platform.membership_role mr ON mr.membership_id = m.id JOIN platform.role r ON r.id = mr.role_id
WHERE m.tenant_id = $1 GROUP BY 1 ORDER BY 1
"""


async def check_files(runtime: Runtime, shop: TenantRecord, made: Imported, sql: Connection) -> None:
    """The bytes of every file are those they were."""
    files = await sql.fetch("SELECT id, sha256 FROM platform.file WHERE tenant = $1", made.schema)
    assert len(files) == made.files > 0
    for row in files:
        content = b"".join([part async for part in runtime.store.read(f"{made.schema}/{row['id']}")])
        assert sha256(content).hexdigest() == row["sha256"]
        assert content == b"".join([part async for part in runtime.store.read(f"{shop.schema}/{row['id']}")])


async def check_proofs(tenant: LiveTenant, runtime: Runtime, tmp_path: Path) -> None:
    """What was sealed still proves: by our own eyes, and by the script that knows nothing of Weft."""
    verdict = await verify_log(runtime.platform, tenant.schema)
    assert verdict.tampering is None
    assert verdict.size > 100
    log = tmp_path / "audit.jsonl"
    async with tenant.transaction():
        log.write_text("".join([line async for line in tenant.audit_log()]))
    books = tmp_path / "books.zip"
    bundle = await make_bundle(tenant)
    async with tenant.transaction():
        books.write_bytes(b"".join([part async for part in tenant.files.read(bundle.file)]))
    for script, file in (("verify_audit.py", log), ("verify_ledger.py", books)):
        command = [sys.executable, "-I", str(DOCS / script), str(file)]
        ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr


async def check_all_modules(tenant: LiveTenant) -> None:
    """Every check of every module says of the copy what it says of the shop: nothing."""
    for key in sorted(tenant.catalogue_entry.enabled):
        if not tenant.house.registry.checks(frozenset({key})):
            continue
        await run_checks(tenant, Checking(key))
        async with tenant.transaction() as db:
            [run] = await latest_runs(db, key, 1)
        found = [finding.sentence for answer in run.answers for finding in answer.findings if finding.severity == "error"]
        assert found == [], json.dumps({key: found})
