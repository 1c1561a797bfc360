"""Answers that several addresses share."""

from uuid import UUID

from litestar.openapi.datastructures import ResponseSpec

from weft import Invalid

from .schemas import Problem

INVALID = {422: ResponseSpec(data_container=Problem, description="Values are wrong: one sentence for each field", generate_examples=False)}
CONFLICT = {
    409: ResponseSpec(data_container=Problem, description="Another version stands, or something refers to it", generate_examples=False)
}
MISSING = {404: ResponseSpec(data_container=Problem, description="There is no such record", generate_examples=False)}


def cursor(text: str | None) -> UUID | None:
    """Read a cursor; raises `Invalid`."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid.field("after", "This cursor is broken: begin with the first page.") from None
