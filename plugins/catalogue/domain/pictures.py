"""Which uploads are pictures: found out from their bytes, whatever their names and browsers say."""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from weft.errors import Invalid

LARGEST = 10_000_000  # bytes
MOST_PIXELS = 50_000_000  # a picture of 20 kB can unfold to gigabytes; 50 megapixels are 200 MB in memory
MOST_IMAGES = 30  # of one product
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture is; width and height in pixels."""

    media_type: str
    width: int
    height: int


def read_picture(content: bytes, name: str = "The file") -> Picture:
    """Look at the bytes of an upload; raises `Invalid` with a sentence for anything but a sound picture of a size that can be shown."""
    if not content:
        raise Invalid(f"“{name}” is empty.")
    if len(content) > LARGEST:
        raise Invalid(f"“{name}” is larger than {LARGEST // 1_000_000} MB: make it smaller first.")
    try:
        with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            width, height = image.size
            if width * height > MOST_PIXELS or getattr(image, "n_frames", 1) > 500:
                raise Invalid(f"“{name}” has {width} × {height} pixels, more than can be shown: make it smaller first.")
            image.load()
            return Picture(MEDIA_TYPES[str(image.format)], width, height)
    except (UnidentifiedImageError, KeyError):
        raise Invalid(f"“{name}” is no picture: use PNG, JPEG, WebP or GIF.") from None
    except Image.DecompressionBombError:
        raise Invalid(f"“{name}” unfolds to more pixels than can be shown: make it smaller first.") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Invalid(f"“{name}” is damaged: its picture ends early. Upload it again.") from None


def file_name(name: str, picture: Picture) -> str:
    """Return the name a picture is stored under: the one it came with, with the ending that fits what it is."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0].strip() or "image"
    return f"{stem[:100]}{SUFFIXES[picture.media_type]}"
