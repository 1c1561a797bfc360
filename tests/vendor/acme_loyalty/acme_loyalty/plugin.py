"""What Acme Loyalty adds to the platform."""

from collections.abc import Sequence
from typing import Any

from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig
from weft import (
    Action,
    Event,
    HealthCheck,
    Importer,
    Job,
    Lifecycle,
    Listing,
    MenuItem,
    Panel,
    Permission,
    PersonalData,
    Plugin,
    RecordKind,
    RoleTemplate,
    Schedule,
    SearchSource,
    Settings,
    Subscription,
    Widget,
    hookimpl,
)

from . import api, events, health, imports, jobs, listing, pages, parts, permissions, privacy, public, records, search
from .piccolo_app import APP_CONFIG
from .settings import LoyaltySettings


class AcmeLoyalty(Plugin):
    """Points for those who come back."""

    key = "acme_loyalty"
    title = "Loyalty"
    version = "0.3.1"
    summary = "Shoppers collect points on a card, and spend them."
    category = "Retail"
    icon = "gift"
    vendor = "Acme"
    requires = {"contacts": ">=1.0,<2"}

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def settings(self) -> type[Settings]:
        return LoyaltySettings

    @hookimpl
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(on_upgrade=jobs.count_again)

    @hookimpl
    def records(self) -> Sequence[RecordKind]:
        return [records.MEMBER]

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return permissions.ALL

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return [permissions.CASHIER, permissions.MANAGER]

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return pages.ALL

    @hookimpl
    def api(self) -> Sequence[ControllerRouterHandler]:
        return api.ALL

    @hookimpl
    def public(self) -> Sequence[ControllerRouterHandler]:
        return public.ALL

    @hookimpl
    def menu(self) -> Sequence[MenuItem]:
        return [MenuItem(title="Loyalty cards", path="/acme_loyalty", permission=permissions.READ, icon="gift", shortcut="l")]

    @hookimpl
    def listings(self) -> Sequence[Listing]:
        return [listing.MEMBERS]

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return [parts.OUTSTANDING]

    @hookimpl
    def panels(self) -> Sequence[Panel]:
        return [parts.CARD]

    @hookimpl
    def actions(self) -> Sequence[Action]:
        return [parts.GIVE]

    @hookimpl
    def search(self) -> Sequence[SearchSource]:
        return [search.MEMBERS]

    @hookimpl
    def jobs(self) -> Sequence[Job[Any]]:
        return [jobs.EXPIRE]

    @hookimpl
    def schedules(self) -> Sequence[Schedule]:
        return [jobs.EVERY_MONTH]

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return [events.PointsGiven]

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription[Any]]:
        return events.SUBSCRIPTIONS

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return [imports.MEMBERS]

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        return [privacy.POINTS]

    @hookimpl
    def health_checks(self) -> Sequence[HealthCheck]:
        return [health.PRINTER]


plugin = AcmeLoyalty()
