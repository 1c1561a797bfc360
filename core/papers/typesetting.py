"""The one place that calls Typst."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Literal

import structlog
import typst

from weft.errors import Unavailable

Log = structlog.get_logger("weft.papers")


async def typeset(layout: bytes, said: Mapping[str, Any], *, what: str, kind: Literal["pdf", "png"] = "pdf", ppi: int = 90) -> bytes:
    """Return what a layout makes of data, as PDF, or its first page as a picture of so many points per inch.

    Raises `Unavailable` when it cannot be laid out; `what` is named in the log then.
    """
    try:
        return await asyncio.to_thread(_compiled, layout, json.dumps(said), kind, ppi)
    except RuntimeError as wrong:
        Log.exception("a document could not be laid out", document=what)
        raise Unavailable("The document could not be laid out: the operator finds the reason in the log.") from wrong


def _compiled(layout: bytes, data: str, kind: Literal["pdf", "png"], ppi: int) -> bytes:
    if kind == "pdf":
        return typst.compile(layout, output=None, format="pdf", sys_inputs={"data": data})
    pages: Any = typst.compile(layout, output=None, format="png", ppi=ppi, sys_inputs={"data": data})
    first: bytes = pages[0] if isinstance(pages, list) else pages
    return first
