"""Reads ISO 20022 account reports (camt.052), statements (camt.053) and notifications (camt.054), all versions."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from .amounts import exact
from .camt_entry import UNDATED, EntryReader, account_number
from .dates import iso_day
from .statement import Account, Balance, BalanceKind, Control, Entry, Fault, Format, Note, Statement, StatementFile, Unreadable
from .xml_nodes import Node, as_node, elements, root_of

_CONTAINERS: Final[dict[str, tuple[str, Format, str]]] = {
    "BkToCstmrAcctRpt": ("Rpt", "camt.052", "report"),
    "BkToCstmrStmt": ("Stmt", "camt.053", "statement"),
    "BkToCstmrDbtCdtNtfctn": ("Ntfctn", "camt.054", "notification"),
}
_NAMESPACE = re.compile(r"camt\.(05[234])\.\d{3}\.(\d{2})")
# External code set ExternalBalanceType1Code. PRCD, the closing of the day before, opens this one.
_BALANCES: Final[dict[str, BalanceKind]] = {
    "OPBD": "opening",
    "PRCD": "opening",
    "CLBD": "closing",
    "ITBD": "interim",
    "OPAV": "opening_available",
    "CLAV": "closing_available",
    "FWAV": "forward_available",
}


def read_camt(content: bytes) -> StatementFile:
    """Return the statements of a camt file; raises `Unreadable` with line and element."""
    namespace, root = root_of(content)
    if root != "Document" and root not in _CONTAINERS:
        raise Unreadable(f"The root element is “{root}”; a bank statement in XML has Document.", line=1)
    kind = _NAMESPACE.search(namespace)
    reader = _Reader(namespace)
    for event, element in elements(content, namespace, (*_CONTAINERS, "Stmt", "Rpt", "Ntfctn", "Ntry")):
        reader.take(event, element)
    if reader.format is None:
        raise Unreadable(f"This XML is no bank statement (camt.052, 053 or 054): its namespace is “{namespace}”.", line=1)
    if not reader.statements:
        raise Unreadable(f"The message is well-formed, but holds no {reader.word}.", line=1, part=reader.container)
    notes = (Note(f"camt.{kind[1]} version {int(kind[2])}"),) if kind else ()
    return StatementFile(format=reader.format, statements=tuple(joined(reader.statements)), notes=notes)


class _Reader:
    """Collects statements while the parser goes through the file."""

    def __init__(self, namespace: str) -> None:
        self.cut = len(namespace) + 2 if namespace else 0
        self.format: Format | None = None
        self.container = self.word = self.tag = ""
        self.statements: list[_Page] = []
        self.entries: EntryReader | None = None

    def take(self, event: str, element: Any) -> None:
        """Take one event of the parser."""
        name = element.tag[self.cut :] if self.cut else element.tag
        if event == "start":
            if name in _CONTAINERS:
                self.container = name
                self.tag, self.format, self.word = _CONTAINERS[name]
            elif name == self.tag:
                self.entries = EntryReader()
        elif name == "Ntry" and self.entries is not None:
            self.entries.read(as_node(element, self.cut))
            _forget(element)
        elif name == self.tag and self.entries is not None and self.format is not None:
            self.statements.append(_statement(self.format, as_node(element, self.cut), self.entries))
            self.entries = None
            _forget(element)


def _forget(element: Any) -> None:
    """Free an element and what stands before it: a file of 100,000 entries is read in constant memory."""
    element.clear()
    before = element.getprevious()
    if before is not None and before.tag == element.tag:
        element.getparent().remove(before)


class _Page:
    """A statement, and which page of it."""

    def __init__(self, statement: Statement, page: int, last: bool) -> None:
        self.statement, self.page, self.last = statement, page, last


def _statement(kind: Format, node: Node, read: EntryReader) -> _Page:
    """Return the statement of a Stmt, Rpt or Ntfctn element whose entries were read."""
    faults, notes = list(read.faults), list(read.notes)
    balances = tuple(_balances(node.all("Bal"), faults))
    currency = node.at("Acct/Ccy") or _commonest(balances, read.entries)
    account = Account(
        number=account_number(node["Acct"]["Id"]),
        bank=_bank(node["Acct"]["Svcr"]["FinInstnId"]),
        currency=currency,
        owner=node.at("Acct/Ownr/Nm") or node.at("Acct/Nm"),
    )
    if not account.number:
        faults.append(Fault("structure", "The account is not named.", node.line, "Acct"))
    starts, ends = (_period(node["FrToDt"], side, faults) for side in ("Fr", "To"))
    if node.at("CpyDplctInd") in {"DUPL", "CODU"}:
        notes.append(Note("The bank marks this as a duplicate of what it sent before.", node.line, "CpyDplctInd"))
    entries = _dated(read.entries, balances, node)
    pages = node["StmtPgntn"] or node["RptPgntn"] or node["NtfctnPgntn"]
    statement = Statement(
        format=kind,
        account=account,
        id=node.at("Id"),
        sequence=node.at("ElctrncSeqNb") or node.at("LglSeqNb"),
        starts_on=starts,
        ends_on=ends,
        balances=balances,
        entries=entries,
        controls=tuple(_controls(node["TxsSummry"], entries, faults)),
        faults=tuple(faults),
        notes=tuple(notes),
        line=node.line,
    )
    number = pages.at("PgNb")
    return _Page(statement, int(number) if number.isdecimal() else 1, pages.at("LastPgInd") in {"", "true", "1"})


def _period(node: Node, side: str, faults: list[Fault]) -> date | None:
    """Return one end of the period a statement covers."""
    text = node.at(f"{side}DtTm") or node.at(f"{side}Dt")
    if not text:
        return None
    try:
        return iso_day(text)
    except ValueError as error:
        faults.append(Fault("date", str(error), node.line, f"FrToDt/{side}DtTm"))
        return None


def _balances(nodes: Iterable[Node], faults: list[Fault]) -> Iterable[Balance]:
    """Yield the stated balances; one that cannot be read is a fault."""
    for node in nodes:
        code = node.at("Tp/CdOrPrtry/Cd") or node.at("Tp/CdOrPrtry/Prtry")
        try:
            amount = exact(node["Amt"].text)
            on = iso_day(day) if (day := node.at("Dt/Dt") or node.at("Dt/DtTm")) else None
        except ValueError as error:
            faults.append(Fault("balance", f"Balance {code}: {error}", node.line, "Bal"))
            continue
        signed = -amount if node.at("CdtDbtInd") == "DBIT" else amount
        yield Balance(_BALANCES.get(code, "other"), signed, node["Amt"].attributes.get("Ccy", ""), on, code, node.line)


def _dated(entries: Iterable[Entry], balances: Iterable[Balance], node: Node) -> tuple[Entry, ...]:
    """Return entries, those without a readable day at the day of the statement."""
    days = [each.on for each in balances if each.kind == "closing" and each.on]
    try:
        fallback = days[-1] if days else iso_day(node.at("CreDtTm"))
    except ValueError:
        fallback = UNDATED
    return tuple(replace(each, booked_on=fallback) if each.booked_on == UNDATED else each for each in entries)


def _commonest(balances: Iterable[Balance], entries: Iterable[Entry]) -> str:
    """Return the currency of an account that does not say: that of its booked balance, else of its first entry."""
    ranked = sorted(balances, key=lambda each: ("opening", "closing").index(each.kind) if each.kind in {"opening", "closing"} else 2)
    return next(filter(None, [*(each.currency for each in ranked), *(each.currency for each in entries)]), "")


def _bank(node: Node) -> str:
    """Return a bank's code: its BIC, else its member number in a clearing system."""
    return node.at("BICFI") or node.at("BIC") or node.at("ClrSysMmbId/MmbId")


def _controls(node: Node, entries: Sequence[Entry], faults: list[Fault]) -> Iterable[Control]:
    """Yield what TxsSummry says of the entries beside what they are; reports count pending entries too."""
    sides = {
        "TtlNtries": entries,
        "TtlCdtNtries": [each for each in entries if each.amount > 0],
        "TtlDbtNtries": [each for each in entries if each.amount < 0],
    }
    names = {"TtlNtries": "entries", "TtlCdtNtries": "credits", "TtlDbtNtries": "debits"}
    for tag, chosen in sides.items():
        found: dict[str, Decimal] = {
            "NbOfNtries": Decimal(len(chosen)),
            "Sum": sum((abs(each.amount) for each in chosen), Decimal(0)),
            "TtlNetNtryAmt": abs(sum((each.amount for each in chosen), Decimal(0))),
        }
        stated = node[tag]
        pairs = [(f"{names[tag]}, {word}", each, stated.at(each)) for each, word in (("NbOfNtries", "number"), ("Sum", "sum"))]
        pairs.append(("net of entries", "TtlNetNtryAmt", stated.at("TtlNetNtryAmt") or stated.at("TtlNetNtry/Amt")))
        for name, key, text in pairs:
            if not text:
                continue
            try:
                yield Control(name, exact(text), found[key], stated.line, f"TxsSummry/{tag}/{key}")
            except ValueError as error:
                faults.append(Fault("amount", str(error), stated.line, f"TxsSummry/{tag}/{key}"))


def joined(pages: list[_Page]) -> Iterable[Statement]:
    """Yield statements, the pages of one (same account, id or sequence, page numbers in order) put together."""
    whole: Statement | None = None
    at = 0
    for page in pages:
        each = page.statement
        follows = whole is not None and page.page == at + 1 and whole.account.number == each.account.number
        if follows and whole is not None and at and (whole.id == each.id or (whole.sequence and whole.sequence == each.sequence)):
            whole = _together(whole, each)
        else:
            if whole is not None:
                yield whole
            whole = each
        at = page.page
        if page.last:
            yield whole
            whole, at = None, 0
    if whole is not None:
        yield _unfinished(whole)


def _together(first: Statement, then: Statement) -> Statement:
    """Return two pages of a statement as one."""
    return Statement(
        format=first.format,
        account=first.account,
        id=first.id,
        sequence=first.sequence,
        starts_on=first.starts_on,
        ends_on=then.ends_on or first.ends_on,
        balances=(*first.balances, *then.balances),
        entries=(*first.entries, *then.entries),
        controls=(*first.controls, *then.controls),
        faults=(*first.faults, *then.faults),
        notes=(*first.notes, *then.notes),
        pages=first.pages + 1,
        line=first.line,
    )


def _unfinished(statement: Statement) -> Statement:
    """Return a statement whose last page is missing, with that as its fault."""
    fault = Fault("structure", "The last page of this statement is missing: the bank says that more follow.", statement.line, "StmtPgntn")
    return replace(statement, faults=(*statement.faults, fault))
