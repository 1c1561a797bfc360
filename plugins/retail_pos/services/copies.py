"""What is made of a receipt after the sale: copies on paper, letters, and who asked for them."""

import asyncio
import re
import socket
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Job, MailFile, Missing, Tenant, Unavailable
from weft.contracts import Parties

from ..domain import printers
from ..domain.escpos import Printing
from ..domain.setup import Till
from ..domain.slip import Figures
from ..domain.slip_words import words_for
from ..queries import paper
from ..queries.paper import CopyRow
from ..records import receipt_ref
from . import slips

PATIENCE = 5.0  # seconds that a printer has to take the bytes
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


class ToPrint(msgspec.Struct, frozen=True):
    """Which copy is to be printed."""

    copy: UUID


async def copies_of(tenant: Tenant, record_id: UUID) -> list[CopyRow]:
    """Return what was printed and mailed of a receipt."""
    async with tenant.transaction() as db:
        return await paper.copies(db, record_id)


async def print_copy(tenant: Tenant, record_id: UUID) -> CopyRow:
    """Ask a worker to print a receipt again, at the printer of its till; the copy is counted and says which it is.

    Raises `Missing`, and `Conflict` where its till has no printer.
    """
    return await _ask(tenant, await slips.show(tenant, record_id), first=False)


async def print_at_till(tenant: Tenant, record_id: UUID, till: UUID, *, again: bool = False) -> CopyRow:
    """Ask a worker to print a receipt for its own till: the first time as it is, with the drawer opened for cash, then as a copy.

    `again` says that the till printed it by itself already. Raises `Missing` for a receipt that has not arrived, or is another till's, and
    `Conflict` where the till has no printer.
    """
    return await _ask(tenant, await own(tenant, record_id, till), first=not again)


async def open_drawer(till: Till) -> None:
    """Open the drawer at a till's printer, now or never. Raises `Conflict` where it has none, `Unavailable` when it does not answer."""
    if not till.printer.strip():
        raise Conflict(f"Till {till.code} has no printer: give it the address of one under Stores and tills.")
    await send(printers.read(till.printer), bytes(Printing().open_drawer()))


async def own(tenant: Tenant, record_id: UUID, till: UUID) -> slips.Shown:
    """Return a receipt of a till; raises `Missing`."""
    shown = await slips.show(tenant, record_id)
    if shown.sent.till != till:
        raise Missing("There is no such receipt.")
    return shown


async def _ask(tenant: Tenant, shown: slips.Shown, *, first: bool) -> CopyRow:
    record_id = shown.sent.id
    if not shown.sent.printer.strip():
        raise Conflict(f"Till {shown.sent.till_code} has no printer: give it the address of one under Stores and tills.")
    target = str(printers.read(shown.sent.printer))
    async with tenant.transaction() as db:
        who = tenant.person.id if tenant.person else None
        copy = await paper.add_copy(db, record_id, "print", target, tenant.now(), who, first=first)
        told = {"copy": copy.number, "printer": target}
        await tenant.record(Change(receipt_ref(record_id, shown.receipt.reference), "printed", {}, told))
        await tenant.enqueue(PRINT, ToPrint(copy.id))
    return copy


async def _print(tenant: Tenant, asked: ToPrint) -> None:
    async with tenant.transaction() as db:
        copy = await paper.copy(db, asked.copy)
    if copy is None:
        raise Missing("There is no such copy.")
    shown = await slips.show(tenant, copy.record, copy=copy.number)
    cash = copy.number == 0 and any(tender.type == "cash" for tender in shown.receipt.tenders)
    await send(printers.read(copy.target), await slips.escpos(tenant, shown, open_drawer=cash))


async def send(address: printers.Address, content: bytes) -> None:
    """Send bytes to a printer in the network; raises `Unavailable` when it does not take them, `Invalid` where no printer may be."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(PATIENCE):
            found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
            if not all(printers.may_reach(str(each[4][0])) for each in found):
                raise Invalid(f"{address} is no printer in a network: give the till another address.")
            _, writer = await asyncio.open_connection(str(found[0][4][0]), address.port)
            try:
                writer.write(content)
                await writer.drain()
                writer.write_eof()
            finally:
                writer.close()
                await writer.wait_closed()
    except (OSError, TimeoutError) as wrong:
        raise Unavailable(f"The printer at {address} does not answer: is it switched on, with paper in it?") from wrong


async def address_for(tenant: Tenant, shown: slips.Shown) -> str:
    """Return the e-mail address of a receipt's customer, where one is known."""
    if shown.receipt.customer is None:
        return ""
    async with tenant.transaction():
        found = await tenant.service(Parties).many([shown.receipt.customer])
    return found[shown.receipt.customer].email if shown.receipt.customer in found else ""


async def mail(tenant: Tenant, record_id: UUID, to: str) -> CopyRow:
    """Send a receipt as PDF to an address, in the language of receipts; raises `Missing`, `Invalid` by field, `Unavailable`."""
    wanted = to.strip()
    if not _EMAIL.fullmatch(wanted) or len(wanted) > 254:
        raise Invalid.field("to", f"“{wanted[:80]}” is not one e-mail address.")
    shown = await slips.show(tenant, record_id)
    content = await slips.pdf(tenant, shown)
    words = words_for(shown.facts.locale.language)
    total = Figures(shown.facts.locale, shown.receipt.currency).money(shown.receipt.total)
    values = {"reference": shown.receipt.reference, "shop": tenant.name, "total": total}
    text = words["letter"].format(**values)
    if shown.facts.address:
        text += f"\n\n{words['look']}: {shown.facts.address}"
    async with tenant.transaction() as db:
        copy = await paper.add_copy(db, record_id, "mail", wanted, tenant.now(), tenant.person.id if tenant.person else None)
        await tenant.mail(wanted, words["subject"].format(**values), text, files=[MailFile(shown.name, "application/pdf", content)])
        await tenant.record(Change(receipt_ref(record_id, shown.receipt.reference), "mailed", {}, {"to": wanted, "copy": copy.number}))
    return copy


PRINT = Job(name="retail_pos.print_receipt", title="Print a receipt", payload=ToPrint, run=_print, attempts=3)
