"""A Weft with the sample module."""

import pytest

from core.plugins.registry import Registry
from tests.sample.plugin import plugin as notes


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return the sample plugin alone."""
    return Registry([notes])
