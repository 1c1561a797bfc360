"""What the till reads of a scan: the vectors that the catalogue is held to, on the device."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

VECTORS = json.loads((Path(__file__).parents[3] / "catalogue" / "tests" / "data" / "scan_vectors.json").read_text())
PATTERNS = "21PPPPPWWWWWC, 22PPPPPVVVVVC"
READ = """async ([text, known]) => {
  const { patterns, readScan } = await import('/till/barcodes.js');
  return JSON.parse(JSON.stringify(readScan(text, patterns(known)), (_, each) => typeof each === 'bigint' ? String(each) : each));
}"""
KINDS = {
    **dict.fromkeys(("GTIN-8", "GTIN-12 (UPC-A)", "GTIN-13", "GTIN-14", "ISBN-13"), "gtin"),
    "variable weight": "weight",
    "variable price": "price",
}


def expected(vector: dict[str, Any]) -> dict[str, Any]:
    """Return what the till has to read of a vector."""
    kind, elements, wanted = vector["kind"], vector.get("ai", {}), dict[str, Any]()
    if kind in KINDS:
        wanted["kind"] = KINDS[kind]
    if kind.startswith(("coupon", "SSCC")):
        wanted |= {"kind": kind[:4].lower() if kind == "SSCC" else "coupon", "keys": []}
    if kind.startswith("variable"):
        wanted |= {"grams": "1234"} if kind.endswith("weight") else {"units": "299"}
    names = {"10": "lot", "17": "expires"}
    wanted |= {names[ai]: value for ai, value in elements.items() if ai in names}
    wanted |= {"kilograms": ["1234", 2]} if "3102" in elements else {}
    wanted |= {"price": ["995", 2]} if "3922" in elements else {}
    return wanted | ({"keys": ["ABC-123"]} if kind == "internal code" else {})


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["scan"] or "nothing")
async def test_a_scan_is_read_as_it_is_meant(modules: Page, vector: dict[str, Any]) -> None:
    read = await modules.evaluate(READ, [vector["scan"], PATTERNS])
    wanted = expected(vector)
    assert {name: read.get(name) for name in wanted} == wanted
    assert vector.get("gtin14", (read["keys"] or [None])[0]) == (read["keys"] or [None])[0]
    assert vector.get("item") in (None, *read["keys"])
    assert bool(read.get("why")) is (vector["kind"] in ("invalid", "SSCC") or vector["kind"].startswith("coupon"))


async def test_every_fixed_length_is_that_of_the_general_specifications(modules: Page) -> None:
    read = await modules.evaluate(
        "async () => { const { readScan } = await import('/till/barcodes.js');"
        "return ['11', '12', '13', '15', '16', '17'].map((ai) => readScan(`0104012345678901${ai}26063010LOT`).lot) }"
    )
    assert read == ["LOT"] * 6


@pytest.mark.parametrize(
    ("digits", "date"),
    [("260630", "2026-06-30"), ("260200", "2026-02-28"), ("790101", "1979-01-01"), ("760101", "2076-01-01"), ("261301", "")],
)
async def test_dates_have_the_nearest_century_and_day_nought_is_the_last(modules: Page, digits: str, date: str) -> None:
    script = "async (text) => (await import('/till/barcodes.js')).gs1Date(text, 2026)"
    assert await modules.evaluate(script, digits) == date


def test_the_vectors_are_all_kinds_there_are() -> None:
    kinds = {re.split(r"[ (]", vector["kind"])[0] for vector in VECTORS}
    assert kinds >= {"GTIN-8", "GTIN-12", "GTIN-13", "GTIN-14", "variable", "coupon/refund", "GS1", "SSCC", "invalid", "internal"}
