"""What inventory adds to the platform."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig

from weft import (
    Check,
    ClosingCheck,
    Importer,
    Lifecycle,
    Listing,
    MenuItem,
    Permission,
    Plugin,
    PrintedDocument,
    Provided,
    RecordKind,
    Report,
    RoleTemplate,
    SearchSource,
    Settings,
    Subscription,
    Widget,
    hookimpl,
)

from .api.stock import API
from .contract import SERVICES
from .imports import IMPORTERS
from .listings import LISTINGS
from .menu import MENU
from .permissions import PERMISSIONS, ROLES
from .piccolo_app import APP_CONFIG
from .records import RECORDS
from .reports import REPORTS
from .routes.collected import ROUTES
from .search import SEARCH
from .services.basics import on_enable
from .services.closing import CHECKS as MORE_CHECKS
from .services.closing import CLOSING
from .services.hearing import SUBSCRIPTIONS
from .services.labels import LABEL
from .services.proving import CHECKS
from .services.story import on_demo
from .settings import InventorySettings
from .widgets import WIDGETS


class Inventory(Plugin):
    """Stock that is counted, valued and traced."""

    key = "inventory"
    title = "Inventory"
    version = "1.0"
    summary = "Warehouses and locations, moves that stand for good, stock valued to the cent and posted, lots, counts and reorder rules."
    category = "Retail"
    icon = "building-warehouse"
    vendor = "Weft"
    requires: ClassVar[Mapping[str, str]] = MappingProxyType({"catalogue": ">=1.0,<2", "accounting": ">=1.0,<2"})

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def settings(self) -> type[Settings]:
        return InventorySettings

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
    def widgets(self) -> Sequence[Widget]:
        return WIDGETS

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
        return (LABEL,)

    @hookimpl
    def checks(self) -> Sequence[Check]:
        return (*CHECKS, *MORE_CHECKS)

    @hookimpl
    def closing_checks(self) -> Sequence[ClosingCheck]:
        return CLOSING

    @hookimpl
    def search(self) -> Sequence[SearchSource]:
        return SEARCH

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return PERMISSIONS

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return ROLES

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription[Any]]:
        return SUBSCRIPTIONS

    @hookimpl
    def services(self) -> Sequence[Provided[Any]]:
        return SERVICES

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return IMPORTERS

    @hookimpl
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(on_enable=on_enable, on_demo=on_demo)


plugin = Inventory()
