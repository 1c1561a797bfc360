"""What a till prints by the browser carries what fiscal law asks: the same marks as the server's receipt, in the language of receipts."""

import hashlib

from playwright.async_api import Page

from plugins.retail_pos.domain.fiscal import signature
from plugins.retail_pos.domain.slip_words import words_for
from plugins.retail_pos.services.fiscalizing import SOFTWARE

PAPER = """async ([settings, record, copy]) => {
  const { paper } = await import('/till/ui/receipts.js');
  const made = paper({ settings, digits: 2 }, record, copy);
  return [made.textContent, made.querySelector('svg.qr')?.getAttribute('aria-label') ?? ''];
}"""


async def test_a_receipt_of_france_has_its_marks_its_code_and_says_that_it_is_a_copy(modules: Page) -> None:
    digest = hashlib.sha256(b"a receipt").hexdigest()
    settings = {
        "business": "Chez Ada", "store": "Chez Ada", "address": "1 rue du Port", "phone": "", "head": "", "foot": "", "till": "C1",
        "timezone": "Europe/Paris", "currency": "EUR", "digits": 2, "operators": [], "taxes": {},
        "tenders": [{"type": "tr", "title": "Ticket resto"}],
        "receipts": "https://ada.weft.example/public/retail_pos/r/", "tax_number": "FR40303265045", "fiscal": "FR", "software": SOFTWARE,
        "words": dict(words_for("fr")),
    }  # fmt: skip
    line = {"name": "Café", "quantity": "2", "unit_price": "1.20", "base": "2.40", "amount": "2.40"}
    receipt = {
        "kind": "sale", "number": 7, "reference": "C1-000007", "total": "2.40", "lines": [line],
        "tenders": [{"type": "tr", "amount": "2.40"}],
        "taxes": [{"code": "fr_c_10", "rate": "10", "net": "2.18", "tax": "0.22", "gross": "2.40"}],
    }  # fmt: skip
    record = {"hash": digest, "made_at": "2026-03-31T10:00:00.000Z", "operator": None, "receipt": receipt}
    text, code = await modules.evaluate(PAPER, [settings, record, 1])
    for said in (
        f"Signature{signature(digest)}",
        "Lignes1",
        f"Logiciel{SOFTWARE}",
        "DUPLICATA 1",
        "N° TVA FR40303265045",
        "Ticket resto",
        "C1-000007",
    ):
        assert said in text
    assert code == f"https://ada.weft.example/public/retail_pos/r/{digest[:32]}"
    text, _ = await modules.evaluate(PAPER, [{**settings, "fiscal": ""}, record, 0])
    assert "Signature" not in text
    assert "DUPLICATA" not in text
