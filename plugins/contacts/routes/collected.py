"""Every page of contacts."""

from litestar.types import ControllerRouterHandler

from .editing import editing_routes
from .links import link_routes
from .merging import merging_routes
from .pages import page_routes

ROUTES: tuple[ControllerRouterHandler, ...] = (*page_routes, *editing_routes, *link_routes, *merging_routes)
