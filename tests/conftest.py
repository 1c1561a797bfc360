"""The sample plugin stands beside the installed ones in the platform's own tests."""

import pytest

from core.plugins.registry import Registry
from tests.sample.echo import plugin as echo
from tests.sample.plugin import plugin as notes


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return every installed plugin and the sample ones."""
    return Registry([*Registry.installed().plugins.values(), notes, echo])
