"""A fleet migration that is killed at any moment, and started again, skips nobody and does nobody twice."""

import asyncio
import json
import random
import sys
from uuid import UUID

from infra.testing import Installation
from tests.tenants.ground import V1, V2, Connection, standing_of

SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('killed', 'weft operator') AND state <> 'idle'"


async def test_schema_bookkeeping_ledger_and_catalogue_agree_after_every_kill(
    installation: Installation, superuser: Connection, tenants: list[UUID]
) -> None:
    chance = random.Random()
    kills = 0
    while not await run(installation, superuser, kill_after=chance.randrange(0, 6), instant=chance.random() * 0.03):
        kills += 1
        assert await mismatches(superuser, tenants) == []
        assert kills < 60, "it never gets to the end"
    assert kills >= 3, "the fleet was too quick to be killed"
    assert await mismatches(superuser, tenants) == []
    assert {await standing_of(superuser, each) for each in tenants} == {V2}
    for each in tenants:
        schema = await superuser.fetchval("SELECT schema FROM platform.tenant WHERE id = $1", each)
        assert await superuser.fetchval(f"SELECT count(*) FROM {schema}.shop_item WHERE title = 'upgraded from 1.0'") >= 1


async def run(installation: Installation, superuser: Connection, *, kill_after: int, instant: float) -> bool:
    """Migrate in a process of its own; kill -9 it a moment after so many tenants. Returns whether it got to the end."""
    held = installation.settings
    settings = {name: getattr(held, name) for name in ("database_url", "redis_url", "secret_key", "provisioner_url")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.tenants.migrate", json.dumps(settings), str(held.data_dir)), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = 0
    while line := (await process.stdout.readline()).decode():
        if line.startswith("failed"):
            assert line == "failed {}\n"
            await process.wait()
            return True
        if lines == kill_after:
            await asyncio.sleep(instant)
            process.kill()
        lines += 1
    assert await process.wait() == -9
    while await superuser.fetchval(SESSIONS):  # its transactions are over once the server has noticed
        pass
    return False


async def mismatches(superuser: Connection, tenants: list[UUID]) -> list[UUID]:
    """Return the tenants about which schema, bookkeeping, ledger and catalogue do not say the same."""
    wrong = []
    for each in tenants:
        now = await standing_of(superuser, each)
        expected = V2 if "colour" in now.columns else V1
        agrees = (now.columns, now.booked, now.ledger, now.catalogue) == (
            *(expected.columns, expected.booked, expected.ledger, expected.catalogue),
        )
        if not agrees or (now.version == "2.0" and expected is V1):
            wrong.append(each)
    return wrong
