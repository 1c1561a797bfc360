"""What the tests of jobs share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock, Installation, ServerUrls, installed
from tests.sample.jobs import ACTS
from tests.workers.yard import Yard, open_yard


@pytest.fixture(autouse=True)
def _acts() -> Iterator[None]:
    """Forget what the last test told the sample jobs to do."""
    ACTS.clear()
    yield
    ACTS.clear()


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(installation: Installation, clock: Clock) -> LiveTenant:
    """Return a business with the sample modules alone: making all tables of all modules takes longer than these tests."""
    return await installation.new_tenant("notes", "echo")


@pytest_asyncio.fixture(loop_scope="session")
async def other_tenant(installation: Installation, clock: Clock) -> LiveTenant:
    """Return a second business."""
    return await installation.new_tenant("notes", "echo")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _apart(
    weft_servers: ServerUrls, weft_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    async with installed(weft_servers, weft_registry, tmp_path_factory.mktemp("yard")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def yard(_apart: Installation, tmp_path: Path) -> AsyncIterator[Yard]:
    """Yield an installation whose processes and Redis the test may kill."""
    with open_yard(_apart, tmp_path, lambda _: None) as made:
        yield made
    platform = _apart.runtime.platform
    await platform.execute("DELETE FROM platform.outbox")
    await platform.execute("DELETE FROM platform.job")
    await platform.execute("DELETE FROM platform.schedule")
