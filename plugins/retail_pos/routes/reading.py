"""What several routes read from a form or a header."""

from decimal import Decimal
from typing import Any

import msgspec
from litestar import Request

from weft import Form


def bearer(request: Request[Any, Any, Any]) -> str:
    """Return the header that carries a device's key."""
    return request.headers.get("authorization", "")


def filled(stored: msgspec.Struct) -> Form:
    """Return a form with what is stored."""
    return Form.of(**{name: text(value) for name, value in msgspec.structs.asdict(stored).items()})


def text(value: object) -> str:
    """Return a value as a form shows it."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:f}" if isinstance(value, Decimal) else "" if value is None else str(value)
