"""Answers that several addresses share."""

from litestar.openapi.datastructures import ResponseSpec

from .schemas import Problem

INVALID = {422: ResponseSpec(data_container=Problem, description="Values are wrong: one sentence for each field", generate_examples=False)}
CONFLICT = {
    409: ResponseSpec(
        data_container=Problem, description="Somebody else changed it, holds its identifier, or looks like it", generate_examples=False
    )
}
MISSING = {404: ResponseSpec(data_container=Problem, description="There is no such contact", generate_examples=False)}
