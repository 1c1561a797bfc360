"""Labels: bars that scanners read, and a PDF of them."""

from datetime import date

import barcode  # type: ignore[import-untyped]  # comes with python-escpos, and has no types
import biip
import pytest

from plugins.inventory.domain.barcodes import bars
from plugins.inventory.domain.gs1 import element_string, modules
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


def test_an_element_string_becomes_the_symbol_that_another_encoder_makes_of_it() -> None:
    told = element_string("4006381333931", "L-EARLY", serial=False, expires=date(2026, 6, 1))
    assert told == ("01040063813339311726060110L-EARLY", "(01)04006381333931(17)260601(10)L-EARLY")
    for elements in (told[0], "010400638133393110123456", "0104006381333931219", "0104006381333931" + "10" + "aZ9_%"):
        [other] = barcode.get("gs1_128", elements).build()
        assert modules(elements) == other, elements
    assert biip.parse("]C1" + told[0]).gs1_message is not None
    assert element_string("P-1", "L", serial=False, expires=None) is None
    assert element_string("96385074", "Lot number 7 of spring", serial=True, expires=None) is None


async def test_a_lot_is_printed_as_gs1_and_its_code_finds_it_again(shop: Shop, client: Client) -> None:
    await shop.keep("", tracking="lot")
    milk = await shop.item("Milk", variants=[{"barcodes": [{"code": "4006381333931"}]}])
    loose = await shop.item("Loose milk")
    for item in (milk, loose):
        await shop.receive(item, 2, 1, lot="L-42", expires=date(2026, 6, 1))
    for row in await shop.ask("SELECT l.id FROM inventory_lot l"):
        answer = await client.get(f"/inventory/lots/{row['id']}/labels?count=2")
        assert answer.content.startswith(b"%PDF"), answer.text
        assert b"/Count 2" in answer.content
    assert (await client.get(f"/inventory/lots/{milk}/labels")).status_code == 404


async def test_labels_are_printed_with_and_without_a_barcode(shop: Shop, client: Client) -> None:
    pen = await shop.item("Pen", variants=[{"barcodes": [{"code": "4006381333931"}], "prices": [{"amount": "1.90"}]}])
    mug = await shop.item("Mug")
    for item in (pen, mug):
        answer = await client.get(f"/inventory/items/{item}/labels?count=3")
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"%PDF")
        assert b"/Count 3" in answer.content, "one label a page"
    assert (await client.get(f"/inventory/items/{pen}/labels?count=501")).status_code == 422
