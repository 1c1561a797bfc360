"""Files over HTTP: shown where that is safe, offered for download otherwise; images also small."""

import io
from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Stream
from PIL import Image, UnidentifiedImageError

from core.tenancy.tenant import LiveTenant
from web.dependencies import TheTenant
from weft.errors import Missing

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})
THUMB = 96  # pixels
CACHED = {"Cache-Control": "private, max-age=86400, immutable"}  # a file's bytes never change under its id


@get("/files/{file_id:uuid}")
async def show_file(tenant: TheTenant, file_id: FromPath[UUID], size: FromQuery[str] = "") -> Response[Any] | Stream:
    """Return a file's bytes; with ``size=thumb`` a small picture of an image."""
    file = await tenant.files.find(file_id)
    if size == "thumb":
        return Response(await _thumbnail(tenant, file_id), media_type="image/webp", headers=CACHED)
    kind = file.media_type if file.media_type in SHOWN else "application/octet-stream"
    how = "inline" if kind in SHOWN else "attachment"
    name = "".join(each if each.isalnum() or each in "-_. " else "_" for each in file.name)
    ascii_name = name.encode("ascii", "replace").decode()
    headers = {"Content-Disposition": f'{how}; filename="{ascii_name}"', "Content-Security-Policy": "sandbox; default-src 'none'", **CACHED}
    return Stream(tenant.files.read(file_id), media_type=kind, headers=headers)


async def _thumbnail(tenant: LiveTenant, file_id: FromPath[UUID]) -> bytes:
    content = b"".join([part async for part in tenant.files.read(file_id)])
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.draft("RGB", (THUMB * 2, THUMB * 2))
            small = image.convert("RGBA")
            small.thumbnail((THUMB * 2, THUMB * 2))
            out = io.BytesIO()
            small.save(out, "WEBP", quality=80)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as wrong:
        raise Missing("This file is not a picture that can be shown small.") from wrong
    return out.getvalue()
