"""What accounting adds to the platform."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from piccolo.conf.apps import AppConfig

from weft import Lifecycle, Permission, Plugin, Provided, RecordKind, RoleTemplate, Settings, hookimpl

from .contract import SERVICES
from .permissions import PERMISSIONS, ROLES
from .piccolo_app import APP_CONFIG
from .records import RECORDS
from .services.setup import on_enable
from .settings import AccountingSettings


class Accounting(Plugin):
    """Books that close, prove themselves, and stay fast."""

    key = "accounting"
    title = "Accounting"
    version = "1.0"
    summary = (
        "A general ledger that cannot be changed behind your back: entries, periods with locks, statements, year close, nightly proof."
    )
    category = "Finance"
    icon = "calculator"
    vendor = "Weft"
    requires: ClassVar[Mapping[str, str]] = MappingProxyType({"contacts": ">=1.0,<2"})

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def settings(self) -> type[Settings]:
        return AccountingSettings

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
    def services(self) -> Sequence[Provided[Any]]:
        return SERVICES

    @hookimpl
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(on_enable=on_enable)


plugin = Accounting()
