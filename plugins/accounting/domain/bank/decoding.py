"""Bytes of a file as text: which encoding, and where it breaks."""

import codecs

from charset_normalizer import from_bytes

from .statement import Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65536
_LIKELY = ["cp1252", "cp1250", "cp1251", "cp850", "latin-1", "iso8859-15", "mac-roman", "shift_jis", "gb18030"]
# What a table of eight-bit characters makes of a byte that it does not have, or that no text has.
_CONTROLS = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\r\x0b\x0c\x01\x02\x03\x04\x1a\x1c\x1d\x1e\x1f")


def decode(content: bytes, declared: str = "") -> tuple[str, str]:
    """Return the text of a file and the encoding it was read in: a byte order mark, UTF-8, what the file declares, or the best guess.

    Raises `Unreadable` with the line for a file that is none of them.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _strictly(content, name), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    for name in filter(None, (declared, _guessed(content), "cp1252", "latin-1")):
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if not _CONTROLS.intersection(text):
            return text, codecs.lookup(name).name
    at = next((index for index, byte in enumerate(content) if byte == 0), 0)
    raise Unreadable("This is not text: it holds bytes that no text file has.", line=content.count(b"\n", 0, at) + 1)


def _strictly(content: bytes, name: str) -> str:
    """Return the text of a file that says its encoding by a byte order mark."""
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"The byte at {error.start + 1} is not {name}, as the file's first bytes say. Export it again.", line=line
        ) from None


def _guessed(content: bytes) -> str:
    """Return the likeliest encoding of a sample around the first byte that is not ASCII."""
    at = next((index for index, byte in enumerate(content) if byte > 127), 0)
    best = from_bytes(content[max(at - 2000, 0) : at + _SAMPLE], cp_isolation=_LIKELY).best()
    return best.encoding if best else ""
