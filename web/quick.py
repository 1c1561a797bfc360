"""Jinja templates that escape what they print without making an object of every piece."""

import re
from collections.abc import Callable, MutableMapping
from types import CodeType
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup, escape

_SPECIAL = re.compile("[&<>\"']")


def quick_escape(value: Any) -> str:
    """Return HTML for a value that is printed: what is HTML already, or plain text without special characters, as it is.

    What a template prints is only ever joined, so that it need not be `Markup`; to make that was a tenth of what a page cost.
    """
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is not str:
        if hasattr(value, "__html__"):
            return value.__html__()  # type: ignore[no-any-return]
        value = str(value)
    return escape(value) if _SPECIAL.search(value) else value


class QuickTemplate(Template):
    """A template whose compiled code escapes by `quick_escape`: its name is looked up among the globals of that code."""

    @classmethod
    def from_code(
        cls,
        environment: Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002  # as Jinja names it
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        """Make a template from compiled code."""
        made = super().from_code(environment, code, globals, uptodate)
        made.root_render_func.__globals__["escape"] = quick_escape
        return made
