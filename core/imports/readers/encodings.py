"""Which encoding a text file has: told by its marks and its bytes, guessed by its words only where nothing else is left."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from core.imports.readers.languages import best_latin

# What a person can choose from. The Windows variants contain the ISO ones and what people really send.
ENCODINGS: dict[str, str] = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16-le": "Unicode (UTF-16, little-endian)",
    "utf-16-be": "Unicode (UTF-16, big-endian)",
    "utf-32-le": "Unicode (UTF-32, little-endian)",
    "cp1252": "Western European (Windows-1252)",
    "iso8859-1": "Western European (ISO 8859-1)",
    "iso8859-15": "Western European with € (ISO 8859-15)",
    "mac_roman": "Western European (Mac Roman)",
    "cp850": "Western European (DOS 850)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859-2": "Central European (ISO 8859-2)",
    "cp852": "Central European (DOS 852)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp866": "Cyrillic (DOS 866)",
    "iso8859-5": "Cyrillic (ISO 8859-5)",
    "cp1253": "Greek (Windows-1253)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp874": "Thai (Windows-874)",
    "cp1258": "Vietnamese (Windows-1258)",
    "cp932": "Japanese (Shift-JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "iso2022_jp": "Japanese (ISO-2022-JP)",
    "gb18030": "Chinese, simplified (GB18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean (Windows-949)",
}
_NOT_LATIN = (
    *("cp1251", "koi8-r", "cp866", "iso8859-5", "cp1253", "cp1255", "cp1256", "cp874"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
_MARKS = (  # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PART = 1 << 20
_ENOUGH = 1 << 16  # bytes of telling lines
_AROUND = 1000  # bytes of a telling line that are kept before and after its first telling byte
_TELLING = re.compile(rb"[\x80-\xff]")
_LINE_END = re.compile(rb"[\r\n]|\Z")
_MOST_WIDE = 0.05  # of the characters, in text that UTF-16 and not something else was meant for


@dataclass(frozen=True, slots=True)
class Detected:
    """An encoding, whether it is certain, and a sentence for the person when something about it is odd."""

    encoding: str
    certain: bool
    note: str = ""


def detect(file: BinaryIO) -> Detected:
    """Find out the encoding of a whole file; leaves the file at its end."""
    file.seek(0)
    head = file.read(_PART)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return Detected(encoding, True)
    if b"\0" in head and (wide := _without_mark(head)):
        return Detected(wide, False)
    if b"\x1b$" in head and _decodes(head[:_ENOUGH], "iso2022_jp"):
        return Detected("iso2022_jp", True)
    telling, is_utf8 = _survey(head, file)
    if is_utf8:
        return Detected("utf-8", True)
    if note := _nearly_utf8(telling):
        return Detected("utf-8", False, note)
    return Detected(_guess(telling), False)


def length_of_mark(file: BinaryIO, encoding: str) -> int:
    """Return how many bytes a file's byte order mark takes."""
    file.seek(0)
    head = file.read(4)
    return next((len(mark) for mark, of in _MARKS if of == encoding and head.startswith(mark)), 0)


def _without_mark(head: bytes) -> str:
    """Return which UTF-16 has no byte order mark here, or nothing: the one that makes commonplace characters of the bytes."""
    best = ("", _MOST_WIDE)
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(encoding, "replace")
        common = sum(map(text.count, "\n\r\t ,;0123456789eaEA")) - 10 * (text.count("\ufffd") + text.count("\0"))
        best = max(best, (encoding, common / len(text)), key=lambda each: each[1])
    return best[0]


def _survey(head: bytes, file: BinaryIO) -> tuple[bytes, bool]:
    """Return lines that hold more than ASCII, and whether the whole file is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    telling: list[bytes] = []
    size, is_utf8 = 0, True
    for part, last in _parts(head, file):
        if is_utf8:
            try:
                decoder.decode(part, last)
            except UnicodeDecodeError:
                is_utf8 = False
        for line in _telling(part):
            if size >= _ENOUGH:
                break
            telling.append(line)
            size += len(line)
        if not is_utf8 and size >= _ENOUGH:
            break
    return b"\n".join(telling), is_utf8


def _telling(part: bytes) -> Iterator[bytes]:
    """Yield what is around the first byte beyond ASCII of each line that has one.

    One expression for such a line would look through each line once for every place it could begin at: minutes for a file of long lines.
    """
    at = 0
    while found := _TELLING.search(part, at):
        first = found.start()
        begin = max(at, first - _AROUND, part.rfind(b"\n", at, first) + 1, part.rfind(b"\r", at, first) + 1)
        end = _LINE_END.search(part, first)
        at = end.start() if end else len(part)
        yield part[begin : min(at, first + _AROUND)]


def _parts(head: bytes, file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield a file in parts that end with lines, since half a character at an end would tell something false."""
    rest = head
    while part := file.read(_PART):
        whole, _, begun = (rest + part).rpartition(b"\n")
        yield whole + b"\n", False
        rest = begun
    yield rest, True


def _nearly_utf8(telling: bytes) -> str:
    """Return a sentence when the text is UTF-8 but for a few bytes: any other encoding would spoil all the rest."""
    text = telling.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(1 for each in text if each > "\x7f") - broken
    if good < 5 * broken:
        return ""
    return "The file is UTF-8, but a few of its characters are broken: rows that have one in a column you bring in are refused."


def _guess(telling: bytes) -> str:
    if latin := best_latin(telling):
        return latin
    known = [each for each in _NOT_LATIN if _decodes(telling, each)]
    found = from_bytes(telling, cp_isolation=list(known)).best() if known else None
    if found is None:
        return "cp1252"
    return next((each for each in known if codecs.lookup(each) == codecs.lookup(found.encoding)), "cp1252")


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(sample)
    except UnicodeDecodeError:
        return False
    return True
