"""The only place that knows which error is which HTTP status."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from litestar import Request
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Response

from core.auth.limits import TooManyTries
from core.idempotency.answers import StillRunning
from core.outages import OUTAGES
from web.door import door_of
from web.refusal import Refusal, answer
from web.shell import shell_of
from web.views import Views
from weft.errors import Conflict, Invalid, Missing, Refused, Stale, Unavailable, WeftError

Log = structlog.get_logger("weft.web")

STATUS: dict[type[WeftError], int] = {Refused: 403, Missing: 404, Conflict: 409, Invalid: 422, Unavailable: 503}
PAGES = frozenset({402, 403, 404, 409, 413, 422, 429, 500, 503})
RETRY_AFTER = "5"  # seconds
SENTENCES = {
    400: "The request could not be read.",
    401: "Sign in first.",
    403: "You may not do this.",
    404: "There is nothing at this address. It may have been moved or deleted.",
    405: "This address does not take that kind of request.",
    413: "What you sent is larger than this page takes.",
    429: "Those were too many tries in a short time. Wait a little, then try again.",
    503: "Weft’s database does not answer just now. What you were doing was not saved, and what was saved before is safe.",
    500: "Something went wrong on our side. Nothing was half-saved; the team can find this by its number.",
}


class ModuleIsOff(Missing):
    """A page of a module that is not switched on here."""

    def __init__(self, key: str, module: str) -> None:
        self.key = key
        self.title = module
        super().__init__(f"The module “{module}” is switched off here. An administrator can switch it on under Modules.")


Handlers = dict[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Any]]]


def exception_handlers(views: Views) -> Handlers:
    """Return the handlers of an application: one for our errors, one for Litestar's, one for bugs."""

    def show(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
        door = door_of(request)
        signed_in = door.record is not None and door.access is not None
        shell = shell_of(door, views.navigation, "") if signed_in else None
        if shell:
            shell["unread"] = views.unread.known(door.tenant)
        return answer(views, refusal, door, request.url.path, htmx="hx-request" in request.headers, shell=shell)

    def ours(request: Request[Any, Any, Any], wrong: WeftError) -> Response[Any]:
        return show(request, refusal_of(wrong, conditional="if-match" in request.headers))

    def litestars(request: Request[Any, Any, Any], wrong: HTTPException) -> Response[Any]:
        status = wrong.status_code
        sentence, fields = SENTENCES.get(status, HTTPStatus(status).phrase), {}
        if isinstance(wrong, ValidationException):
            fields = _fields(wrong)
            status, sentence = (422, "Some values are wrong.") if fields else (400, str(wrong.detail))
        elif status == 403 and "CSRF" in str(wrong.detail):
            sentence = "This form is too old, or came from another site: reload the page and send it again."
        return show(request, Refusal(status, _page(status), sentence, fields=fields, headers=wrong.headers or {}))

    def bugs(request: Request[Any, Any, Any], wrong: Exception) -> Response[Any]:
        return show(request, failure(wrong, request.url.path))

    return {WeftError: ours, HTTPException: litestars, Exception: bugs}


def refusal_of(wrong: WeftError, *, conditional: bool = False) -> Refusal:
    """Return how one of our errors is told; `conditional`: the request named by If-Match which state of a record it is about."""
    status = next((status for kind, status in STATUS.items() if isinstance(wrong, kind)), 500)
    if isinstance(wrong, TooManyTries):
        return Refusal(429, "429", wrong.message, wrong.title, headers={"Retry-After": str(wrong.seconds)})
    if isinstance(wrong, ModuleIsOff):
        return Refusal(404, "module_off", wrong.message, wrong.title, module=wrong.key)
    if isinstance(wrong, StillRunning):
        return Refusal(409, "409", wrong.message, wrong.title, headers={"Retry-After": "1"})
    if isinstance(wrong, Stale):
        version = getattr(getattr(wrong, "current", None), "version", None)
        return Refusal(412 if conditional else 409, "409", wrong.message, wrong.title, current=version)
    fields = wrong.fields if isinstance(wrong, Invalid) else {}
    headers = {"Retry-After": RETRY_AFTER} if status == 503 else {}
    return Refusal(status, _page(status), wrong.message, wrong.title, fields, headers=headers)


def failure(wrong: Exception, path: str) -> Refusal:
    """Write down what nobody foresaw, and return what people are told: that a server is away for a moment (503), or that we broke (500)."""
    if isinstance(wrong, OUTAGES):
        told = wrong if isinstance(wrong, asyncpg.InterfaceError) else None  # which may also be our own mistake
        Log.warning("a request failed: a server does not answer", path=path, error=f"{type(wrong).__name__}: {wrong}", exc_info=told)
        return Refusal(503, "503", SENTENCES[503], headers={"Retry-After": RETRY_AFTER})
    Log.error("a request failed", path=path, exc_info=wrong)
    return Refusal(500, "500", SENTENCES[500])


def _page(status: int) -> str:
    return {401: "403", 405: "404"}.get(status, str(status) if status in PAGES else "400")


def _fields(wrong: ValidationException) -> dict[str, str]:
    extra = wrong.extra if isinstance(wrong.extra, list) else []
    return {str(each.get("key") or "body"): str(each.get("message", "")) for each in extra if isinstance(each, dict)}
