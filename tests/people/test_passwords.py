"""Which passwords are taken, and how they are kept."""

import asyncio
import time

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from core.auth import passwords
from core.people.strength import SHORTEST, check_strength, weakness
from weft.errors import Invalid


@pytest.mark.parametrize(
    "password", ["Password1234", "passw0rd!2026", "qwertyuiop12", "123456789012", "Welcome-2026!", "letmein letmein", "iloveyou1234!"]
)
def test_what_attackers_try_first_is_refused(password: str) -> None:
    assert "first" in weakness(password)


@pytest.mark.parametrize("password", ["abcabcabcabc", "aaaaaaaaaaaaaaaa", "ababababababab", "12ab12ab12ab"])
def test_the_same_thing_again_and_again_is_refused(password: str) -> None:
    assert "again" in weakness(password)


@pytest.mark.parametrize("password", ["AdaLovelace1815", "lovelace-ada-12", "engines1234567", "ada@engines.example"])
def test_what_is_known_of_a_person_is_refused(password: str) -> None:
    assert "name" in weakness(password, ["Ada Lovelace", "ada@engines.example"])


@pytest.mark.parametrize(
    "password", ["long quiet river stone", "correct horse battery", "tr0ub4dor&3xyz", "8f3k2l9x0q1z", "пароль-из-слов-42"]
)
def test_a_few_words_of_ones_own_are_taken(password: str) -> None:
    assert weakness(password, ["Ada Lovelace", "ada@engines.example"]) == ""


@given(st.text(max_size=SHORTEST - 1))
def test_a_short_password_is_never_taken(password: str) -> None:
    with pytest.raises(Invalid) as wrong:
        check_strength(password)
    assert str(SHORTEST) in wrong.value.fields["password"]


@given(st.text(min_size=1, max_size=6), st.integers(2, 30))
def test_repeating_something_short_never_makes_it_strong(piece: str, times: int) -> None:
    assert weakness(piece * times) != ""


async def test_a_password_is_kept_as_argon2id_and_fits_only_itself() -> None:
    stored = await passwords.hash_password("long quiet river stone")
    assert stored.startswith("$argon2id$")
    assert await passwords.matches(stored, "long quiet river stone")
    assert not await passwords.matches(stored, "long quiet river stones")


async def test_accents_typed_in_another_way_are_the_same_password() -> None:
    stored = await passwords.hash_password("caf\u00e9 crème fraîche")
    assert await passwords.matches(stored, "cafe\u0301 crème fraîche")


async def test_a_hash_of_other_parameters_is_to_be_made_anew() -> None:
    assert passwords.needs_rehash(PasswordHasher(time_cost=1, memory_cost=1024).hash("x"))
    assert not passwords.needs_rehash(await passwords.hash_password("x"))


async def test_an_account_that_does_not_exist_takes_as_long_as_a_wrong_password() -> None:
    stored = await passwords.hash_password("long quiet river stone")

    async def fastest(kept: str | None) -> float:
        times = []
        for _ in range(5):
            started = time.process_time()
            await passwords.matches(kept, "something else entirely")
            times.append(time.process_time() - started)
        return min(times)

    await passwords.matches(None, "warm up")
    known, unknown = await fastest(stored), await fastest(None)
    assert 0.5 < known / unknown < 2


async def test_a_password_is_hashed_beside_anothers_and_told_whether_it_is_the_same() -> None:
    stored = await passwords.hash_password("long quiet river stone")
    same, fits = await passwords.hash_beside(stored, "long quiet river stone")
    assert fits
    assert same == stored
    other, fits = await passwords.hash_beside(stored, "seven wooden garden chairs")
    assert not fits
    assert await passwords.matches(other, "seven wooden garden chairs")
    assert not await passwords.matches(other, "long quiet river stone")
    for nothing in (None, "none", "$argon2id$broken"):
        fresh, fits = await passwords.hash_beside(nothing, "seven wooden garden chairs")
        assert not fits
        assert await passwords.matches(fresh, "seven wooden garden chairs")


async def test_hashing_beside_takes_as_long_for_nobody() -> None:
    stored = await passwords.hash_password("long quiet river stone")

    async def fastest(kept: str | None) -> float:
        times = []
        for _ in range(4):
            started = time.process_time()
            await passwords.hash_beside(kept, "something else entirely")
            times.append(time.process_time() - started)
        return min(times)

    known, unknown = await fastest(stored), await fastest(None)
    assert 0.5 < known / unknown < 2


async def test_a_flood_of_passwords_waits_in_line() -> None:
    stored = await passwords.hash_password("long quiet river stone")
    assert all(await asyncio.gather(*(passwords.matches(stored, "long quiet river stone") for _ in range(6))))
