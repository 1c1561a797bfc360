"""A house that the tests of this folder share: its processes take longer to start than a test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.telemetry.house import House, open_house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Yield an installation whose processes run."""
    async with open_house(tmp_path_factory.mktemp("house")) as made:
        yield made
