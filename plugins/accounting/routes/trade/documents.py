"""Pages of invoices, credit notes and bills: lists, the editor with live totals, posting, crediting."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Conflict, Form, Invalid, Missing, Refused, Tenant, TheForm, TheTenant, TheUi, Ui, needs
from weft.contracts import Parties

from ...document_listings import BILLS, INVOICES
from ...domain.documents.model import DocumentKind
from ...domain.documents.stored import TITLES, StoredDocument
from ...permissions import DOCUMENT as EDIT
from ...permissions import ISSUE, READ
from ...records import DOCUMENT
from ...services import deposits, desk, determining, documents, issuing, mailing, printing, recurring, setup
from ...services.documents import DocumentChanged, DuplicateReference
from .entry import BY_CATEGORY, Entry, blank, differences, draft_of, read_entry, shown, with_rows


class Deposit(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a document is asked for before, in percent."""

    percent: Decimal


FORM = "accounting/document_form.html"
PAGE = "accounting/document.html"


def listing_of(kind: DocumentKind) -> str:
    """Return the address of the list that a document is in."""
    return INVOICES.path if kind.use.value == "sale" else BILLS.path


@get("/invoices", guards=[needs(READ)])
async def invoice_list(ui: TheUi) -> Response[Any]:
    """Show invoices and credit notes."""
    return await ui.listing(INVOICES, template="accounting/documents.html", sales=True)


@get("/bills", guards=[needs(READ)])
async def bill_list(ui: TheUi) -> Response[Any]:
    """Show bills and vendor credits."""
    return await ui.listing(BILLS, template="accounting/documents.html", sales=False)


async def _context(tenant: Tenant, entry: Entry, stored: StoredDocument | None) -> dict[str, Any]:
    page = await desk.form_page(tenant, entry.kind.use)
    return {
        "entry": entry,
        "document": stored,
        "title": TITLES[entry.kind],
        "sales": entry.kind.use.value == "sale",
        "list_path": listing_of(entry.kind),
        "page": page,
        "base": tenant.currency,
        "party_options": await _party(tenant, entry.head.get("party")),
        "theirs": [],
        "duplicate": False,
    }


async def _party(tenant: Tenant, party: str) -> list[dict[str, str]]:
    try:
        async with tenant.transaction():
            found = await tenant.service(Parties).get(UUID(party))
    except (ValueError, Missing):
        return []
    return [{"value": str(found.id), "label": found.name}]


@get("/documents/new", guards=[needs(EDIT)])
async def new_document(
    tenant: TheTenant, ui: TheUi, kind: FromQuery[DocumentKind] = DocumentKind.INVOICE, party: FromQuery[UUID | None] = None
) -> Response[Any]:
    """Show the empty editor."""
    if not await setup.is_set_up(tenant):
        return await ui.page("accounting/unopened.html")
    page = await desk.form_page(tenant, kind.use)
    terms = next((str(each.id) for each in page.terms if each.title.startswith("30 days")), "")
    usual = BY_CATEGORY if page.has_categories else page.taxes[0][0] if page.taxes else ""
    entry = blank(kind, tenant.today(), str(party or ""), usual, terms)
    return await ui.page(FORM, **await _context(tenant, entry, None), errors={}, problem="")


@post("/documents/new", guards=[needs(EDIT)])
async def create_document(
    tenant: TheTenant, ui: TheUi, form: TheForm, kind: FromQuery[DocumentKind] = DocumentKind.INVOICE
) -> Response[Any]:
    """Keep a new document as a draft, post it, or show more rows."""
    return await _save(tenant, ui, read_entry(form, kind, None), None)


@get("/documents/{document_id:uuid}/edit", guards=[needs(EDIT)])
async def edit_document(tenant: TheTenant, ui: TheUi, document_id: FromPath[UUID]) -> Response[Any]:
    """Show the editor with a draft in it; what is posted shows its page."""
    stored = await documents.get(tenant, document_id)
    if not stored.is_draft:
        return ui.redirect(DOCUMENT.url(stored.id), toast="What is posted stands: make a credit note instead.")
    return await ui.page(FORM, **await _context(tenant, shown(stored), stored), errors={}, problem="")


@post("/documents/{document_id:uuid}/edit", guards=[needs(EDIT)])
async def change_document(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Change a draft, post it, or show more rows."""
    stored = await documents.get(tenant, document_id)
    return await _save(tenant, ui, read_entry(form, stored.kind, stored), stored)


async def _save(tenant: Tenant, ui: Ui, entry: Entry, stored: StoredDocument | None) -> Response[Any]:
    do = entry.head.get("do") or "save"
    if do == "rows":
        return await ui.page(FORM, **await _context(tenant, with_rows(entry), stored), errors={}, problem="")
    try:
        async with tenant.transaction():
            made = await documents.save(tenant, draft_of(entry), stored.id if stored else None, entry.version)
            if do in ("post", "post_anyway"):
                if not tenant.may(ISSUE):
                    raise Invalid("You may prepare this document, but not post it: keep it as a draft.")
                made = await issuing.post(tenant, made.id, made.version, same_reference=do == "post_anyway")
    except DocumentChanged as changed:
        theirs = shown(changed.current)
        again = Entry(entry.kind, entry.head, entry.rows, changed.current.version, entry.credits, entry.deposit_for)
        context = await _context(tenant, again, changed.current)
        return await ui.rejected(FORM, changed, **{**context, "theirs": differences(entry, theirs)})
    except DuplicateReference as duplicate:
        return await ui.rejected(FORM, duplicate, **{**await _context(tenant, entry, stored), "duplicate": True})
    except (Invalid, Conflict, Refused) as wrong:
        told = Conflict(wrong.message) if isinstance(wrong, Refused) else wrong
        return await ui.rejected(FORM, told, **await _context(tenant, entry if entry.rows else with_rows(entry, 3), stored))
    return ui.redirect(DOCUMENT.url(made.id), toast=f"{made.title} is {'kept' if made.is_draft else 'posted'}.")


@post("/documents/totals", guards=[needs(EDIT)])
async def totals(tenant: TheTenant, ui: TheUi, form: TheForm, kind: FromQuery[DocumentKind] = DocumentKind.INVOICE) -> Response[str]:
    """Return what is typed comes to, as the editor shows it beside the lines; nothing is kept."""
    entry = read_entry(form, kind, None)
    problem, computed, made, places = "", None, None, _places(form)
    try:
        made, computed = await documents.preview(tenant, draft_of(entry))
    except (Invalid, Missing) as wrong:
        problem = _first(wrong, bool(entry.head.get("party")))
    position = await determining.position_titled(tenant, made.made_with.position) if made else None
    return await ui.fragment(
        "accounting/_totals.html", computed=computed, made=made, problem=problem, places=places, position=position, editing=True
    )


def _places(form: Form) -> list[int]:
    """Return the row of the page that each line that counts stands in."""
    rows = sorted({int(name.split(".")[1]) for name in form.values if name.startswith("lines.") and name.count(".") == 2})
    return [row for row in rows if any(form.get(f"lines.{row}.{name}") for name in ("description", "unit_price", "account"))]


def _first(wrong: Invalid | Missing, has_party: bool) -> str:
    if not has_party:
        return "Choose whom it is for: totals appear here."
    fields = wrong.fields if isinstance(wrong, Invalid) else {}
    name, sentence = next(iter(fields.items()), ("", wrong.message))
    return f"Line {int(name.split('.')[1]) + 1}: {sentence}" if name.startswith("lines.") and name.count(".") == 2 else sentence


@get("/documents/{document_id:uuid}", guards=[needs(READ)])
async def show_document(tenant: TheTenant, ui: TheUi, document_id: FromPath[UUID]) -> Response[str]:
    """Show a document."""
    return await document_page(tenant, ui, document_id)


async def document_page(
    tenant: Tenant, ui: Ui, document_id: UUID, wrong: Invalid | Conflict | None = None, form: Form | None = None
) -> Response[str]:
    """Show a document, with what was wrong with a wish about it."""
    page = await desk.document_page(tenant, document_id)
    context: dict[str, Any] = {
        "page": page,
        "document": page.document,
        "sales": page.document.kind.use.value == "sale",
        "list_path": listing_of(page.document.kind),
        "state": page.document.status(tenant.today()),
        "base": tenant.currency,
        "today": tenant.today(),
        "actions": ui.actions(DOCUMENT.name, document_id),
        "history": await ui.history(DOCUMENT.name, document_id),
        "duplicate": isinstance(wrong, DuplicateReference),
        "typed": form or Form({}),
    }
    if wrong is not None:
        return await ui.rejected(PAGE, wrong, **context)
    slots = {"accounting.document.main": document_id, "accounting.document.side": document_id}
    return await ui.page(PAGE, slots=slots, **context, errors={}, problem="")


@post("/documents/{document_id:uuid}/post", guards=[needs(ISSUE)])
async def post_document(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Post a draft."""
    version = int(form.get("version")) if form.get("version").isdigit() else 0
    try:
        made = await issuing.post(tenant, document_id, version, same_reference=form.get("same_reference") == "yes")
    except Refused as wrong:
        return await document_page(tenant, ui, document_id, Conflict(wrong.message))
    except (Invalid, Conflict) as wrong:
        return await document_page(tenant, ui, document_id, wrong)
    return ui.redirect(DOCUMENT.url(made.id), toast=f"{made.title} is posted.")


@post("/documents/{document_id:uuid}/credit", guards=[needs(EDIT)])
async def credit_document(tenant: TheTenant, ui: TheUi, document_id: FromPath[UUID]) -> Response[Any]:
    """Draft what takes a document back, and show it in the editor."""
    made = await documents.draft_credit(tenant, document_id, tenant.today())
    return ui.redirect(f"{DOCUMENT.url(made.id)}/edit", toast="All its lines are here: take out what stays.")


@post("/documents/{document_id:uuid}/delete", guards=[needs(EDIT)])
async def delete_document(tenant: TheTenant, ui: TheUi, document_id: FromPath[UUID]) -> Response[Any]:
    """Delete a draft."""
    gone = await documents.delete(tenant, document_id)
    return ui.redirect(listing_of(gone.kind), toast=f"{gone.title} is deleted.")


@post("/documents/{document_id:uuid}/deposit", guards=[needs(EDIT)])
async def draft_deposit(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Draft the invoice of a deposit."""
    try:
        made = await deposits.draft_deposit(tenant, document_id, form.read(Deposit).percent)
    except (Invalid, Conflict) as wrong:
        return await document_page(tenant, ui, document_id, wrong, form)
    return ui.redirect(DOCUMENT.url(made.id), toast="The deposit is drafted: post it to send it.")


@post("/documents/{document_id:uuid}/take-off", guards=[needs(EDIT)])
async def take_off(tenant: TheTenant, ui: TheUi, document_id: FromPath[UUID]) -> Response[Any]:
    """Take posted deposits off a draft."""
    try:
        made = await deposits.take_off(tenant, document_id)
    except (Invalid, Conflict) as wrong:
        return await document_page(tenant, ui, document_id, wrong)
    return ui.redirect(DOCUMENT.url(made.id), toast="The deposits are taken off.")


@post("/documents/{document_id:uuid}/repeat", guards=[needs(EDIT)])
async def repeat_document(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Make a document again every so many months."""
    try:
        made = await recurring.repeat(tenant, document_id, form.read(recurring.Repeat))
    except (Invalid, Conflict) as wrong:
        return await document_page(tenant, ui, document_id, wrong, form)
    return ui.redirect("/accounting/recurring", toast=f"It comes again from {made.next_date} on.")


@get("/documents/{document_id:uuid}/pdf", guards=[needs(READ)])
async def document_file(tenant: TheTenant, document_id: FromPath[UUID]) -> Response[bytes]:
    """Return a document as PDF."""
    printed = await printing.document_pdf(tenant, document_id)
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(printed.name)}"}
    return Response(printed.content, media_type="application/pdf", headers=headers)


@post("/documents/{document_id:uuid}/send", guards=[needs(ISSUE)])
async def send_document(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Send a document by mail."""
    try:
        sent = await mailing.send(tenant, document_id, form.get("to"), form.get("text"))
    except (Invalid, Conflict) as wrong:
        return await document_page(tenant, ui, document_id, wrong, form)
    return ui.redirect(DOCUMENT.url(sent.id), toast=f"{sent.title} is on its way to {sent.sent_to}.")


document_routes = [
    *(invoice_list, bill_list, new_document, create_document, edit_document, change_document, totals, show_document),
    *(post_document, credit_document, delete_document, draft_deposit, take_off, repeat_document),
    *(document_file, send_document),
]
