"""An admin changes settings: of the business and of a module."""

import msgspec

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from plugins.catalogue.settings import CatalogueSettings

GOOD = {"name": "Acme & Daughters", "country": "DE", "currency": "EUR", "timezone": "Europe/Berlin", "locale": "de_DE"}


async def version_of(installation: Installation, tenant: LiveTenant) -> str:
    """Return the version a form would carry."""
    return str(await installation.runtime.platform.fetchval("SELECT version FROM platform.tenant WHERE id = $1", tenant.id))


async def test_what_is_saved_is_shown_and_audited(client: Browser, tenant: LiveTenant, installation: Installation) -> None:
    answer = await client.submit("/settings", {**GOOD, "version": await version_of(installation, tenant)})
    assert answer.status_code == 303
    page = await client.get("/settings")
    assert "Acme &amp; Daughters" in page.text
    async with tenant.transaction() as db:
        row = await db.fetchrow("SELECT action, before::text, after::text FROM platform.audit_entry WHERE record_kind = 'core.business'")
    assert row is not None
    assert msgspec.json.decode(row["before"])["currency"] == "GBP"
    assert msgspec.json.decode(row["after"])["currency"] == "EUR"


async def test_the_second_of_two_editors_is_told_and_overwrites_nothing(
    client: Browser, tenant: LiveTenant, installation: Installation
) -> None:
    version = await version_of(installation, tenant)
    await client.submit("/settings", {**GOOD, "version": version})
    late = await client.submit("/settings", {**GOOD, "name": "Late Ltd", "version": version})
    assert late.status_code == 409
    assert "Somebody else has changed" in late.text
    assert "Late Ltd" in late.text  # what was typed is not lost
    record = await installation.runtime.catalogue.by_id(tenant.id)
    assert record is not None
    assert record.name == "Acme & Daughters"


async def test_every_wrong_field_gets_its_own_sentence(client: Browser, tenant: LiveTenant, installation: Installation) -> None:
    wrong = {"name": "", "country": "DE", "currency": "XXQ", "timezone": "Mars/Olympus", "locale": "de_DE"}
    answer = await client.submit("/settings", {**wrong, "version": await version_of(installation, tenant)})
    assert answer.status_code == 422
    assert "This field is required." in answer.text
    answer = await client.submit("/settings", {**wrong, "name": "A", "version": await version_of(installation, tenant)})
    assert answer.status_code == 422
    assert "is not an ISO 4217 currency" in answer.text
    assert "is not a time zone" in answer.text


async def test_settings_need_their_permission(tenant: LiveTenant, visitors: Visitors) -> None:
    clerk = await visitors.sign_in(tenant, "notes.note.read")
    for path in ("/settings", "/modules", "/jobs"):
        assert (await clerk.get(path)).status_code == 403
    assert (await clerk.submit("/settings", GOOD)).status_code == 403


async def test_a_form_from_elsewhere_is_refused(client: Browser, tenant: LiveTenant) -> None:
    answer = await client.post("/settings", data={**GOOD, "version": "1"})
    assert answer.status_code == 403
    assert "reload the page" in answer.text


async def test_the_second_editor_sees_both_versions_and_may_then_save_over_the_first(
    client: Browser, tenant: LiveTenant, installation: Installation
) -> None:
    version = await version_of(installation, tenant)
    await client.submit("/settings", {**GOOD, "version": version})
    late = await client.submit("/settings", {**GOOD, "name": "Late Ltd", "currency": "USD", "version": version})
    for told in ("Theirs: Acme &amp; Daughters", "Yours: Late Ltd", "Theirs: EUR", "Yours: USD"):
        assert told in late.text
    assert "Theirs: DE" not in late.text  # both chose the same country
    again = late.text.partition('name="version" value="')[2].partition('"')[0]
    assert (await client.submit("/settings", {**GOOD, "name": "Late Ltd", "version": again})).status_code == 303


async def test_two_admins_who_change_one_modules_settings_overwrite_nothing_unseen(client: Browser, tenant: LiveTenant) -> None:
    async def form() -> dict[str, str]:
        page = (await client.get("/settings/catalogue")).text
        codes = CatalogueSettings().in_store_codes
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        return {"make_skus": "on", "new_status": "active", "in_store_codes": codes, "sku_prefix": "P-", "sku_digits": "5", "seen": seen}

    first, second = await form(), await form()
    assert (await client.submit("/settings/catalogue", {**first, "sku_prefix": "A-"})).status_code == 303
    late = await client.submit("/settings/catalogue", {**second, "sku_prefix": "B-"})
    assert late.status_code == 409
    assert "Theirs: A-" in late.text
    assert "Yours: B-" in late.text
    assert late.text.count("Theirs: ") == 1
    assert 'value="B-"' in late.text
    async with tenant.transaction() as db:
        entries = await db.fetch("SELECT after::text FROM platform.audit_entry WHERE record_kind = 'core.settings'")
    assert len(entries) == 1
    seen = late.text.partition('name="seen" value="')[2].partition('"')[0]
    assert (await client.submit("/settings/catalogue", {**second, "sku_prefix": "B-", "seen": seen})).status_code == 303
    assert 'value="B-"' in (await client.get("/settings/catalogue")).text
