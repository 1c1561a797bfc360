"""A Weft whose webhooks may go to this machine, and somebody there who takes them."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from core.webhooks.courier import Courier
from core.webhooks.endpoints import Endpoints
from core.webhooks.network import Sender, read_networks
from infra.testing import Clock, Installation, ServerUrls, installed
from tests.sample.echo import plugin as echo
from tests.sample.plugin import plugin as notes
from tests.webhooks.receiver import Receiver, listening

HERE = "127.0.0.0/8"


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return the sample plugins alone."""
    return Registry([notes, echo])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    weft_servers: ServerUrls, weft_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """Yield a Weft whose operator lets webhooks go to this machine."""
    async with installed(weft_servers, weft_registry, tmp_path_factory.mktemp("webhooks")) as made:
        made.runtime.settings = msgspec.structs.replace(made.runtime.settings, webhook_networks=HERE)
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    """Yield a system that takes webhooks."""
    async with listening() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def courier(installation: Installation) -> AsyncIterator[Courier]:
    """Yield what a worker delivers with; nothing of other tests waits."""
    await installation.runtime.platform.execute("DELETE FROM platform.webhook_endpoint")
    sender = Sender(read_networks(HERE), timeout=20.0)
    made = Courier(installation.runtime.platform, installation.runtime.settings, installation.runtime.vault, sender=sender)
    yield made
    await made.aclose()


@pytest.fixture
def endpoints(installation: Installation) -> Callable[[LiveTenant], Endpoints]:
    """Return what an admin does with a business's endpoints."""
    return lambda tenant: Endpoints(installation.runtime, tenant)


@pytest.fixture
def at_noon(clock: Clock) -> Clock:
    """Stop the clock: what is due is due by it."""
    clock.set(datetime.now(UTC) + timedelta(minutes=1))
    return clock
