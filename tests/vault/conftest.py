"""A Weft without modules: keys are the platform's own."""

import pytest

from core.plugins.registry import Registry


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return no plugins."""
    return Registry([])
