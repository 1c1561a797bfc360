"""Real statements come to what was computed of them apart from this program: how many entries, their sums, and whether they tie out."""

from decimal import Decimal

import pytest

from plugins.accounting.domain.bank.proving import prove
from plugins.accounting.domain.bank.reading import read_statements
from plugins.accounting.domain.bank.statement import Unreadable

from .given import FILES, given, kinds, sides

D = Decimal
# File → entries, credits, debits, and how many of its statements are verified, differ, or have nothing to tie to.
FACTS = {
    "bai2/sample1.txt": (17, "3200.00", "3200.00", (2, 0, 0)),
    "bai2/sample2.txt": (4, "309500.00", "0", (5, 0, 0)),
    "iso20022/ch_camt054_credit.xml": (1, "1500.00", "0", (0, 0, 1)),
    "iso20022/ch_camt054_returns.xml": (1, "400.00", "0", (0, 0, 1)),
    "iso20022/fi_camt052.xml": (1, "100.00", "0", (2, 0, 0)),
    "iso20022/fi_camt053.xml": (10, "23075.00", "9430.17", (1, 0, 0)),
    "iso20022/genkgo_camt052.v2.xml": (1, "0", "200000", (0, 0, 1)),
    "iso20022/genkgo_camt053.v2.all-balance-types.xml": (1, "8.85", "0", (0, 1, 0)),
    "iso20022/genkgo_camt053.v2.five.decimals.xml": (1, "8.85", "0", (0, 1, 0)),
    "iso20022/genkgo_camt053.v2.minimal.ultimate.xml": (1, "8.85", "0", (0, 1, 0)),
    "iso20022/genkgo_camt053.v2.minimal.xml": (1, "8.85", "0", (0, 1, 0)),
    "iso20022/genkgo_camt053.v2.with-party-ids.xml": (1, "8.85", "0", (0, 1, 0)),
    "iso20022/genkgo_camt053.v3.xml": (1, "8.85", "0", (0, 1, 0)),
    "iso20022/genkgo_camt053.v4.xml": (1, "8.85", "0", (0, 1, 0)),
    "iso20022/genkgo_camt054.v2.xml": (1, "0", "200000", (0, 0, 1)),
    "iso20022/genkgo_camt054.v4.xml": (1, "0", "200000", (0, 1, 0)),
    "iso20022/lt_statement_1.xml": (4, "0", "2768.08", (1, 0, 0)),
    "mt940/betterplace_amount_formats.sta": (0, "0", "0", (0, 6, 0)),
    "mt940/betterplace_sepa_mt9401.sta": (97, "5188474.94", "14457610.84", (20, 0, 0)),
    "mt940/betterplace_sepa_snippet.sta": (11, "1430745.72", "3574069.11", (1, 1, 0)),
    "mt940/betterplace_with_binary_character.sta": (4, "14215.30", "193282.05", (2, 0, 0)),
    "mt940/cmxl_mt940.sta": (16, "72436.74", "60109.44", (3, 0, 0)),
    "mt940/jejik_abnamro.sta": (10, "0", "345.93", (0, 2, 0)),
    "mt940/jejik_ing.sta": (7, "4.68", "50.27", (0, 1, 0)),
    "mt940/jejik_postfinance.sta": (4, "239.30", "79.90", (0, 1, 0)),
    "mt940/jejik_rabobank-iban.sta": (4, "0", "70.00", (2, 0, 0)),
    "mt940/jejik_sns.sta": (2, "0", "25.00", (2, 0, 0)),
    "mt940/jejik_triodos.sta": (2, "0", "715.70", (0, 1, 0)),
    "mt940/mBank_mt940.sta": (3, "0.03", "0", (1, 0, 0)),
    "mt940/mBank_mt942.sta": (3, "0.03", "0", (1, 0, 0)),
    "mt940/self-provided_february_30.sta": (1, "0", "6.00", (1, 0, 0)),
    "mt940/self-provided_gv_codes.sta": (2, "0", "257.45", (0, 1, 0)),
    "mt940/self-provided_raphaelm.sta": (9, "145000.00", "50000.00", (0, 3, 0)),
    "mt940/self-provided_sparkassen.sta": (1, "30.00", "0", (0, 1, 0)),
    "mt940/self-provided_whitespace.sta": (1, "0", "233.15", (0, 1, 0)),
}
REFUSED = {
    "iso20022/genkgo_camt053.v2.wrong.xml": "holds no statement",
    "mt940/self-provided_invalid_statement.sta": "neither camt, MT940, OFX, QIF, BAI2 nor a table",
}
VERSIONS = [f"camt.053.001.{number:02}" for number in range(2, 15)]


def test_every_sample_has_its_facts() -> None:
    assert {str(path.relative_to(FILES)) for path in FILES.glob("*/*")} == FACTS.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", FACTS)
def test_a_sample_comes_to_its_facts(name: str) -> None:
    entries, credits_, debits, (verified, differ, unproven) = FACTS[name]
    file = given(name)
    assert sides(*file.statements) == (entries, D(credits_), D(debits))
    verdicts = [prove(each).verdict for each in file.statements]
    assert [verdicts.count(each) for each in ("verified", "discrepancy", "unproven")] == [verified, differ, unproven]


@pytest.mark.parametrize("name", REFUSED)
def test_a_sample_without_a_statement_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(Unreadable, match=REFUSED[name]):
        given(name)


def test_what_does_not_tie_out_differs_by_the_amount_that_was_computed() -> None:
    (proof,) = (prove(each) for each in given("mt940/jejik_postfinance.sta").statements)
    assert [abs(each.amount or 0) for each in proof.differences] == [D("0.20")]
    assert kinds(prove(given("mt940/betterplace_sepa_snippet.sta").statements[-1])) == {"balance"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_statement_is_the_same_in_every_version_of_its_message(version: str) -> None:
    content = (FILES / "iso20022/fi_camt053.xml").read_text("utf-8").replace("camt.053.001.02", version)
    if version >= "camt.053.001.08":  # codes in an element of their own, parties and agents one level deeper (ISO 20022, 2019)
        content = content.replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>").replace("<BIC>", "<BICFI>").replace("</BIC>", "</BICFI>")
        for party in ("Dbtr", "Cdtr"):
            content = content.replace(f"<{party}>", f"<{party}><Pty>").replace(f"</{party}>", f"</Pty></{party}>")
    (found,) = read_statements(content.encode()).statements
    (usual,) = given("iso20022/fi_camt053.xml").statements
    assert prove(found).verdict == "verified"
    assert [(each.amount, each.counterparty, each.remittance) for each in found.entries] == [
        (each.amount, each.counterparty, each.remittance) for each in usual.entries
    ]
