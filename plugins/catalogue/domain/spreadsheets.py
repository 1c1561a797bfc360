"""Text that a spreadsheet would run as a formula gets an apostrophe on the way out, and loses it on the way in (OWASP, CSV injection)."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    >>> guarded("=1+1")
    "'=1+1"
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return text as it was before `guarded`; other text stays as it is."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
