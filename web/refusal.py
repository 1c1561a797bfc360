"""How a request that gets no further is answered: as a page, a fragment or a problem document (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.enums import MediaType
from litestar.response import Response
from litestar.types import Receive, Send

from web.door import KEY, Door, wants_json
from web.views import Surroundings, Views

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why: a status, the page that tells it, and a sentence."""

    status: int
    page: str
    sentence: str
    title: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    module: str = ""  # the key of the module that is switched off
    headers: Mapping[str, str] = field(default_factory=dict)
    current: int | None = None  # the version that stands, where another was changed


def problem(refusal: Refusal, request_id: str) -> Response[Any]:
    """Return a problem document: what happened, where, and how to mend it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": refusal.title or HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.sentence,
        "request": request_id,
    }
    if refusal.fields:
        body["errors"] = [{"field": name, "pointer": pointer(name), "detail": sentence} for name, sentence in refusal.fields.items()]
    if refusal.current is not None:
        body["current"] = refusal.current
    headers = dict(refusal.headers)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="Weft"'
    return Response(msgspec.json.encode(body), status_code=refusal.status, media_type=PROBLEM, headers=headers)


def pointer(name: str) -> str:
    """Return the JSON pointer of a field such as ``lines.2.taxes``, as a fragment (RFC 6901, section 6)."""
    parts = [] if name == "body" else name.split(".")
    return "#" + "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)


def answer(views: Views, refusal: Refusal, door: Door, path: str, *, htmx: bool, shell: Mapping[str, Any] | None = None) -> Response[Any]:
    """Return the answer that fits who asked."""
    if refusal.location:
        header = {"HX-Redirect": refusal.location} if htmx else {"Location": refusal.location}
        return Response(b"", status_code=200 if htmx else refusal.status, headers=header)
    if wants_json(path):
        return problem(refusal, door.request_id)
    headers = dict(refusal.headers)
    if htmx:
        toast = {"toast": {"text": refusal.sentence, "tone": "bad"}}
        headers |= {"HX-Reswap": "none", "HX-Trigger": msgspec.json.encode(toast).decode()}
        return Response(refusal.sentence, status_code=refusal.status, media_type=MediaType.TEXT, headers=headers)
    locale = door.record.locale if door.record else "en_GB"
    around = Surroundings(views.formats(locale, "UTC", "EUR"), permissions=door.access.permissions if door.access else frozenset())
    context = {
        "sentence": refusal.sentence,
        "heading": refusal.title,
        "module": refusal.module,
        "home": f"{door.runtime.settings.platform_url}/",
        "theme": door.access.theme if door.access else "system",
        "request_id": door.request_id,
        "shell": shell,
        "platform_url": door.runtime.settings.platform_url,
        "tenant_name": door.record.name if door.record else "",
        "csrf_token": "",
    }
    return Response(
        views.render(f"errors/{refusal.page}.html", around, context), status_code=refusal.status, media_type=MediaType.HTML, headers=headers
    )


async def refuse(views: Views, refusal: Refusal, scope: Any, receive: Receive, send: Send) -> None:
    """Answer at the front door, where no application has been reached."""
    door: Door = scope[KEY]
    htmx = any(name == b"hx-request" for name, _ in scope["headers"])
    response = answer(views, refusal, door, scope["path"], htmx=htmx)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.headers.items()]
    body = response.content if isinstance(response.content, bytes) else str(response.content).encode()
    headers += [
        (b"content-type", f"{_plain(response.media_type)}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": response.status_code or 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _plain(media_type: MediaType | str | None) -> str:
    return media_type.value if isinstance(media_type, MediaType) else media_type or MediaType.HTML.value
