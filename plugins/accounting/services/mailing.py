"""Documents sent by mail, as PDF; what was sent is kept with the entry."""

import re
from decimal import Decimal
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_currency

from weft import Change, Conflict, Invalid, MailFile, Tenant, locale_in

from ..domain.documents.model import DocumentKind
from ..domain.documents.stored import StoredDocument
from ..domain.tax.model import Use
from ..queries import documents as stored
from ..queries import entries
from . import documents, printing

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
LONGEST = 5000


async def send(tenant: Tenant, document_id: UUID, to: str, text: str = "") -> StoredDocument:
    """Send a posted document of sales to an address, with the usual words unless others are given.

    The PDF is kept as a file of the entry, so that what went out can be shown later. Raises `Missing`, `Conflict` for a draft or a vendor's
    document, `Invalid` by field, `Unavailable`.
    """
    check_letter(to, text)
    async with tenant.transaction() as db:
        found = await documents.find(db, document_id, lock=True)
        if found.entry is None or found.kind.use is not Use.SALE:
            raise Conflict("Only posted invoices and credit notes are sent.")
        printed = await printing.document_pdf(tenant, document_id)
        subject, usual = words(tenant, found)
        kept = await tenant.files.put(printed.name, "application/pdf", printed.content)
        await entries.attach(db, found.entry, kept.id, printed.name, tenant.now())
        await tenant.mail(to.strip(), subject, text.strip() or usual, files=[MailFile(printed.name, "application/pdf", printed.content)])
        await stored.set_sent(db, found.id, tenant.now(), to.strip())
        await tenant.record(Change(documents.ref(found), "sent", {}, {"to": to.strip(), "file": printed.name, "sha256": kept.sha256}))
        return await documents.find(db, document_id)


def check_letter(to: str, text: str) -> None:
    """Raise `Invalid` by field for what is no address, or too many words."""
    if not _ADDRESS.fullmatch(to.strip()):
        raise Invalid.field("to", f"“{to.strip()[:80]}” is not one e-mail address.")
    if len(text) > LONGEST:
        raise Invalid.field("text", f"Write {LONGEST} characters at most.")


def words(tenant: Tenant, document: StoredDocument) -> tuple[str, str]:
    """Return the usual subject and words of a letter with a document, in the customer's language."""
    language = document.made_with.language or tenant.locale
    said = printing.words_for(language)
    locale = locale_in(tenant, document.made_with.language)
    total = document.open if document.kind is DocumentKind.INVOICE else document.total
    title = f"{said[document.kind.value]} {document.number}"
    values = {
        "title": title,
        "sender": tenant.name,
        "total": format_currency(total or Decimal(0), document.currency, locale=locale),
        "due": format_date(document.due, format="medium", locale=locale),
    }
    return said["subject"].format(**values), said["letter"].format(**values)
