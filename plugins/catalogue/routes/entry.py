"""The product form: what a person sees and types, and which draft that makes. All values are text, as in the page."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import msgspec

from weft import Form, Invalid, number, read_fields

from ..domain.gtin import BarcodeKind
from ..domain.naming import tags_of
from ..domain.prices import PriceDraft, PriceList, price_on
from ..domain.products import BarcodeDraft, Facts, Measures, Product, ProductDraft, VariantDraft
from ..domain.variants import Option, check_options, fill

FACTS = tuple(each.name for each in msgspec.structs.fields(Facts))
MEASURES = tuple(each.name for each in msgspec.structs.fields(Measures))
BETWEEN = "; "  # stands between the choices of a variant in a hidden field; no choice holds it


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """One option: its name, and its values with commas between."""

    name: str = ""
    values: str = ""


@dataclass(frozen=True, slots=True)
class VariantEntry:
    """One variant; `price` is today's in the default list."""

    id: str = ""
    choices: tuple[str, ...] = ()
    sku: str = ""
    price: str = ""
    active: bool = True
    measures: dict[str, str] = field(default_factory=lambda: {"weight_unit": "kg", "size_unit": "cm"})


@dataclass(frozen=True, slots=True)
class BarcodeEntry:
    """One barcode; `variant` is the place of its variant among the others."""

    variant: str = "0"
    code: str = ""
    internal: bool = False
    quantity: str = "1"


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything that stands in the form. `laid` tells which options the variants were made for."""

    facts: dict[str, str]
    options: tuple[OptionEntry, ...] = ()
    variants: tuple[VariantEntry, ...] = (VariantEntry(),)
    barcodes: tuple[BarcodeEntry, ...] = ()
    laid: str = ""
    version: int = 0
    dropped: tuple[str, ...] = ()  # SKUs of variants that no longer fit the options

    @property
    def wanted(self) -> str:
        """The options in one line, to compare with `laid`."""
        return " / ".join(f"{option.name}={option.values}" for option in self.options)


def blank(status: str, tax_category: str, unit: UUID) -> Entry:
    """Return the empty form."""
    return Entry({"status": status, "kind": "goods", "tax_category": tax_category, "unit": str(unit)})


def entry_of(product: Product, price_list: PriceList, today: date) -> Entry:
    """Return the form that shows a product as it is."""
    facts = {name: _text(getattr(product.facts, name)) for name in FACTS if name != "tags"}
    variants, barcodes = [], []
    for place, variant in enumerate(product.variants):
        price = price_on(variant.prices, price_list.id, today)
        measures = {name: _text(getattr(variant.measures, name)) for name in MEASURES}
        shown = f"{price.amount:f}" if price else ""
        variants.append(VariantEntry(str(variant.id), variant.choices, variant.sku, shown, variant.active, measures))
        barcodes += [
            BarcodeEntry(str(place), code.code, code.kind is BarcodeKind.INTERNAL, f"{code.quantity:f}") for code in variant.barcodes
        ]
    options = tuple(OptionEntry(option.name, ", ".join(option.values)) for option in product.options)
    entry = Entry({**facts, "tags": ", ".join(product.facts.tags)}, options, tuple(variants), tuple(barcodes), version=product.version)
    return replace(entry, laid=entry.wanted)


def _text(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def entry_from(form: Form) -> Entry:
    """Return what was typed; variants and barcodes marked to go are gone."""
    options = tuple(OptionEntry(row.get("name"), row.get("values")) for row in form.rows("options"))
    rows = [(row, row.get("gone") == "yes") for row in form.rows("variants")]
    places = {old: new for new, old in enumerate(place for place, (_, gone) in enumerate(rows) if not gone)}
    variants = tuple(_variant_from(row) for row, gone in rows if not gone)
    barcodes = tuple(
        BarcodeEntry(str(places[place]), row.get("code"), row.get("internal") == "yes", row.get("quantity") or "1")
        for row in form.rows("barcodes")
        if row.get("code") and (place := _place(row.get("variant"))) in places
    )
    return Entry(
        {name: form.get(name) for name in FACTS},
        options,
        variants or (VariantEntry(),),
        barcodes,
        laid=form.get("laid"),
        version=_place(form.get("version")),
    )


def _place(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _variant_from(row: Form) -> VariantEntry:
    choices = tuple(filter(None, row.get("choices").split(BETWEEN)))
    measures = {name: row.get(name) for name in MEASURES}
    return VariantEntry(row.get("id"), choices, row.get("sku"), row.get("price"), row.get("active") == "yes", measures)


def options_of(entry: Entry) -> tuple[Option, ...]:
    """Return the options typed; raises `Invalid` by field."""
    return check_options([Option(name=each.name, values=tuple(each.values.replace("\n", ",").split(","))) for each in entry.options])


def relaid(entry: Entry) -> Entry:
    """Return the form with a variant for every combination of its options; those that are known keep what was typed for them.

    Raises `Invalid` by field for options that make none.
    """
    options = options_of(entry)
    known = {variant.choices: (place, variant) for place, variant in enumerate(entry.variants)}
    cells, left = fill(known, options)
    variants: list[VariantEntry] = []
    moved: dict[str, str] = {}
    for choices, found in cells:
        if found:
            moved[str(found[0])] = str(len(variants))
            variants.append(replace(found[1], choices=choices))
        else:
            like = entry.variants[0]
            variants.append(VariantEntry(choices=choices, price=like.price, measures=like.measures))
    barcodes = tuple(replace(code, variant=moved[code.variant]) for code in entry.barcodes if code.variant in moved)
    dropped = tuple(variant.sku or " / ".join(variant.choices) for _, variant in left if variant.id)
    tidied = tuple(OptionEntry(option.name, ", ".join(option.values)) for option in options)
    after = replace(entry, options=tidied, variants=tuple(variants), barcodes=barcodes, dropped=dropped)
    return replace(after, laid=after.wanted)


def draft_of(entry: Entry, stored: Product | None, price_list: PriceList, today: date) -> ProductDraft:
    """Return the draft that was typed; raises `Invalid` with the names of the form's fields. Prices are set where they differ."""
    wrong: dict[str, str] = {}
    facts = Facts(name="")
    options: tuple[Option, ...] = ()
    try:
        facts = read_fields(Facts, {**{name: [value] for name, value in entry.facts.items()}, "tags": list(tags_of(entry.facts["tags"]))})
    except Invalid as found:
        wrong |= found.fields
    try:
        options = options_of(entry)
    except Invalid as found:
        wrong |= found.fields
    stored_prices = {}
    for variant in stored.variants if stored else ():
        price = price_on(variant.prices, price_list.id, today)
        stored_prices[str(variant.id)] = price.amount if price else None
    variants = [_variant_draft(each, place, stored_prices.get(each.id), wrong) for place, each in enumerate(entry.variants)]
    for place, code in enumerate(entry.barcodes):
        drafted = _barcode_draft(code, place, wrong)
        index = int(code.variant)
        variants[index] = msgspec.structs.replace(variants[index], barcodes=(*variants[index].barcodes, drafted))
    if wrong:
        raise Invalid(fields=wrong)
    return ProductDraft(facts=facts, options=options, variants=tuple(variants))


def _variant_draft(each: VariantEntry, place: int, stored: Decimal | None, wrong: dict[str, str]) -> VariantDraft:
    values: dict[str, list[str]] = {name: [each.measures.get(name, "")] for name in MEASURES}
    measures, variant_id = Measures(), None
    prices: tuple[PriceDraft, ...] = ()
    try:
        measures = read_fields(Measures, values)
    except Invalid as found:
        wrong |= {f"variants.{place}.{name}": sentence for name, sentence in found.fields.items()}
    try:
        variant_id = UUID(each.id) if each.id else None
        if each.price and (amount := number(each.price)) != stored:
            prices = (PriceDraft(amount=amount),)
    except ValueError as found_wrong:
        wrong[f"variants.{place}.price"] = str(found_wrong)
    if len(each.sku) > 40:
        wrong[f"variants.{place}.sku"] = "Enter at most 40 characters."
    return VariantDraft(id=variant_id, sku=each.sku, choices=each.choices, active=each.active, measures=measures, prices=prices)


def _barcode_draft(code: BarcodeEntry, place: int, wrong: dict[str, str]) -> BarcodeDraft:
    try:
        return BarcodeDraft(code=code.code, internal=code.internal, quantity=number(code.quantity))
    except ValueError as found:
        wrong[f"barcodes.{place}.quantity"] = str(found)
    return BarcodeDraft(code=code.code, internal=code.internal)


def _in_form(name: str) -> str:
    """The price of a variant has one field, and its choices stand in its heading."""
    variant, is_price, _ = name.partition(".prices.")
    return f"{variant}.price" if is_price else name.replace(".choices", ".sku")


def named_as_in_form(entry: Entry, wrong: Invalid) -> Invalid:
    """Return an error with the names of the form's fields: barcodes are rows of their own there."""
    seen: dict[str, int] = {}
    names: dict[str, str] = {}
    for place, code in enumerate(entry.barcodes):
        number_of = seen.setdefault(code.variant, 0)
        for name in ("code", "quantity"):
            names[f"variants.{code.variant}.barcodes.{number_of}.{name}"] = f"barcodes.{place}.{name}"
        seen[code.variant] += 1
    fields = {names.get(name, _in_form(name)): sentence for name, sentence in wrong.fields.items()}
    return Invalid(wrong.message, fields) if fields else wrong


class Difference(NamedTuple):
    """A field that two people have filled in differently."""

    label: str
    mine: str
    theirs: str


def differences(mine: Entry, theirs: Entry) -> list[Difference]:
    """Return what differs between what somebody typed and what another has saved meanwhile."""
    found = [
        Difference(name.replace("_", " ").capitalize(), mine.facts.get(name, ""), theirs.facts.get(name, ""))
        for name in FACTS
        if mine.facts.get(name, "") != theirs.facts.get(name, "")
    ]
    for label, one, other in (
        ("Options", mine.wanted, theirs.wanted),
        ("Variants", _told_variants(mine), _told_variants(theirs)),
        ("Barcodes", _told_barcodes(mine), _told_barcodes(theirs)),
    ):
        if one != other:
            found.append(Difference(label, one, other))
    return found


def _told_variants(entry: Entry) -> str:
    return "; ".join(" ".join(filter(None, (each.sku, " / ".join(each.choices), each.price))) for each in entry.variants)


def _told_barcodes(entry: Entry) -> str:
    return ", ".join(each.code for each in entry.barcodes)
