"""How often something may be tried."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.auth.limits import Limit, TooManyTries, forget, give_back, network, spend, spoken, wait_after
from infra.testing import Installation
from weft.ids import new_id

LIMIT = Limit("test", free=3, window=timedelta(hours=1), first=timedelta(seconds=2), longest=timedelta(minutes=1))
NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


@given(st.integers(0, 10_000))
def test_the_wait_grows_and_never_exceeds_the_longest(count: int) -> None:
    wait = wait_after(count, LIMIT)
    assert timedelta() <= wait <= LIMIT.longest
    assert wait <= wait_after(count + 1, LIMIT)
    assert (wait == timedelta()) == (count < LIMIT.free)


@given(st.integers(LIMIT.free, LIMIT.free + 3))
def test_the_wait_doubles(count: int) -> None:
    assert wait_after(count + 1, LIMIT) == 2 * wait_after(count, LIMIT)


async def test_the_first_tries_are_free_and_the_next_one_waits_as_long_as_it_says(installation: Installation) -> None:
    platform, key = installation.runtime.platform, str(new_id())
    for _ in range(LIMIT.free):
        await spend(platform, LIMIT, key, NOW)
    with pytest.raises(TooManyTries) as wait:
        await spend(platform, LIMIT, key, NOW)
    assert wait.value.seconds == 2
    await spend(platform, LIMIT, key, NOW + timedelta(seconds=2))
    with pytest.raises(TooManyTries) as wait:
        await spend(platform, LIMIT, key, NOW + timedelta(seconds=3))
    assert wait.value.seconds == 3  # four seconds since the last one that counted


async def test_what_the_database_counts_is_what_the_rule_says(installation: Installation) -> None:
    platform, key, now = installation.runtime.platform, str(new_id()), NOW
    for count in range(1, 12):
        await spend(platform, LIMIT, key, now)
        wait = wait_after(count, LIMIT)
        if wait:
            with pytest.raises(TooManyTries) as refused:
                await spend(platform, LIMIT, key, now)
            assert refused.value.seconds == wait.total_seconds()
        now += wait


async def test_tries_at_the_same_moment_count_like_tries_one_after_the_other(installation: Installation) -> None:
    platform, key = installation.runtime.platform, str(new_id())
    results = await asyncio.gather(*(spend(platform, LIMIT, key, NOW) for _ in range(20)), return_exceptions=True)
    assert sum(result is None for result in results) == LIMIT.free
    assert all(result is None or isinstance(result, TooManyTries) for result in results)


async def test_a_count_is_forgotten_after_a_quiet_window(installation: Installation) -> None:
    platform, key = installation.runtime.platform, str(new_id())
    for _ in range(LIMIT.free):
        await spend(platform, LIMIT, key, NOW)
    later = NOW + LIMIT.window
    for _ in range(LIMIT.free):
        await spend(platform, LIMIT, key, later)
    with pytest.raises(TooManyTries):
        await spend(platform, LIMIT, key, later)


async def test_an_honest_try_is_given_back_and_a_proof_forgets_them_all(installation: Installation) -> None:
    platform, key = installation.runtime.platform, str(new_id())
    for _ in range(10):
        await spend(platform, LIMIT, key, NOW)
        await give_back(platform, LIMIT, key)
    for _ in range(LIMIT.free):
        await spend(platform, LIMIT, key, NOW)
    await forget(platform, LIMIT, key)
    await spend(platform, LIMIT, key, NOW)


async def test_nobody_can_be_read_out_of_the_counts(installation: Installation) -> None:
    key = f"{new_id()}@people.test"
    await spend(installation.runtime.platform, LIMIT, key, NOW)
    rows = await installation.runtime.platform.fetch("SELECT key FROM platform.attempt")
    assert rows
    assert not any("@" in row["key"] for row in rows)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("not an address", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_customer_of_ipv6_is_counted_once(address: str, counted: str) -> None:
    assert network(address) == counted


@pytest.mark.parametrize(("seconds", "words"), [(1, "1 second"), (30, "30 seconds"), (120, "2 minutes"), (61 * 15, "16 minutes")])
def test_a_wait_is_told_in_words(seconds: int, words: str) -> None:
    assert spoken(seconds) == words
