"""Setting prices: one at a time, several of a product, or many by a rule that is looked at before it is applied."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Conflict, Invalid, Missing, Scope, Tenant

from ..domain.drafts import in_order, priced
from ..domain.price_change import PriceChange, changed, check_change
from ..domain.prices import Overlay, Price, PriceDraft, PriceList, applied, check_days, overlay
from ..domain.products import Product
from ..queries import finding
from ..queries import prices as reading
from ..queries.loading import load, load_many
from ..queries.saving import Save, save
from .basics import Basics, basics
from .products import Changed
from .telling import tell

MOST = 20_000  # prices changed in one go


async def set_prices(
    tenant: Tenant, product_id: UUID, version: int | None, wanted: Sequence[tuple[UUID, PriceDraft]]
) -> tuple[Product, Overlay]:
    """Set prices of a product's variants, in order; returns the product and what became of the prices that stood.

    Raises `Invalid` by field (``prices.0.valid_to``), and `Changed` when another version stands; a version of None takes any.
    """
    async with tenant.transaction() as db:
        known = await basics(tenant)
        stored = await load(db, product_id, lock=True)
        if version is not None and stored.version != version:
            raise Changed(stored)
        after, done = _set(stored, wanted, known, tenant.today())
        if done.is_empty:
            return stored, done
        return await _keep(tenant, db, stored, after, known), done


def _set(stored: Product, wanted: Sequence[tuple[UUID, PriceDraft]], known: Basics, today: date) -> tuple[Product, Overlay]:
    prices = {variant.id: list(variant.prices) for variant in stored.variants}
    done: list[Overlay] = []
    wrong: dict[str, str] = {}
    for place, (variant_id, draft) in enumerate(wanted):
        if variant_id not in prices:
            raise Missing("There is no such variant. It may have been deleted.")
        try:
            known.price_list_by_id(draft.price_list)
            what = overlay(prices[variant_id], priced(draft, today, known.price_list.id))
        except Invalid as found:
            wrong |= {f"prices.{place}.{field}": sentence for field, sentence in found.fields.items()}
            continue
        prices[variant_id] = applied(prices[variant_id], what)
        done.append(what)
    if wrong:
        raise Invalid(fields=wrong)
    after = _with_prices(stored, prices)
    return after, Overlay(
        tuple(each for what in done for each in what.added),
        tuple(each for what in done for each in what.changed),
        tuple(each for what in done for each in what.removed),
    )


def _with_prices(product: Product, prices: Mapping[UUID, Sequence[Price]]) -> Product:
    variants = tuple(
        msgspec.structs.replace(variant, prices=in_order(prices[variant.id])) if variant.id in prices else variant
        for variant in product.variants
    )
    return msgspec.structs.replace(product, variants=variants)


async def _keep(tenant: Tenant, db: Scope, stored: Product, wanted: Product, known: Basics) -> Product:
    after = msgspec.structs.replace(wanted, version=stored.version + 1, updated_at=tenant.now())
    await save(db, [Save(stored, after)])
    await tell(tenant, db, [Save(stored, after)], known, "priced")
    return after


async def set_price(tenant: Tenant, variant_id: UUID, draft: PriceDraft) -> tuple[Product, Overlay]:
    """Set one price, whatever version of the product stands; raises `Missing` and `Invalid`."""
    async with tenant.transaction() as db:
        owners = await finding.products_of_variants(db, [variant_id])
        if variant_id not in owners:
            raise Missing("There is no such variant. It may have been deleted.")
        try:
            return await set_prices(tenant, owners[variant_id], None, [(variant_id, draft)])
        except Invalid as wrong:
            raise Invalid(wrong.message, {name.rpartition(".")[2]: sentence for name, sentence in wrong.fields.items()}) from wrong


async def end_price(tenant: Tenant, price_id: UUID, last_day: date) -> Product:
    """Let a price end on a day; raises `Invalid` for a day before its first, `Missing` when it is gone."""
    return await _change_one(tenant, price_id, last_day)


async def remove_price(tenant: Tenant, price_id: UUID) -> Product:
    """Take a price away as if it had never been; the audit log keeps it. Raises `Missing` when it is gone."""
    return await _change_one(tenant, price_id, None)


async def _change_one(tenant: Tenant, price_id: UUID, last_day: date | None) -> Product:
    async with tenant.transaction() as db:
        product_id = await reading.product_of_price(db, price_id)
        if product_id is None:
            raise Missing("There is no such price. It may have been replaced meanwhile.")
        stored = await load(db, product_id, lock=True)
        variant = next((each for each in stored.variants if any(price.id == price_id for price in each.prices)), None)
        if variant is None:
            raise Missing("There is no such price. It may have been replaced meanwhile.")
        prices = [each for each in variant.prices if each.id != price_id]
        if last_day:
            price = next(each for each in variant.prices if each.id == price_id)
            check_days(price.valid_from, last_day)
            if last_day > price.last_day:
                raise Invalid.field("valid_to", f"This price ends on {price.last_day} already: set a new price for the days after.")
            prices.append(msgspec.structs.replace(price, valid_to=last_day))
        return await _keep(tenant, db, stored, _with_prices(stored, {variant.id: prices}), await basics(tenant))


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which prices are meant: of a list, on products chosen by ids, categories with all below, brands or tags, or all."""

    how: reading.Chosen = "all"
    values: tuple[str, ...] = ()
    price_list: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One price and what it becomes; `why` says why it cannot."""

    standing: reading.Standing
    amount: Decimal | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change would do; `fingerprint` tells later whether the prices are still those that were looked at."""

    price_list: PriceList
    valid_from: date
    lines: tuple[Line, ...]
    fingerprint: str

    @property
    def changing(self) -> list[Line]:
        """The lines that would get another price."""
        return [each for each in self.lines if each.amount is not None and each.amount != each.standing.price.amount]

    @property
    def refused(self) -> list[Line]:
        """The lines whose price cannot be changed so."""
        return [each for each in self.lines if each.why]


async def plan(tenant: Tenant, selection: Selection, change: PriceChange) -> Plan:
    """Return what a change would do to the prices that hold on its first day; raises `Invalid` for a change that makes no sense."""
    known = await basics(tenant)
    price_list = known.price_list_by_id(selection.price_list)
    check_change(change, price_list.currency)
    valid_from = selection.valid_from or tenant.today()
    check_days(valid_from, selection.valid_to)
    async with tenant.transaction() as db:
        found = await reading.standing(db, price_list.id, valid_from, selection.how, selection.values, MOST + 1)
    if len(found) > MOST:
        raise Invalid(f"These are more than {MOST} prices: choose fewer products, such as one category after the other.")
    lines = tuple(_line(each, change, price_list.currency) for each in found)
    digest = hashlib.sha256(msgspec.json.encode([selection, change, [each.price for each in found]]))
    return Plan(price_list, valid_from, lines, digest.hexdigest())


def _line(standing: reading.Standing, change: PriceChange, currency: str) -> Line:
    try:
        return Line(standing, changed(standing.price.amount, change, currency))
    except Invalid as wrong:
        return Line(standing, None, wrong.message)


async def apply(tenant: Tenant, selection: Selection, change: PriceChange, fingerprint: str) -> int:
    """Do what was planned; returns how many prices changed. Raises `Conflict` when prices changed since the plan was made."""
    async with tenant.transaction() as db:
        done = await plan(tenant, selection, change)
        if done.fingerprint != fingerprint:
            raise Conflict("Prices changed since you looked at them: here is what would happen now.")
        stored = await load_many(db, [each.standing.product for each in done.changing], lock=True)
        prices = {variant.id: list(variant.prices) for product in stored.values() for variant in product.variants}
        for line in done.changing:
            new = _new_price(line, done, selection)
            prices[line.standing.variant] = applied(prices[line.standing.variant], overlay(prices[line.standing.variant], new))
        saves = []
        for product in stored.values():
            after = _with_prices(product, prices)
            saves.append(Save(product, msgspec.structs.replace(after, version=product.version + 1, updated_at=tenant.now())))
        if saves:
            await save(db, saves)
            await tell(tenant, db, saves, await basics(tenant), "priced")
    return len(done.changing)


def _new_price(line: Line, done: Plan, selection: Selection) -> Price:
    assert line.amount is not None
    draft = PriceDraft(
        amount=line.amount,
        valid_from=done.valid_from,
        valid_to=selection.valid_to,
        min_quantity=line.standing.price.min_quantity,
        compare_at=line.standing.price.compare_at,
    )
    return priced(draft, done.valid_from, done.price_list.id)
