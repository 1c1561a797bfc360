"""What the catalogue adds to the platform."""

from collections.abc import Sequence
from typing import Any

from piccolo.conf.apps import AppConfig

from weft import Event, Exporter, Importer, Lifecycle, Permission, Plugin, RecordKind, RoleTemplate, Settings, hookimpl

from .events import EVENTS
from .exports import PRODUCTS_CSV
from .imports.flat import PRODUCTS
from .imports.shopify import SHOPIFY
from .permissions import PERMISSIONS, ROLES
from .piccolo_app import APP_CONFIG
from .records import RECORDS
from .services.basics import on_enable
from .settings import CatalogueSettings


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
    def permissions(self) -> Sequence[Permission]:
        return PERMISSIONS

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return ROLES

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return EVENTS

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
