"""Which format a file is, what a duplicate is, and what holds for every statement."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from plugins.accounting.domain.bank.amounts import read_amount
from plugins.accounting.domain.bank.dates import clamped_day, compact_day, guess_order, written_day
from plugins.accounting.domain.bank.duplicates import entry_keys, new_entries, statement_key
from plugins.accounting.domain.bank.proving import prove
from plugins.accounting.domain.bank.reading import ReadOptions, read_statements, sniff
from plugins.accounting.domain.bank.statement import Unreadable

from .given import FILES

D = Decimal
START = date(2026, 1, 1)
MONEY = st.decimals(min_value=-99999, max_value=99999, places=2, allow_nan=False).filter(bool)
ROWS = st.lists(st.tuples(st.integers(0, 300), MONEY, st.text("ABCdef 123", max_size=20)), min_size=1, max_size=25)
Row = tuple[int, Decimal, str]


def comma(amount: Decimal) -> str:
    """Return an absolute amount as SWIFT writes it."""
    return f"{abs(amount):.2f}".replace(".", ",")


def as_mt940(opening: Decimal, rows: list[Row]) -> str:
    """Write a statement as MT940."""
    closing = opening + sum((amount for _, amount, _ in rows), D(0))
    mark = {True: "D", False: "C"}
    lines = [":20:REF", ":25:DE02120300000000202051", ":28C:7/1", f":60F:{mark[opening < 0]}260101EUR{comma(opening)}"]
    for days, amount, text in rows:
        day = START + timedelta(days=days)
        lines += [f":61:{day:%y%m%d%m%d}{mark[amount < 0]}{comma(amount)}NMSCNONREF", f":86:x{text}"]
    return "\n".join([*lines, f":62F:{mark[closing < 0]}261231EUR{comma(closing)}", "-"])


def as_csv(opening: Decimal, rows: list[Row]) -> str:
    """Write a statement as CSV with a running balance."""
    lines, balance = ["Date;Text;Amount;Balance"], opening
    for days, amount, text in rows:
        balance += amount
        lines.append(f"{START + timedelta(days=days)};x{text};{amount:.2f};{balance:.2f}")
    return "\n".join(lines) + "\n"


def as_camt(opening: Decimal, rows: list[Row]) -> str:
    """Write a statement as camt.053."""
    side = {True: "DBIT", False: "CRDT"}

    def balance(code: str, amount: Decimal) -> str:
        return (
            f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{abs(amount):.2f}</Amt>'
            f"<CdtDbtInd>{side[amount < 0]}</CdtDbtInd><Dt><Dt>2026-12-31</Dt></Dt></Bal>"
        )

    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{abs(amount):.2f}</Amt><CdtDbtInd>{side[amount < 0]}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{START + timedelta(days=days)}</Dt></BookgDt><AddtlNtryInf>x{text}</AddtlNtryInf></Ntry>"
        for days, amount, text in rows
    )
    closing = opening + sum((amount for _, amount, _ in rows), D(0))
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id>'
        f"<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>{balance('OPBD', opening)}{balance('CLBD', closing)}{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    )


def as_bai2(opening: Decimal, rows: list[Row]) -> str:
    """Write a statement as BAI2."""
    closing = opening + sum((amount for _, amount, _ in rows), D(0))
    minor = [int(opening * 100), int(closing * 100)]
    details = [f"16,{'409' if amount < 0 else '108'},{abs(int(amount * 100))},0,,,x{text}/" for _, amount, text in rows]
    total = sum(minor) + sum(abs(int(amount * 100)) for _, amount, _ in rows)
    count = len(rows) + 2
    return "\n".join(
        [
            "01,1,2,260301,0800,1,,,2/",
            "02,1,2,1,260301,,EUR,/",
            f"03,9,EUR,010,{minor[0]},,,015,{minor[1]},,/",
            *details,
            f"49,{total},{count}/",
            f"98,{total},1,{count + 2}/",
            f"99,{total},1,{count + 4}/",
        ]
    )


WRITERS = {"mt940": as_mt940, "csv": as_csv, "camt": as_camt, "bai2": as_bai2}


@pytest.mark.parametrize("kind", WRITERS)
@settings(deadline=None, max_examples=40)
@hypothesis_given(opening=MONEY, rows=ROWS)
def test_what_was_written_is_read_and_proves(kind: str, opening: Decimal, rows: list[Row]) -> None:
    content = WRITERS[kind](opening, rows).encode()
    assert sniff(content) == kind
    (statement,) = read_statements(content, ReadOptions(currency="EUR")).statements
    assert [each.amount for each in statement.entries] == [amount for _, amount, _ in rows]
    assert sum(D(each.currency == "EUR") for each in statement.entries) == len(rows)
    proof = prove(statement)
    if kind != "csv" or len(rows) > 1:  # one row with its balance: any opening fits
        assert proof.verdict == "verified", proof.differences


@pytest.mark.parametrize("kind", WRITERS)
@settings(deadline=None, max_examples=40)
@hypothesis_given(opening=MONEY, rows=ROWS, data=st.data(), cent=st.integers(1, 99))
def test_one_amount_changed_is_never_verified_and_the_difference_is_its_size(
    kind: str, opening: Decimal, rows: list[Row], data: st.DataObject, cent: int
) -> None:
    (statement,) = read_statements(WRITERS[kind](opening, rows).encode(), ReadOptions(currency="EUR")).statements
    at = data.draw(st.integers(0, len(rows) - 1))
    changed = replace(statement.entries[at], amount=statement.entries[at].amount + D(cent) / 100)
    entries = (*statement.entries[:at], changed, *statement.entries[at + 1 :])
    proof = prove(replace(statement, entries=entries))
    assert proof.verdict == "discrepancy"
    assert D(-cent) / 100 in {each.amount for each in proof.differences}


@pytest.mark.parametrize("kind", ["mt940", "camt", "bai2"])
@settings(deadline=None, max_examples=60)
@hypothesis_given(opening=MONEY, rows=ROWS, cut=st.floats(0.02, 0.98))
def test_a_file_cut_off_anywhere_is_refused_or_parked(kind: str, opening: Decimal, rows: list[Row], cut: float) -> None:
    content = WRITERS[kind](opening, rows).encode()
    end = content.rindex({"mt940": b":62F:", "camt": b"</Document>", "bai2": b"99,"}[kind])
    try:
        statements = read_statements(content[: int(end * cut)]).statements
    except Unreadable as error:
        assert error.message  # noqa: PT017 - either way is right, and this one must say something
        return
    assert all(prove(each).verdict == "discrepancy" for each in statements)


@settings(deadline=None, max_examples=60)
@hypothesis_given(rows=ROWS, split=st.integers(1, 24), opening=MONEY)
def test_a_file_that_overlaps_another_adds_only_what_is_new(rows: list[Row], split: int, opening: Decimal) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    part = [row for row in rows if row[0] <= rows[min(split, len(rows)) - 1][0]]  # whole days
    (whole,) = read_statements(as_csv(opening, rows).encode(), ReadOptions(currency="EUR")).statements
    (first,) = read_statements(as_csv(opening, part).encode(), ReadOptions(currency="EUR")).statements
    assert [entry.amount for entry, _ in new_entries(whole, entry_keys(first))] == [amount for _, amount, _ in rows[len(part) :]]
    assert new_entries(whole, entry_keys(whole)) == []
    assert len(set(entry_keys(whole))) == len(rows)


def test_a_statement_is_itself_in_another_file_and_another_day_is_another() -> None:
    rows = [(1, D("5.00"), "a"), (1, D("5.00"), "a")]
    one, again, other = (read_statements(as_mt940(D(10), each).encode()).statements[0] for each in (rows, rows, [(2, D("5.00"), "a")]))
    assert statement_key(one) == statement_key(again)
    assert statement_key(one) != statement_key(other)
    assert [key.occurrence for key in entry_keys(one)] == [1, 2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04xl/workbook.xml", "ZIP archive or a spreadsheet"),
        (b"\x89PNG\r\n", "picture"),
        (b"hello there", "neither camt"),
        (b"\x00\x01\x02\x00", "no text"),
        (b"<html><body>Sign in</body></html>", "no bank statement"),
    ],
)
def test_what_is_no_statement_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_statements(content)


def test_every_sample_is_known_by_its_content_alone() -> None:
    expected = {"mt940": {"mt940"}, "iso20022": {"camt"}, "bai2": {"bai2"}}
    for folder, kinds in expected.items():
        names = [each for each in (FILES / folder).iterdir() if "invalid" not in each.name]
        assert {sniff(each.read_bytes()) for each in names} == kinds


@settings(deadline=None, max_examples=150)
@hypothesis_given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_nothing_else(content: bytes) -> None:
    try:
        read_statements(content)
    except Unreadable as error:
        assert error.sentence  # noqa: PT017 - either way is right


@settings(deadline=None, max_examples=150)
@hypothesis_given(st.sampled_from(list(WRITERS)), MONEY, ROWS, st.data())
def test_a_byte_changed_is_read_or_refused_and_nothing_else(kind: str, opening: Decimal, rows: list[Row], data: st.DataObject) -> None:
    content = bytearray(WRITERS[kind](opening, rows).encode())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        for statement in read_statements(bytes(content), ReadOptions(currency="EUR")).statements:
            prove(statement)
    except Unreadable as error:
        assert error.sentence  # noqa: PT017 - either way is right


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.56", "1234.56"),
        ("1.234,56-", "-1234.56"),
        ("(12.50)", "-12.50"),
        ("12,5", "12.5"),
        ("€ 1 234,50", "1234.50"),
        ("1'234.00", "1234.00"),
        ("15.00 DR", "-15.00"),
        ("15.00CR", "15.00"),
        ("−3.00", "-3.00"),
        ("1,234,567", "1234567"),
    ],
)
def test_amounts_as_banks_write_them(text: str, amount: str) -> None:
    assert read_amount(text) == D(amount)


@pytest.mark.parametrize("text", ["", "-", "abc", "1,23,4", "1.2.3", "--5", "٣", "1e5", "9999999999999999"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        read_amount(text, ".")


@hypothesis_given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False))
def test_amounts_survive_either_way_of_writing(amount: Decimal) -> None:
    english, german = f"{amount:,.2f}", f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert read_amount(english, ".") == read_amount(german, ",") == amount


@hypothesis_given(st.dates(date(1980, 1, 1), date(2079, 12, 31)))
def test_dates_survive_every_way_of_writing(day: date) -> None:
    assert compact_day(f"{day:%y%m%d}") == compact_day(f"{day:%Y%m%d}120000[-5:EST]") == clamped_day(f"{day:%y%m%d}") == day
    for order, text in (("dmy", f"{day:%d.%m.%Y}"), ("mdy", f"{day:%m/%d/%Y}"), ("ymd", f"{day:%Y-%m-%d}"), ("dmy", f"{day:%d %b %Y}")):
        assert written_day(text, order) == day
        if day.day > 12:
            assert guess_order([text])[0] in {order, "dmy"}
