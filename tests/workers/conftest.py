"""What the tests of jobs share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from core.messaging.clock import Clock
from core.plugins.registry import Registry
from infra.testing import Installation, ServerUrls, installed
from infra.testing_jobs import Jobs
from tests.sample.echo import plugin as echo
from tests.sample.jobs import ACTS
from tests.sample.plugin import plugin as notes
from tests.workers.yard import Yard, open_yard


@pytest.fixture(autouse=True)
def _acts() -> Iterator[None]:
    """Forget what the last test told the sample jobs to do."""
    ACTS.clear()
    yield
    ACTS.clear()


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return the sample plugins alone: jobs and schedules of others would run between those that are counted."""
    return Registry([notes, echo])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    weft_servers: ServerUrls, weft_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """Yield a Weft of their own, where nobody else's jobs wait."""
    async with installed(weft_servers, weft_registry, tmp_path_factory.mktemp("jobs")) as made:
        yield made


@pytest.fixture
def jobs(jobs: Jobs, request: pytest.FixtureRequest) -> Jobs:
    """Return workers for whom nothing is due by the clock, but in its own tests: a test may move on past the hour of a schedule."""
    registry = jobs.runtime.registry if request.path.name == "test_clock.py" else Registry([])
    jobs.schedules = Clock(jobs.runtime.platform, registry)
    return jobs


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
