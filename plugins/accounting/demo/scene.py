"""What a demo's books are made with: the services that people use, and money that moves through a bank month by month."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from weft import Tenant
from weft.contracts import Address, NewEntry, NewLine, NewParty, Parties, TaxFact

from ..domain.documents.model import DocumentKind
from ..domain.documents.stored import StoredDocument, StoredLine
from ..services import documents, issuing, payments, posting, taxes
from ..services.documents import DocumentDraft
from ..services.planning import PaymentDraft, Wish
from .days import Month, working_day

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that the bank moves on a day, in its own currency: for a document, or to an account of the books."""

    day: date
    amount: Decimal
    name: str
    text: str
    document: UUID | None = None
    settles: Decimal = ZERO  # of the document, in its currency and without sign
    currency: str = ""
    code: str = ""


@dataclass(slots=True)
class Scene:
    """The books of one business of the demo, while they are made."""

    tenant: Tenant
    today: date
    bank: str  # code of the account that money moves on
    movements: list[Movement] = field(default_factory=list)
    _parties: dict[str, UUID] = field(default_factory=dict)
    _terms: dict[str, UUID] = field(default_factory=dict)

    async def party(self, name: str, *, country: str = "") -> UUID:
        """Return who has a name, and add them when nobody has."""
        if name not in self._parties:
            async with self.tenant.transaction():
                book = self.tenant.service(Parties)
                found = next((each for each in await book.find(name, 5) if each.name == name), None)
                if found is None:
                    address = Address(country=country or self.tenant.country)
                    email = f"accounts@{re.sub('[^a-z]+', '-', plain(name)).strip('-')}.example"
                    found = await book.add(NewParty(kind="organisation", name=name, email=email, address=address))
            self._parties[name] = found.id
        return self._parties[name]

    async def terms(self, title: str) -> UUID:
        """Return payment terms by their title."""
        if not self._terms:
            self._terms = {each.title: each.id for each in await taxes.all_terms(self.tenant)}
        return self._terms[title]

    async def document(
        self, kind: DocumentKind, who: str, day: date, *lines: StoredLine, terms: str = "30 days", currency: str = "", reference: str = ""
    ) -> StoredDocument:
        """Post an invoice, a bill, or what takes one back."""
        made = await self.draft(kind, who, day, *lines, terms=terms, currency=currency, reference=reference)
        return await issuing.post(self.tenant, made.id, made.version)

    async def draft(
        self, kind: DocumentKind, who: str, day: date, *lines: StoredLine, terms: str = "30 days", currency: str = "", reference: str = ""
    ) -> StoredDocument:
        """Write a document, and leave it to somebody else to post it."""
        party, due = await self.party(who), await self.terms(terms)
        wanted = DocumentDraft(kind=kind, party=party, issued=day, terms=due, lines=lines, currency=currency, reference=reference)
        return await documents.save(self.tenant, wanted)

    def pays(self, document: StoredDocument, late: int = 0, *, worth: Decimal | None = None) -> None:
        """Let the bank move what a document leaves open, some days after it is due; `worth` is that in the bank's currency."""
        amount = document.open * document.kind.sign
        moved = amount if worth is None else worth * document.kind.sign
        name = document.reference if document.kind.sign < 0 and document.reference else document.number
        self.movements.append(
            Movement(
                working_day(document.due + timedelta(days=late)),
                moved,
                document.party_name,
                f"{'Payment of' if amount < 0 else 'Invoice'} {name}",
                document.id,
                document.open,
                document.currency,
            )
        )

    def moves(self, day: date, amount: Decimal, name: str, text: str, code: str) -> None:
        """Let the bank move money to or from an account of the books."""
        self.movements.append(Movement(day, amount, name, text, code=code))

    def moved(self, month: Month) -> list[Movement]:
        """Return what the bank moves in a month, in the order of the days."""
        return sorted((each for each in self.movements if month.first <= each.day <= month.last), key=lambda each: (each.day, each.text))

    async def settle(self, found: Sequence[Movement]) -> None:
        """Enter what the bank moved, as it was done before its statements came as files."""
        entries = [self._entry(each) for each in found if each.document is None]
        await self.post(entries)
        for each in found:
            if each.document is not None:
                await payments.register(self.tenant, self._payment(each))

    def _payment(self, each: Movement) -> PaymentDraft:
        assert each.document
        foreign = each.currency != self.tenant.currency
        return PaymentDraft(
            incoming=each.amount > 0,
            day=each.day,
            amount=each.settles,
            bank=self.bank,
            currency=each.currency,
            bank_amount=abs(each.amount) if foreign else None,
            reference=each.text,
            wishes=(Wish(document=each.document, amount=each.settles),),
        )

    def _entry(self, each: Movement) -> NewEntry:
        lines = (line(self.bank, each.amount), line(each.code, -each.amount))
        return entry("bank", each.day, f"{each.name}: {each.text}", *lines)

    async def post(self, entries: Sequence[NewEntry]) -> None:
        """Post entries all at once."""
        if entries:
            async with self.tenant.transaction():
                await posting.post_many(self.tenant, sorted(entries, key=lambda each: each.date))


def plain(name: str) -> str:
    """Return a name in small letters without accents, as an address has it."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def line(code: str, amount: Decimal, text: str = "") -> NewLine:
    """Return a line: a debit, or a credit when the amount is negative."""
    return NewLine(code=code, debit=max(amount, ZERO), credit=max(-amount, ZERO), description=text)


def entry(journal: str, day: date, text: str, *lines: NewLine, taxes: tuple[TaxFact, ...] = ()) -> NewEntry:
    """Return an entry to post, without the lines that are nothing."""
    return NewEntry(
        journal=journal, date=day, description=text, lines=tuple(each for each in lines if each.debit or each.credit), taxes=taxes
    )


def item(text: str, quantity: int | Decimal, price: str | int | Decimal, tax: str, account: str = "") -> StoredLine:
    """Return a line of a document."""
    return StoredLine(description=text, quantity=Decimal(quantity), unit_price=Decimal(price), taxes=(tax,) if tax else (), account=account)
