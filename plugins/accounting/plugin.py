"""What accounting adds to the platform."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig

from weft import (
    Assets,
    Check,
    Event,
    Importer,
    Job,
    Lifecycle,
    Listing,
    MenuItem,
    Panel,
    Permission,
    Plugin,
    PrintedDocument,
    Provided,
    RecordKind,
    Report,
    RoleTemplate,
    Schedule,
    Sealed,
    SearchSource,
    Settings,
    Subscription,
    Widget,
    hookimpl,
)

from .api.collected import API
from .contract import SERVICES
from .demo.load import on_demo
from .events import EVENTS
from .imports.entries import IMPORTERS
from .jobs import JOBS, SCHEDULES
from .listings import LISTINGS
from .menu import MENU
from .panels import PANELS
from .permissions import PERMISSIONS, ROLES
from .piccolo_app import APP_CONFIG
from .records import RECORDS
from .reports.collected import REPORTS
from .routes.collected import ROUTES
from .sealed import ACCOUNT_NUMBER, LINE_ACCOUNTS
from .search import SEARCH
from .services.bank_sealing import seal_readable
from .services.completing import on_upgrade
from .services.hearing import SUBSCRIPTIONS
from .services.printing import INVOICE
from .services.proving import CHECKS
from .services.setup import on_enable
from .services.statement_letters import PAPER
from .settings import AccountingSettings
from .widgets import WIDGETS


class Accounting(Plugin):
    """Books that close, prove themselves, and stay fast."""

    key = "accounting"
    title = "Accounting"
    version = "1.1"
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
    def sealed(self) -> Sequence[Sealed]:
        return [ACCOUNT_NUMBER, replace(LINE_ACCOUNTS, take_over=seal_readable)]

    @hookimpl
    def settings(self) -> type[Settings]:
        return AccountingSettings

    @hookimpl
    def records(self) -> Sequence[RecordKind]:
        return RECORDS

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return ROUTES

    @hookimpl
    def assets(self) -> Assets:
        return Assets(Path(__file__).parent / "assets")

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
    def panels(self) -> Sequence[Panel]:
        return PANELS

    @hookimpl
    def documents(self) -> Sequence[PrintedDocument]:
        return (INVOICE, PAPER)

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return WIDGETS

    @hookimpl
    def reports(self) -> Sequence[Report[Any]]:
        return REPORTS

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
    def jobs(self) -> Sequence[Job[Any]]:
        return JOBS

    @hookimpl
    def schedules(self) -> Sequence[Schedule]:
        return SCHEDULES

    @hookimpl
    def checks(self) -> Sequence[Check]:
        return CHECKS

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription[Any]]:
        return SUBSCRIPTIONS

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return EVENTS

    @hookimpl
    def services(self) -> Sequence[Provided[Any]]:
        return SERVICES

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return IMPORTERS

    @hookimpl
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(on_enable=on_enable, on_upgrade=on_upgrade, on_demo=on_demo)


plugin = Accounting()
