"""Files over HTTP: shown where that is safe, offered for download otherwise; pictures also small."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Stream

from core.files.kinds import PICTURES, SHOWN
from web.dependencies import TheTenant

CACHED = {"Cache-Control": "private, max-age=86400, immutable"}  # a file's bytes never change under its id
# A picture or an unknown file that is opened by itself may run nothing and reach nothing. A browser's own viewer of PDF does not start in
# a sandbox; it runs what a document brings apart from this site anyway.
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"


@get("/files/{file_id:uuid}")
async def show_file(tenant: TheTenant, file_id: FromPath[UUID], size: FromQuery[str] = "") -> Response[Any] | Stream:
    """Return a file's bytes; with ``size=thumb`` a small picture of an image."""
    if size == "thumb":
        return Response(await tenant.files.thumbnail(file_id), media_type="image/webp", headers=CACHED)
    file = await tenant.files.find(file_id)
    how = "inline" if file.media_type in SHOWN else "attachment"
    headers = {
        "Content-Disposition": disposition(how, file.name),
        "Content-Length": str(file.size),
        "Content-Security-Policy": _ALONE if how == "attachment" or file.media_type in PICTURES else _PDF,
        **CACHED,
    }
    return Stream(tenant.files.read(file_id), media_type=file.media_type, headers=headers)


def disposition(how: str, name: str) -> str:
    """Return the header that names a file to save (RFC 6266): once for everyone, once in UTF-8 (RFC 8187)."""
    plain = "".join(each if " " <= each <= "~" and each not in '"\\%' else "_" for each in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
