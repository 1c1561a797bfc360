"""ISO 20022 reports, statements and notifications of versions 2 to 8."""

from datetime import date
from decimal import Decimal

import pytest

from plugins.accounting.domain.bank.proving import prove
from plugins.accounting.domain.bank.statement import Statement, Unreadable

from .given import given, kinds, only, read, sides

D = Decimal

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt>
<Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-03-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-03-02</Dt></Dt></Bal>
"""
TAIL = "</Stmt></BkToCstmrStmt></Document>"


def entry(amount: str, inside: str = "", side: str = "CRDT", status: str = "<Sts>BOOK</Sts>", day: str = "2026-03-02") -> str:
    """Return one Ntry."""
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{status}<BookgDt><Dt>{day}</Dt></BookgDt>'
        f"<ValDt><Dt>2026-03-02</Dt></ValDt>{inside}</Ntry>\n"
    )


def message(closing: str, *entries: str, version: str = "02") -> str:
    """Return one camt.053 with an opening balance of 100."""
    return HEAD.format(version=version, closing=closing) + "".join(entries) + TAIL


def test_a_finnish_statement_ties_with_its_summary() -> None:
    statement, proof = only(given("iso20022/fi_camt053.xml"))
    assert statement.account.number == "FI7433010001222090"
    assert sides(statement) == (10, D("23075.00"), D("9430.17"))
    assert sum(len(each.details) for each in statement.entries) == 12
    available = statement.balance("closing_available")
    assert available is not None
    assert available.amount == D("33644.83")
    assert proof.verdict == "verified"
    assert {each.name for each in statement.controls} == {
        "entries, number",
        "credits, number",
        "credits, sum",
        "debits, number",
        "debits, sum",
    }


def test_a_report_keeps_pending_apart_and_proves_by_interim_balances() -> None:
    pending, booked = given("iso20022/fi_camt052.xml").statements
    assert [(each.status, each.amount) for each in pending.entries] == [("pending", D(2120))]
    assert pending.net == 0
    assert pending.entries[0].original is not None
    assert (pending.entries[0].original.amount, pending.entries[0].original.currency) == (D(3200), "USD")
    assert sides(booked) == (1, D(100), D(0))
    assert prove(booked).verdict == "verified"
    assert booked.entries[0].references.creditor == "RF98123456789012"
    assert booked.entries[0].counterparty.name == "DEBTOR"


def test_available_balances_prove_where_there_are_no_others() -> None:
    statement, proof = only(given("iso20022/lt_statement_1.xml"))
    assert sides(statement) == (4, D(0), D("2768.08"))
    assert proof.verdict == "verified"
    assert "available" in proof.checks[0]


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("genkgo_camt054.v2", "-200000"),
        ("genkgo_camt054.v4", "-200000"),
        ("ch_camt054_credit", "1500.00"),
        ("ch_camt054_returns", "400.00"),
    ],
)
def test_notifications_have_entries_and_no_balance_to_prove(name: str, amount: str) -> None:
    (statement,) = given(f"iso20022/{name}.xml").statements
    assert [each.amount for each in statement.entries] == [D(amount)]
    assert prove(statement).verdict != "verified"
    assert len(statement.entries[0].details) == (3 if "genkgo" in name else 1)


def test_a_return_says_its_reason() -> None:
    (statement,) = given("iso20022/ch_camt054_returns.xml").statements
    assert statement.entries[0].return_reason == "AC01"
    assert statement.entries[0].code == "PMNT-ICDT-RRTN"


@pytest.mark.parametrize("name", ["v2.minimal", "v2.minimal.ultimate", "v2.with-party-ids", "v3", "v4"])
def test_balances_in_other_currencies_are_no_closing_balance(name: str) -> None:
    (statement,) = given(f"iso20022/genkgo_camt053.{name}.xml").statements
    assert [each.amount for each in statement.entries] == [D("8.85")]
    assert {each.currency for each in statement.balances} == {"EUR", "SEK", "CHF", "JPY"}
    assert "currency" in kinds(prove(statement))


def test_amounts_keep_the_decimals_the_bank_gives() -> None:
    statement, proof = only(given("iso20022/genkgo_camt053.v2.five.decimals.xml"))
    assert [str(each.amount) for each in statement.balances] == ["18.150", "27.050"]
    assert str(statement.entries[0].amount) == "8.850"
    assert proof.differences[0].amount == D("0.050")


def test_all_ten_codes_of_balances_are_read() -> None:
    (statement,) = given("iso20022/genkgo_camt053.v2.all-balance-types.xml").statements
    assert [str(each.amount) for each in statement.balances] == [
        "1.01",
        "2.02",
        "3.03",
        "4.04",
        "5.05",
        "6.06",
        "7.07",
        "8.08",
        "9.09",
        "10.10",
    ]


def test_a_message_without_a_statement_is_refused() -> None:
    with pytest.raises(Unreadable, match="holds no statement"):
        given("iso20022/genkgo_camt053.v2.wrong.xml")


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "10"])
def test_every_version_proves(version: str) -> None:
    statement, proof = only(read(message("150.00", entry("50.00"), version=version)))
    assert proof.verdict == "verified"
    assert statement.sequence == "7"


def test_version_8_nests_status_and_party() -> None:
    inside = (
        "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy='EUR'>50.00</Amt>"
        "<RltdPties><Dbtr><Pty><Nm>Ada Lovelace</Nm></Pty></Dbtr></RltdPties>"
        "<RltdAgts><DbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></DbtrAgt></RltdAgts></TxDtls></NtryDtls>"
    )
    statement, proof = only(read(message("150.00", entry("50.00", inside, status="<Sts><Cd>BOOK</Cd></Sts>"), version="08")))
    assert statement.entries[0].counterparty.name == "Ada Lovelace"
    assert statement.entries[0].counterparty.bank == "COBADEFFXXX"
    assert statement.entries[0].references.end_to_end == ""
    assert proof.verdict == "verified"


def test_a_reversal_that_the_bank_left_out_of_its_balance_is_named() -> None:
    entries = entry("754.25", side="DBIT"), entry("664.05", "<NtryDtls/>", side="DBIT"), entry("1405.31")
    _, proof = only(read(message("521.17", *entries)))
    assert proof.differences[0].amount == D("434.16")
    assert proof.parked


def test_what_a_later_value_date_explains_is_said() -> None:
    late = entry("30.00").replace("<ValDt><Dt>2026-03-02", "<ValDt><Dt>2026-03-03")
    _, proof = only(read(message("150.00", entry("50.00"), late)))
    assert "later value date" in proof.differences[0].sentence


def details(*amounts: str, charge: str = "") -> str:
    """Return transaction details of these amounts."""
    taken = f"<Chrgs><Amt Ccy='EUR'>{charge}</Amt></Chrgs>" if charge else ""
    inner = "".join(f"<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>{each}</Amt></TxAmt></AmtDtls></TxDtls>" for each in amounts)
    return f"{taken}<NtryDtls><Btch><NbOfTxs>{len(amounts)}</NbOfTxs></Btch>{inner}</NtryDtls>"


def test_details_must_come_to_their_entry() -> None:
    assert only(read(message("150.00", entry("50.00", details("20.00", "30.00")))))[1].verdict == "verified"
    _, proof = only(read(message("150.00", entry("50.00", details("20.00", "29.00")))))
    assert [(each.kind, each.amount, each.part) for each in proof.differences] == [("details", D(1), "Ntry 1")]


def test_charges_explain_details_that_do_not_come_to_their_entry() -> None:
    statement, proof = only(read(message("148.50", entry("48.50", details("20.00", "30.00", charge="1.50")))))
    assert proof.verdict == "verified"
    assert statement.entries[0].charges[0].amount == D("1.50")


def test_pages_of_one_statement_are_joined_and_a_missing_last_one_is_named() -> None:
    def page(number: int, last: bool) -> str:
        said = f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{str(last).lower()}</LastPgInd></StmtPgntn>"
        return message("150.00", entry("25.00")).replace("<ElctrncSeqNb>", f"{said}<ElctrncSeqNb>")

    first, second = page(1, False), page(2, True)
    both = first.replace(TAIL, "</Stmt>" + second[second.index("<Stmt>") :])
    statement, proof = only(read(both))
    assert (statement.pages, len(statement.entries), proof.verdict) == (2, 2, "verified")
    assert "structure" in kinds(only(read(first))[1])


def test_a_missing_closing_balance_is_parked() -> None:
    text = message("150.00", entry("50.00")).replace("CLBD", "FWAV")
    assert kinds(only(read(text))[1]) == {"missing_closing"}


def test_an_absurd_date_is_parked_with_its_element() -> None:
    _, proof = only(read(message("150.00", entry("50.00", day="2026-02-30"))))
    assert [(each.kind, each.part) for each in proof.differences] == [("date", "Ntry 1, BookgDt")]
    assert proof.differences[0].line == 8


@pytest.mark.parametrize("amount", ["", "abc", "1,5", "NaN", "1e5", "9999999999999999"])
def test_an_amount_that_is_none_is_parked(amount: str) -> None:
    _, proof = only(read(message("150.00", entry("50.00"), entry(amount))))
    assert "amount" in kinds(proof)


def test_entities_and_document_types_are_refused() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    text = message("150.00", entry("50.00")).replace("?>\n", f"?>\n{bomb}\n").replace("<MsgId>M", "<MsgId>&b;")
    with pytest.raises(Unreadable, match="refused"):
        read(text)
    outside = (
        message("150.00")
        .replace("?>\n", '?>\n<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n')
        .replace("<MsgId>M", "<MsgId>&x;")
    )
    with pytest.raises(Unreadable, match="refused"):
        read(outside)
    with pytest.raises(Unreadable, match="entity"):
        read(message("150.00").replace("<MsgId>M", "<MsgId>&undeclared;"))


def test_a_file_cut_off_is_refused_with_its_line() -> None:
    text = message("150.00", entry("50.00"), entry("10.00"))
    with pytest.raises(Unreadable, match="cut off") as caught:
        read(text[: text.index("</Ntry>")])
    assert caught.value.line >= 8


def test_a_wrong_charset_is_refused_with_its_line() -> None:
    text = message("150.00", entry("50.00", "<AddtlNtryInf>Gebühr</AddtlNtryInf>"))
    with pytest.raises(Unreadable, match="encoding"):
        read(text, encoding="latin-1")
    fine = text.replace("UTF-8", "ISO-8859-1")
    assert only(read(fine, encoding="latin-1"))[0].entries[0].text == "Gebühr"


def test_a_payment_order_is_no_statement() -> None:
    text = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn/></Document>'
    with pytest.raises(Unreadable, match="not a statement"):
        read(text)


def test_a_statement_between_summaries_that_lie_is_parked() -> None:
    summary = "<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries><Sum>50.00</Sum></TtlNtries></TxsSummry>"
    _, proof = only(read(message("150.00", entry("50.00")).replace("<Ntry>", f"{summary}<Ntry>", 1)))
    assert [(each.kind, each.amount) for each in proof.differences] == [("control", D(2))]


def test_dates_of_the_period_are_the_banks_own() -> None:
    statement: Statement = given("iso20022/fi_camt053.xml").statements[0]
    assert (statement.starts_on, statement.ends_on) == (date(2009, 10, 29), date(2009, 10, 29))
