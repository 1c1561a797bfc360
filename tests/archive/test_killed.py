"""An import that is killed at any moment leaves nothing that anybody can see, and can be begun again."""

import asyncio
import json
import os
import random
import sys
from pathlib import Path

from infra.testing import Installation
from tenants.archive.exporting import export_tenant
from tests.archive.conftest import Connection, source_of
from tests.archive.test_hostile import standing

KILLS = 40 if os.environ.get("WEFT_CHAOS") == "long" else 1
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('killed', 'weft operator') AND state <> 'idle'"


async def test_an_import_that_is_killed_leaves_no_business_and_only_announced_bytes(
    installation: Installation, superuser: Connection, tmp_path: Path
) -> None:
    tenant = await installation.new_tenant("catalogue", "accounting")
    async with tenant.transaction(unaudited="a test's file"):
        await tenant.files.put("note.txt", "text/plain", b"hello")
    file = tmp_path / "plain.tar"
    with file.open("w+b") as sink:
        manifest = await export_tenant(source_of(installation), tenant.id, sink, installation.clock())
    chance = random.Random(5)
    before = await standing(superuser)
    for _ in range(KILLS):
        # files, the tables, the shared tables and whatever comes after the last line
        assert await brought_in(installation, superuser, file, chance.randrange(1, len(manifest.parts)), chance.random() * 0.05) == -9
        after = await standing(superuser)
        assert [*after[:3], *after[4:]] == [*before[:3], *before[4:]]
        waste = await superuser.fetch("SELECT path, at > now() + interval '1 hour' AS later FROM platform.file_waste")
        assert all(row["later"] for row in waste), "what was stored is announced, and swept up only when nobody can be at it any more"
    assert await brought_in(installation, superuser, file, 10**6, 0) == 0
    assert await superuser.fetchval("SELECT state FROM platform.tenant WHERE slug = 'again'") == "active"
    await superuser.execute("DELETE FROM platform.file_waste")


async def brought_in(installation: Installation, superuser: Connection, file: Path, parts: int, instant: float) -> int:
    """Bring an archive in, in a process of its own; kill -9 it a moment after so many parts. Returns how it ended."""
    held = installation.settings
    settings = {name: getattr(held, name) for name in ("database_url", "redis_url", "secret_key", "provisioner_url")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.archive.bring_in", json.dumps(settings), str(held.data_dir), str(file), "again"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = 0
    while await process.stdout.readline():
        lines += 1
        if lines == parts:
            await asyncio.sleep(instant)
            process.kill()
    code = await process.wait()
    while await superuser.fetchval(SESSIONS):  # its transaction is over once the server has noticed
        pass
    return code
