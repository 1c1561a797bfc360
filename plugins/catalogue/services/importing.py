"""Brings incoming products in, a batch at a time, and takes them out again."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from weft import Conflict, Invalid, Outcome, RowProblem, Scope, Tenant, Written, new_id

from ..domain.categories import key_of
from ..domain.drafts import checked_facts, in_order, priced
from ..domain.limits import wrong_numbers
from ..domain.prices import PriceDraft, applied, overlay, price_on
from ..domain.products import Facts, Product, Status, Variant
from ..domain.variants import Option, check_choices, check_options, widen
from ..queries.loading import load_many
from ..queries.saving import Save, save
from ..settings import CatalogueSettings
from .basics import Basics, basics
from .categories import ensure
from .incoming import Incoming, IncomingVariant, Refusals, Terms
from .matching import Match, match, refuse_doubled
from .skus import with_skus
from .telling import tell

SIZES = ("weight", "length", "width", "height")


async def bring_in(tenant: Tenant, products: Sequence[Incoming], terms: Terms, refusals: Refusals) -> Outcome:
    """Write what can be written of some products; rows refused before are in `refusals`, and those refused here join them."""
    refuse_doubled(products, refusals)
    products = [product for product in products if not refusals.refuse_rest(product)]
    async with tenant.transaction() as db:
        known = await basics(tenant)
        matches = await match(db, products, refusals)
        categories = await ensure(tenant, db, {each.incoming.category for each in matches if each.incoming.category})
        pairs = []
        for each in matches:
            try:
                pairs.append((each, _after(tenant, each, categories, terms)))
            except Invalid as wrong:
                for field, sentence in (wrong.fields or {"": wrong.message}).items():
                    refusals.add(each.incoming.rows[0], field.rpartition(".")[2], sentence)
                refusals.refuse_rest(each.incoming)
        written = await _write(tenant, db, await _numbered(tenant, db, pairs, refusals), known, refusals)
    return Outcome(written, refusals.problems)


async def _numbered(tenant: Tenant, db: Scope, pairs: list[tuple[Match, Product]], refusals: Refusals) -> list[tuple[Match, Product]]:
    if not tenant.settings(CatalogueSettings).make_skus:
        kept = []
        for each, product in pairs:
            if all(variant.sku for variant in product.variants):
                kept.append((each, product))
            else:
                refusals.add(each.incoming.rows[0], "sku", "Enter a SKU: here they are not made (Settings, Catalogue).")
                refusals.refuse_rest(each.incoming)
        return kept
    products = await with_skus(tenant, db, [product for _, product in pairs])
    return [(each, product) for (each, _), product in zip(pairs, products, strict=True)]


async def _write(tenant: Tenant, db: Scope, pairs: list[tuple[Match, Product]], known: Basics, refusals: Refusals) -> list[Written]:
    """Save all at once; when somebody else took a code in this very moment, one after the other."""
    changed = [(each, product) for each, product in pairs if product != each.stored]
    try:
        async with tenant.transaction():
            await _save(tenant, db, [_next(tenant, *pair) for pair in changed], known)
    except Conflict:
        for pair in list(changed):
            try:
                async with tenant.transaction():
                    await _save(tenant, db, [_next(tenant, *pair)], known)
            except Conflict as wrong:
                refusals.add(pair[0].incoming.rows[0], "", wrong.message)
                refusals.refuse_rest(pair[0].incoming)
                pairs.remove(pair)
    return [told for each, product in pairs for told in _told(each, product)]


async def _save(tenant: Tenant, db: Scope, saves: Sequence[Save], known: Basics) -> None:
    if saves:
        await save(db, saves)
        await tell(tenant, db, saves, known, "imported")


def _next(tenant: Tenant, each: Match, product: Product) -> Save:
    if each.stored is None:
        return Save(None, product)
    return Save(each.stored, msgspec.structs.replace(product, version=each.stored.version + 1, updated_at=tenant.now()))


def _told(each: Match, product: Product) -> list[Written]:
    """Say what became of each row of a product."""
    rows, stored = each.incoming.rows, each.stored
    if stored is None:
        return [Written(row, product.id, "created", product.version) for row in rows]
    if product == stored:
        return [Written(row, stored.id, "unchanged", stored.version) for row in rows]
    version = stored.version + 1
    first = Written(rows[0], stored.id, "updated", version, {"product": msgspec.to_builtins(stored)})
    return [first, *(Written(row, stored.id, "unchanged", version) for row in rows[1:])]


def _after(tenant: Tenant, each: Match, categories: dict[tuple[str, ...], UUID], terms: Terms) -> Product:
    """Return what a product is after the import; raises `Invalid` by field."""
    incoming, stored = each.incoming, each.stored
    told: dict[str, Any] = dict(incoming.facts)
    if incoming.category:
        told["category"] = categories[key_of(incoming.category)]
    if stored:
        facts = msgspec.structs.replace(stored.facts, **told)
    else:
        settings = tenant.settings(CatalogueSettings)
        status: Status = settings.new_status
        facts = Facts(**{"name": "", "status": status, "unit": terms.unit, "tax_category": settings.tax_category, **told})
    facts = checked_facts(facts)
    variants = {variant.id: variant for variant in stored.variants} if stored else {}
    for found, new in zip(each.variants, incoming.variants, strict=True):
        variant = _variant(found, new, terms)
        variants[variant.id] = variant
    options = _options(stored, incoming, [variant.choices for variant in variants.values()])
    if stored:
        return msgspec.structs.replace(stored, facts=facts, options=options, variants=tuple(variants.values()))
    now = tenant.now()
    return Product(id=new_id(), version=1, facts=facts, options=options, variants=tuple(variants.values()), created_at=now, updated_at=now)


def _options(stored: Product | None, incoming: Incoming, choices: list[tuple[str, ...]]) -> tuple[Option, ...]:
    if choices == [()] and not incoming.options and not (stored and stored.options):
        return ()
    names = [Option(name=name, values=()) for name in incoming.options]
    options = widen(stored.options if stored and stored.options else names, choices)
    if options:
        options = check_options(options)
    check_choices(options, choices)
    return options


def _variant(found: Variant | None, new: IncomingVariant, terms: Terms) -> Variant:
    """Return what a variant is after the import; raises `Invalid` for numbers that cannot be."""
    told = {"price": new.price, "compare_at": new.compare_at, **{each: new.measures.get(each) for each in SIZES}}
    if wrong := wrong_numbers(told):
        raise Invalid(fields=wrong)
    variant = found or Variant(id=new_id(), sku=new.sku, choices=new.choices)
    have = {code.key for code in variant.barcodes}
    measures: dict[str, Any] = {name: value for name, value in new.measures.items() if value is not None}
    prices = list(variant.prices)
    if new.price is not None:
        stands = price_on(prices, terms.price_list.id, terms.valid_from)
        compare_at = new.compare_at if new.compare_at is not None else (stands.compare_at if stands else None)
        if not stands or (stands.amount, stands.compare_at) != (new.price, compare_at):
            draft = PriceDraft(amount=new.price, compare_at=compare_at)
            prices = applied(prices, overlay(prices, priced(draft, terms.valid_from, terms.price_list.id)))
    return msgspec.structs.replace(
        variant,
        sku=new.sku or variant.sku,
        barcodes=(*variant.barcodes, *(code for code in new.barcodes if code.key not in have)),
        active=variant.active if new.active is None else new.active,
        measures=msgspec.structs.replace(variant.measures, **measures) if measures else variant.measures,
        prices=in_order(prices),
    )


async def take_out(tenant: Tenant, written: Sequence[Written]) -> list[RowProblem]:
    """Undo an import: delete what it made, restore what it changed; what was changed since stays, and is told."""
    problems: list[RowProblem] = []
    async with tenant.transaction() as db:
        known = await basics(tenant)
        stored = await load_many(db, [each.id for each in written], lock=True)
        undoing: list[tuple[Written, Save]] = []
        for each in written:
            now = stored.pop(each.id, None)
            if now is None or each.action == "unchanged":
                continue
            if now.version != each.version:
                problems.append(RowProblem(each.row, "", f"“{now.name}” was changed since: it stays as it is."))
                continue
            undoing.append((each, _undo(tenant, now, each)))
        try:
            async with tenant.transaction():
                await _put_back(tenant, db, [undo for _, undo in undoing], known)
        except Conflict:
            problems += [problem for each, undo in undoing if (problem := await _put_one_back(tenant, db, each, undo, known))]
    return problems


def _undo(tenant: Tenant, now: Product, written: Written) -> Save:
    if written.action == "created":
        return Save(now, None)
    before = msgspec.convert(written.before["product"], Product)
    return Save(now, msgspec.structs.replace(before, images=now.images, version=now.version + 1, updated_at=tenant.now()))


async def _put_one_back(tenant: Tenant, db: Scope, written: Written, undo: Save, known: Basics) -> RowProblem | None:
    assert undo.before is not None
    try:
        async with tenant.transaction():
            await _put_back(tenant, db, [undo], known)
    except Conflict as wrong:
        return RowProblem(written.row, "", f"“{undo.before.name}” stays: {wrong.message}")
    return None


async def _put_back(tenant: Tenant, db: Scope, undoing: Sequence[Save], known: Basics) -> None:
    if not undoing:
        return
    for undo in undoing:
        if undo.after is None and undo.before:
            for image in undo.before.images:
                await tenant.files.remove(image.file)
    await save(db, undoing)
    await tell(tenant, db, undoing, known, "restored")


def day_of(text: str, today: date) -> date:
    """Read the day from which an import's prices hold; today unless one is told. Raises `Invalid`."""
    if not text:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid.field("valid_from", f"“{text}” is not a date such as 2026-03-31.") from None
