"""What the catalogue adds to the platform."""

from collections.abc import Sequence
from typing import Any

from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig

from weft import (
    Check,
    Event,
    Exporter,
    Importer,
    Lifecycle,
    Listing,
    MenuItem,
    Permission,
    Plugin,
    Provided,
    RecordKind,
    Report,
    RoleTemplate,
    SearchSource,
    Settings,
    Widget,
    hookimpl,
)

from .api.collected import API
from .checks import BARCODES
from .contract import SERVICES
from .events import EVENTS
from .exports import PRODUCTS_CSV
from .imports.flat import PRODUCTS
from .imports.shopify import SHOPIFY
from .listings import PRODUCTS as PRODUCTS_LIST
from .menu import MENU
from .permissions import PERMISSIONS, ROLES
from .piccolo_app import APP_CONFIG
from .records import RECORDS
from .reports import REPORTS
from .routes.collected import ROUTES
from .search import SEARCH
from .services.basics import on_enable
from .settings import CatalogueSettings
from .widgets import WIDGETS


class Catalogue(Plugin):
    """Products, prices and barcodes that every module shares."""

    key = "catalogue"
    title = "Catalogue"
    version = "1.0"
    summary = "Products with variants, prices that hold from day to day, barcodes that are checked, and pictures."
    category = "Basics"
    icon = "packages"
    vendor = "Weft"

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def settings(self) -> type[Settings]:
        return CatalogueSettings

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
        return (PRODUCTS_LIST,)

    @hookimpl
    def checks(self) -> Sequence[Check]:
        return (BARCODES,)

    @hookimpl
    def reports(self) -> Sequence[Report[Any]]:
        return REPORTS

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return WIDGETS

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
    def events(self) -> Sequence[type[Event]]:
        return EVENTS

    @hookimpl
    def services(self) -> Sequence[Provided[Any]]:
        return SERVICES

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return (PRODUCTS, SHOPIFY)

    @hookimpl
    def exporters(self) -> Sequence[Exporter]:
        return (PRODUCTS_CSV,)

    @hookimpl
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(on_enable=on_enable)


plugin = Catalogue()
