"""What every test of this repository runs on: the installed plugins, with the sample ones beside them."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from core.plugins.registry import Registry
from tests.sample.echo import plugin as echo
from tests.sample.plugin import plugin as notes

# Folders of tests are left open to the database's own account, however this one makes files.
os.umask(0o022)
# No example fails for the machine being busy, and a run is the same as the one before; with WEFT_SEARCH=1 it looks for examples anew.
settings.register_profile(
    "weft", deadline=None, derandomize=os.environ.get("WEFT_SEARCH", "") != "1", suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("weft")


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return every installed plugin and the sample ones: one answer for all folders, since one installation serves them all."""
    return Registry([*Registry.installed().plugins.values(), notes, echo])


# What the tests of a plugin need beside it and what it requires; those of the platform try things on what is listed for "tests".
_MODULES = {
    "tests": ("contacts", "catalogue", "accounting", "notes", "echo"),
    "contacts": ("contacts",),
    "catalogue": ("catalogue", "accounting"),
    "accounting": ("accounting", "catalogue"),
    "inventory": ("inventory",),
    "purchasing": ("purchasing",),
    "retail_pos": ("retail_pos",),
}
# Folders whose installations have plugins of their own: their businesses have all of them.
_OWN = ("audit", "backups", "checks", "imports", "tenancy", "tenants", "vault", "vendor", "webhooks", "workers")


@pytest.fixture
def modules(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the modules that a business of a test has: a schema with all of them takes half a second and several megabytes."""
    parts = request.path.relative_to(request.config.rootpath).parts
    if parts[0] == "tests" and parts[1] in _OWN:
        return ()
    return _MODULES.get(parts[1] if parts[0] == "plugins" else parts[0], ())


# Longest first, so that no process is left with one of them when the others have nothing more to do.
_LONGEST = (
    "tests/running/test_up.py",
    "tests/browser",
    "tests/running",
    "tests/vendor",
    "plugins/retail_pos/tests/till",
    "tests/plugins",
    "tests/chaos",
    "tests/design",
    "tests/people",
    "tests/catalogue",
    "tests/docs",
    "tests/archive",
    "tests/cells",
    "plugins/accounting/tests/test_trade_browser.py",
    "plugins/retail_pos/tests/server/test_browser.py",
    "plugins/purchasing/tests/test_stories.py",
    "plugins/accounting/tests/bank",
)

# Who shares what is dear to start.
_TOGETHER = {
    "tests/running/test_up.py": "the demo",
    "tests/browser": "the demo",
    "tests/cells": "two cells",
    "tests/telemetry": "telemetry",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the files of folders that take long before the others."""

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(config.rootpath).as_posix()
        return next((place for place, each in enumerate(_LONGEST) if f"{path}/".startswith(f"{each}/")), len(_LONGEST))

    items.sort(key=place)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let one process have a file, or all whose tests share what is dear to start."""
    from xdist.scheduler import LoadFileScheduling

    def scope_of(nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((name for each, name in _TOGETHER.items() if f"{file}/".startswith(f"{each}/")), file)

    made = LoadFileScheduling(config, log)
    made._split_scope = scope_of
    return made
