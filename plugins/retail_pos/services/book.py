"""What a till takes along to sell without a connection: how it computes, who works at it, and what is for sale."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from weft import Missing, Tenant, minor_unit, round_to
from weft.contracts import Items, Offer, OfferedItem, Parties, SaleTax, Taxes

from ..domain.cash_reasons import CashReason, cash_reasons
from ..domain.denominations import denominations
from ..domain.records import Record
from ..domain.returns import LeftOver, left_over
from ..domain.rules.basket import Promotion
from ..domain.setup import Operator, Till
from ..domain.slip_words import words_for
from ..domain.tenders import OwnTender, own_tenders
from ..queries import books, receipts, setup
from ..queries import till as till_queries
from ..settings import RetailPosSettings
from . import fiscalizing, slips
from .granting import book_now

MEANWHILE = timedelta(minutes=10)  # what was being saved while a book was read is in the next one
PART = 5000  # items


class TillOperator(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works at the till; the till checks the PIN by its hash."""

    id: UUID
    name: str
    role: str
    pin_hash: str


class TillSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a till computes and what it shows; `taxes` are those of each tax category today."""

    till: str
    title: str
    business: str
    store: str
    address: str
    phone: str
    head: str
    foot: str
    timezone: str
    currency: str
    digits: int
    taxes_included: bool
    tax_per: str
    cash_step: Decimal
    points_unit: Decimal
    points_value: Decimal
    manual_discount_limit: Decimal  # percent that everybody may take off
    offline_limit: Decimal
    taxes: dict[str, tuple[SaleTax, ...]]
    operators: tuple[TillOperator, ...]
    promotions: tuple[Promotion, ...]
    denominations: tuple[Decimal, ...]
    in_store_codes: str
    cash_reasons: tuple[CashReason, ...]  # why cash is put in or taken out, those with an account of their own
    tenders: tuple[OwnTender, ...]  # the business's own, beside those that every till knows
    printer: bool  # whether the till has a printer in the network
    receipts: str  # what the address of a receipt's page begins with; empty where there are none
    tax_number: str
    fiscal: Literal["", "FR", "other"]  # whose marks receipts carry; the till can make those of France by itself
    software: str
    words: Mapping[str, str]  # what receipts say, in the language that they are printed in
    count: int  # items for sale
    now: datetime


class BookPart(msgspec.Struct, frozen=True, kw_only=True):
    """Some of what is for sale: `after` is where the next part begins; `since` what to ask with the next time."""

    items: tuple[OfferedItem, ...]
    after: UUID | None
    count: int
    since: datetime
    day: date


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a sale can be for."""

    id: UUID
    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the book is wanted."""

    since: datetime | None = None
    after: UUID | None = None


async def settings_for(tenant: Tenant, till: Till) -> TillSettings:
    """Return how a till computes."""
    chosen, today, now = tenant.settings(RetailPosSettings), tenant.today(), tenant.now()
    async with tenant.transaction(unaudited="what a till was told, to judge by it later") as db:
        store = await setup.store(db, till.store)
        if store is None:
            raise Missing("The store of this till is gone.")
        offer = await _offer(tenant, store.price_list, today, Asked(), limit=1)
        taxes = await tenant.service(Taxes).sale_taxes(today)
        operators = await setup.operators(db)
        book = await book_now(tenant, db)
        await books.remember(db, book, now)
    step = minor_unit(offer.currency)  # a till counts in these, whatever finer was typed
    return TillSettings(
        till=till.code,
        title=till.title,
        business=tenant.name,
        store=store.title,
        address=store.address,
        phone=store.phone,
        head=store.head,
        foot=store.foot,
        timezone=str(tenant.timezone),
        currency=offer.currency,
        digits=-int(step.as_tuple().exponent),
        taxes_included=offer.tax_included,
        tax_per=chosen.tax_per,
        cash_step=book.cash_step,
        points_unit=book.points_unit,
        points_value=book.points_value,
        manual_discount_limit=book.manual_discount_limit,
        offline_limit=round_to(chosen.offline_limit, step),
        taxes={category: tuple(found) for category, found in taxes.items()},
        operators=tuple(_told(each) for each in operators if each.active),
        promotions=book.promotions,
        denominations=denominations(offer.currency),
        in_store_codes=offer.in_store_codes,
        cash_reasons=cash_reasons(chosen.cash_reasons),
        tenders=own_tenders(chosen.tenders),
        printer=bool(till.printer.strip()),
        receipts=tenant.url(slips.public_path("")) if chosen.public_receipts else "",
        tax_number=chosen.tax_number,
        fiscal=_fiscal(tenant),
        software=fiscalizing.SOFTWARE,
        words=words_for(slips.locale_of(tenant).language),
        count=offer.count,
        now=now,
    )


def _fiscal(tenant: Tenant) -> Literal["", "FR", "other"]:
    rules = fiscalizing.rules_of(tenant)
    return "" if rules is None else "FR" if isinstance(rules, fiscalizing.France) else "other"


def _told(operator: Operator) -> TillOperator:
    return TillOperator(id=operator.id, name=operator.name, role=operator.role, pin_hash=operator.pin_hash)


async def part_for(tenant: Tenant, till: Till, asked: Asked) -> BookPart:
    """Return a part of what is for sale at a till's store, or of what changed."""
    today, since = tenant.today(), tenant.now() - MEANWHILE
    async with tenant.transaction():
        found = await _offer(tenant, till.price_list, today, asked, limit=PART)
    return BookPart(items=found.items, after=found.after, count=found.count, since=since, day=today)


async def _offer(tenant: Tenant, price_list: str, day: date, asked: Asked, limit: int) -> Offer:
    return await tenant.service(Items).offered(day, price_list, since=asked.since, after=asked.after, limit=limit)


class KnownReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt of any till, with what of it is left to return by position; `voided` when nothing is."""

    record: Record
    left: dict[int, LeftOver]
    voided: bool


async def receipt_for(tenant: Tenant, reference: str) -> KnownReceipt:
    """Return a receipt that goods come back from, by what is printed on it; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await till_queries.receipt(db, reference.strip().upper())
        if found is None:
            raise Missing(f"There is no receipt {reference.strip().upper()}.")
        later = await till_queries.returns(db, found)
        taxes = await receipts.line_taxes(db, [found.id])
    voided = any(each.receipt and each.receipt.voids == found.id for each in later)
    digits = -int(minor_unit(tenant.currency).as_tuple().exponent)
    return KnownReceipt(record=found, left={} if voided else left_over(found, later, taxes, digits), voided=voided)


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What a gift card or store credit holds, or how many points a customer has."""

    balance: Decimal


async def balance_for(tenant: Tenant, kind: str, number: str) -> Balance:
    """Return what a gift card or store credit holds; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await till_queries.balance(db, kind, number)
    if found is None:
        raise Missing(f"There is no {'gift card' if kind == 'gift_card' else 'store credit'} {number}.")
    return Balance(balance=found)


async def points_for(tenant: Tenant, customer: UUID) -> Balance:
    """Return how many points a customer has."""
    async with tenant.transaction() as db:
        return Balance(balance=Decimal(await till_queries.points(db, customer)))


async def numbers(tenant: Tenant, till: str) -> dict[str, int]:
    """Return how far a till's numbers are, so that another device goes on from there."""
    async with tenant.transaction() as db:
        return await till_queries.numbers(db, till)


async def customers(tenant: Tenant, text: str) -> list[Customer]:
    """Return whom the words may mean."""
    async with tenant.transaction():
        found = await tenant.service(Parties).find(text, limit=20)
    return [Customer(id=each.id, name=each.name, email=each.email, phone=each.phone) for each in found]
