"""What other modules are told of the taxes of the business."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from plugins.accounting.domain.tax.determination import TaxCategory
from plugins.accounting.services import tax_categories, taxes
from weft import Invalid, Tenant
from weft.contracts import Address, NewParty, Parties, SaleTax, Taxes

DAY = date(2026, 3, 16)


async def party(tenant: Tenant, country: str, **identifiers: str) -> UUID:
    new = NewParty(kind="organisation", name="Ada", address=Address(country=country), identifiers=identifiers)
    return (await tenant.service(Parties).add(new)).id


async def test_a_till_takes_the_taxes_of_each_category_along(tenant: Tenant) -> None:
    await taxes.choose_system(tenant, "de")
    async with tenant.transaction():
        book = tenant.service(Taxes)
        assert ("reduced", "Ermäßigt") in await book.categories()
        taken = await book.sale_taxes(DAY)
        before = await book.sale_taxes(date(2020, 8, 1))
    assert [(key, each.code, each.rate) for key, found in taken.items() for each in found][:2] == [
        ("", "de_u_19", Decimal(19)),
        ("reduced", "de_u_7", Decimal(7)),
    ]
    assert [each.rate for each in before["reduced"]] == [5]


async def test_a_group_of_taxes_is_told_tax_by_tax(tenant: Tenant) -> None:
    await taxes.choose_system(tenant, "us")
    _, version = await tax_categories.system_and_version(tenant)
    await tax_categories.save(tenant, TaxCategory(key="", title="Taxable", sale=("nyc",)), version)
    async with tenant.transaction():
        found = await tenant.service(Taxes).on_sale("", DAY)
    assert [each.code for each in found] == ["ny_state", "ny_city", "ny_mctd"]


async def test_a_customer_abroad_is_taxed_as_an_export(tenant: Tenant) -> None:
    await taxes.choose_system(tenant, "de")
    async with tenant.transaction():
        book = tenant.service(Taxes)
        paris = await party(tenant, "FR", vat="FR40303265045")
        assert [each.code for each in await book.on_sale("", DAY, paris)] == ["de_u_igl"]
        assert [each.code for each in await book.on_sale("", DAY, paris, "service")] == ["de_u_eu_leistung"]
        assert [each.code for each in await book.on_sale("reduced", DAY, await party(tenant, "DE"))] == ["de_u_7"]
        assert await book.on_sale("", DAY) == [SaleTax(code="de_u_19", title="Umsatzsteuer, Regelsatz", rate=Decimal(19), category="S")]
        with pytest.raises(Invalid, match="no tax category"):
            await book.on_sale("luxury", DAY)


async def test_an_order_shows_what_the_supplier_adds_and_not_what_the_buyer_owes(tenant: Tenant) -> None:
    await taxes.choose_system(tenant, "de")
    async with tenant.transaction():
        book = tenant.service(Taxes)
        assert [each.rate for each in await book.on_purchase("", DAY, await party(tenant, "DE"))] == [Decimal(19)]
        assert await book.on_purchase("", DAY, await party(tenant, "FR", vat="FR40303265045")) == []


async def test_without_taxes_of_the_business_nothing_is_taxed(tenant: Tenant) -> None:
    async with tenant.transaction():
        book = tenant.service(Taxes)
        assert await book.categories() == (("", "Standard"),)
        assert await book.on_sale("reduced", DAY) == []
        assert await book.sale_taxes(DAY) == {"": []}
