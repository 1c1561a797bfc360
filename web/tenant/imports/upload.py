"""Takes files from requests straight to the storage: neither memory nor disk of the web ever holds one."""

import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException, PermissionDeniedException
from litestar.middleware.csrf import CSRF_SECRET_LENGTH, generate_csrf_hash
from litestar.utils.scope.state import ScopeState
from multipart import MultipartError, MultipartSegment, PushMultipartParser  # type: ignore[import-untyped]

from core.files.store import told
from core.files.tenant_files import Staged, TenantFiles
from weft.errors import Invalid

LIMIT = 1_000_000_000  # bytes of one file
AROUND = 1_000_000  # bytes of a form around a file
_LONGEST_FIELD = 200_000  # bytes of a field that is no file
_MOST_FIELDS = 50

AnyRequest = Request[Any, Any, Any]


@dataclass(slots=True)
class Sent:
    """What came with a form: its fields, and at most one file, whose bytes are stored and not yet a file."""

    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""
    media_type: str = ""
    staged: Staged | None = None


async def take_form(request: AnyRequest, files: TenantFiles, before_file: Callable[[Sent], None]) -> Sent:
    """Read a multipart form; `before_file` may refuse it by the fields that came before the file, before anything is stored.

    Raises `Invalid` for a file that is too large, and 400 for what is no such form.
    """
    check_length(request)
    kind, options = request.content_type
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise ClientException("A file is sent as multipart/form-data.")
    sent = Sent()
    parts = _Parts(request, options["boundary"])
    try:
        async for segment in parts.segments():
            if segment.filename and sent.staged is None:
                before_file(sent)
                sent.name, sent.media_type = segment.filename, segment.content_type or ""
                sent.staged = await files.stage(parts.content(), limit=LIMIT)
            else:
                sent.fields[segment.name] = await _text(parts.content())
    except (MultipartError, UnicodeDecodeError) as wrong:
        await _forget(files, sent)
        raise ClientException("The form could not be read.") from wrong
    except BaseException:
        await _forget(files, sent)
        raise
    if sent.staged is None:
        before_file(sent)
    return sent


async def take_body(request: AnyRequest, files: TenantFiles) -> Staged:
    """Store the whole body as a file's bytes. Raises `Invalid` when it is too large."""
    check_length(request)
    return await files.stage(request.stream(), limit=LIMIT)


def check_length(request: AnyRequest) -> None:
    """Refuse by its announced length what would be refused after it was sent."""
    if (request.content_length or 0) > LIMIT + AROUND:
        raise Invalid.field("file", f"The file is larger than {told(LIMIT)}, which is the most that is taken here.")


def check_csrf(request: AnyRequest, token: str) -> None:
    """Refuse a form without this browser's token. The usual check would read the whole form, file and all, before any handler runs."""
    config = request.app.csrf_config
    assert config is not None
    cookie = request.cookies.get(config.cookie_name, "")
    signature = generate_csrf_hash(token=token[:CSRF_SECRET_LENGTH], secret=config.secret)
    if not token or not hmac.compare_digest(token, cookie) or not hmac.compare_digest(token[CSRF_SECRET_LENGTH:], signature):
        raise PermissionDeniedException("CSRF token verification failed")
    ScopeState.from_scope(request.scope).csrf_token = token


class _Parts:
    """The parts of a multipart body as they come in."""

    def __init__(self, request: AnyRequest, boundary: str) -> None:
        self._events = self._parsed(request, boundary)

    async def segments(self) -> AsyncIterator[MultipartSegment]:
        """Yield the head of each part; what is left unread of one is passed over."""
        async for event in self._events:
            if isinstance(event, MultipartSegment):
                yield event

    async def content(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the part whose head came last."""
        async for event in self._events:
            if not event:
                return
            assert isinstance(event, (bytes, bytearray))
            yield bytes(event)

    async def _parsed(self, request: AnyRequest, boundary: str) -> "AsyncIterator[MultipartSegment | bytearray | None]":
        with PushMultipartParser(boundary, max_segment_count=_MOST_FIELDS) as parser:
            async for chunk in request.stream():
                if parser.closed:
                    continue
                for event in parser.parse(chunk):
                    yield event


async def _text(content: AsyncIterator[bytes]) -> str:
    raw = b""
    async for part in content:
        raw += part
        if len(raw) > _LONGEST_FIELD:
            raise Invalid("A field of this form is too long.")
    return raw.decode()


async def _forget(files: TenantFiles, sent: Sent) -> None:
    if sent.staged:
        await files.discard(sent.staged)
