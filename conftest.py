"""What every test of this repository runs on: the installed plugins, with the sample ones beside them."""

import pytest

from core.plugins.registry import Registry
from tests.sample.echo import plugin as echo
from tests.sample.plugin import plugin as notes


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return every installed plugin and the sample ones: one answer for all folders, since one installation serves them all."""
    return Registry([*Registry.installed().plugins.values(), notes, echo])
