"""What a file is, told by its first bytes: what a browser says of a file it sends is not believed."""

import re

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})  # a browser may show these in the page
PICTURES = SHOWN - {"application/pdf"}
UNKNOWN = "application/octet-stream"

_SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-\d"), "application/pdf"),
)
_PLAUSIBLE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")


def true_type(head: bytes, declared: str) -> str:
    """Return the media type of a file that begins with `head`.

    Those that are shown in the page (`SHOWN`) are given to files that begin as such a file does and to no others; of the rest `declared`
    is kept, since nothing depends on it: they are only ever offered for download.
    """
    for signature, kind in _SIGNATURES:
        if signature.match(head):
            return kind
    bare = declared.partition(";")[0].strip().lower()
    return bare if _PLAUSIBLE.fullmatch(bare) and bare not in SHOWN else UNKNOWN


# Control characters, what separates folders, and what turns the direction of writing (so that "gpj.exe" reads "exe.jpg").
_HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def safe_name(name: str, longest: int = 200) -> str:
    """Return the name that a file is kept under: no path, nothing that misleads a reader, at most `longest` characters, suffix included."""
    bare = _HARMFUL.sub("", name.replace("\\", "/").rpartition("/")[2]).strip().lstrip(".")
    stem, point, suffix = bare.rpartition(".")
    if not point or len(suffix) > 10:
        return bare[:longest] or "file"
    return f"{stem[: longest - len(suffix) - 1]}.{suffix}"
