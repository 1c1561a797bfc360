"""CSV as banks and processors export it."""

from decimal import Decimal

import pytest

from plugins.accounting.domain.bank.csv_file import guess, read_csv, read_sheet
from plugins.accounting.domain.bank.csv_mapping import CsvMapping, fingerprint
from plugins.accounting.domain.bank.proving import prove
from plugins.accounting.domain.bank.statement import Unreadable

from .given import kinds, only, read, sides

D = Decimal

BALANCED = """Date,Label,Amount,Balance,Partner Name,Bank Account
"12/15/2026","Supplier","-33.50","-23.50","Ann","1"
"12/15/2026","Sale","1,533.50","1,510.00","Bo",""
"""


def test_a_running_balance_gives_opening_and_closing() -> None:
    statement, proof = only(read(BALANCED, currency="USD"))
    assert [(each.kind, each.amount) for each in statement.balances] == [("opening", D(10)), ("closing", D(1510))]
    assert proof.verdict == "verified"
    assert statement.entries[0].counterparty.account == "1"


def test_a_missing_row_breaks_the_running_balance_and_is_named() -> None:
    rows = BALANCED.splitlines(keepends=True)
    text = "".join([*rows, '"12/16/2026","Fee","-5.00","1,500.00","",""\n'])
    _, proof = only(read(text, currency="USD"))
    assert ("running_balance", D("-5.00")) in {(each.kind, each.amount) for each in proof.differences}
    assert any(each.line == 4 for each in proof.differences)


def test_a_debit_credit_column_decides_the_sign_whatever_sign_the_amount_has() -> None:
    text = 'Date,Label,Amount,D/C,Balance\n"12/15/2026","a","33.50","D","-23.50"\n"12/15/2026","b","-1,533.50","C","1,510.00"\n'
    statement, proof = only(read(text, currency="USD"))
    assert [each.amount for each in statement.entries] == [D("-33.50"), D("1533.50")]
    assert proof.verdict == "verified"


def test_the_running_balance_gives_a_turned_sign_convention_away() -> None:
    text = "Date;Text;Amount;Balance\n2026-01-02;a;20,00;80,00\n2026-01-03;b;-50,00;130,00\n2026-01-04;c;30,00;100,00\n"
    statement, proof = only(read(text, currency="EUR"))
    assert [each.amount for each in statement.entries] == [D(-20), D(50), D(-30)]
    assert proof.verdict == "verified"
    assert "turned round" in statement.notes[0].sentence


def test_newest_first_proves_too() -> None:
    text = "Date;Text;Amount;Balance\n2026-01-04;c;-30,00;100,00\n2026-01-03;b;50,00;130,00\n2026-01-02;a;-20,00;80,00\n"
    statement, proof = only(read(text, currency="EUR"))
    assert statement.newest_first
    assert statement.balances[0].amount == D(100)
    assert proof.verdict == "verified"


def test_debit_and_credit_columns_and_a_preamble_and_a_footer() -> None:
    text = (
        "Account statement;;;\nOpening balance;;;1.000,00 EUR\n\nBuchungstag;Verwendungszweck;Soll;Haben\n"
        "31.01.2026;Miete;700,00;\n01.02.2026;Kunde;;250,50\nTotal;;700,00;250,50\nClosing balance;;;550,50 EUR\n"
    )
    statement, proof = only(read(text, currency="EUR"))
    assert sides(statement) == (2, D("250.50"), D(700))
    assert [(each.kind, each.amount) for each in statement.balances] == [("opening", D(1000)), ("closing", D("550.50"))]
    assert proof.verdict == "verified"


def test_a_stated_end_balance_that_is_not_the_sum_is_parked() -> None:
    text = "Date,Text,Amount\n2026-01-02,a,5.00\n2026-01-03,b,6.00\nOpening balance,,1.00\nClosing balance,,13.00\n"
    _, proof = only(read(text, currency="GBP"))
    assert [(each.kind, each.amount) for each in proof.differences] == [("balance", D(1))]


def test_balances_in_columns_of_every_row_prove() -> None:
    text = (
        "account_number,currency,initial_date,final_date,initial_balance,final_balance,item1,transaction_date,amount\r\n"
        "123,EUR,2026-11-01,2026-11-30,000.00,1000.00,IN,2026-11-02,1500.00\r\n123,EUR,2026-11-01,2026-11-30,000.00,1000.00,OUT,2026-11-10,-500.00\r\n"
    )
    statement, proof = only(read(text))
    assert statement.account.number == "123"
    assert statement.entries[0].booked_on.day == 2
    assert proof.verdict == "verified"


def test_two_currencies_in_one_file_come_in_that_of_the_account() -> None:
    text = 'Date,Label,Currency,Amount,Amount Currency\n12/15/2026,a,USD,-33.50,0.0\n12/15/2026,b,EUR,"1,525.00","1,000.00"\n'
    file = read(text, currency="USD")
    statement, proof = only(file)
    assert [(each.amount, each.currency) for each in statement.entries] == [(D("-33.50"), "USD"), (D("1000.00"), "USD")]
    original = statement.entries[1].original
    assert original is not None
    assert (original.amount, original.currency) == (D(1525), "EUR")
    assert proof.verdict == "unproven"
    assert "Amount Currency" in file.notes[0].sentence


def test_amounts_of_one_row_with_opposite_signs_are_parked() -> None:
    text = 'Date,Label,Currency,Amount,Amount Currency\n12/15/2026,b,EUR,"1,525.00","-1,000.00"\n'
    _, proof = only(read(text, currency="USD"))
    assert [(each.kind, each.line, each.part) for each in proof.differences] == [("sign", 2, "Amount Currency")]


def test_headings_alone_are_an_empty_statement() -> None:
    statement, proof = only(read("Date,Label,Currency,Amount,Partner Name\n"))
    assert statement.entries == ()
    assert proof.verdict == "unproven"


def test_a_processors_fees_and_pending_rows() -> None:
    text = (
        '"Date","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Balance"\n'
        '"10/01/2026","Radio","Payment","Completed","USD","-6.99","0.00","-6.99","T1","-6.99"\n'
        '"10/01/2026","","Deposit","Pending","USD","6.99","0.00","6.99","T2","0.00"\n'
        '"10/22/2026","Donor","Payment","Completed","USD","10.00","-0.59","9.41","T3","9.41"\n'
    )
    statement, proof = only(read(text))
    assert sides(statement) == (2, D("9.41"), D("6.99"))
    assert statement.entries[2].charges[0].amount == D("0.59")
    assert proof.parked
    assert "pending" in proof.differences[0].sentence
    assert proof.differences[0].amount == D("6.99")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso8859-15"])
def test_encodings(encoding: str) -> None:
    text = "Buchungstag;Verwendungszweck;Betrag\n31.01.2026;Bäckerei Müller;-3,20\n28.02.2026;Größe;4,00\n"
    statement = read(text, currency="EUR", encoding=encoding).statements[0]
    assert [each.remittance for each in statement.entries] == ["Bäckerei Müller", "Größe"]


def test_a_mapping_is_remembered_by_its_headings() -> None:
    sheet = read_sheet(BALANCED.encode())
    again = read_sheet(BALANCED.replace("Label", "LABEL").replace("Partner Name", "partner_name").encode())
    assert fingerprint(sheet.headings) == fingerprint(again.headings)
    assert fingerprint(sheet.headings) != fingerprint(sheet.headings[1:])


def test_a_mapping_told_wins_over_what_is_guessed() -> None:
    text = b"When;What;Change\n03/04/2026;a;5,00\n"
    mapping = CsvMapping(
        columns={"date": (0,), "text": (1,), "amount": (2,)}, headings=("When", "What", "Change"), day_order="mdy", mark=",", negated=True
    )
    statement = read_csv(text, mapping, "EUR").statements[0]
    assert (statement.entries[0].booked_on.month, statement.entries[0].amount) == (3, D(-5))


def test_ambiguous_dates_are_asked_about() -> None:
    suggested = guess(read_sheet(b"Date,Label,Amount\n03/04/2026,a,5.00\n"))
    assert "day first or month first" in suggested.questions[0]
    assert guess(read_sheet(b"Date,Label,Amount\n03/04/2026,a,5.00\n13/04/2026,b,5.00\n")).questions == ()


@pytest.mark.parametrize(
    ("row", "kind", "part"),
    [
        ("2026-02-30,a,5.00", "date", "Date"),
        ("2026-02-03,a,5.0.0", "amount", "Amount"),
        (",a,5.00", "date", "Date"),
        ("2026-02-03,a,", "amount", "Amount"),
    ],
)
def test_a_bad_row_is_parked_with_line_and_column(row: str, kind: str, part: str) -> None:
    _, proof = only(read(f"Date,Label,Amount\n2026-02-01,x,1.00\n{row}\n2026-02-04,y,2.00\n", currency="EUR"))
    assert [(each.kind, each.line, each.part) for each in proof.differences] == [(kind, 3, part)]


@pytest.mark.parametrize("text", ["Label,Remark\na,b\n", "Date,Label\n2026-01-01,b\n"])
def test_a_table_without_dates_or_amounts_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="No column holds"):
        read(text)


def test_a_quotation_mark_that_never_closes_is_refused_or_parked() -> None:
    text = BALANCED + '"12/16/2026","open'
    try:
        statements = read(text, currency="USD").statements
    except Unreadable:
        return
    assert all(prove(each).verdict != "verified" or len(each.entries) == 2 for each in statements)


def test_several_accounts_in_one_file_are_several_statements() -> None:
    text = "Account,Date,Text,Amount,Balance\nA,2026-01-01,x,1.00,11.00\nB,2026-01-01,y,2.00,22.00\nA,2026-01-02,z,3.00,14.00\n"
    file = read(text, currency="EUR")
    assert [(each.account.number, len(each.entries)) for each in file.statements] == [("A", 2), ("B", 1)]
    assert not any(kinds(prove(each)) for each in file.statements)
