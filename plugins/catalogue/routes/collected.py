"""Every page of the catalogue."""

from litestar.types import ControllerRouterHandler

from .bulk import choose, put_into_category, tag
from .categories import add_category, delete_category, place_category, show_categories, show_category
from .form import change_product, create_product, edit_product, new_product
from .images import change_image, upload
from .price_change import ask_change, change_prices
from .prices import end_price, remove_price, set_prices, show_prices
from .products import change_status, confirm_deletion, delete_product, duplicate_product, product_list, show_product
from .scan import scan
from .setup import (
    add_price_list,
    add_unit,
    change_price_list,
    change_unit,
    new_price_list,
    new_unit,
    show_price_list,
    show_price_lists,
    show_unit,
    show_units,
)

ROUTES: tuple[ControllerRouterHandler, ...] = (
    *(product_list, new_product, create_product, show_product, edit_product, change_product),
    *(change_status, duplicate_product, confirm_deletion, delete_product),
    *(choose, put_into_category, tag),
    *(upload, change_image),
    *(show_prices, set_prices, end_price, remove_price, ask_change, change_prices),
    *(show_categories, add_category, show_category, place_category, delete_category),
    *(show_units, new_unit, add_unit, show_unit, change_unit),
    *(show_price_lists, new_price_list, add_price_list, show_price_list, change_price_list),
    scan,
)
