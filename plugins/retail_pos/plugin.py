"""What the tills add to the platform."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig

from weft import (
    Action,
    Assets,
    Check,
    ClosingCheck,
    Event,
    Importer,
    Job,
    Lifecycle,
    Listing,
    MenuItem,
    Panel,
    Permission,
    PersonalData,
    Plugin,
    PrintedDocument,
    RecordKind,
    Report,
    RoleTemplate,
    Schedule,
    SearchSource,
    Settings,
    Widget,
    hookimpl,
)

from .actions import ACTIONS
from .api.receipts import API
from .events import EVENTS
from .imports.history import IMPORTERS
from .journal import JOURNAL
from .listings import LISTINGS
from .menu import MENU
from .panels import PANELS
from .permissions import PERMISSIONS, ROLES
from .piccolo_app import APP_CONFIG
from .records import RECORDS
from .reports import REPORTS
from .routes.collected import PUBLIC, ROUTES
from .search import SEARCH
from .services.archiving import MAKE
from .services.copies import PRINT
from .services.expiring import EXPIRE, EXPIRING, VALUE_CHECKS
from .services.finishing import CLOSING
from .services.fiscal import CHECKS, CLOSE, SCHEDULES
from .services.privacy import PERSONAL_DATA
from .services.proving import SALES_CHECKS
from .services.slips import RECEIPT
from .services.story import on_demo
from .services.summing import SUM, SUM_CHECKS, SUMMING
from .services.z_paper import Z_REPORT
from .settings import RetailPosSettings
from .widgets import WIDGETS


class RetailPos(Plugin):
    """Tills that sell without a connection, and lose and double nothing."""

    key = "retail_pos"
    title = "Point of sale"
    version = "1.0"
    summary = "Tills that sell without a connection, receipts that arrive exactly once, and a Z report that equals the books."
    category = "Retail"
    icon = "cash-register"
    vendor = "Weft"
    requires: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"contacts": ">=1.0,<2", "catalogue": ">=1.0,<2", "accounting": ">=1.0,<2", "inventory": ">=1.0,<2"}
    )

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def settings(self) -> type[Settings]:
        return RetailPosSettings

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
    def public(self) -> Sequence[ControllerRouterHandler]:
        return PUBLIC

    @hookimpl
    def assets(self) -> Assets:
        return Assets(Path(__file__).parent / "assets")

    @hookimpl
    def menu(self) -> Sequence[MenuItem]:
        return MENU

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
    def reports(self) -> Sequence[Report[Any]]:
        return REPORTS

    @hookimpl
    def documents(self) -> Sequence[PrintedDocument]:
        return (RECEIPT, Z_REPORT)

    @hookimpl
    def panels(self) -> Sequence[Panel]:
        return PANELS

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return WIDGETS

    @hookimpl
    def actions(self) -> Sequence[Action]:
        return ACTIONS

    @hookimpl
    def jobs(self) -> Sequence[Job[Any]]:
        return (PRINT, CLOSE, MAKE, EXPIRE, SUM)

    @hookimpl
    def schedules(self) -> Sequence[Schedule]:
        return (*SCHEDULES, *EXPIRING, *SUMMING)

    @hookimpl
    def checks(self) -> Sequence[Check]:
        return (*SALES_CHECKS, *VALUE_CHECKS, *SUM_CHECKS, *CHECKS)

    @hookimpl
    def closing_checks(self) -> Sequence[ClosingCheck]:
        return CLOSING

    @hookimpl
    def listings(self) -> Sequence[Listing]:
        return (*LISTINGS, JOURNAL)

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return IMPORTERS

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        return (PERSONAL_DATA,)

    @hookimpl
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(on_demo=on_demo)

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return EVENTS


plugin = RetailPos()
