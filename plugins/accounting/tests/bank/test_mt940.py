"""MT940 and MT942 as real banks write them."""

from datetime import date
from decimal import Decimal

import pytest

from plugins.accounting.domain.bank.proving import prove
from plugins.accounting.domain.bank.statement import Unreadable

from .given import given, kinds, only, read, sides

D = Decimal


@pytest.mark.parametrize(
    ("name", "messages", "entries", "credits", "debits"),
    [
        ("betterplace_sepa_mt9401", 26, 97, "5188474.94", "14457610.84"),
        ("betterplace_with_binary_character", 2, 4, "14215.30", "193282.05"),
        ("cmxl_mt940", 3, 16, "72436.74", "60109.44"),
        ("jejik_rabobank-iban", 2, 4, "0", "70.00"),
        ("jejik_sns", 2, 2, "0", "25.00"),
        ("mBank_mt940", 1, 3, "0.03", "0"),
    ],
)
def test_files_that_tie_out_are_verified(name: str, messages: int, entries: int, credits: str, debits: str) -> None:  # noqa: A002
    file = given(f"mt940/{name}.sta")
    assert sum(each.pages for each in file.statements) == messages
    assert sides(*file.statements) == (entries, D(credits), D(debits))
    assert {prove(each).verdict for each in file.statements} == {"verified"}


@pytest.mark.parametrize(
    ("name", "entries", "credits", "debits", "gap"),
    [
        ("jejik_postfinance", 4, "239.3", "79.9", "0.2"),
        ("jejik_ing", 7, "4.68", "50.27", "49.06"),
        ("jejik_triodos", 2, "0", "715.70", "111.40"),
        ("self-provided_whitespace", 1, "0", "233.15", "234.01"),
    ],
)
def test_files_that_do_not_tie_out_are_parked_with_the_difference(name: str, entries: int, credits: str, debits: str, gap: str) -> None:  # noqa: A002
    statement, proof = only(given(f"mt940/{name}.sta"))
    assert sides(statement) == (entries, D(credits), D(debits))
    assert proof.parked
    assert [(each.kind, each.amount) for each in proof.differences] == [("balance", D(gap))]
    assert proof.differences[0].line > 1


def test_a_file_cut_out_of_another_keeps_what_ties_and_parks_the_rest() -> None:
    file = given("mt940/betterplace_sepa_snippet.sta")
    assert sides(*file.statements) == (11, D("1430745.72"), D("3574069.11"))
    assert [prove(each).verdict for each in file.statements] == ["verified", "discrepancy"]
    assert prove(file.statements[1]).differences[0].amount == D("300.08")


def test_pages_of_two_statements_that_do_not_meet_are_parked_each() -> None:
    file = given("mt940/jejik_abnamro.sta")
    assert sides(*file.statements) == (10, D(0), D("345.93"))
    assert [prove(each).verdict for each in file.statements] == ["discrepancy", "discrepancy"]


def test_pages_of_one_statement_are_one() -> None:
    statement, _ = only(given("mt940/jejik_postfinance.sta"))
    opening, closing = statement.balance("opening"), statement.balance("closing")
    assert statement.pages == 2
    assert statement.sequence == "999"
    assert opening is not None
    assert closing is not None
    assert (opening.amount, closing.amount) == (D(0), D("159.6"))


def test_amounts_carry_none_one_or_two_decimals() -> None:
    file = given("mt940/betterplace_amount_formats.sta")
    assert [each.balances[0].amount for each in file.statements] == [
        D("380115.12"),
        D("380115.1"),
        D(380115),
        D("0.12"),
        D("0.12"),
        D("1.12"),
    ]
    assert {"missing_closing"} <= kinds(prove(file.statements[0]))


def test_an_interim_report_is_proved_by_its_counts_and_sums() -> None:
    file = given("mt940/mBank_mt942.sta")
    statement, proof = only(file)
    assert file.format == "mt942"
    assert statement.balances == ()
    assert proof.verdict == "verified"
    assert "control" in proof.checks[0]


def test_the_30th_of_february_is_the_end_of_february_and_is_told() -> None:
    statement, proof = only(given("mt940/self-provided_february_30.sta"))
    assert proof.verdict == "verified"
    assert statement.entries[0].value_on == date(2016, 2, 29)
    assert statement.entries[0].booked_on == date(2016, 3, 1)
    assert statement.notes[0].line == 6
    assert "160230" in statement.notes[0].sentence


def test_a_day_no_calendar_has_is_parked_with_its_line() -> None:
    text = ":20:X\n:25:1\n:28C:1\n:60F:C160229EUR10,00\n:61:161341D6,00NMSC\n:62F:C160301EUR4,00\n-"
    _, proof = only(read(text))
    assert [(each.kind, each.line, each.part) for each in proof.differences] == [("date", 5, ":61:")]


@pytest.mark.parametrize("name", ["self-provided_raphaelm", "self-provided_gv_codes"])
def test_a_statement_without_a_closing_balance_is_parked(name: str) -> None:
    file = given(f"mt940/{name}.sta")
    assert all("missing_closing" in kinds(prove(each)) for each in file.statements)


def test_entries_are_kept_where_balances_are_broken() -> None:
    assert sides(*given("mt940/self-provided_raphaelm.sta").statements) == (9, D(145000), D(50000))
    assert len(given("mt940/self-provided_raphaelm.sta").statements) == 3
    assert sides(*given("mt940/self-provided_gv_codes.sta").statements) == (2, D(0), D("257.45"))


def test_a_line_that_was_torn_is_put_together_and_what_lacks_is_named() -> None:
    statement, proof = only(given("mt940/self-provided_sparkassen.sta"))
    assert statement.entries[0].amount == D(30)
    assert statement.entries[0].remittance == "Test"
    assert kinds(proof) == {"structure", "currency", "missing_opening", "missing_closing"}


def test_a_file_without_any_tag_is_refused() -> None:
    with pytest.raises(Unreadable):
        given("mt940/self-provided_invalid_statement.sta")


def test_german_subfields_become_name_account_purpose_and_references() -> None:
    entry = given("mt940/betterplace_sepa_mt9401.sta").statements[1].entries[0]
    assert entry.counterparty.name == "Richter Renate 70 Zeichen Beginn Fuellzeichen xxxxxxxxenate" or entry.counterparty.name.startswith(
        "Richter Renate"
    )
    assert entry.counterparty.account == "DE42100100100043921105"
    assert entry.counterparty.bank == "PBNKDEFF100"
    assert entry.references.end_to_end == "EndToEndIdTFNR2000400001"
    assert entry.references.servicer == "0724710290621954"
    assert entry.text == "GUTSCHRIFT"
    assert entry.code == "NTRF 166"


def test_a_reversed_credit_takes_money_and_a_reversed_debit_brings_it() -> None:
    text = ":20:X\n:25:1\n:28C:1\n:60F:C260101EUR10,00\n:61:2601020102RC3,00NMSC\n:61:2601020102RD1,00NMSC\n:62F:C260102EUR8,00\n-"
    statement, proof = only(read(text))
    assert [each.amount for each in statement.entries] == [D(-3), D(1)]
    assert all(each.reversal for each in statement.entries)
    assert proof.verdict == "verified"


def test_an_entry_date_without_a_year_is_the_nearest_one() -> None:
    text = ":20:X\n:25:1\n:28C:1\n:60F:C251230EUR10,00\n:61:2512310102D3,00NMSC\n:62F:C260102EUR7,00\n-"
    statement, _ = only(read(text))
    assert statement.entries[0].booked_on == date(2026, 1, 2)
    assert statement.entries[0].value_on == date(2025, 12, 31)


def test_text_in_another_encoding_is_read_and_told() -> None:
    text = ":20:X\n:25:1\n:28C:1\n:60F:C260101EUR10,00\n:61:2601020102D3,00NMSC\n:86:Gebühr für Überweisung\n:62F:C260102EUR7,00\n-"
    file = read(text, encoding="cp1252")
    assert file.statements[0].entries[0].remittance == "Gebühr für Überweisung"
    assert file.notes
