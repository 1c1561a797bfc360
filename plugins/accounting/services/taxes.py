"""The taxes of the business, its payment terms, and exchange rates."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordRef, Tenant, is_currency, new_id
from weft.contracts import MissingRate

from ..domain.currency.ecb import read_reference_rates
from ..domain.currency.rates import FoundRate, NoRate, Rate, RateBook
from ..domain.documents.terms import EarlyPayment, Instalment, Part, PaymentTerms, check_terms
from ..domain.tax.jurisdiction import Jurisdiction, codes, load, read_jurisdiction
from ..queries import taxes as stored
from ..queries.taxes import Terms
from ..records import ACCOUNT, BOOKS

MAX_AGE = 10  # days that a rate is good for
PIVOT = "EUR"
_TAXES, _TERMS, _RATES = (RecordRef(ACCOUNT, BOOKS, title) for title in ("Taxes", "Payment terms", "Exchange rates"))
USUAL: tuple[tuple[str, PaymentTerms], ...] = (
    ("Due at once", PaymentTerms()),
    ("14 days", PaymentTerms(instalments=(Instalment(days=14),))),
    ("30 days", PaymentTerms(instalments=(Instalment(days=30),))),
    ("30 days, end of month", PaymentTerms(instalments=(Instalment(days=30, end_of_month=True),))),
    ("2 % within 10 days, 30 days net", PaymentTerms(instalments=(Instalment(days=30),), early=EarlyPayment(percent=Decimal(2), days=10))),
    (
        "Half at once, half in 30 days",
        PaymentTerms(instalments=(Instalment(part=Part.PERCENT, value=Decimal(50)), Instalment(days=30))),
    ),
)
_BY_COUNTRY = {"US": "us", "GB": "gb", "DE": "de", "FR": "fr"}


async def tax_system(tenant: Tenant) -> Jurisdiction | None:
    """Return the taxes of the business, in the open transaction; nothing until somebody chose them."""
    found = await stored.system(tenant.scope())
    return found[0] if found else None


def likely_system(tenant: Tenant) -> str:
    """Return the code of the jurisdiction that fits the business's country."""
    found = _BY_COUNTRY.get(tenant.country, "generic")
    return found if found in codes() else "generic"


async def choose_system(tenant: Tenant, code: str) -> Jurisdiction:
    """Take a jurisdiction of ours as the taxes of the business; documents that are posted keep theirs. Raises `Invalid`."""
    return await _put(tenant, load(code), None)


async def bring_system(tenant: Tenant, text: bytes, version: int) -> Jurisdiction:
    """Take taxes of the business's own, as JSON in the form of `as_json`; raises `Invalid`, and `Conflict` when they changed."""
    return await _put(tenant, read_jurisdiction(text), version)


async def replace_system(tenant: Tenant, made: Jurisdiction, version: int) -> Jurisdiction:
    """Take changed taxes in place of those of a version; raises `Conflict` when they changed meanwhile."""
    return await _put(tenant, made, version)


async def _put(tenant: Tenant, made: Jurisdiction, version: int | None) -> Jurisdiction:
    async with tenant.transaction() as db:
        before = await stored.system(db)
        if version is not None and before and before[1] != version:
            raise Conflict("Somebody else changed the taxes meanwhile: look at them and bring yours again.")
        if before and before[0] == made:
            return made
        await stored.put_system(db, made, before[1] + 1 if before else 1, tenant.now())
        await tenant.record(Change.between(_TAXES, "chosen", _of_system(before[0]) if before else {}, _of_system(made)))
        if not await stored.all_terms(db):
            await _add_usual_terms(tenant)
    return made


def _of_system(system: Jurisdiction) -> dict[str, object]:
    categories = {f"category {each.key or 'usual'}": ", ".join((*each.sale, *each.purchase)) for each in system.categories}
    return {"taxes": system.title, "rates": len(system.taxes), "fiscal positions": len(system.positions), **categories}


async def _add_usual_terms(tenant: Tenant) -> None:
    for title, terms in USUAL:
        await stored.put_terms(tenant.scope(), Terms(new_id(), title, terms))
    await tenant.record(Change(_TERMS, "created", {}, {"terms": [title for title, _ in USUAL]}))


async def all_terms(tenant: Tenant) -> Sequence[Terms]:
    """Return payment terms by title; the usual ones are made when there are none."""
    async with tenant.transaction() as db:
        found = await stored.all_terms(db)
        if not found:
            await _add_usual_terms(tenant)
            found = await stored.all_terms(db)
    return found


async def usual_terms(tenant: Tenant) -> UUID | None:
    """Return the payment terms that a new document has unless somebody chooses others."""
    return next((each.id for each in await all_terms(tenant) if each.active and each.title.startswith("30 days")), None)


async def terms_of(tenant: Tenant, terms_id: UUID | None) -> PaymentTerms:
    """Return payment terms in the open transaction; due at once when there are none. Raises `Invalid`."""
    if terms_id is None:
        return PaymentTerms()
    found = next((each for each in await stored.all_terms(tenant.scope()) if each.id == terms_id), None)
    if found is None:
        raise Invalid.field("terms", "There are no such payment terms: choose some of the list.")
    return found.terms


async def save_terms(tenant: Tenant, title: str, terms: PaymentTerms, terms_id: UUID | None = None, version: int = 0) -> Terms:
    """Make or change payment terms; documents keep those they were made with. Raises `Invalid`, `Missing`, `Conflict`."""
    check_terms(terms)
    title = " ".join(title.split())
    if not title:
        raise Invalid.field("title", "Give the payment terms a name.")
    async with tenant.transaction() as db:
        before = next((each for each in await stored.all_terms(db) if each.id == terms_id), None)
        if terms_id and before is None:
            raise Missing("There are no such payment terms.")
        if before and before.version != version:
            raise Conflict("Somebody else changed these payment terms meanwhile: look at them again.")
        made = Terms(terms_id or new_id(), title, terms, version=version + 1)
        await stored.put_terms(db, made)
        await tenant.record(Change(_TERMS, "changed" if before else "created", {"title": before.title} if before else {}, {"title": title}))
    return made


async def switch_terms(tenant: Tenant, terms_id: UUID) -> Terms:
    """Offer payment terms no more, or again; raises `Missing`."""
    async with tenant.transaction() as db:
        before = next((each for each in await stored.all_terms(db) if each.id == terms_id), None)
        if before is None:
            raise Missing("There are no such payment terms.")
        made = before._replace(active=not before.active, version=before.version + 1)
        await stored.put_terms(db, made)
        await tenant.record(Change(_TERMS, "switched", {before.title: before.active}, {before.title: made.active}))
    return made


async def find_rate(tenant: Tenant, base: str, quote: str, day: date) -> FoundRate:
    """Return how to convert a currency on a day, in the open transaction; raises `NoRate`."""
    rates = await stored.rates(tenant.scope(), sorted({base, quote, PIVOT}), day - timedelta(days=MAX_AGE), day)
    return RateBook(rates, MAX_AGE).find(base, quote, day)


async def rate_for(tenant: Tenant, currency: str, day: date, typed: Decimal | None) -> FoundRate:
    """Return what one unit of a currency is worth to the business: as typed, or by the rates. Raises `MissingRate` by field."""
    base = tenant.currency
    if currency != base and typed is not None:
        if typed <= 0:
            raise Invalid.field("rate", "An exchange rate is more than zero.")
        return RateBook([Rate(day, currency, base, typed, "typed")]).find(currency, base, day)
    try:
        return await find_rate(tenant, currency, base, day)
    except NoRate as missing:
        raise MissingRate(fields={"rate": missing.message}) from missing


async def add_rates(tenant: Tenant, rates: Iterable[Rate]) -> int:
    """Keep exchange rates; returns how many are new or different. Raises `Invalid` and keeps none."""
    made = list(rates)
    RateBook(made)
    for each in made:
        for code in (each.base, each.quote):
            if not is_currency(code):
                raise Invalid.field("quote", f"“{code}” is no currency: enter its code, such as USD.")
    if not made:
        return 0
    async with tenant.transaction() as db:
        first, last = min(each.day for each in made), max(each.day for each in made)
        codes = sorted({code for each in made for code in (each.base, each.quote)})
        there = {(each.base, each.quote, each.day): each.value for each in await stored.rates(db, codes, first, last)}
        fresh = [each for each in made if there.get((each.base, each.quote, each.day)) != each.value]
        if fresh:
            await stored.put_rates(db, fresh)
            await tenant.record(Change(_RATES, "added", {}, {"rates": len(fresh), "first": first, "last": last}))
    return len(fresh)


async def import_reference_rates(tenant: Tenant, content: bytes) -> int:
    """Keep the rates of a file of the ECB's; returns how many are new or different. Raises `Invalid` and keeps none."""
    return await add_rates(tenant, (each for each in read_reference_rates(content) if is_currency(each.quote)))


def as_json(system: Jurisdiction) -> bytes:
    """Return taxes as JSON that can be changed and brought back."""
    return msgspec.json.format(msgspec.json.encode(system), indent=1)
