"""An admin reads the audit log, verifies it, and takes it away to be checked by a stranger."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from core.audit.seal import seal_tenant
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from web.history import shown

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_audit.py"


def verify(file: Path) -> "subprocess.CompletedProcess[str]":
    """Run the script that strangers run."""
    return subprocess.run([sys.executable, str(VERIFIER), str(file)], capture_output=True, text=True, check=False)


async def change_something(client: Browser, tenant: LiveTenant, installation: Installation, name: str) -> None:
    """Change the business's name through its page."""
    version = await installation.runtime.platform.fetchval("SELECT version FROM platform.tenant WHERE id = $1", tenant.id)
    facts = {"name": name, "country": "GB", "currency": "GBP", "timezone": "Europe/London", "locale": "en_GB", "version": version}
    assert (await client.submit("/settings", facts)).status_code == 303


async def test_a_change_is_shown_with_what_was_there_before(client: Browser, tenant: LiveTenant, installation: Installation) -> None:
    await change_something(client, tenant, installation, "Renamed Ltd")
    page = await client.get("/audit")
    assert "changed settings" in page.text
    assert "Renamed Ltd" in page.text
    assert tenant.name in page.text
    assert "not sealed yet" in page.text


async def test_filters_narrow_what_is_shown(client: Browser, tenant: LiveTenant, installation: Installation) -> None:
    await change_something(client, tenant, installation, "Renamed Ltd")
    assert "Renamed Ltd" in (await client.get("/audit?kind=core.business")).text
    assert "Nothing is like that" in (await client.get("/audit?kind=notes.note")).text
    assert "Nothing is like that" in (await client.get("/audit?until=2020-01-01")).text
    assert (await client.get("/audit?since=yesterday")).status_code == 422


async def test_tampering_is_found_and_named(client: Browser, tenant: LiveTenant, installation: Installation) -> None:
    await change_something(client, tenant, installation, "Renamed Ltd")
    await seal_tenant(installation.runtime.platform, tenant.schema)
    assert "The log is intact" in (await client.submit("/audit/verify")).text
    async with installation.provisioner.as_owner() as db:
        await db.execute("ALTER TABLE platform.audit_entry DISABLE TRIGGER USER")
        await db.execute("UPDATE platform.audit_entry SET actor_name = 'Somebody else' WHERE tenant = $1 AND position = 0", tenant.schema)
        await db.execute("ALTER TABLE platform.audit_entry ENABLE TRIGGER USER")
    page = await client.submit("/audit/verify")
    assert "Tampering found" in page.text
    assert "Entry 0" in page.text


async def test_a_stranger_can_check_the_download(client: Browser, tenant: LiveTenant, installation: Installation, tmp_path: Path) -> None:
    await change_something(client, tenant, installation, "Renamed Ltd")
    await seal_tenant(installation.runtime.platform, tenant.schema)
    log, proof = tmp_path / "log.jsonl", tmp_path / "proof.json"
    log.write_bytes((await client.get("/audit/export")).content)
    proof.write_bytes((await client.get("/audit/0/proof")).content)
    for file in (log, proof):
        checked = verify(file)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    log.write_text(log.read_text().replace("Renamed Ltd", "Innocent Ltd"))
    checked = verify(log)
    assert checked.returncode != 0


async def test_the_log_needs_its_permission(tenant: LiveTenant, visitors: Visitors) -> None:
    clerk = await visitors.sign_in(tenant, "core.jobs")
    for path in ("/audit", "/audit/export", "/audit/0/proof"):
        assert (await clerk.get(path)).status_code == 403


async def test_moments_are_told_on_the_clocks_of_the_business(client: Browser, tenant: LiveTenant, installation: Installation) -> None:
    await client.submit("/people/tokens/new", {"name": "Web shop", "days": "90", "may": "core.jobs"})
    page = (await client.get("/audit?kind=core.token")).text
    assert "created “Web shop”" in page
    expires = (installation.runtime.now() + timedelta(days=90)).astimezone(tenant.timezone)
    assert f"{expires.day} {expires:%b} {expires.year}" in page
    assert f"{expires:%Y-%m-%dT}" not in page.replace('datetime="', "")


def test_values_of_an_entry_read_as_people_write_them() -> None:
    def at_noon(moment: datetime) -> str:
        return f"{moment:%d.%m.%Y}"

    entry = {"open": True, "none": None, "at": "2026-03-01T09:30:00Z", "tags": ["a", "b"]}
    assert shown(entry, at_noon) == "open: yes, at: 01.03.2026, tags: a, b"
    assert shown("2026-03-01", at_noon) == "2026-03-01"
    assert shown([], at_noon) is None
