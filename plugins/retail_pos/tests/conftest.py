"""What all folders of tests share."""

from datetime import datetime

import pytest

from .server.conftest import NOW


@pytest.fixture
def moment() -> datetime:
    """Return when the business of a test begins its books."""
    return NOW
