"""Every page of the ledger."""

from litestar.types import ControllerRouterHandler

from .accounts import account_routes
from .entries import entry_routes
from .overview import overview
from .reports import report_routes
from .setting import setting_routes
from .years import year_routes

ROUTES: tuple[ControllerRouterHandler, ...] = (overview, *entry_routes, *account_routes, *report_routes, *setting_routes, *year_routes)
