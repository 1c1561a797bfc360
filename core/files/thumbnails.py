"""Pictures, made small."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from weft.errors import Invalid

LARGEST = 30_000_000  # bytes of a picture that is made small
PIXELS = 80_000_000  # of a picture that is made small: a decoder needs four bytes for each
THUMB = 192  # pixels of the longer side; shown at half of it, so that it is sharp on a dense screen


def thumbnail(content: bytes) -> bytes:
    """Return a picture as a small WEBP, the way up that its camera noted; raises `Invalid` for what is no picture, or too large a one."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > PIXELS:
                raise Invalid(f"This picture has {image.width} × {image.height} pixels, which is too many to be shown small.")
            image.draft("RGB", (THUMB, THUMB))
            small = ImageOps.exif_transpose(image).convert("RGBA")
            small.thumbnail((THUMB, THUMB))
            out = io.BytesIO()
            small.save(out, "WEBP", quality=80)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as wrong:
        raise Invalid("This file is not a picture that can be shown small.") from wrong
    return out.getvalue()
