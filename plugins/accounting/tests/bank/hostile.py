"""What becomes of a bank's file on its way: cut off, encoded anew, doubled, shuffled, or meant to harm."""

import codecs
import gzip
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator

from .given import FILES
from .test_ofx_qif_bai2 import SGML, XML

Variants = Iterator[tuple[str, bytes]]
QIF = (
    "!Account\nNMain\nTBank\n^\n!Type:Bank\nD03/25/2026\nT-1,200.50\nPRent\nMMarch\n^\n"
    "D03/26'26\nT300.00\nPAda\nSSales\n$200.00\nSFees\n$100.00\n^\n"
)
CSV = "Date;Text;Amount;Balance\n2026-03-25;Rent;-1.200,50;100,00\n2026-03-26;Ada;300,00;400,00\n"
LEDGER = "\n".join(
    (
        "01,SENDER,RECEIVER,260331,1200,1,80,1,2/",
        "02,RECEIVER,SENDER,1,260331,1200,EUR,2/",
        "03,4711,EUR,010,10000,,,015,13500,,/",
        "16,165,5000,Z,REF1,,INVOICE 17",
        "88,CONTINUED TEXT",
        "16,475,1500,Z,REF2,,CHEQUE 1000/",
        "49,30000,5/",
        "98,30000,1,7/",
        "99,30000,1,9/\n",
    )
)


def samples() -> dict[str, bytes]:
    """Return a file of each format and dialect there is."""
    found = {str(path.relative_to(FILES)): path.read_bytes() for path in sorted(FILES.glob("*/*"))}
    own = {"own.ofx": SGML.encode("cp1252"), "own.xml.ofx": XML.encode(), "own.qif": QIF.encode(), "own.csv": CSV.encode()}
    return found | own | {"own.bai": LEDGER.encode()}


def cut_off(content: bytes) -> Variants:
    """Yield the file cut off at every 100th byte, and of a long one at a hundred places."""
    step = max(100, len(content) // 100)
    for at in range(step, len(content), step):
        yield f"cut off at {at}", content[:at]


def encoded(content: bytes) -> Variants:
    """Yield the file in other encodings, with marks that lie, and with bytes that no text has."""
    text = content.decode("utf-8", "replace")
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "cp500", "shift_jis", "utf-7"):
        yield name, text.encode(name, "replace")
    yield "a mark of UTF-16 before UTF-8", codecs.BOM_UTF16_LE + content
    yield "a mark of UTF-8 before Latin-1", codecs.BOM_UTF8 + text.encode("latin-1", "replace") + b"\xe4\xf6\xfc"
    middle = len(content) // 2
    for name, byte in (("NUL", b"\x00"), ("0xFF", b"\xff\xfe\xfd"), ("a lone surrogate", b"\xed\xa0\x80"), ("0x1A", b"\x1a")):
        yield f"{name} in the middle", content[:middle] + byte + content[middle:]


def other_lines(content: bytes) -> Variants:
    """Yield the file with other line ends, without any, and with empty lines."""
    plain = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for name, end in (("LF", b"\n"), ("CRLF", b"\r\n"), ("CR", b"\r"), ("CR CR LF", b"\r\r\n"), ("none", b""), ("NEL", b"\xc2\x85")):
        yield f"lines end with {name}", plain.replace(b"\n", end)
    yield "empty lines between", plain.replace(b"\n", b"\n\n")
    yield "white space around each line", b"\n".join(b"  " + line + b"\t " for line in plain.split(b"\n"))


def doubled(content: bytes) -> Variants:
    """Yield the file twice, with each line twice, and with a block of it twice."""
    lines = content.split(b"\n")
    yield "twice", content + content
    yield "each line twice", b"\n".join(line for line in lines for _ in range(2))
    third = len(lines) // 3
    yield "a block twice", b"\n".join([*lines[: 2 * third], *lines[third:]])
    yield "a block gone", b"\n".join([*lines[:third], *lines[2 * third :]])


def shuffled(content: bytes) -> Variants:
    """Yield the file's lines, and the marks between its elements, in another order."""
    chance = random.Random(len(content))
    lines = content.split(b"\n")
    yield "backwards", b"\n".join(reversed(lines))
    for turn in range(4):
        yield f"shuffled {turn}", b"\n".join(chance.sample(lines, len(lines)))
    parts = re.split(rb"(?=<)", content)
    for turn in range(3):
        one, other = sorted(chance.sample(range(len(parts)), 2)) if len(parts) > 1 else (0, 0)
        parts[one], parts[other] = parts[other], parts[one]
        yield f"elements swapped {turn}", b"".join(parts)


_NUMBER = re.compile(rb"\d+[.,]\d+|\d{2,}")
NUMBERS = (b"9" * 400, b"-1", b"0", b"1e400", b"NaN", b"Infinity", b"-0.00", b"1.2.3,4", b"", b"0x1F", "١٢٣".encode(), b"1" + b"0" * 5000)


def other_numbers(content: bytes) -> Variants:
    """Yield the file with one number after the other replaced by what is none, or by one that no bank has."""
    chance = random.Random(len(content) + 1)
    places = list(_NUMBER.finditer(content))
    for other in NUMBERS:
        for found in chance.sample(places, min(6, len(places))):
            yield f"{other[:12]!r} at {found.start()}", content[: found.start()] + other + content[found.end() :]
    yield "every number huge", _NUMBER.sub(b"9" * 60, content)
    yield "every number negative", _NUMBER.sub(lambda found: b"-" + found[0], content)
    yield "every number gone", _NUMBER.sub(b"", content)


_CODE = re.compile(rb"\b[A-Z]{3,4}\b|:\d\d[A-Z]?:|^\d\d,|!Type:\w+", re.MULTILINE)


def other_codes(content: bytes) -> Variants:
    """Yield the file with codes, tags and currencies that nobody knows."""
    chance = random.Random(len(content) + 2)
    places = list(_CODE.finditer(content))
    for found in chance.sample(places, min(25, len(places))):
        for other in (b"QQQ", b":99Z:", b""):
            yield f"{other!r} for {found[0]!r} at {found.start()}", content[: found.start()] + other + content[found.end() :]


def mutated(content: bytes) -> Variants:
    """Yield the file with a few bytes changed by chance."""
    chance = random.Random(len(content) + 3)
    for turn in range(40):
        changed = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield f"mutated {turn}", bytes(changed)


WAYS: tuple[Callable[[bytes], Variants], ...] = (
    *(cut_off, encoded, other_lines, doubled, shuffled),
    *(other_numbers, other_codes, mutated),
)


def bombs() -> dict[str, bytes]:
    """Return files that are meant to harm whoever opens them."""
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    document = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>&x;</BkToCstmrStmt></Document>'

    def with_type(inside: str) -> str:
        return f'<?xml version="1.0"?><!DOCTYPE Document [{inside}]>{document}'

    laughs = with_type(f'<!ENTITY e0 "ha">{nested}<!ENTITY x "&e9;">')
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("statement.xml", b" " * 10_000_000)
    deep = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">' + b"<A>" * 100_000 + b"</A>" * 100_000 + b"</Document>"
    return {
        "a billion laughs": laughs.encode(),
        "an entity from outside": with_type('<!ENTITY x SYSTEM "file:///etc/passwd">').encode(),
        "a parameter entity": with_type('<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;').encode(),
        "a billion laughs in UTF-16": laughs.encode("utf-16"),
        "an OFX with entities": b'<?xml version="1.0"?><!DOCTYPE OFX [<!ENTITY a "b">]><OFX><BANKMSGSRSV1>&a;</BANKMSGSRSV1></OFX>',
        "a ZIP": packed.getvalue(),
        "a gzip": gzip.compress(b" " * 10_000_000),
        "elements a hundred thousand deep": deep,
        "SGML elements a hundred thousand deep": b"OFXHEADER:100\n\n<OFX>" + b"<BANKMSGSRSV1><STMTTRNRS>" * 50_000,
        "one line of ten megabytes": b":20:X\n:25:1\n:86:" + b"x" * 10_000_000,
        "a table of a million columns": b";".join([b"Date"] * 1_000_000) + b"\n2026-01-01;1\n",
        "a quote that never ends": b'Date;Text;Amount\n2026-01-01;"' + b"a;b\n" * 300_000,
        "nothing but slashes": b"01,A,B,260331,1200,1,,,2/\n" + b"/" * 1_000_000,
        "continuations without end": b"01,A,B,260331,1200,1,,,2/\n" + b"88,X\n" * 200_000,
    }
