"""Sign-up claims what stands ready: quickly, once, and under an address nobody else has."""

import asyncio
import dataclasses
from uuid import UUID

import pytest

from infra.testing import Installation
from tenants.life import NewTenant, check_slug, claim_spare, slug_is_free
from tenants.spares import count_spares, make_spare
from tests.tenants.ground import Connection, operator_of, with_plugins
from tests.tenants.plugins import Made
from weft import Invalid, Lifecycle, Tenant

NEW = NewTenant("north-bakery", "North Bakery", "DE", "EUR", "Europe/Berlin", "de_DE")


async def claim(installation: Installation, new: NewTenant) -> UUID | None:
    async with installation.runtime.platform.transaction() as db:
        return await claim_spare(db, new)


@pytest.fixture(autouse=True)
async def _no_spares(superuser: Connection) -> None:
    await superuser.execute("DELETE FROM platform.tenant WHERE state = 'spare'")


async def test_a_claim_turns_a_spare_into_the_business_that_asked(installation: Installation) -> None:
    schema = await make_spare(installation.provisioner, installation.modules, ("shop",))
    tenant_id = await claim(installation, NEW)
    assert tenant_id is not None
    tenant = await installation.runtime.tenant_by_id(tenant_id)
    assert (tenant.schema, tenant.slug, tenant.name, tenant.country, tenant.currency, tenant.locale) == (
        *(schema, "north-bakery", "North Bakery", "DE", "EUR", "de_DE"),
    )
    assert str(tenant.timezone) == "Europe/Berlin"
    assert tenant.has("shop")
    assert not await slug_is_free(installation.runtime, "north-bakery")
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM shop_item") == 0


async def test_an_empty_pool_gives_nothing(installation: Installation) -> None:
    assert await claim(installation, dataclasses.replace(NEW, slug="nobody-there")) is None


async def test_claims_at_once_get_different_spares(installation: Installation) -> None:
    for _ in range(6):
        await make_spare(installation.provisioner, installation.modules, ())
    news = [dataclasses.replace(NEW, slug=f"rush-{number}") for number in range(8)]
    claimed = await asyncio.gather(*(claim(installation, new) for new in news))
    got = [each for each in claimed if each]
    assert len(got) == len(set(got)) == 6
    assert await count_spares(installation.runtime.platform) == 0


async def test_of_two_who_want_one_address_at_once_one_is_told_that_it_is_taken(installation: Installation) -> None:
    for _ in range(2):
        await make_spare(installation.provisioner, installation.modules, ())
    new = dataclasses.replace(NEW, slug="wanted-by-two")
    first, second = await asyncio.gather(claim(installation, new), claim(installation, new), return_exceptions=True)
    refused = next(each for each in (first, second) if isinstance(each, BaseException))
    assert isinstance(refused, Invalid)
    assert refused.fields == {"slug": "The address “wanted-by-two” is taken: choose another."}
    assert await count_spares(installation.runtime.platform) == 1


@pytest.mark.parametrize(
    "slug",
    [
        *("", "a", "ab", "-ab", "ab-", "a--b", "xn--bcher-kva", "Abc", "ABC", "1ab", "a b", "a_b", "a.b", "a/b", "a@b", "ab\n", " abc"),
        *("bücher", "ａｂｃ", "аbc", "a\u200bbc", "a" * 41, "www", "api", "admin", "weft", "platform", "login"),
    ],
)
async def test_an_address_that_cannot_be_is_refused_with_a_sentence(installation: Installation, slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_slug(slug)
    assert set(refused.value.fields) == {"slug"}
    with pytest.raises(Invalid):
        await claim(installation, dataclasses.replace(NEW, slug=slug))


@pytest.mark.parametrize("slug", ["abc", "a1b", "north-bakery-2", "a" * 40])
async def test_an_address_that_can_be_passes(slug: str) -> None:
    check_slug(slug)


async def test_every_wrong_fact_is_told_at_once(installation: Installation) -> None:
    with pytest.raises(Invalid) as refused:
        await claim(installation, NewTenant("no", " ", "Germany", "EURO", "Mars/Olympus", "xx_YY_zz"))
    assert set(refused.value.fields) == {"slug", "name", "country", "currency", "timezone", "locale"}


async def test_a_claim_that_rolls_back_leaves_the_spare(installation: Installation) -> None:
    await make_spare(installation.provisioner, installation.modules, ())
    with pytest.raises(ZeroDivisionError):
        async with installation.runtime.platform.transaction() as db:
            assert await claim_spare(db, dataclasses.replace(NEW, slug="changed-my-mind"))
            raise ZeroDivisionError
    assert await count_spares(installation.runtime.platform) == 1
    assert await slug_is_free(installation.runtime, "changed-my-mind")


async def test_what_starters_do_when_they_are_switched_on_they_do_once_the_business_is_known(installation: Installation) -> None:
    seen = []

    async def on_enable(tenant: Tenant) -> None:
        seen.append((tenant.slug, tenant.currency))

    ground = with_plugins(installation, Made("greeter", life=Lifecycle(on_enable=on_enable)))
    await make_spare(ground.provisioner, ground.modules, ("greeter",))
    assert seen == []
    await claim(ground, dataclasses.replace(NEW, slug="greeted"))
    await operator_of(ground).work_off()
    assert seen == [("greeted", "EUR")]


async def test_a_claim_makes_no_table_and_no_role(installation: Installation, superuser: Connection) -> None:
    await make_spare(installation.provisioner, installation.modules, ("shop",))
    made = "SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_roles), (SELECT count(*) FROM pg_namespace)"
    before = await superuser.fetchrow(made)
    assert await claim(installation, dataclasses.replace(NEW, slug="quick"))
    assert await superuser.fetchrow(made) == before
