"""What a tenant's admin can set. The default unit and price list are chosen on their own pages, since they are rows, not words."""

from typing import Annotated, Literal

from msgspec import Meta

from weft import Settings


class CatalogueSettings(Settings, frozen=True, kw_only=True):
    """How products are numbered, and how the shop's own barcodes are read."""

    make_skus: Annotated[
        bool, Meta(title="Make SKUs", description="A variant saved without a SKU gets one; switched off, every SKU has to be typed.")
    ] = True
    sku_prefix: Annotated[str, Meta(title="SKUs begin with", max_length=10, pattern=r"^[A-Za-z0-9._/-]*$")] = "P-"
    sku_digits: Annotated[int, Meta(title="Digits of the running number", ge=3, le=10)] = 5
    new_status: Annotated[
        Literal["active", "draft"], Meta(title="New products are", description="Drafts are not for sale until somebody activates them.")
    ] = "active"
    in_store_codes: Annotated[
        str,
        Meta(
            title="Codes of your scales",
            description="13 characters each, with commas between: two digits, P for the item, W for grams or V for a price, C last.",
            max_length=200,
            pattern=r"^\s*$|^\s*(2\d|02|04)P{3,7}(W{4,6}|V{4,6})C(\s*,\s*(2\d|02|04)P{3,7}(W{4,6}|V{4,6})C)*\s*$",
        ),
    ] = "21PPPPPWWWWWC, 22PPPPPVVVVVC"
    tax_category: Annotated[str, Meta(title="Tax category of new products", max_length=40)] = ""
