"""What a line is made of: documents it pays, accounts it is booked to, what a party has on account; checked before anything is posted."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft.errors import Invalid

from .items import OpenItem, Suggestion

# What is between a line and its items is booked by these events of the posting rules.
_EVENTS = {"charge": "bank_fees", "rounding": "rounding"}


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a line, signed like the line: of a document, of an open line of the ledger (`line`), for an account (`code`, or the `event`
    of a posting rule), or on account of a party. `settles` is how much of a document in another currency it is, without sign; `early`
    takes its early-payment discount.
    """

    amount: Decimal
    document: UUID | None = None
    line: UUID | None = None
    settles: Decimal | None = None
    early: bool = False
    code: str = ""
    event: str = ""
    party: UUID | None = None
    description: Annotated[str, Meta(max_length=500)] = ""
    title: str = ""


class PaidDocument(msgspec.Struct, frozen=True):
    """A document of a payment; `amount` without sign, in its own currency."""

    document: UUID
    amount: Decimal
    early: bool


class PaymentGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of one party, currency and direction that one payment settles; `paid` is signed, in the currency of the bank account."""

    incoming: bool
    party: UUID | None
    currency: str
    amount: Decimal  # in `currency`, without sign
    paid: Decimal
    wishes: tuple[PaidDocument, ...]
    title: str


def as_splits(chosen: Suggestion, items: Mapping[UUID, OpenItem], amount: Decimal, currency: str, day: date) -> tuple[Split, ...]:
    """Return a suggestion as splits of a line's amount.

    A discount goes with the documents that still have one, charges and rounding are booked apart, what is more than open stays with the
    party. Of a document in another currency the whole line is the payment, and rates say what was gained or lost.
    """
    if chosen.account:
        return (Split(amount=amount, code=chosen.account, party=chosen.party),)
    first = items[chosen.parts[0].item]
    if first.currency != currency and len(chosen.parts) == 1:
        return (Split(amount=amount, document=first.id, settles=abs(chosen.parts[0].amount), title=first.number),)
    gaps = {each.kind: each.amount for each in chosen.remainders}
    splits: list[Split] = []
    for part in chosen.parts:
        item = items[part.item]
        early = "discount" in gaps and bool(item.discount) and (item.discount_until is None or day <= item.discount_until)
        paid = part.amount - item.discount if early else part.amount
        document, open_line = (None, item.id) if item.entry else (item.id, None)
        splits.append(Split(amount=paid, document=document, line=open_line, early=early, title=item.number))
    splits += [Split(amount=gaps[kind], event=event) for kind, event in _EVENTS.items() if kind in gaps]
    if left := amount - sum((each.amount for each in splits), Decimal(0)):
        splits.append(Split(amount=left, party=first.party, title="on account"))
    return tuple(splits)


def check_splits(amount: Decimal, currency: str, splits: Sequence[Split], items: Mapping[UUID, OpenItem]) -> None:
    """Raise `Invalid` by split unless they come to the line, and each leads to exactly one thing that is open."""
    wrong: dict[str, str] = {}
    if not splits:
        raise Invalid("Say what the line is: a document, an account, or a party.")
    for at, each in enumerate(splits):
        wrong |= {f"splits.{at}.{name}": sentence for name, sentence in _wrong(each, currency, items).items()}
    seen = [each.document or each.line for each in splits if each.document or each.line]
    if len(set(seen)) != len(seen):
        wrong["splits"] = "One document or open line stands there twice: put its amounts together."
    total = sum((each.amount for each in splits), Decimal(0))
    if total != amount and not wrong:
        wrong["splits"] = f"The parts come to {total:,}, but the line is {amount:,}: {amount - total:,} are left."
    if wrong:
        raise Invalid(fields=wrong)


def _wrong(split: Split, currency: str, items: Mapping[UUID, OpenItem]) -> dict[str, str]:
    """Return what is wrong with one split, by field."""
    if not split.amount:
        return {"amount": "Enter an amount that is not zero."}
    meant = split.document or split.line
    if meant is None:
        return {} if split.code or split.event or split.party else {"code": "Choose a document, an account or a party."}
    item = items.get(meant)
    if item is None:
        return {"document": f"This {'document' if split.document else 'line'} is not open any more."}
    if split.amount * item.amount < 0:
        way = "comes in" if item.amount > 0 else "goes out"
        return {"amount": f"{item.number} is paid with money that {way}."}
    if item.currency != currency and split.line:
        return {"amount": f"{item.number} is open in {item.currency}: it is settled through an account in that currency."}
    if item.currency != currency and split.settles is None:
        return {"amount": f"{item.number} is in {item.currency}: say how much of it is settled."}
    settles = split.settles if split.settles is not None else abs(split.amount) + (abs(item.discount) if split.early else 0)
    if settles > abs(item.amount):
        return {"amount": f"Only {abs(item.amount):,} {item.currency} of {item.number} are open."}
    return {}


def payments_of(splits: Sequence[Split], items: Mapping[UUID, OpenItem]) -> list[PaymentGroup]:
    """Return the payments that splits make: one per party, currency and direction, and those on account of a party."""
    groups: dict[tuple[UUID | None, str, bool], list[Split]] = {}
    for each in splits:
        if each.document:
            item = items[each.document]
            groups.setdefault((item.party, item.currency, each.amount > 0), []).append(each)
    found = [_group(party, currency, incoming, some, items) for (party, currency, incoming), some in groups.items()]
    for each in splits:
        if each.party and not (each.document or each.line or each.code or each.event):
            alone = PaymentGroup(
                incoming=each.amount > 0,
                party=each.party,
                currency="",
                amount=abs(each.amount),
                paid=each.amount,
                wishes=(),
                title="on account",
            )
            found.append(alone)
    return found


def _group(party: UUID | None, currency: str, incoming: bool, splits: Sequence[Split], items: Mapping[UUID, OpenItem]) -> PaymentGroup:
    """Return one payment of several documents."""
    wishes = tuple(PaidDocument(each.document, each.settles or abs(each.amount), each.early) for each in splits if each.document)
    return PaymentGroup(
        incoming=incoming,
        party=party,
        currency=currency,
        amount=sum((each.amount for each in wishes), Decimal(0)),
        paid=sum((each.amount for each in splits), Decimal(0)),
        wishes=wishes,
        title=", ".join(items[each.document].number for each in splits if each.document),
    )


def booked_together(splits: Sequence[Split]) -> tuple[list[Split], list[list[Split]]]:
    """Return the splits of open lines with the accounts beside them, which one entry books, and each other account's alone.

    Where open lines are settled, what is between them and the bank (a card company's fee) belongs to them.
    """
    lines = [each for each in splits if each.line]
    accounts = [each for each in splits if each.code or each.event]
    return ([*lines, *accounts], []) if lines else ([], [[each] for each in accounts])
