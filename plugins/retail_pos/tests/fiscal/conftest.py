"""The shop and the till that the server's tests have."""

from plugins.retail_pos.tests.server.conftest import shop, till

__all__ = ["shop", "till"]
