"""A process that migrates the fleet to the shop's second version, and says how far it is; killed at any moment by `test_killed`."""

import asyncio
import json
import sys
from pathlib import Path

from core.plugins.registry import Registry
from core.runtime import running
from core.settings import Settings
from tenants.fleet import migrate_fleet
from tenants.modules import Modules
from tenants.provisioner import Provisioner
from tests.tenants.plugins import Shop
from weft import Lifecycle, Tenant


async def on_upgrade(tenant: Tenant, before: str) -> None:
    """Write down that it ran."""
    async with tenant.transaction() as db:
        await db.execute("INSERT INTO shop_item (id, title, colour) VALUES (uuidv7(), $1, 'new')", f"upgraded from {before}")


async def main() -> None:
    """Migrate, one line per tenant."""
    settings = Settings(**json.loads(sys.argv[1]) | {"data_dir": Path(sys.argv[2])})
    registry = Registry([Shop("2.0", life=Lifecycle(on_upgrade=on_upgrade))])
    provisioner = await Provisioner.open(settings.provisioner_url)
    async with running(settings, registry, name="killed") as runtime:
        report = await migrate_fleet(
            provisioner,
            runtime,
            Modules(registry),
            progress=lambda done, of: print(f"{done} of {of}", flush=True),  # noqa: T201
        )
        print(f"failed {report.failed}", flush=True)  # noqa: T201
    await provisioner.close()


asyncio.run(main())
