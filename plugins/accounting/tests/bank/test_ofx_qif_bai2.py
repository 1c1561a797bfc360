"""OFX of both generations, QIF and BAI2."""

from datetime import date
from decimal import Decimal

import pytest

from plugins.accounting.domain.bank.proving import prove
from plugins.accounting.domain.bank.qif import read_qif
from plugins.accounting.domain.bank.statement import Balance, Unreadable

from .given import FILES, given, kinds, only, read, sides

D = Decimal

# OFX 1: values without closing tags, decimal comma, an empty value, a transaction that is never closed, a FITID used twice.
SGML = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260331<LANGUAGE>GER</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>12030000<ACCTID>202051<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260331120000[+1:CET]
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260304<TRNAMT>-1.200,50<FITID>A1<CHECKNUM>1000<MEMO>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260320<TRNAMT>300,00<FITID>A1<NAME>M&amp;M M\u00fcller<MEMO>Rechnung 17</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>200,29<DTASOF>202603311120</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
# OFX 2: a list of transactions for each, the balance before the list's end, a card without transactions, an investment trade.
XML = """<?xml version="1.0" encoding="ASCII"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD</CURDEF><BANKACCTFROM><ACCTID>42</ACCTID></BANKACCTFROM>
<BANKTRANLIST><STMTTRN><FITID>1</FITID><TRNAMT>-80</TRNAMT><DTPOSTED>20260824080000</DTPOSTED><NAME>A</NAME></STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT>2156.56</BALAMT><DTASOF>20260831165153</DTASOF></LEDGERBAL>
<BANKTRANLIST><STMTTRN><TRNTYPE>POS</TRNTYPE><DTPOSTED>20260824</DTPOSTED><TRNAMT>-90</TRNAMT><FITID>2</FITID></STMTTRN></BANKTRANLIST>
</STMTRS></STMTTRNRS></BANKMSGSRSV1>
<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD</CURDEF><CCACCTFROM><ACCTID>1234</ACCTID></CCACCTFROM><BANKTRANLIST></BANKTRANLIST>
<LEDGERBAL><BALAMT>-562.00</BALAMT><DTASOF>20260831</DTASOF></LEDGERBAL></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1>
<INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><CURDEF>USD</CURDEF><INVACCTFROM><BROKERID>9</BROKERID><ACCTID>77</ACCTID></INVACCTFROM>
<INVTRANLIST><BUYSTOCK><INVBUY><INVTRAN><FITID>5</FITID></INVTRAN><TOTAL>-5025.00</TOTAL></INVBUY></BUYSTOCK>
<INVBANKTRAN><STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260825</DTPOSTED><TRNAMT>1000.00</TRNAMT><FITID>6</FITID></STMTTRN></INVBANKTRAN>
</INVTRANLIST><INVOOLIST><OO><FITID>5</FITID></OO></INVOOLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>
"""


def test_sgml_without_closing_tags_is_read() -> None:
    file = read(SGML, encoding="cp1252")
    statement, proof = only(file)
    assert (statement.account.number, statement.account.bank, statement.account.currency) == ("202051", "12030000", "EUR")
    assert [each.amount for each in statement.entries] == [D("-1200.50"), D(300)]
    assert statement.entries[1].counterparty.name == "M&M Müller"
    assert statement.entries[0].references.cheque == "1000"
    assert statement.balances[0].amount == D("200.29")
    assert (statement.starts_on, statement.ends_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert proof.verdict == "unproven"


def test_a_closing_balance_alone_proves_with_the_one_before() -> None:
    statement, _ = only(read(SGML, encoding="cp1252"))
    closing = statement.balances[0]
    assert prove(statement, previous=_with(closing, "1100.79")).verdict == "verified"
    assert prove(statement, previous=_with(closing, "1100.80")).differences[0].amount == D("-0.01")


def _with(balance: Balance, amount: str) -> Balance:
    return Balance("closing", D(amount), balance.currency, date(2026, 2, 28))


def test_elements_may_come_in_any_order_and_several_accounts_in_one_file() -> None:
    bank, card, broker = read(XML).statements
    assert sides(bank) == (2, D(0), D(170))
    assert [each.balances[0].amount for each in (bank, card)] == [D("2156.56"), D("-562.00")]
    assert card.entries == ()
    assert [each.amount for each in broker.entries] == [D(1000)]
    assert "1 investment transaction left out" in broker.notes[0].sentence


def test_ofx_cut_off_is_parked() -> None:
    statement, proof = only(read(SGML[: SGML.index("<LEDGERBAL>")], encoding="cp1252"))
    assert len(statement.entries) == 2
    assert kinds(proof) == {"structure"}


def test_ofx_with_entities_is_refused() -> None:
    with pytest.raises(Unreadable, match="refused"):
        read(XML.replace("<OFX>", '<!DOCTYPE x [<!ENTITY a "b">]><OFX>', 1))


def test_ofx_that_holds_an_error_says_what_the_bank_said() -> None:
    text = "<OFX><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS></SONRS></OFX>"
    with pytest.raises(Unreadable, match="Signon invalid"):
        read(text)


@pytest.mark.parametrize(("tag", "bad", "kind"), [("TRNAMT", "12,34,5", "amount"), ("DTPOSTED", "20260230", "date")])
def test_a_bad_value_in_ofx_is_parked_with_its_line(tag: str, bad: str, kind: str) -> None:
    good = {"TRNAMT": "<TRNAMT>-80<", "DTPOSTED": "<DTPOSTED>20260824080000<"}[tag]
    bank = read(XML.replace(good, f"<{tag}>{bad}<")).statements[0]
    assert [(each.kind, each.line, each.part) for each in prove(bank).differences] == [(kind, 4, tag)]


def test_qif_dates_in_any_order_and_amounts_in_groups() -> None:
    text = "!Type:Bank\nD8/12/13\nT-1,000.00\nPDelta\n^\nD8/15'2013\nT-75.46\nPWalt\nN123\n^\nD3/ 3/13\nT-821.63\n^\n"
    statement, proof = only(read(text, currency="USD"))
    assert sides(statement) == (3, D(0), D("1897.09"))
    assert [each.booked_on for each in statement.entries] == [date(2013, 8, 12), date(2013, 8, 15), date(2013, 3, 3)]
    assert statement.entries[1].references.cheque == "123"
    assert proof.verdict == "unproven"


def test_qif_splits_must_come_to_their_entry() -> None:
    text = "!Account\nNHouse account\nTBank\n^\n!Type:Bank\nD31.12.2026\nT-30,00\nSFood\n$-10,00\nSFuel\nEDiesel\n$-20,00\n^\n"
    statement, proof = only(read(text, currency="EUR"))
    assert statement.account.number == "House account"
    assert [each.amount for each in statement.entries[0].details] == [D(-10), D(-20)]
    assert "details" not in kinds(proof)
    assert "details" in kinds(only(read(text.replace("$-20", "$-21"), currency="EUR"))[1])


def test_qif_opening_balance_is_a_balance() -> None:
    text = "!Type:Bank\nD31/12/2025\nT100.00\nPOpening Balance\nL[Current]\n^\nD15/01/2026\nT-30.00\n^\n"
    statement, _ = only(read(text, currency="GBP"))
    assert (statement.account.number, len(statement.entries)) == ("Current", 1)
    assert [(each.kind, each.amount) for each in statement.balances] == [("opening", D(100))]


def test_qif_that_leaves_the_order_of_dates_open_says_so_and_can_be_told() -> None:
    text = b"!Type:Bank\nD3/4/26\nT-1.00\n^\n"
    file = read_qif(text, "GBP")
    assert "month first" in file.notes[0].sentence
    assert file.statements[0].entries[0].booked_on == date(2026, 3, 4)
    assert read_qif(text, "GBP", "dmy").statements[0].entries[0].booked_on == date(2026, 4, 3)


def test_qif_cut_off_or_with_a_bad_date_is_parked() -> None:
    _, proof = only(read("!Type:Bank\nD30/01/2026\nT-1.00\n^\nD30/02/2026\nT-2.00\n^\nD31/03/2026\nT-3.00\n", currency="GBP"))
    assert [(each.kind, each.line) for each in proof.differences] == [("date", 5), ("structure", 8)]


def test_bai2_accounts_groups_and_file_tie_to_their_controls() -> None:
    first, second = given("bai2/sample1.txt").statements
    assert sides(first) == (11, D(2085), D(2085))
    assert sides(second) == (6, D(1115), D(1115))
    assert {prove(each).verdict for each in (first, second)} == {"verified"}
    stated = {each.name: each.stated for each in first.controls}
    assert stated["account control total"] == D(8340)
    assert stated["file control total"] == D(12800)
    assert stated["file, records"] == 27
    assert first.entries[0].remittance == "RETURNED CHEQUE"
    assert first.entries[0].value_on == date(2006, 3, 16)


def test_bai2_continuations_and_every_type_of_funds_are_read() -> None:
    file = given("bai2/sample2.txt")
    assert len(file.statements) == 5
    assert [each.controls[0].stated for each in file.statements] == [D(91500), D(40000), D(1800000), D(1405000), D(118000)]
    assert {prove(each).verdict for each in file.statements} == {"verified"}
    transfer = file.statements[2].entries[0]
    assert transfer.remittance == "PROCEEDS OF LETTER OF CREDIT FROM THE ARAMCO OIL CO"
    assert (transfer.references.servicer, transfer.references.end_to_end) == ("SP4738", "YRC065321")


@pytest.mark.parametrize(
    ("find", "put", "kind"),
    [
        ("16,409,000000000002500", "16,409,000000000002600", "control"),
        ("99,+00000000001280000,1,27", "99,+00000000001280000,1,28", "control"),
        ("99,+00000000001280000,1,27/", "", "structure"),
        ("16,409,000000000002500", "16,409,00000000000x", "amount"),
        ("V,060316,,,,RETURNED", "V,060230,,,,RETURNED", "date"),
    ],
)
def test_bai2_that_does_not_tie_is_parked(find: str, put: str, kind: str) -> None:
    text = (FILES / "bai2/sample1.txt").read_text()
    assert find in text
    first = read(text.replace(find, put)).statements[0]
    assert kind in kinds(prove(first))


def test_bai2_broken_inside_is_refused_with_line_and_record() -> None:
    with pytest.raises(Unreadable) as caught:
        read("01,1,2,260301,0800,1,,,2/\n02,1,2,1,260301,,USD,/\n16,409,100,0,,,x/\n")
    assert (caught.value.line, caught.value.part) == (3, "record 16")
    with pytest.raises(Unreadable) as caught:
        read("01,1,2,260301,0800,1,,,2/\n02,1,2,1,260301,,USD,/\nthis is not BAI2\n")
    assert caught.value.line == 3


def test_amounts_of_a_currency_without_decimals_are_whole() -> None:
    text = "01,1,2,260301,0800,1,,,2/\n02,1,2,1,260301,,JPY,/\n03,9,JPY,010,500,,/\n16,108,100,0,,,Sales/\n49,600,3/\n"
    text += "98,600,1,5/\n99,600,1,7/\n"
    statement, proof = only(read(text))
    assert statement.entries[0].amount == D(100)
    assert proof.verdict == "verified"
