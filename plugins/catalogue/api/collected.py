"""Every address that programs use."""

from litestar.types import ControllerRouterHandler

from .products import add_product, list_products, read_product, remove_product, replace_product, set_status
from .variants import add_price, list_variants, read_prices, read_scan, read_variant, remove_price

API: tuple[ControllerRouterHandler, ...] = (
    *(list_products, add_product, read_product, replace_product, set_status, remove_product),
    *(list_variants, read_variant, read_prices, add_price, remove_price, read_scan),
)
