"""Labels: bars that scanners read, and a PDF of them."""

import pytest

from plugins.inventory.domain.barcodes import bars
from weft.testing import Client

from .conftest import Shop


def test_a_gtin_becomes_the_bars_that_the_standard_gives_it() -> None:
    left = "0001011 0100111 0110011 0010011 0111101 0011101"
    right = "1100110 1101100 1000010 1011100 1001110 1000100"
    assert bars("5901234123457") == f"101{left}01010{right}101".replace(" ", "")
    assert bars("036000291452") == bars("0036000291452")
    short = bars("96385074")
    assert short is not None
    assert len(short) == 67


@pytest.mark.parametrize("code", ["5901234123458", "P-00042", "123", ""])
def test_what_is_no_gtin_has_no_bars(code: str) -> None:
    assert bars(code) is None


async def test_labels_are_printed_with_and_without_a_barcode(shop: Shop, client: Client) -> None:
    pen = await shop.item("Pen", variants=[{"barcodes": [{"code": "4006381333931"}], "prices": [{"amount": "1.90"}]}])
    mug = await shop.item("Mug")
    for item in (pen, mug):
        answer = await client.get(f"/inventory/items/{item}/labels?count=3")
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"%PDF")
        assert b"/Count 3" in answer.content, "one label a page"
    assert (await client.get(f"/inventory/items/{pen}/labels?count=501")).status_code == 422
