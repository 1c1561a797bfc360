"""What a Weft does by itself asks no more often of many businesses than of few, and never for the square of them."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest_asyncio

from core.audit.seal import seal_due
from core.messaging import feeder
from core.messaging.clock import Clock
from core.messaging.depth import measure
from core.messaging.feeder import Feeder
from core.messaging.housekeeping import Housekeeping
from core.messaging.relay import Relay
from core.messaging.repertoire import Repertoire
from core.messaging.sweeper import Sweeper
from core.platform.connection import WeftConnection, check_released
from core.platform.database import Platform
from core.plugins.registry import Registry
from core.settings import PLATFORM_LOGIN
from infra.testing import Installation, ServerUrls, installed
from tenants.backups.keeper import Keeper
from tenants.fleet import who_is_behind
from tenants.operator import Operator
from tenants.provisioner import Provisioner
from tenants.steps import last_migration
from tests.sample.plugin import plugin as notes

# Businesses as the catalogue has them, without schemas: nothing that only waits may look into one.
_FOUND = """
WITH made AS (
    INSERT INTO platform.tenant (id, schema, state, slug, name, claimed_at)
    SELECT gen_random_uuid(), 't_' || lpad(n::text, 10, '0'), 'active', 'shop-' || n, 'Shop', now() FROM generate_series($1::int, $2::int) n
    RETURNING id, schema
),
backed AS (
    INSERT INTO platform.backup (id, tenant, state, made_at, tested_at)
    SELECT gen_random_uuid(), schema, 'stored', now() - make_interval(days => n), now() FROM made, generate_series(0, 3) n
)
INSERT INTO platform.tenant_module (tenant_id, plugin, version, migration) SELECT id, 'notes', '1.0', $3 FROM made
"""
_JOBS = """
INSERT INTO platform.job (id, tenant, name, payload, state, due, max_attempts, created_at)
SELECT gen_random_uuid(), schema, 'notes.write_note', '{}', 'waiting', $1, 5, $1 FROM platform.tenant WHERE state = 'active'
"""
Turn = Callable[[], Awaitable[object]]


@pytest_asyncio.fixture(loop_scope="session")
async def fleet(weft_servers: ServerUrls, tmp_path: Path) -> AsyncIterator[Installation]:
    """Yield an installation of its own."""
    async with installed(weft_servers, Registry([notes]), tmp_path) as made:
        yield made


async def found(made: Installation, first: int, last: int) -> None:
    async with made.provisioner.as_owner() as db:
        await db.execute(_FOUND, first, last, last_migration(notes))


@asynccontextmanager
async def counting(dsn: str, counted: Counter[str]) -> AsyncIterator[Any]:
    """Yield a pool whose statements are counted, those that open and close transactions among them."""

    async def listen(connection: Any) -> None:
        connection.add_query_logger(lambda record: counted.update([record.query]))

    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=3, connection_class=WeftConnection, reset=check_released, init=listen)
    try:
        yield pool
    finally:
        await pool.close()


async def asked(made: Installation) -> dict[str, int]:
    """Return how many statements each turn sends while nothing is to be done."""
    counted: Counter[str] = Counter()
    settings = made.settings
    async with counting(settings.login(PLATFORM_LOGIN), counted) as pool, counting(settings.provisioner_url, counted) as other:
        platform, provisioner = Platform(pool), Provisioner(other)
        runtime = replace(made.runtime, platform=platform)
        clock, operator, keeper = Clock(platform, runtime.registry), Operator(runtime, provisioner, spares=0), Keeper(runtime, provisioner)
        housekeeping, sweeper = Housekeeping(platform, runtime.store), Sweeper(platform)
        relay = Relay(platform, Repertoire.of(runtime.registry))
        while await clock.keep_up(runtime.now()):
            pass
        turns: dict[str, Turn] = {
            "clock": lambda: clock.turn(runtime.now()),
            "schedules": lambda: clock.keep_up(runtime.now()),
            "relay": lambda: relay.turn(runtime.now()),
            "feeder": lambda: Feeder(platform).turn(runtime.now(), long=False),
            "silent workers": lambda: sweeper.bury(timedelta(seconds=30), runtime.now()),
            "lost by Redis": lambda: sweeper.queued_since(timedelta(seconds=15)),
            "depth": lambda: measure(platform, runtime.now()),
            "seals": lambda: seal_due(platform),
            "housekeeping": housekeeping.turn,
            "operator": operator.work_off,
            "spares": operator.fill_pool,
            "erasures": operator.purge_due,
            "trash": operator.purge_trash,
            "backups asked for": keeper.work_off,
            "backups due": keeper.keep_up,
            "trials due": keeper.try_one,
            "who is behind": lambda: who_is_behind(runtime, made.modules),
        }
        told = {}
        for name, turn in turns.items():
            await turn()
            counted.clear()
            await turn()
            told[name] = counted.total()
    return told


async def test_what_waits_for_work_sends_as_many_statements_for_a_thousand_businesses_as_for_ten(fleet: Installation) -> None:
    await found(fleet, 1, 10)
    few = await asked(fleet)
    assert all(few.values()), "each asks something"
    await found(fleet, 11, 1000)
    assert await fleet.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant") == 1000
    assert await asked(fleet) == few


async def test_feeding_costs_no_more_for_each_business_when_many_wait(fleet: Installation) -> None:
    """Pages of the database that are looked at are counted, not time; the tables have no statistics, as after a sudden rush."""

    async def pages() -> int:
        now = fleet.runtime.now()
        await fleet.runtime.platform.execute("DELETE FROM platform.job")
        await fleet.runtime.platform.execute(_JOBS, now)
        sql = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {feeder._FEED}"  # the feeder's own statement, as the server carried it out
        told = await fleet.runtime.platform.fetchval(sql, False, 128, now, 1_000_000, [], [])
        plan = msgspec.json.decode(told)[0]["Plan"]
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    for first, last in ((1, 200), (201, 800)):
        await found(fleet, first, last)
        assert last < await pages() < 60 * last, "about twenty for each; planned as a join, it took six hundred"
