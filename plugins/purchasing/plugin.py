"""What purchasing adds to the platform."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from piccolo.conf.apps import AppConfig

from weft import Event, Permission, Plugin, RecordKind, RoleTemplate, Settings, Subscription, hookimpl

from .events import EVENTS
from .permissions import PERMISSIONS, ROLES
from .piccolo_app import APP_CONFIG
from .records import RECORDS
from .services.hearing import SUBSCRIPTIONS
from .settings import PurchasingSettings


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


plugin = Purchasing()
