"""Which uploads are pictures."""

import io
import struct
import zlib

import pytest
from PIL import Image

from plugins.catalogue.domain.pictures import LARGEST, file_name, read_picture
from weft import Invalid


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "#c0862f").save(content, kind)
    return content.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few hundred bytes that says it has very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")]
)
def test_a_picture_is_known_by_its_bytes_whatever_its_name(kind: str, media_type: str) -> None:
    read = read_picture(picture(kind), "holiday.txt")
    assert (read.media_type, read.width, read.height) == (media_type, 40, 30)
    assert file_name("C:\\pictures\\holiday.exe", read).startswith("holiday.")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "is no picture"),
        (b"%PDF-1.7", "is no picture"),
        (picture()[:60], "is damaged"),
        (picture("JPEG", (400, 400))[:900], "is damaged"),
        (bomb(8000, 8000), "more than can be shown"),
        (bomb(60_000, 60_000), "can be shown"),
        (b"\x89PNG" + b"0" * LARGEST, "larger than 10 MB"),
        (picture("BMP"), "is no picture"),
    ],
)
def test_what_is_no_sound_picture_is_refused_with_its_reason(content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read_picture(content, "upload.png")
