"""The QR codes that a till draws by itself are those of the standard: module for module what another encoder makes of the same text."""

import segno
from playwright.async_api import Page

MODULES = """async (cases) => {
  const { modules } = await import('/till/qr.js');
  return cases.map(([text, mask]) => modules(text, mask).map((row) => row.join("")));
}"""


FULL = (
    14,
    26,
    42,
    62,
    84,
    106,
    122,
    152,
    180,
    213,
)  # bytes that fill versions 1 to 10: what fillers are put behind less differs by encoder


async def test_codes_are_those_of_the_standard(modules: Page) -> None:
    address = "https://shop.weft.example/public/retail_pos/r/0123456789abcdef0123456789abcdef" * 3
    cases = [(f"é{address}"[: length - 1], place % 8) for place, length in enumerate(FULL)]
    told = await modules.evaluate(MODULES, cases)
    for (text, mask), rows in zip(cases, told, strict=True):
        made = segno.make(text, error="m", mode="byte", encoding="utf-8", mask=mask, micro=False, boost_error=False, eci=False)
        assert rows == ["".join(map(str, row)) for row in made.matrix], (made.designator, text, mask)
    [best] = await modules.evaluate(MODULES, [(cases[4][0], None)])
    assert best in (await modules.evaluate(MODULES, [(cases[4][0], mask) for mask in range(8)]))
