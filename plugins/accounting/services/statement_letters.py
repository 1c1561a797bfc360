"""Statements of account as PDF and by mail, in the language of whom they are for."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft import Change, MailFile, PrintedDocument, RecordRef, Tenant, new_id
from weft.contracts import Address, Party

from ..domain.amounts import ZERO
from ..domain.documents.model import DocumentKind
from ..queries import documents as stored
from ..queries.aged import Moved
from ..records import STATEMENT
from . import aged, documents, mailing, printing
from .aged import Statement, StatementLine
from .printing import Printed, Written


async def statement_pdf(tenant: Tenant, party_id: UUID, first: date, last: date) -> Printed:
    """Return the statement of account of a party for some days as PDF; raises `Missing`, `Unavailable`."""
    party, found = await aged.statements(tenant, party_id, first, last)
    async with tenant.transaction() as db:
        ids = {line.moved.document for each in found for line in each.lines if line.moved.document}
        kinds = {each.id: each.kind for each in await stored.documents(db, list(ids))}
    return await printing.laid_out(tenant, PAPER, told(tenant, party, found, kinds, (first, last)))


def told(
    tenant: Tenant, party: Party, found: Sequence[Statement], kinds: Mapping[UUID, DocumentKind], days: tuple[date, date]
) -> dict[str, Any]:
    """Return what a statement says, all of it as text; one currency after the other."""
    write = Written(tenant, party.language)
    words = write.words
    first, last = (write.day(day) for day in days)
    closing = words["closing"].format(day=last)
    sums = [{"label": closing, "value": write.money(each.closing, each.currency)} for each in found]
    return {
        "title": f"{words['statement']}: {party.name}",
        "language": write.locale.language,
        "words": dict(words),
        "recipient": list(documents.address_lines(party)),
        "facts": [{"label": words["date"], "value": write.day(tenant.today())}],
        "headings": [words[name] for name in ("description", "date", "due", "charged", "paid", "balance")],
        "lines": [row for each in found for row in _rows(each, kinds, write)],
        "totals": sums[:-1],
        "total": sums[-1] if sums else {"label": closing, "value": write.money(ZERO, tenant.currency)},
        "base": None,
        "due": [],
        "notes": [words["statement_of"].format(first=first, last=last), words["in_your_favour"] if found else words["nothing_moved"]],
    }


def _rows(one: Statement, kinds: Mapping[UUID, DocumentKind], write: Written) -> list[list[str]]:
    def money(amount: Any) -> str:
        return write.money(amount, one.currency)

    rows = [[write.words["opening"], "", "", "", "", money(one.opening)]]
    for line in one.lines:
        moved = line.moved
        charged, paid = (money(moved.amount), "") if moved.amount > 0 else ("", money(-moved.amount))
        due = write.day(moved.due) if moved.due and moved.document else ""
        rows.append([_what(moved, kinds, write), write.day(moved.day), due, charged, paid, money(line.balance)])
    return rows


def _what(moved: Moved, kinds: Mapping[UUID, DocumentKind], write: Written) -> str:
    """Return what moved in the words of the letter: what somebody wrote into the books is for the business itself."""
    if moved.document and moved.document in kinds:
        name = kinds[moved.document].value
    elif moved.payment:
        name = "paid_in" if moved.amount < 0 else "paid_out"
    else:
        name = "settled_by"
    return f"{write.words[name]} {moved.reference}"


async def send_statement(tenant: Tenant, party_id: UUID, first: date, last: date, to: str, text: str = "") -> Party:
    """Send the statement of account of a party to an address, with the usual words unless others are given.

    What was sent is kept among the files of the business. Raises `Missing`, `Invalid` by field, `Unavailable`.
    """
    mailing.check_letter(to, text)
    async with tenant.transaction():
        party, found = await aged.statements(tenant, party_id, first, last)
        printed = await statement_pdf(tenant, party_id, first, last)
        write = Written(tenant, party.language)
        balance = ", ".join(write.money(each.closing, each.currency) for each in found) or write.money(ZERO, tenant.currency)
        values = {"sender": tenant.name, "first": write.day(first), "last": write.day(last), "balance": balance}
        subject, usual = (write.words[name].format(**values) for name in ("statement_subject", "statement_letter"))
        kept = await tenant.files.put(printed.name, "application/pdf", printed.content)
        await tenant.mail(to.strip(), subject, text.strip() or usual, files=[MailFile(printed.name, "application/pdf", printed.content)])
        about = {"to": to.strip(), "first": first, "last": last, "file": printed.name, "sha256": kept.sha256}
        await tenant.record(Change(RecordRef(STATEMENT, party.id, f"Statement of {party.name}"), "sent", {}, about))
    return party


async def sample(tenant: Tenant, language: str) -> dict[str, Any]:
    """Return what an example of a statement says."""
    last = tenant.today()
    first, nobody = last.replace(month=1, day=1), new_id()
    party = Party(id=nobody, kind="organisation", name="Ada Lovelace Ltd", language=language, address=Address(city="London"))
    moved = (("INV-41", Decimal("249.00"), None), ("PAY-7", Decimal("-249.00"), nobody), ("INV-42", Decimal("342.80"), None))
    lines, balance = [], Decimal("20.00")
    for reference, amount, payment in moved:
        balance += amount
        document = None if payment else new_id()
        move = Moved(last, reference, "", tenant.currency, amount, last, nobody, document, payment)
        lines.append(StatementLine(move, balance))
    kinds = {line.moved.document: DocumentKind.INVOICE for line in lines if line.moved.document}
    return told(tenant, party, [Statement(tenant.currency, Decimal("20.00"), lines)], kinds, (first, last))


PAPER = PrintedDocument("accounting.statement", "Statement of account", printing.LAYOUTS / "document.typ", sample)
