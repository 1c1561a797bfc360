"""What stands on a receipt."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from plugins.retail_pos.domain.escpos import Raster, read
from plugins.retail_pos.domain.records import Original, ReceiptKind, TaxTotal, Tender
from plugins.retail_pos.domain.slip import Code, Paper, Row, lay_out, to_bytes, to_text
from plugins.retail_pos.domain.slip_words import WORDS

from .making import facts, line, receipt

SALE = """
               Green & Sons
              1 High Street
                London N1
          Tax number GB123456789
------------------------------------------
Receipt T1-000123         22/11/2026 14:05
Till T1                      Served by Ann
------------------------------------------
Earl Grey tea, loose leaf, in a tin
that is worth keeping               7.00 A
  2 × 3.50
Cheddar                             6.14 A
  0.512 kg × 12.00
  Discount 10 %                      -0.61
------------------------------------------
Total GBP                            12.53
Cash: Given                          20.00
Change                                7.47
------------------------------------------
A Tax 20 %           10.44 + 2.09 = 12.53
Prices include tax
Items                                    3
Points earned                           12
          Open every day 9 to 6
"""


def shown(**given: Any) -> str:
    """Return a slip as text."""
    return to_text(lay_out(facts(**given)))


def test_a_sale_reads_as_a_customer_expects() -> None:
    told = to_text(lay_out(facts()))
    assert [each.split() for each in told.strip().splitlines()] == [each.replace("×", "x").split() for each in SALE.strip().splitlines()]


def test_copies_training_returns_and_voids_say_what_they_are() -> None:
    assert "COPY 2" in shown(copy=2)
    assert "COPY" not in shown()
    assert "This is not a receipt" in shown(told=receipt(kind=ReceiptKind.TRAINING))
    assert "VOIDED" in shown(told=receipt(kind=ReceiptKind.VOID))
    sold = UUID("01931c60-0000-7000-8000-0000000000aa")
    back = receipt(
        kind=ReceiptKind.RETURN,
        lines=(line(1, "Tea", "-1", "3.50", original=Original(receipt=sold, position=1)),),
        total=Decimal("-3.50"),
        tenders=(Tender(type="card", amount=Decimal("-3.50"), reference="1234"),),
        points=None,
    )
    told = shown(told=back, returned={str(sold): "T1-000100"})
    assert "RETURN" in told
    assert "Returned from T1-000100" in told
    assert "Given back: Card 1234" in told
    assert "3.50" in told.partition("Given back")[2]


def test_each_tax_has_a_letter_that_stands_on_its_lines() -> None:
    taxes = (
        TaxTotal(code="A", rate=Decimal(20), net=Decimal("5.83"), tax=Decimal("1.17"), gross=Decimal("7.00")),
        TaxTotal(code="B", rate=Decimal("5.5"), net=Decimal("5.81"), tax=Decimal("0.32"), gross=Decimal("6.13")),
    )
    told = shown(told=receipt(taxes=taxes))
    assert "A Tax 20 %" in told
    assert "B Tax 5.5 %" in told


def test_every_language_says_everything() -> None:
    assert all(set(words) == set(WORDS["en"]) and all(words.values()) for words in WORDS.values())
    french = shown(locale=Locale("fr", "FR"), copy=1)
    assert "DUPLICATA 1" in french
    assert "Total TTC GBP" in french
    assert "12,53" in french


def test_a_business_names_its_own_tenders_and_rules_add_their_marks() -> None:
    told = shown(told=receipt(tenders=(Tender(type="lunch_voucher", amount=Decimal("12.53")),)), marks=(("Signature", "a1b2"),))
    assert "Lunch voucher" in told
    assert "a1b2" in told
    named = shown(
        told=receipt(tenders=(Tender(type="lunch_voucher", amount=Decimal("12.53")),)), titles={"lunch_voucher": "Ticket restaurant"}
    )
    assert "Ticket restaurant" in named


text = st.text(alphabet="abc dé—×\u202f\n", max_size=70)


@given(left=text, right=text, columns=st.sampled_from([24, 32, 42, 48]), center=st.booleans())
def test_no_line_is_wider_than_the_paper_and_no_word_is_lost(left: str, right: str, columns: int, center: bool) -> None:
    told = to_text([Row(left, "" if center else right, center=center)], columns)
    assert all(len(each) <= columns for each in told.splitlines())
    wanted = (left + ("" if center else right)).replace("—", "-").replace("×", "x").replace("\u202f", " ")
    assert sorted("".join(told.split())) == sorted("".join(wanted.split()))


def test_the_printer_gets_the_same_text_and_a_code_of_the_receipts_page() -> None:
    address = "https://green.example/public/retail_pos/r/0123456789abcdef"
    blocks = lay_out(facts(address=address))
    assert isinstance(blocks[-1], Code)
    commands = read(to_bytes(blocks, Paper(), logo=Raster(2, b"\xff" * 4), open_drawer=True))
    names = [each.name for each in commands]
    assert names[0] == "ESC @"
    assert names.count("ESC p") == names.count("GS v") == names.count("GS V") == 1
    assert any(each.told.endswith(address.encode()) for each in commands if each.name == "GS (")
    told = b"".join(each.told for each in commands if not each.name).decode("cp858")
    assert [each.split() for each in told.split("\n") if "Total" in each] == [["Total", "GBP", "12.53"]]
    assert all(len(each) <= 48 for each in told.splitlines())


def test_a_printer_without_codes_gets_the_address_in_words() -> None:
    told = to_bytes(lay_out(facts(address="https://x.example/r/1")), Paper(columns=32, draws_codes=False, cuts=False))
    assert b"https://x.example/r/1" in told
    assert not [each for each in read(told) if each.name in ("GS (", "GS V")]
