"""A process that brings an archive in, and says which part it is at; killed at any moment by `test_killed`."""

import asyncio
import json
import sys
from pathlib import Path

from core.plugins.registry import Registry
from core.runtime import running
from core.settings import Settings
from tenants.archive.importing import Target, Wanted, import_tenant
from tenants.archive.reading import Archive, Opened
from tenants.modules import Modules
from tenants.provisioner import Provisioner


async def main() -> None:
    """Bring it in, one line per part."""
    settings = Settings(**json.loads(sys.argv[1]) | {"data_dir": Path(sys.argv[2])})
    registry = Registry.installed()
    provisioner = await Provisioner.open(settings.provisioner_url)
    async with running(settings, registry, name="killed") as runtime:
        target = Target(runtime, provisioner, Modules(registry))
        with Path(sys.argv[3]).open("rb") as file:  # noqa: ASYNC230  # there is nothing else to do meanwhile
            await import_tenant(target, Opened(Archive(file)), Wanted(sys.argv[4]), lambda what: print(what, flush=True))  # noqa: T201
    await provisioner.close()


asyncio.run(main())
