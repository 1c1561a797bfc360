"""Data keys: one for each business, wrapped by a key the database does not know, changed without loss, gone with the business."""

from datetime import timedelta

import msgspec
import pytest

from core.settings import Misconfigured
from core.vault.columns import Column, Unreadable, generation_of, seal, unseal
from core.vault.keys import Vault
from core.webhooks.endpoints import Endpoints, NewEndpoint
from infra.testing import Installation
from tenants.life import delete, purge
from tenants.rekeying import new_data_key, seal_anew
from weft import new_id
from weft.errors import Missing

TAX_ID = Column("clinic_patient", "tax_id")


async def test_a_value_opens_in_its_own_business_table_column_and_row_alone(installation: Installation) -> None:
    here, there = await installation.new_tenant(), await installation.new_tenant()
    vault, row = installation.runtime.vault, new_id()
    keys, others = await vault.keys_of(here.schema), await vault.keys_of(there.schema)
    sealed = seal(keys, TAX_ID, row, b"DE136695976")
    assert b"136695976" not in sealed
    assert sealed != seal(keys, TAX_ID, row, b"DE136695976"), "equal values do not look equal"
    assert unseal(keys, TAX_ID, row, sealed) == b"DE136695976"
    for tried, column, place, value in (
        (others, TAX_ID, row, sealed),
        (keys, TAX_ID, new_id(), sealed),
        (keys, Column("clinic_patient", "iban"), row, sealed),
        (keys, Column("clinic_nurse", "tax_id"), row, sealed),
        (keys, TAX_ID, row, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (keys, TAX_ID, row, b"plain text that never was sealed"),
    ):
        with pytest.raises(Unreadable):
            unseal(tried, column, place, value)
    wrapped = await installation.runtime.platform.fetch("SELECT wrapped FROM platform.tenant_key")
    assert not any(key in row["wrapped"] for row in wrapped for key in (*keys.keys.values(), *others.keys.values()))


async def test_the_installations_key_is_changed_with_every_business_readable_before_meanwhile_and_after(installation: Installation) -> None:
    tenant = await installation.new_tenant()
    runtime = installation.runtime
    before = (await runtime.vault.keys_of(tenant.schema)).keys
    changed = msgspec.structs.replace(runtime.settings, vault_key="a new key of the installation's own")
    meanwhile = Vault(changed, runtime.platform, runtime.changes)  # the key derived from the secret key is still known
    assert (await meanwhile.keys_of(tenant.schema)).keys == before
    assert await meanwhile.rewrap(batch=1) >= 1
    assert await meanwhile.rewrap() == 0
    stranger = msgspec.structs.replace(changed, secret_key="another", vault_key="")
    with pytest.raises(Misconfigured, match="set WEFT_VAULT_KEY"):
        await Vault(stranger, runtime.platform, runtime.changes).keys_of(tenant.schema)
    again = msgspec.structs.replace(changed, vault_key="the third", vault_old_keys="a new key of the installation's own", secret_key="x")
    assert (await Vault(again, runtime.platform, runtime.changes).keys_of(tenant.schema)).keys == before
    back = msgspec.structs.replace(runtime.settings, vault_old_keys="a new key of the installation's own")
    assert await Vault(back, runtime.platform, runtime.changes).rewrap() >= 1


async def test_a_business_gets_a_new_data_key_and_what_was_sealed_with_the_old_one_goes_over_to_it(installation: Installation) -> None:
    tenant = await installation.new_tenant()
    runtime = installation.runtime
    endpoints = Endpoints(runtime, tenant)
    made = await endpoints.add(NewEndpoint(url="https://hooks.example/weft"))
    await endpoints.rotate(made)
    told = await endpoints.secret(made)
    old = seal(await runtime.vault.keys_of(tenant.schema), TAX_ID, made, b"x")
    assert await new_data_key(runtime, tenant) == 2
    assert await seal_anew(runtime, tenant) == 0
    row = await runtime.platform.fetchrow("SELECT secret, old_secret FROM platform.webhook_endpoint WHERE id = $1", made)
    assert row is not None
    assert {generation_of(row["secret"]), generation_of(row["old_secret"])} == {2}
    assert await endpoints.secret(made) == told
    assert unseal(await runtime.vault.keys_of(tenant.schema), TAX_ID, made, old) == b"x", "what another process still has open can be read"


async def test_with_a_business_its_keys_go_and_nobody_makes_it_new_ones(installation: Installation) -> None:
    tenant = await installation.new_tenant()
    vault = installation.runtime.vault
    keys = await vault.keys_of(tenant.schema)
    sealed = seal(keys, TAX_ID, tenant.id, b"x")
    await delete(installation.runtime, tenant.id, "", timedelta())
    await purge(installation.provisioner, tenant.id)
    await installation.runtime.changes.catch_up(installation.runtime.platform, patience=5)
    with pytest.raises(Missing):
        unseal(await vault.keys_of(tenant.schema), TAX_ID, tenant.id, sealed)
    assert await installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant_key WHERE tenant = $1", tenant.schema) == 0
