"""What the tests of Weft and of every plugin are given; pytest loads this by itself (`weft` among its plugins).

``tenant`` and ``other_tenant`` are two businesses on a real PostgreSQL with every installed module switched on; ``client`` is a person
signed in to the first. docs/testing-plugins.md tells all fixtures.

pytest imports this module in every run of an environment that has Weft, also in one that is no concern of ours. So nothing but pytest is
imported here: the rest when a test asks for it.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from core.plugins.registry import Registry
    from core.tenancy.tenant import LiveTenant
    from infra.laboratory.installation import Clock, Installation, installed
    from infra.laboratory.servers import ServerUrls
    from infra.laboratory.visitors import Browser, Visitors
    from infra.testing_jobs import Events, Jobs, Mailbox
    from web.site import Site
    from weft.testing import KeepsTheRules

__all__ = ["Browser", "Clock", "Installation", "ServerUrls", "Visitors", "installed"]

BEGAN = pytest.StashKey[datetime]()
_HOMES = {
    "Browser": "infra.laboratory.visitors",
    "Clock": "infra.laboratory.installation",
    "Installation": "infra.laboratory.installation",
    "ServerUrls": "infra.laboratory.servers",
    "Visitors": "infra.laboratory.visitors",
    "installed": "infra.laboratory.installation",
}


def __getattr__(name: str) -> Any:
    """Return what lives elsewhere, for tests to name in their annotations."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _fixture(scope: Any = "function") -> Callable[[Any], Any]:
    """Return the mark of an asynchronous fixture in the loop of the whole run."""
    try:
        import pytest_asyncio
    except ImportError:  # an environment that runs Weft, and tests something else
        return pytest.fixture(scope=scope)
    return pytest_asyncio.fixture(scope=scope, loop_scope="session")


@pytest.fixture(scope="session")
def weft_servers(pytestconfig: pytest.Config) -> "Iterator[ServerUrls]":
    """Start a PostgreSQL and a Redis for this test run alone, and throw them away after it."""
    from infra.laboratory.servers import private_servers

    _require_one_loop(pytestconfig)
    with private_servers() as urls:
        yield urls


@pytest.fixture(scope="session")
def weft_registry() -> "Registry":
    """Return the plugins under test: those that are installed. Override it to add one that is not."""
    from core.plugins.registry import Registry

    return Registry.installed()


@_fixture("session")
async def installation(
    weft_servers: "ServerUrls", weft_registry: "Registry", tmp_path_factory: pytest.TempPathFactory
) -> "AsyncIterator[Installation]":
    """Yield a Weft on a database of its own."""
    from infra.laboratory.installation import installed

    async with installed(weft_servers, weft_registry, tmp_path_factory.mktemp("weft")) as made:
        yield made


def _require_one_loop(config: pytest.Config) -> None:
    """Tell how to set pytest up, instead of an error about loops: connections live as long as the run, and belong to its one loop."""
    if config.getini("asyncio_default_test_loop_scope") != "session":
        pytest.fail(
            'Weft\'s fixtures live as long as the test run: set asyncio_mode = "auto", asyncio_default_fixture_loop_scope = "session" and '
            'asyncio_default_test_loop_scope = "session" under [tool.pytest.ini_options] in pyproject.toml.',
            pytrace=False,
        )


@pytest.fixture
def clock(installation: "Installation") -> "Iterator[Clock]":
    """Return the clock everything in the test reads; it runs unless it is set."""
    yield installation.clock
    installation.clock.moment = None


@pytest.fixture
def modules() -> tuple[str, ...]:
    """Return which modules the businesses of a test have, with what those need; none named: every installed one.

    Override it in a `conftest.py`: a business with fewer modules is made faster, and takes less room.
    """
    return ()


@pytest.fixture
def _usual(installation: "Installation", modules: tuple[str, ...]) -> "Iterator[None]":
    installation.usual = tuple(each for each in modules if each in installation.modules.registry.plugins)
    yield
    installation.usual = ()


@_fixture()
async def tenant(installation: "Installation", clock: "Clock", _usual: None) -> "LiveTenant":
    """Return a business that nobody else uses, with the `modules` of the test switched on; the platform itself acts."""
    return await installation.new_tenant()


@_fixture()
async def other_tenant(installation: "Installation", clock: "Clock", _usual: None) -> "LiveTenant":
    """Return a second business."""
    return await installation.new_tenant()


@_fixture()
async def site(installation: "Installation") -> "Site":
    """Return the web application of the installation, as a server would run it."""
    from infra.laboratory.visitors import site_of

    return await installation.keep("site", site_of)


@_fixture()
async def visitors(installation: "Installation", site: "Site", _usual: None) -> "AsyncIterator[Visitors]":
    """Yield a maker of clients, which are closed after the test."""
    from infra.laboratory.visitors import Visitors

    made = Visitors(installation, site)
    yield made
    for browser in made.open:
        await browser.aclose()


@_fixture()
async def client(tenant: "LiveTenant", visitors: "Visitors") -> "Browser":
    """Return a client of somebody who may do everything in `tenant`."""
    return await visitors.sign_in(tenant)


@_fixture()
async def assert_plugin_keeps_the_rules(installation: "Installation") -> "KeepsTheRules":
    """Return what holds an installed plugin to every rule: ``await assert_plugin_keeps_the_rules("loyalty")``."""
    from infra.laboratory.trials import check_here

    async def keeps(key: str) -> None:
        known = installation.runtime.registry.plugins
        assert key in known, f"There is no plugin “{key}” installed here, only {', '.join(known) or 'none'}: pip install --editable ."
        [report] = await check_here(installation, [key])
        assert report.ok, f"\n{report}"

    return keeps


@_fixture()
async def _jobs(installation: "Installation") -> "Jobs":
    """Return the workers of the installation, which are started once."""
    from infra.testing_jobs import working

    return await installation.keep("jobs", working)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note when a test begins: what its fixtures write belongs to it."""
    item.stash[BEGAN] = datetime.now(UTC)


@pytest.fixture
def _businesses(request: pytest.FixtureRequest) -> "list[LiveTenant]":
    """Return the businesses that this test alone uses."""
    return [request.getfixturevalue(name) for name in ("tenant", "other_tenant") if name in request.fixturenames]


@_fixture()
async def jobs(_jobs: "Jobs", _businesses: "list[LiveTenant]", request: pytest.FixtureRequest) -> "AsyncIterator[Jobs]":
    """Yield what runs jobs: ``await jobs.run_all()``. What earlier tests left undone is forgotten."""
    await _jobs.forget(request.node.stash[BEGAN])
    yield _jobs
    await _jobs.forget(datetime.now(UTC))
    await _jobs.close(_businesses)


@pytest.fixture
def events(_jobs: "Jobs", request: pytest.FixtureRequest) -> "Events":
    """Return what shows the events that were published since the test began: ``await events.of(tenant, SaleFinished)``."""
    from infra.testing_jobs import Events

    return Events(_jobs, request.node.stash[BEGAN])


@pytest.fixture
def mailbox(installation: "Installation", request: pytest.FixtureRequest) -> "Mailbox":
    """Return what shows the mail that was written since the test began: ``await mailbox.to("ada@example.com")``."""
    from infra.testing_jobs import Mailbox

    return Mailbox(installation.runtime, request.node.stash[BEGAN])
