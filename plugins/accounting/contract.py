"""What other plugins may ask of the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from weft import Invalid, Missing, Provided, Tenant
from weft.contracts import Balance, DocumentFacts, Documents, Ledger, NewDocument, NewEntry, PostedEntry, SaleTax, Source, Taxes

from .domain.accounts import below
from .domain.rules import where_to_set
from .queries import accounts, balances, entries
from .queries import setup as setup_queries
from .services import asked, determining, posting


class Books(Ledger):
    """The ledger of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    async def post(self, entry: NewEntry) -> PostedEntry:
        """Post an entry."""
        return await posting.post(self.tenant, entry)

    async def post_many(self, entries: Sequence[NewEntry]) -> Sequence[UUID]:
        """Post many entries at once."""
        return await posting.post_many(self.tenant, entries)

    async def preview(self, entry: NewEntry) -> PostedEntry:
        """Return what `post` would make."""
        return await posting.preview(self.tenant, entry)

    async def reverse(self, entry_id: UUID, day: date, reason: str, source: Source | None = None) -> PostedEntry:
        """Post the opposite of an entry."""
        return await posting.reverse(self.tenant, entry_id, day, reason, source)

    async def find(self, source: Source) -> PostedEntry | None:
        """Return the entry of a document."""
        return await entries.by_source(self.tenant.scope(), source)

    async def balance(self, account: str, at: date | None = None) -> Sequence[Balance]:
        """Return what an account and all below it hold."""
        db = self.tenant.scope()
        chart = await accounts.all_accounts(db)
        top = next((each for each in chart if each.code == account), None)
        if top is None:
            raise Missing(f"There is no account {account}.")
        sums: dict[str, tuple[Decimal, Decimal]] = {}
        for each in await balances.held(db, at or self.tenant.today(), list(below(chart, top.id))):
            amount, base = sums.get(each.currency, (Decimal(0), Decimal(0)))
            sums[each.currency] = (amount + each.amount, base + each.base)
        return [Balance(currency=currency, amount=amount, base=base) for currency, (amount, base) in sorted(sums.items())]

    async def account_for(self, event: str, detail: str = "") -> str:
        """Return the code of the account that a posting rule names."""
        rules = {(each.event, each.detail): each.code for each in await setup_queries.rules(self.tenant.scope())}
        code = rules.get((event, detail)) or rules.get((event, ""))
        if code is None:
            raise Invalid(where_to_set(event, detail))
        return code


class TaxBook(Taxes):
    """The taxes of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    async def categories(self) -> Sequence[tuple[str, str]]:
        """Return the tax categories an item can have."""
        return await determining.categories(self.tenant)

    async def on_sale(
        self, tax_category: str, day: date, party: UUID | None = None, kind: Literal["goods", "service"] = "goods"
    ) -> Sequence[SaleTax]:
        """Return the taxes on an item of a category on a day."""
        return await determining.on_sale(self.tenant, tax_category, day, party, kind)

    async def on_purchase(
        self, tax_category: str, day: date, party: UUID, kind: Literal["goods", "service"] = "goods"
    ) -> Sequence[SaleTax]:
        """Return the taxes that a supplier adds to an item of a category on a day."""
        return await determining.on_purchase(self.tenant, tax_category, day, party, kind)

    async def sale_taxes(self, day: date) -> Mapping[str, Sequence[SaleTax]]:
        """Return the taxes of each tax category on a day, for a customer at the counter."""
        return await determining.sale_taxes(self.tenant, day)


class DocumentBook(Documents):
    """The invoices and bills of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    async def draft(self, document: NewDocument) -> DocumentFacts:
        """Draft a document."""
        return await asked.draft(self.tenant, document)

    async def post(self, document_id: UUID) -> DocumentFacts:
        """Post a draft."""
        return await asked.post(self.tenant, document_id)

    async def get(self, document_id: UUID) -> DocumentFacts:
        """Return a document with its lines."""
        return await asked.get(self.tenant, document_id)

    async def of(self, source: Source) -> DocumentFacts | None:
        """Return the document that was drafted for a source."""
        return await asked.of(self.tenant, source)


SERVICES: tuple[Provided[Any], ...] = (Provided(Ledger, Books), Provided(Taxes, TaxBook), Provided(Documents, DocumentBook))
