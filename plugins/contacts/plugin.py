"""What contacts adds to the platform."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from litestar.types import ControllerRouterHandler
from piccolo.conf.apps import AppConfig

from weft import (
    Event,
    Exporter,
    Importer,
    Job,
    Listing,
    MenuItem,
    Permission,
    PersonalData,
    Plugin,
    Provided,
    RecordKind,
    RoleTemplate,
    Schedule,
    Sealed,
    SearchSource,
    Settings,
    Widget,
    hookimpl,
)
from weft.contracts import Parties

from . import events, imports, permissions
from .api.collected import API
from .contract import ContactParties
from .exports import VCARDS
from .jobs import FIND_DUPLICATES, NIGHTLY
from .listing import PARTIES
from .piccolo_app import APP_CONFIG
from .records import PARTY
from .routes.collected import ROUTES
from .sealed import IDENTIFIER
from .services.sealing import seal_readable
from .settings import ContactSettings
from .widgets import PERSONAL_DATA, SEARCH, WIDGETS


class Contacts(Plugin):
    """The address book that every module shares."""

    key = "contacts"
    title = "Contacts"
    version = "1.0"
    summary = "Organisations and people you deal with: addresses, identifiers, relations, and no one twice."
    category = "Basics"
    icon = "address-book"
    vendor = "Weft"

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def sealed(self) -> Sequence[Sealed]:
        return [replace(IDENTIFIER, take_over=seal_readable)]

    @hookimpl
    def settings(self) -> type[Settings]:
        return ContactSettings

    @hookimpl
    def records(self) -> Sequence[RecordKind]:
        return [PARTY]

    @hookimpl
    def listings(self) -> Sequence[Listing]:
        return [PARTIES]

    @hookimpl
    def routes(self) -> Sequence[ControllerRouterHandler]:
        return ROUTES

    @hookimpl
    def api(self) -> Sequence[ControllerRouterHandler]:
        return API

    @hookimpl
    def menu(self) -> Sequence[MenuItem]:
        return [
            MenuItem(title="Contacts", path="/contacts", permission=permissions.READ, icon="address-book", order=10, shortcut="c"),
            MenuItem(title="Duplicates", path="/contacts/duplicates", permission=permissions.MERGE, icon="copy-check", order=11),
        ]

    @hookimpl
    def widgets(self) -> Sequence[Widget]:
        return WIDGETS

    @hookimpl
    def search(self) -> Sequence[SearchSource]:
        return [SEARCH]

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return permissions.ALL

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return [permissions.READER, permissions.EDITOR, permissions.MANAGER]

    @hookimpl
    def jobs(self) -> Sequence[Job[Any]]:
        return [FIND_DUPLICATES]

    @hookimpl
    def schedules(self) -> Sequence[Schedule]:
        return [NIGHTLY]

    @hookimpl
    def events(self) -> Sequence[type[Event]]:
        return events.ALL

    @hookimpl
    def services(self) -> Sequence[Provided[Any]]:
        return [Provided(Parties, ContactParties)]

    @hookimpl
    def importers(self) -> Sequence[Importer[Any]]:
        return [imports.PARTIES]

    @hookimpl
    def exporters(self) -> Sequence[Exporter]:
        return VCARDS

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        return [PERSONAL_DATA]


plugin = Contacts()
