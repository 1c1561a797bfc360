"""What programs send and get. Amounts and quantities are decimals, written as text; ids are UUIDs; days are ISO 8601."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ..domain.gtin import BarcodeKind
from ..domain.measures import SizeUnit, WeightUnit
from ..domain.products import Kind, Sku, Status
from ..domain.scanning import ScanKind


class OptionBody(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a buyer chooses, and what from."""

    name: str
    values: list[str]


class BarcodeBody(msgspec.Struct, frozen=True, kw_only=True):
    """A barcode; `internal` takes digits that are no GTIN, `quantity` is how many units it stands for."""

    code: str
    internal: bool = False
    quantity: Decimal = Decimal(1)


class PriceBody(msgspec.Struct, frozen=True, kw_only=True):
    """A price to set: in a price list by its code (the default one), from a day (today) through a day (for good), from a quantity up."""

    amount: Decimal
    price_list: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    min_quantity: Decimal = Decimal(0)
    compare_at: Decimal | None = None


class NewPrice(PriceBody, frozen=True, kw_only=True):
    """A price to set for a variant; those that stand make way on the same days."""

    variant_id: UUID


class VariantBody(msgspec.Struct, frozen=True, kw_only=True):
    """A variant; with `id` one that stands. `barcodes` are all it has from now on, `prices` are set beside those that stand."""

    id: UUID | None = None
    sku: Sku = ""
    choices: tuple[str, ...] = ()
    active: bool = True
    weight: Decimal | None = None
    weight_unit: WeightUnit = "kg"
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    size_unit: SizeUnit = "cm"
    barcodes: tuple[BarcodeBody, ...] = ()
    prices: tuple[PriceBody, ...] = ()


class ProductBody(msgspec.Struct, frozen=True, kw_only=True):
    """A product, whole: fields and variants that are left out are empty from now on."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Kind = "goods"
    status: Status = "active"
    category_id: UUID | None = None
    unit: Annotated[str, Meta(max_length=60, description="Its code; the default unit when empty.")] = ""
    brand: Annotated[str, Meta(max_length=100)] = ""
    supplier: Annotated[str, Meta(max_length=100)] = ""
    description: Annotated[str, Meta(max_length=20_000)] = ""
    tags: tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...] = ()
    tax_category: Annotated[str, Meta(max_length=40)] = ""
    country_of_origin: Annotated[str, Meta(max_length=2)] = ""
    hs_code: Annotated[str, Meta(max_length=14)] = ""
    external_reference: Annotated[str, Meta(max_length=100)] = ""
    options: tuple[OptionBody, ...] = ()
    variants: tuple[VariantBody, ...] = (VariantBody(),)


class ProductChange(ProductBody, frozen=True, kw_only=True):
    """A product as it is to become; `version` is the one that was read, and another one that stands meanwhile is answered with 409."""

    version: int


class StatusChange(msgspec.Struct, frozen=True, kw_only=True):
    """Where a product stands from now on."""

    status: Status


class BarcodeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A barcode; `gtin14` is the form in which GTINs are compared, empty for internal codes."""

    code: str
    kind: BarcodeKind
    gtin14: str
    quantity: Decimal


class PriceOut(msgspec.Struct, frozen=True, kw_only=True):
    """A price of a variant, over, now or to come."""

    id: UUID
    variant_id: UUID
    price_list: str
    currency: str
    tax_included: bool
    amount: Decimal
    valid_from: date
    valid_to: date | None
    min_quantity: Decimal
    compare_at: Decimal | None


class VariantOut(msgspec.Struct, frozen=True, kw_only=True):
    """A variant with its codes and all its prices; `version` is its product's."""

    id: UUID
    product_id: UUID
    version: int
    name: str
    sku: str
    choices: tuple[str, ...]
    active: bool
    weight: Decimal | None
    weight_unit: WeightUnit
    length: Decimal | None
    width: Decimal | None
    height: Decimal | None
    size_unit: SizeUnit
    barcodes: list[BarcodeOut]
    prices: list[PriceOut]


class ImageOut(msgspec.Struct, frozen=True, kw_only=True):
    """A picture; its bytes are at `path`."""

    id: UUID
    path: str
    alt: str
    width: int
    height: int


class ProductOut(msgspec.Struct, frozen=True, kw_only=True):
    """A product with all that belongs to it."""

    id: UUID
    version: int
    name: str
    kind: Kind
    status: Status
    category_id: UUID | None
    category: str
    unit: str
    brand: str
    supplier: str
    description: str
    tags: tuple[str, ...]
    tax_category: str
    country_of_origin: str
    hs_code: str
    external_reference: str
    options: list[OptionBody]
    variants: list[VariantOut]
    images: list[ImageOut]
    created_at: datetime
    updated_at: datetime


class ProductPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some products, and the cursor of the next page, if there is one."""

    items: list[ProductOut]
    next: str | None


class VariantPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some variants, and the cursor of the next page, if there is one."""

    items: list[VariantOut]
    next: str | None


class ScanOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a scanned code says and which variants it means; `why` says why it means none."""

    kind: ScanKind
    text: str
    gtin14: str
    item: str
    weight_kg: Decimal | None
    price: Decimal | None
    elements: dict[str, str]
    why: str
    variants: list[UUID]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request: str
    errors: tuple[dict[str, str], ...] = ()
