"""What the pages of documents and payments show, each read in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Conflict, Invalid, Scope, Tenant
from weft.contracts import Parties, PostedEntry

from ..domain.accounts import Account
from ..domain.amounts import ZERO
from ..domain.currency.rates import Rate
from ..domain.documents.model import Computed, compute_document
from ..domain.documents.stored import StoredDocument, StoredPayment, StoredSettlement, to_document
from ..domain.documents.terms import Due, EarlyDiscount, early_discount
from ..domain.ground import Dimension
from ..domain.tax.jurisdiction import Jurisdiction, codes, load
from ..domain.tax.model import Use
from ..domain.tax.returns import BoxValue, Entered, entered, fill, unplaced
from ..queries import accounts, aliases, entries, payments
from ..queries import documents as stored
from ..queries import setup as setup_queries
from ..queries import taxes as tax_queries
from ..queries.taxes import Terms
from . import documents, posting, taxes
from .deposits import missing
from .payments import find_payment


@dataclass(frozen=True, slots=True)
class FormPage:
    """What the editor offers: taxes by code, fiscal positions, payment terms, accounts to post to, and dimensions."""

    taxes: Sequence[tuple[str, str]]
    terms: Sequence[Terms]
    accounts: Sequence[Account]
    has_taxes: bool
    has_categories: bool
    positions: Sequence[tuple[str, str]]
    dimensions: Sequence[Dimension]


async def form_page(tenant: Tenant, use: Use) -> FormPage:
    """Return what the editor of a document offers."""
    terms = await taxes.all_terms(tenant)
    async with tenant.transaction() as db:
        system = await taxes.tax_system(tenant)
        chart = [each for each in await accounts.all_accounts(db) if each.posting and not each.closed]
        dimensions = [each for each in await setup_queries.dimensions(db) if each.active and each.values]
    positions = [(each.code, each.title) for each in system.positions] if system else []
    return FormPage(
        taxes=offered_taxes(system, use),
        terms=[each for each in terms if each.active],
        accounts=chart,
        has_taxes=system is not None,
        has_categories=bool(system and system.categories),
        positions=positions,
        dimensions=dimensions,
    )


def offered_taxes(system: Jurisdiction | None, use: Use) -> list[tuple[str, str]]:
    """Return the groups and taxes for one side, as choices."""
    if system is None:
        return []
    by_code = {each.code: each for each in system.taxes}
    groups = [(each.code, each.title) for each in system.groups if all(by_code[code].use is use for code in each.taxes)]
    return [*groups, *((each.code, each.title) for each in system.taxes if each.use is use)]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document with all that belongs to it."""

    document: StoredDocument
    computed: Computed
    dues: Sequence[Due]
    discount: EarlyDiscount | None
    entry: PostedEntry | None
    problem: str  # why it could not be posted as it is
    paid: Sequence[tuple[StoredPayment, StoredSettlement]]
    credited: StoredDocument | None
    credits: Sequence[StoredDocument]
    uses: Sequence[tuple[StoredDocument, StoredSettlement]]  # of credits for it, or of it for others
    open_credits: Sequence[StoredDocument]  # of the same party, that could settle it
    on_account: Sequence[tuple[StoredPayment, Decimal]]  # money of the same party that could, with what is left of it
    deposits: Sequence[StoredDocument]
    deposits_left: Sequence[StoredDocument]  # posted, and not taken off yet
    deposit_for: StoredDocument | None
    email: str


async def document_page(tenant: Tenant, document_id: UUID) -> DocumentPage:
    """Return a document as its page shows it; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await documents.find(db, document_id)
        computed = compute_document(to_document(found))
        entry, problem = None, ""
        if found.entry:
            kept = await entries.entry(db, found.entry)
            entry = kept[0] if kept else None
        else:
            try:
                entry = await posting.preview(tenant, await documents.entry_of(tenant, found, computed))
            except (Invalid, Conflict) as wrong:
                problem = wrong.message
        others = await stored.open_of(db, use=found.kind.use.value, party=found.party, currency=found.currency)
        wants = not found.kind.is_credit and found.open != 0
        uses = [
            (await documents.find(db, each.document if each.credit == document_id else each.credit or each.document), each)
            for each in await payments.credit_uses(db, document_id)
        ]
        return DocumentPage(
            found,
            computed,
            documents.dues_of(found, computed),
            early_discount(found.made_with.terms, computed.net, computed.taxes, computed.total, found.issued, computed.document.step),
            entry,
            problem,
            await payments.settling(db, document_id),
            await documents.find(db, found.credits) if found.credits else None,
            [each for each in await stored.crediting(db, document_id) if each.id not in {used.id for used, _ in uses}],
            uses,
            [each for each in others if each.kind.is_credit] if wants else [],
            await _on_account(db, found) if wants else [],
            await stored.deposits_of(db, document_id),
            await missing(tenant, db, found) if found.is_draft else [],
            await documents.find(db, found.deposit_for) if found.deposit_for else None,
            (await tenant.service(Parties).get(found.party)).email,
        )


async def _on_account(db: Scope, document: StoredDocument) -> list[tuple[StoredPayment, Decimal]]:
    party = await aliases.same(db, document.party)
    return await payments.with_rest(db, party, document.currency, incoming=document.kind.use is Use.SALE)


@dataclass(frozen=True, slots=True)
class PaymentForm:
    """What a payment can be for: open documents of a party in one currency, and accounts it can come to."""

    open: Sequence[tuple[StoredDocument, EarlyDiscount | None]]
    banks: Sequence[Account]


async def payment_form(tenant: Tenant, *, incoming: bool, party: UUID | None, currency: str, day: date) -> PaymentForm:
    """Return what the form of a payment shows; without a party, no documents."""
    async with tenant.transaction() as db:
        chart = [each for each in await accounts.all_accounts(db) if each.posting and not each.closed]
        found: list[StoredDocument] = []
        if party:
            for use in ("sale", "purchase"):
                found += await stored.open_of(db, use=use, party=party, currency=currency)
    side = 1 if incoming else -1
    shown = [(each, _discount_on(each, day)) for each in found if each.kind.sign == side]
    return PaymentForm(shown, [each for each in chart if each.type in ("bank", "credit_card")])


def _discount_on(document: StoredDocument, day: date) -> EarlyDiscount | None:
    if document.made_with.terms.early is None or document.open != document.total:
        return None
    computed = compute_document(to_document(document))
    found = early_discount(document.made_with.terms, computed.net, computed.taxes, computed.total, document.issued, computed.document.step)
    return found if found and day <= found.until else None


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A payment with what it settled."""

    payment: StoredPayment
    settlements: Sequence[tuple[StoredDocument, StoredSettlement]]
    unused: Decimal
    entry: PostedEntry | None
    open: Sequence[StoredDocument]  # documents of the party that what is left could settle


async def payment_page(tenant: Tenant, payment_id: UUID) -> PaymentPage:
    """Return a payment as its page shows it; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await find_payment(db, payment_id)
        settled = await payments.settlements_of(db, payment_id)
        both = [(await documents.find(db, each.document), each) for each in settled]
        kept = await entries.entry(db, found.entry)
        unused = found.amount - sum((each.amount for each in settled if not each.undone), Decimal(0))
        use = "sale" if found.incoming else "purchase"
        could = await stored.open_of(db, use=use, party=found.party, currency=found.currency) if unused and found.party else []
    return PaymentPage(found, both, unused, kept[0] if kept else None, [each for each in could if not each.kind.is_credit])


@dataclass(frozen=True, slots=True)
class Owed:
    """What a party owes (is owed, when negative) in one currency, and how much of what it owes is overdue."""

    currency: str
    open: Decimal
    overdue: Decimal


async def owed_by(tenant: Tenant, party: UUID) -> Sequence[Owed]:
    """Return what a party owes and is owed by its open documents, by currency."""
    today = tenant.today()
    async with tenant.transaction() as db:
        found = [*await stored.open_of(db, use="sale", party=party), *await stored.open_of(db, use="purchase", party=party)]
    rows = []
    for currency in sorted({each.currency for each in found}):
        mine = [each for each in found if each.currency == currency]
        late = [each.open for each in mine if each.kind.sign > 0 and each.due < today]
        rows.append(Owed(currency, sum((each.open * each.kind.sign for each in mine), ZERO), sum(late, ZERO)))
    return rows


@dataclass(frozen=True, slots=True)
class TaxesPage:
    """The taxes of the business with their version, and those it can choose from, by code."""

    system: Jurisdiction | None
    version: int
    offered: Sequence[Jurisdiction]


async def taxes_page(tenant: Tenant) -> TaxesPage:
    """Return the taxes of the business as their page shows them."""
    async with tenant.transaction() as db:
        found = await tax_queries.system(db)
    return TaxesPage(found[0] if found else None, found[1] if found else 0, [load(code) for code in codes()])


async def newest_rates(tenant: Tenant) -> Sequence[Rate]:
    """Return the newest exchange rates."""
    async with tenant.transaction() as db:
        return await tax_queries.latest_rates(db)


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A tax return for some days: its boxes, and amounts for boxes that it does not have."""

    system: Jurisdiction
    boxes: Sequence[BoxValue]
    unplaced: Sequence[Entered]


async def tax_return(tenant: Tenant, first: date, last: date) -> ReturnPage | None:
    """Return the tax return of some days; nothing while the business has no taxes."""
    async with tenant.transaction() as db:
        found = await tax_queries.system(db)
        if found is None:
            return None
        kept = await stored.taxes_between(db, first, last)
    amounts: list[Entered] = []
    for each, number in kept:
        place = f"payments/{each.payment}" if each.payment else f"documents/{each.document}" if each.document else f"entries/{each.entry}"
        amounts += entered([each.tax], credit_note=each.credit_note, source=f"/accounting/{place}|{number}")
    boxes = found[0].tax_return.boxes
    return ReturnPage(found[0], fill(boxes, amounts), unplaced(boxes, amounts))
