"""Finding parties that are there twice."""

import pytest

from plugins.contacts.domain.details import Address, Details, Point
from plugins.contacts.domain.duplicates import EMAIL, IDENTIFIER, NAME, PHONE, SIMILAR, because, score
from plugins.contacts.jobs import ask_for_duplicates
from plugins.contacts.services import duplicates, merging, parties
from weft import Missing, Tenant
from weft.testing import Jobs

from .conftest import Make

LEEDS, YORK = (Address(lines=("1",), city="Leeds", country="GB"),), (Address(lines=("1",), city="York", country="GB"),)


async def open_pairs(tenant: Tenant) -> dict[frozenset[str], set[str]]:
    """Return the pairs that nobody has decided on, by the names of the two."""
    found = await duplicates.suspects(tenant, None, 100)
    return {frozenset((each.first.details.name, each.second.details.name)): set(each.pair.reasons) for each in found}


async def some_twice(make: Make) -> None:
    """Add parties of which some are there twice."""
    await make.named("Acme Ltd", emails=(Point("x@acme.example"),), phones=(Point("+442079460001"),))
    await make.named("Beta", emails=(Point("x@acme.example"),), phones=(Point("+442079460001"),))
    await make.named("Gamma", phones=(Point("+442079460002"),))
    await make.named("Delta", phones=(Point("+442079460002"),))
    await make.named("Söhne & Müller GmbH")
    await make.named("Mueller und Soehne")
    await make.named("Schmidt Metallbau", addresses=LEEDS)
    await make.named("Schmit Metallbau", addresses=LEEDS)
    await make.named("Schmitt Metallbau", addresses=YORK)
    await make.named("Ada Lovelace", kind="person", addresses=LEEDS)


EXPECTED = {
    frozenset(("Acme Ltd", "Beta")): {EMAIL, PHONE},
    frozenset(("Gamma", "Delta")): {PHONE},
    frozenset(("Söhne & Müller GmbH", "Mueller und Soehne")): {NAME},
    frozenset(("Schmidt Metallbau", "Schmit Metallbau")): {SIMILAR},
}


async def test_a_search_finds_equal_addresses_numbers_and_names_and_similar_names_in_a_town(tenant: Tenant, make: Make) -> None:
    await some_twice(make)
    assert await duplicates.search_all(tenant) == 5
    assert await open_pairs(tenant) == EXPECTED


async def test_two_with_one_number_who_are_called_alike_are_likelier_though_the_town_of_one_is_unknown(tenant: Tenant, make: Make) -> None:
    number = (Point("+441632960105"),)
    await make.named("Weald Growers", phones=number, addresses=LEEDS)
    await make.named("Weald Growers Ltd", phones=number)
    assert await duplicates.search_all(tenant) == 1
    assert await open_pairs(tenant) == {frozenset(("Weald Growers", "Weald Growers Ltd")): {PHONE, NAME}}


async def test_a_search_by_a_worker_finds_the_same_and_is_asked_for_once(tenant: Tenant, make: Make, jobs: Jobs) -> None:
    await some_twice(make)
    await ask_for_duplicates(tenant)
    await ask_for_duplicates(tenant)
    ran = await jobs.run_all(of=tenant)
    assert [(each.name, each.state) for each in ran] == [("contacts.find_duplicates", "done")]
    assert await open_pairs(tenant) == EXPECTED


async def test_a_search_again_forgets_what_is_no_longer_so_and_keeps_what_was_decided(tenant: Tenant, make: Make) -> None:
    await some_twice(make)
    await duplicates.search_all(tenant)
    first, *_ = await duplicates.suspects(tenant, None, 10)
    await duplicates.dismiss(tenant, first.pair.id)
    gamma = next(
        each for each in await duplicates.suspects(tenant, None, 10) if "Gamma" in (each.first.details.name, each.second.details.name)
    )
    await parties.update_party(tenant, gamma.first.id, 1, Details(kind="organisation", name=gamma.first.details.name))
    await duplicates.search_all(tenant)
    assert set(await open_pairs(tenant)) == set(EXPECTED) - {frozenset(("Acme Ltd", "Beta")), frozenset(("Gamma", "Delta"))}
    with pytest.raises(Missing):
        await duplicates.dismiss(tenant, gamma.first.id)


async def test_merging_a_pair_takes_it_off_the_list(tenant: Tenant, make: Make) -> None:
    await some_twice(make)
    await duplicates.search_all(tenant)
    first, *_ = await duplicates.suspects(tenant, None, 10)
    await merging.merge(tenant, (first.first.id, 1), (first.second.id, 1), {})
    assert frozenset(("Acme Ltd", "Beta")) not in await open_pairs(tenant)


async def test_pairs_are_paged_from_the_likeliest_down(tenant: Tenant, make: Make) -> None:
    await some_twice(make)
    await duplicates.search_all(tenant)
    every = [each.pair for each in await duplicates.suspects(tenant, None, 10)]
    assert [each.score for each in every] == sorted((each.score for each in every), reverse=True)
    paged, after = [], None
    while page := await duplicates.suspects(tenant, after, 1):
        paged += [each.pair for each in page]
        after = (page[-1].pair.score, page[-1].pair.id)
    assert paged == every


async def test_a_number_of_a_reception_tells_nothing(tenant: Tenant, make: Make) -> None:
    for number in range(6):
        await make.named(f"Tenant {number} of the tower", phones=(Point("+442079460003"),))
    await duplicates.search_all(tenant)
    assert await open_pairs(tenant) == {}


async def test_who_is_being_added_is_compared_with_those_who_are_there(tenant: Tenant, make: Make) -> None:
    await some_twice(make)
    found = await duplicates.lookalikes(tenant, Details(kind="organisation", name="Schmidt Metalbau", addresses=LEEDS), None)
    assert {each.name: each.reasons for each in found} == {"Schmidt Metallbau": (SIMILAR,), "Schmit Metallbau": (SIMILAR,)}
    assert await duplicates.lookalikes(tenant, Details(kind="person", name="Schmidt Metallbau", addresses=LEEDS), None) == []


def test_reasons_add_up_and_are_told_in_words() -> None:
    assert score([IDENTIFIER]) > score([EMAIL, NAME]) > score([EMAIL]) > score([NAME]) > score([PHONE]) > score([SIMILAR])
    assert score([NAME, SIMILAR]) == score([NAME])
    assert because([NAME, EMAIL, PHONE]) == "the same e-mail address, the same telephone number and the same name"
