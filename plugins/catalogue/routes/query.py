"""The query string of a page, read like a form."""

from typing import Any, TypeAlias

from litestar import Request

from weft import Form

TheRequest: TypeAlias = Request[Any, Any, Any]


def query_form(request: TheRequest) -> Form:
    """Return the query string's parameters; a repeated one keeps all its values."""
    return Form({key: request.query_params.getall(key) for key in request.query_params})
