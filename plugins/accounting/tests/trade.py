"""Customers, vendors, documents and payments to test with."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.domain.documents.stored import StoredDocument, StoredLine, StoredPayment
from plugins.accounting.services import documents, issuing, payments, taxes
from plugins.accounting.services.documents import DocumentDraft
from plugins.accounting.services.planning import PaymentDraft, Wish
from weft import Tenant
from weft.contracts import NewParty, Parties

DAY = date(2026, 3, 16)


def line(quantity: str | int, price: str | int, *codes: str, **more: Any) -> StoredLine:
    return StoredLine(quantity=Decimal(quantity), unit_price=Decimal(price), taxes=codes, **more)


class Trade:
    """A business that sells and buys, with the generic taxes."""

    def __init__(self, tenant: Tenant, customer: UUID, vendor: UUID) -> None:
        self.tenant, self.customer, self.vendor = tenant, customer, vendor

    async def draft(self, *lines: StoredLine, kind: DocumentKind = DocumentKind.INVOICE, **more: Any) -> StoredDocument:
        party = self.customer if kind.use.value == "sale" else self.vendor
        return await documents.save(self.tenant, DocumentDraft(kind=kind, party=party, issued=more.pop("issued", DAY), lines=lines, **more))

    async def invoice(self, *lines: StoredLine, **more: Any) -> StoredDocument:
        """Draft and post a document."""
        made = await self.draft(*lines, **more)
        return await issuing.post(self.tenant, made.id, made.version)

    async def bill(self, *lines: StoredLine, **more: Any) -> StoredDocument:
        return await self.invoice(*lines, kind=DocumentKind.BILL, **more)

    async def pay(self, amount: str | int, *wishes: Wish, incoming: bool = True, day: date = DAY, **more: Any) -> StoredPayment:
        party = self.customer if incoming else self.vendor
        draft = PaymentDraft(incoming=incoming, day=day, amount=Decimal(amount), party=party, wishes=wishes, **more)
        return await payments.register(self.tenant, draft)

    async def pay_for(
        self, document: StoredDocument, amount: str | int, *, write_off: str | int = 0, early: bool = False, **more: Any
    ) -> StoredPayment:
        """Pay something on one document."""
        wish = Wish(document=document.id, amount=Decimal(amount), write_off=Decimal(write_off), early=early)
        return await self.pay(amount, wish, incoming=document.kind.sign > 0, **more)

    async def again(self, document: StoredDocument) -> StoredDocument:
        return await documents.get(self.tenant, document.id)

    async def held(self, event: str) -> Decimal:
        """What the account of an event holds in base currency, debits positive."""
        found = await self.ask(
            "SELECT coalesce(sum(l.base), 0) FROM accounting_line l JOIN accounting_posting_rule r ON r.account = l.account "
            "WHERE r.event = $1",
            event,
        )
        return Decimal(found)

    async def ask(self, sql: str, *args: object, unaudited: str = "") -> Any:
        async with self.tenant.transaction(unaudited=unaudited) as db:
            return await db.fetchval(sql, *args)

    async def ties_out(self) -> None:
        """Hold documents against the ledger: what is open of both is the same, and allocations explain the rest."""
        async with self.tenant.transaction() as db:
            rows = await db.fetch(
                "SELECT d.number, d.open, coalesce(sum(abs(l.residual)), 0) AS residual FROM accounting_document d JOIN accounting_line l "
                "ON l.entry = d.entry AND l.residual IS NOT NULL WHERE d.state = 'posted' GROUP BY d.id"
            )
            assert [(row["number"], row["open"]) for row in rows] == [(row["number"], row["residual"]) for row in rows]
            wrong = await db.fetch(
                "SELECT l.id FROM accounting_line l LEFT JOIN accounting_allocation a ON l.id IN (a.debit, a.credit) "
                "LEFT JOIN accounting_entry r ON r.reverses = l.entry LEFT JOIN accounting_entry e ON e.id = l.entry "
                "WHERE l.residual IS NOT NULL AND r.id IS NULL AND e.reverses IS NULL "
                "GROUP BY l.id HAVING abs(l.amount) - abs(l.residual) <> coalesce(sum(a.amount), 0)"
            )
            assert not wrong


async def open_trade(tenant: Tenant) -> Trade:
    """Return a business with a customer and a vendor, and the generic taxes."""
    async with tenant.transaction():
        parties = tenant.service(Parties)
        customer = await parties.add(NewParty(kind="organisation", name="Ada & Söhne", email="ada@example.org"))
        vendor = await parties.add(NewParty(kind="organisation", name="Brook Supplies", email="bills@example.org"))
    await taxes.choose_system(tenant, "generic")
    return Trade(tenant, customer.id, vendor.id)


def changed(draft: StoredDocument, **more: Any) -> DocumentDraft:
    """Return a stored draft as somebody sends it again, with changes."""
    names = {field.name for field in msgspec.structs.fields(DocumentDraft)}
    return DocumentDraft(**{name: getattr(draft, name) for name in names} | more)
