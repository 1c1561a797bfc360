"""The till's clock, and the ids it makes."""

from uuid import UUID

from playwright.async_api import Page

from plugins.retail_pos.domain.canonical import digest


async def test_the_clock_follows_the_server_and_never_goes_back(modules: Page) -> None:
    found = await modules.evaluate(
        """async () => {
          const { Clock } = await import('/till/clock.js');
          const clock = new Clock(0, 0);
          const early = clock.now().getTime();
          clock.learn(early - 3_600_000, early, early); // the server is an hour behind: ours was wrong
          const times = [clock.now(), clock.now(), clock.now()].map((each) => each.getTime());
          const other = new Clock(86_400_000, 0); // a device whose clock is a day late
          return { early, times, ahead: other.now().getTime() - Date.now(), kept: new Clock(0, early + 5).now().getTime() };
        }"""
    )
    assert found["early"] < found["times"][0] < found["times"][1] < found["times"][2]
    assert abs(found["ahead"] - 86_400_000) < 1000
    assert found["kept"] > found["early"] + 5


async def test_ids_are_of_version_seven_and_tell_their_time(modules: Page) -> None:
    made = await modules.evaluate("async () => (await import('/till/clock.js')).uuid7(1700000000123)")
    read = UUID(made)
    assert (read.version, read.variant, read.int >> 80) == (7, "specified in RFC 4122", 1_700_000_000_123)


async def test_records_are_hashed_as_the_server_hashes_them(modules: Page) -> None:
    record = {"b": ["1", {"z": True, "a": None, "ü": "Crème “1”"}], "a": 12, "hash": "not counted", "line": 'tab\tend\nquote"\\ \u001d'}
    assert await modules.evaluate("async (record) => (await import('/till/chain.js')).digest(record)", record) == digest(record)
