"""Products and their variants: what is known of them, and what a person may enter."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from .gtin import Barcode
from .measures import SizeUnit, WeightUnit
from .naming import folded, search_text
from .prices import Price, PriceDraft
from .variants import Choices, Option, title_of

Status = Literal["draft", "active", "archived"]
Kind = Literal["goods", "service"]
Text = Annotated[str, Meta(max_length=100)]
Sku = Annotated[str, Meta(max_length=40)]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of a product whatever variant is meant. `tax_category` is a key that the tax module knows, such as ``reduced``;
    `country` where it comes from (ISO 3166-1 alpha-2); `hs_code` its customs tariff number (Harmonized System).
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Kind = "goods"
    status: Status = "active"
    category: UUID | None = None
    unit: UUID | None = None
    brand: Text = ""
    supplier: Text = ""
    description: Annotated[str, Meta(max_length=20_000)] = ""
    tags: tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...] = ()
    tax_category: Annotated[str, Meta(max_length=40)] = ""
    country: Annotated[str, Meta(max_length=2)] = ""
    hs_code: Annotated[str, Meta(max_length=14)] = ""
    external_reference: Text = ""


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit of a variant weighs and measures, packed."""

    weight: Decimal | None = None
    weight_unit: WeightUnit = "kg"
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    size_unit: SizeUnit = "cm"


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """What is sold and kept in stock: a product in one combination of its options; a simple product has just one."""

    id: UUID
    sku: str
    choices: Choices = ()
    active: bool = True
    measures: Measures = Measures()
    barcodes: tuple[Barcode, ...] = ()
    prices: tuple[Price, ...] = ()

    @property
    def title(self) -> str:
        """What tells it from its siblings; empty where it has none."""
        return title_of(self.choices)


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a product; `file` is its id among the tenant's files, `alt` what it shows in words."""

    id: UUID
    file: UUID
    alt: str = ""
    width: int = 0
    height: int = 0


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A product with all that belongs to it; `version` grows with every change to any of that."""

    id: UUID
    version: int
    facts: Facts
    options: tuple[Option, ...] = ()
    variants: tuple[Variant, ...] = ()
    images: tuple[Image, ...] = ()
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """Its name."""
        return self.facts.name


class BarcodeDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A barcode as it was typed or scanned; `internal` takes digits that are no GTIN."""

    code: str
    internal: bool = False
    quantity: Decimal = Decimal(1)


class VariantDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A variant as somebody describes it. Its barcodes are all it has from now on; its prices are set beside those that stand.

    Without a SKU one is made, where the tenant has SKUs made.
    """

    sku: Sku = ""
    choices: Choices = ()
    active: bool = True
    measures: Measures = Measures()
    barcodes: tuple[BarcodeDraft, ...] = ()
    prices: tuple[PriceDraft, ...] = ()
    id: UUID | None = None


class ProductDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A product as somebody describes it, whole."""

    facts: Facts
    options: tuple[Option, ...] = ()
    variants: tuple[VariantDraft, ...] = (VariantDraft(),)


class Summary(msgspec.Struct, frozen=True):
    """What lists show of a product without looking into its variants."""

    sort_name: str
    search_text: str
    sku: str
    barcode: str
    image: UUID | None
    variant_count: int


def summary_of(product: Product) -> Summary:
    """Return what is kept beside a product for lists and search: first SKU, barcode and image, and all there is to look into."""
    facts = product.facts
    codes = [variant.sku for variant in product.variants]
    codes += [code for variant in product.variants for each in variant.barcodes for code in (each.code, each.key)]
    barcode = next((each.code for variant in product.variants for each in variant.barcodes), "")
    return Summary(
        folded(facts.name),
        search_text(facts.name, facts.brand, facts.external_reference, *codes),
        product.variants[0].sku if product.variants else "",
        barcode,
        product.images[0].file if product.images else None,
        len(product.variants),
    )
