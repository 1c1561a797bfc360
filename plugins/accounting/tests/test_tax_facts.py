"""Entries that tell the tax return themselves, as tills do: no invoice stands behind them."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plugins.accounting.services import desk, posting, taxes, years
from weft import Invalid
from weft.contracts import AlreadyPosted, Ledger, NewEntry, PeriodLocked, Source, TaxFact
from weft.testing import Client

from .conftest import Books, entry, line, money

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def sale(*facts: TaxFact, source: Source | None = None, **more: Any) -> NewEntry:
    """A sale of 110 at a till, of which 10 is tax."""
    lines = (line("1010", "110"), line("4000", "-100"), line("2200", "-10"))
    return entry(*lines, source=source, taxes=facts or (fact("100", "10"),), **more)


def fact(base: str, amount: str, code: str = "sale_standard") -> TaxFact:
    return TaxFact(code=code, base=Decimal(base), amount=Decimal(amount))


@pytest.fixture
async def taxed(books: Books) -> Books:
    await taxes.choose_system(books.tenant, "generic")
    return books


async def boxes(books: Books, first: date = MARCH[0], last: date = MARCH[1]) -> dict[str, Decimal]:
    page = await desk.tax_return(books.tenant, first, last)
    assert page is not None
    return {each.box.code: each.reported for each in page.boxes if each.reported}


async def test_what_a_sale_tells_stands_in_the_boxes_of_its_tax(taxed: Books) -> None:
    await taxed.put(sale(fact("60", "6"), fact("80", "4", "sale_reduced"), fact("5", "0", "sale_zero")))
    assert await boxes(taxed) == {"S1": 140, "S2": 10, "S5": 5, "N1": 10, "N3": 10}


async def test_a_return_of_goods_stands_where_credit_notes_do(taxed: Books) -> None:
    await taxed.put(sale())
    await taxed.put(entry(line("1010", "-22"), line("4000", "20"), line("2200", "2"), taxes=(fact("-20", "-2"),)))
    assert await boxes(taxed) == {"S1": 100, "S2": 10, "S3": 20, "S4": 2, "N1": 8, "N3": 8}


async def test_many_sales_tell_as_much_as_each_alone(taxed: Books) -> None:
    async with taxed.tenant.transaction():
        await posting.post_many(taxed.tenant, [sale(), entry(line("1010", "1"), line("4000", "-1")), sale(fact("60", "6"))])
    assert await boxes(taxed) == {"S1": 160, "S2": 16, "N1": 16, "N3": 16}


async def test_a_reversal_takes_the_taxes_back_on_its_own_day(taxed: Books) -> None:
    made = await taxed.put(sale())
    async with taxed.tenant.transaction():
        await posting.reverse(taxed.tenant, made.id, date(2026, 4, 2), "rung up twice")
    assert await boxes(taxed) == {"S1": 100, "S2": 10, "N1": 10, "N3": 10}
    assert await boxes(taxed, date(2026, 4, 1), date(2026, 4, 30)) == {"S3": 100, "S4": 10, "N1": -10, "N3": -10}


async def test_a_tax_is_told_as_it_stood_on_the_day_of_the_sale(taxed: Books) -> None:
    await taxes.choose_system(taxed.tenant, "de")
    lines = (line("1010", "116"), line("4000", "-100"), line("2200", "-16"))
    async with taxed.tenant.transaction():
        await years.ensure_year(taxed.tenant, date(2020, 8, 3))
    await taxed.put(entry(*lines, day=date(2020, 8, 3), taxes=(fact("100", "16", "de_u_19"),)))
    assert (await boxes(taxed, date(2020, 8, 1), date(2020, 8, 31)))["35"] == 100


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        (fact("100", "10", "no_such_tax"), "taxes.0.code", "no tax “no_such_tax”"),
        (fact("100", "10.005"), "taxes.0.amount", "no amount in GBP"),
        (fact("NaN", "10"), "taxes.0.base", "no amount in GBP"),
    ],
)
async def test_what_a_return_could_not_hold_is_refused(taxed: Books, wrong: TaxFact, field: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        await taxed.put(sale(wrong))
    assert sentence in refused.value.fields[field]
    assert await boxes(taxed) == {}


async def test_without_taxes_of_the_business_a_sale_that_tells_some_is_refused(books: Books) -> None:
    with pytest.raises(Invalid, match="Choose the taxes"):
        await books.put(sale())


async def test_the_lock_of_the_tax_return_holds_for_sales_without_tax_too(taxed: Books) -> None:
    await years.set_lock(taxed.tenant, "tax", date(2026, 3, 31))
    with pytest.raises(PeriodLocked):
        await taxed.put(entry(line("1010", "5"), line("4000", "-5"), taxes=(fact("5", "0", "sale_zero"),)))
    await taxed.put(entry(line("1010", "5"), line("4000", "-5")))


async def test_a_sale_told_twice_counts_once_and_other_taxes_are_other_figures(taxed: Books) -> None:
    source = Source("till.sale", "1", "Sale 1")
    assert await taxed.put(sale(source=source)) == await taxed.put(sale(source=source))
    assert (await boxes(taxed))["S1"] == 100
    with pytest.raises(AlreadyPosted):
        await taxed.put(sale(fact("90", "10"), source=source))


async def test_tills_that_post_at_once_lose_no_tax(taxed: Books) -> None:
    async def ring_up() -> None:
        async with taxed.tenant.transaction():
            await taxed.tenant.service(Ledger).post(sale())

    await asyncio.gather(*(ring_up() for _ in range(12)))
    assert await boxes(taxed) == {"S1": 1200, "S2": 120, "N1": 120, "N3": 120}


async def test_the_return_leads_to_the_entry(taxed: Books, client: Client) -> None:
    made = await taxed.put(sale())
    page = await client.get(f"/accounting/tax-return?first={MARCH[0]}&last={MARCH[1]}")
    assert f'href="/accounting/entries/{made.id}">{made.reference}</a>' in page.text
    assert (await client.get(f"/accounting/entries/{made.id}")).status_code == 200
    assert money("100") == (await boxes(taxed))["S1"]
