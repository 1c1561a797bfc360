"""What a printer is sent: the same bytes as python-escpos sends, and the samples of real ones."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from escpos.printer import Dummy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from plugins.retail_pos.domain.escpos import CODE_PAGES, NotEscPos, Printing, Raster, read

HERE = Path(__file__).parent / "data"
START = b"\x1b@"


def told(write: Callable[[Printing], object]) -> bytes:
    """Return what is sent after the printer was made ready."""
    printing = Printing()
    write(printing)
    assert bytes(printing).startswith(START)
    return bytes(printing)[len(START) :]


def oracle(write: Callable[[Dummy], object]) -> bytes:
    """Return what python-escpos sends."""
    printer = Dummy()
    write(printer)
    return bytes(printer.output)


def test_a_printer_is_made_ready_as_python_escpos_does_it() -> None:
    assert bytes(Printing()) == oracle(lambda dummy: dummy.hw("INIT"))


@pytest.mark.parametrize("size", [1, 3, 16])
@pytest.mark.parametrize(("level", "number"), [("L", 0), ("M", 1), ("Q", 2), ("H", 3)])
def test_qr_codes_are_those_of_python_escpos(size: int, level: str, number: int) -> None:
    text = "https://shop.example/public/retail_pos/r/0123456789abcdef é"
    assert told(lambda p: p.qr(text, size, level)) == oracle(lambda d: d.qr(text, native=True, size=size, ec=number))  # type: ignore[arg-type]


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="{"), min_size=1, max_size=60))
def test_barcodes_are_those_of_python_escpos(text: str) -> None:
    def write(dummy: Dummy) -> None:
        dummy.barcode(f"{{B{text}", "CODE128", function_type="B", height=60, width=2, pos="BELOW", font="A", align_ct=False, check=False)

    assert told(lambda p: p.barcode(text)) == oracle(write)


@pytest.mark.parametrize(("width", "height"), [(8, 1), (16, 8), (384, 100)])
def test_pictures_are_those_of_python_escpos(width: int, height: int) -> None:
    picture = Image.new("1", (width, height), 1)
    for dot in range(0, width, 3):
        picture.putpixel((dot, dot % height), 0)
    inverted = bytes(255 - each for each in picture.tobytes())
    sent = told(lambda p: p.raster(Raster(width // 8, inverted)))
    assert sent == oracle(lambda d: d.image(picture, impl="bitImageRaster", fragment_height=128, center=False))


def test_a_high_picture_is_sent_in_stripes_that_are_whole_together() -> None:
    rows = bytes(range(256)) * 3  # 768 rows of one byte
    stripes = [each for each in read(told(lambda p: p.raster(Raster(1, rows)))) if each.name == "GS v"]
    assert len(stripes) == 6
    assert b"".join(each.told[6:] for each in stripes) == rows


def test_bold_text_alignment_and_feed_are_those_of_python_escpos() -> None:
    assert told(lambda p: p.feed(3)) == oracle(lambda d: d.print_and_feed(3))
    assert told(lambda p: p.bold()) in oracle(lambda d: d.set(bold=True))
    assert told(lambda p: p.align("center")) in oracle(lambda d: d.set(align="center"))


@given(st.text(alphabet="aé€ßØñŁąžΩЖщ ", min_size=1, max_size=40))
def test_text_in_many_alphabets_comes_out_as_it_went_in(text: str) -> None:
    page, read_back = 0, ""
    for each in read(told(lambda p: p.text(text))):
        if each.name == "ESC t":
            page = each.told[0]
        else:
            read_back += each.told.decode(CODE_PAGES[page])
    assert read_back == text


def test_what_no_code_page_has_becomes_the_nearest_sign() -> None:
    assert b"?" in told(lambda p: p.text("茶"))
    assert told(lambda p: p.text("“9\u202f000 – 1\u00a0×”")).endswith(b'"9 000 - 1 x"')
    assert b"\x1b" not in told(lambda p: p.text("\x1b@evil\x00"))[3:]


def test_the_samples_of_real_printers_are_read_as_their_facts_say() -> None:
    names = {name: Counter(each.name for each in read((HERE / f"{name}.bin").read_bytes())) for name in ("receipt", "text-size", "qr-code")}
    assert {name: (c["ESC @"], c["GS V"], c["ESC p"], c["GS k"]) for name, c in names.items()} == {
        "receipt": (1, 1, 1, 0),
        "text-size": (2, 1, 0, 0),
        "qr-code": (1, 1, 0, 0),
    }
    text = b"".join(each.told for each in read((HERE / "receipt.bin").read_bytes()) if not each.name).decode()
    assert re.findall(r"\d+\.\d\d(?!\d)", text) == ["4.00", "3.50", "1.00", "4.45", "12.95", "1.30", "14.25"]


def test_the_commands_of_the_samples_are_those_that_are_sent_here() -> None:
    receipt, sizes, codes = ((HERE / f"{name}.bin").read_bytes() for name in ("receipt", "text-size", "qr-code"))
    assert told(lambda p: p.cut()) in receipt
    assert told(lambda p: p.open_drawer()) in receipt
    assert told(lambda p: p.align("center")) in receipt
    assert told(lambda p: p.feed(2)) in receipt
    assert all(bytes(Printing().size(times, times))[len(START) :] in sizes for times in range(1, 9))
    assert told(lambda p: p.qr("Testing 123", 3, "L")) in codes


@pytest.mark.parametrize("broken", [b"\x1dv0", b"\x1b", b"\x1d(k\xff\xff", b"\x1d\x99"])
def test_a_broken_stream_is_told_as_one(broken: bytes) -> None:
    with pytest.raises(NotEscPos):
        read(broken)


def test_what_cannot_be_printed_is_refused_before_anything_is_sent() -> None:
    wrong: list[Callable[[Printing], object]] = [
        lambda p: p.qr(""),
        lambda p: p.qr("a" * 7090),
        lambda p: p.barcode("é"),
        lambda p: p.size(9),
    ]
    for write in wrong:
        with pytest.raises(ValueError, match=r"QR code|barcode|characters"):
            write(Printing())
