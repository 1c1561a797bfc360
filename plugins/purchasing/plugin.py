"""What purchasing adds to the platform."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig

from weft import (
    Check,
    ClosingCheck,
    Event,
    Importer,
    Lifecycle,
    Listing,
    MenuItem,
    Panel,
    Permission,
    Plugin,
    PrintedDocument,
    RecordKind,
    Report,
    RoleTemplate,
    SearchSource,
    Settings,
    Subscription,
    Widget,
    hookimpl,
)

from .api.collected import API
from .events import EVENTS
from .imports.price_lists import PRICE_LISTS
from .listings import LISTINGS
from .menu import MENU
from .panels import PANELS
from .permissions import PERMISSIONS, ROLES
from .piccolo_app import APP_CONFIG
from .records import RECORDS
from .reports.collected import REPORTS
from .routes.collected import ROUTES
from .search import SEARCH
from .services.figures import CLOSING
from .services.hearing import SUBSCRIPTIONS
from .services.proving import CHECKS
from .services.sending import PURCHASE_ORDER
from .services.story import on_demo
from .settings import PurchasingSettings
from .widgets import WIDGETS


class Purchasing(Plugin):
    """Orders that are agreed to, goods that are counted, bills that match."""

    key = "purchasing"
    title = "Purchasing"
    version = "1.0"
    summary = "Suppliers' prices, orders with approval, receipts by scanner, bills matched with order and receipt, landed cost, returns."
    category = "Retail"
    icon = "shopping-cart"
    vendor = "Weft"
    requires: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"contacts": ">=1.0,<2", "catalogue": ">=1.0,<2", "accounting": ">=1.0,<2", "inventory": ">=1.0,<2"}
    )

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def settings(self) -> type[Settings]:
        return PurchasingSettings

    @hookimpl
    def records(self) -> Sequence[RecordKind]:
        return RECORDS

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return ROUTES

    @hookimpl
    def api(self) -> Sequence[ControllerRouterHandler]:
        return API

    @hookimpl
    def menu(self) -> Sequence[MenuItem]:
        return MENU

    @hookimpl
    def listings(self) -> Sequence[Listing]:
        return LISTINGS

    @hookimpl
    def reports(self) -> Sequence[Report[Any]]:
        return REPORTS

    @hookimpl
    def documents(self) -> Sequence[PrintedDocument]:
        return (PURCHASE_ORDER,)

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return WIDGETS

    @hookimpl
    def panels(self) -> Sequence[Panel]:
        return PANELS

    @hookimpl
    def search(self) -> Sequence[SearchSource]:
        return SEARCH

    @hookimpl
    def checks(self) -> Sequence[Check]:
        return CHECKS

    @hookimpl
    def closing_checks(self) -> Sequence[ClosingCheck]:
        return CLOSING

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return (PRICE_LISTS,)

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return PERMISSIONS

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return ROLES

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return EVENTS

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription[Any]]:
        return SUBSCRIPTIONS

    @hookimpl
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(on_demo=on_demo)


plugin = Purchasing()
