"""How many bank lines a second are read and proved, per format: ``python -m tests.bench.bank_files [LINES]``.

Prints one JSON line per figure: name, value, unit, baseline, ratio. The baseline is what the format costs whoever reads it: libxml2's tree
for XML, the CSV parser, a split into lines for the others.
"""

import csv
import io
import resource
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter

from lxml import etree

from plugins.accounting.domain.bank.duplicates import entry_keys
from plugins.accounting.domain.bank.proving import prove
from plugins.accounting.domain.bank.reading import ReadOptions, read_statements
from tests.bench.figures import Figure, Hold, tell

START = date(2026, 1, 1)


def movements(lines: int) -> list[tuple[date, Decimal, str, str]]:
    """Return day, amount, name and purpose of movements."""
    return [
        (
            START + timedelta(days=at * 300 // lines),
            Decimal((at * 7919) % 100000 - 40000) / 100 or Decimal(1),
            f"Customer {at % 900}",
            f"Invoice {at:07}",
        )
        for at in range(lines)
    ]


def closing(lines: int) -> Decimal:
    """Return the closing balance over an opening one of 1,000."""
    return 1000 + sum((amount for _, amount, _, _ in movements(lines)), Decimal(0))


def camt(lines: int) -> bytes:
    """Return a camt.053 with one transaction per entry."""
    end = closing(lines)

    def balance(code: str, amount: Decimal) -> str:
        side = "CRDT" if amount >= 0 else "DBIT"
        return (
            f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{abs(amount)}</Amt>'
            f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-12-31</Dt></Dt></Bal>\n"
        )

    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        "<Id>1</Id>"
        f"<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>{balance('OPBD', Decimal(1000))}{balance('CLBD', end)}"
    ]
    for at, (day, amount, name, purpose) in enumerate(movements(lines)):
        side, party = ("CRDT", "Dbtr") if amount >= 0 else ("DBIT", "Cdtr")
        parts.append(
            f'<Ntry><Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
            f"<BookgDt><Dt>{day}</Dt></BookgDt>"
            f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>R{at}</AcctSvcrRef>"
            f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd>"
            f"</Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E{at}</EndToEndId></Refs><Amt Ccy='EUR'>{abs(amount)}</Amt>"
            f"<RltdPties><{party}>"
            f"<Pty><Nm>{name}</Nm></Pty></{party}><{party}Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></{party}Acct></RltdPties>"
            f"<RmtInf><Ustrd>{purpose}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        )
    return "".join([*parts, "</Stmt></BkToCstmrStmt></Document>"]).encode()


def mt940(lines: int) -> bytes:
    """Return an MT940 with German subfields."""
    end = closing(lines)
    parts = [":20:REF", ":25:12030000/202051", ":28C:1/1", ":60F:C260101EUR1000,00"]
    for at, (day, amount, name, purpose) in enumerate(movements(lines)):
        parts.append(f":61:{day:%y%m%d%m%d}{'D' if amount < 0 else 'C'}{str(abs(amount)).replace('.', ',')}NTRFNONREF//R{at}")
        parts.append(f":86:166?00GUTSCHRIFT?20EREF+E{at}?21SVWZ+{purpose}?30COBADEFF?31DE02120300000000202051?32{name}")
    mark = "D" if end < 0 else "C"
    return "\n".join([*parts, f":62F:{mark}261231EUR{str(abs(end)).replace('.', ',')}", "-", ""]).encode()


def table(lines: int) -> bytes:
    """Return a CSV with a running balance."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("Date", "Name", "Description", "Amount", "Balance", "Reference"))
    balance = Decimal(1000)
    for at, (day, amount, name, purpose) in enumerate(movements(lines)):
        balance += amount
        writer.writerow((day, name, purpose, amount, balance, f"R{at}"))
    return text.getvalue().encode()


def ofx(lines: int) -> bytes:
    """Return an OFX 1 without closing tags."""
    parts = [
        "OFXHEADER:100\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>"
    ]
    for at, (day, amount, name, purpose) in enumerate(movements(lines)):
        parts.append(f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day:%Y%m%d}<TRNAMT>{amount}<FITID>R{at}<NAME>{name}<MEMO>{purpose}</STMTTRN>")
    return "\n".join([*parts, "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"]).encode()


def qif(lines: int) -> bytes:
    """Return a QIF."""
    parts = [f"D{day:%d/%m/%Y}\nT{amount}\nP{name}\nM{purpose}\n^" for day, amount, name, purpose in movements(lines)]
    return "\n".join(["!Type:Bank", *parts, ""]).encode()


def bai2(lines: int) -> bytes:
    """Return a BAI2 file."""
    rows = movements(lines)
    parts = [f"16,{'409' if each[1] < 0 else '108'},{abs(int(each[1] * 100))},0,R{at},,{each[3]}/" for at, each in enumerate(rows)]
    total, count = sum(abs(int(each[1] * 100)) for each in rows), lines + 2
    head = ["01,1,2,260301,0800,1,,,2/", "02,1,2,1,260301,,EUR,/", "03,9,EUR,/"]
    return "\n".join([*head, *parts, f"49,{total},{count}/", f"98,{total},1,{count + 2}/", f"99,{total},1,{count + 4}/", ""]).encode()


WRITERS: dict[str, tuple[Callable[[int], bytes], Callable[[bytes], object], str]] = {
    "camt.053": (camt, etree.fromstring, "libxml2's tree alone"),
    "mt940": (mt940, bytes.splitlines, "a split into lines"),
    "csv": (table, lambda content: list(csv.reader(io.StringIO(content.decode()))), "the CSV parser alone"),
    "ofx": (ofx, bytes.splitlines, "a split into lines"),
    "qif": (qif, bytes.splitlines, "a split into lines"),
    "bai2": (bai2, bytes.splitlines, "a split into lines"),
}


def measure(name: str, lines: int) -> Figure:
    """Return the figure of one format: seconds to read, prove and key all lines; raises `AssertionError` when a line is lost."""
    write, bare, what = WRITERS[name]
    content = write(lines)
    begun = perf_counter()
    bare(content)
    baseline = perf_counter() - begun
    begun = perf_counter()
    (statement,) = read_statements(content, ReadOptions(currency="EUR")).statements
    proof = prove(statement)
    keys = entry_keys(statement)
    seconds = perf_counter() - begun
    if len(set(keys)) != lines or proof.parked:
        raise AssertionError(f"{name}: {len(set(keys))} of {lines} lines, {proof.differences[:1]}")
    title = f"{name}: {lines:,} bank lines ({len(content) / 1e6:.0f} MB) read, proved and keyed"
    return tell(title, seconds, "s", baseline=baseline, baseline_is=what, hold=Hold(10 * lines / 100_000))


def main(lines: int) -> None:
    """Print every format's figure, and the process's peak memory."""
    for name in WRITERS:
        measure(name, lines)
    tell("peak memory of reading all of them in turn", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
