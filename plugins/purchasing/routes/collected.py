"""Every page of purchasing."""

from litestar.types import ControllerRouterHandler

from .bills import bill_routes
from .goods import goods_routes
from .landed import landed_routes
from .limits import limit_routes
from .orders import order_routes
from .suggestions import suggestion_routes
from .suppliers import supplier_routes

ROUTES: tuple[ControllerRouterHandler, ...] = (
    *order_routes,
    *goods_routes,
    *bill_routes,
    *landed_routes,
    *supplier_routes,
    *suggestion_routes,
    *limit_routes,
)
