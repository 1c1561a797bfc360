"""What contacts adds to the platform."""

from collections.abc import Sequence

from piccolo.conf.apps import AppConfig

from weft import Listing, Permission, Plugin, RecordKind, RoleTemplate, Settings, hookimpl

from . import permissions
from .listing import PARTIES
from .piccolo_app import APP_CONFIG
from .records import PARTY
from .settings import ContactSettings


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
    def settings(self) -> type[Settings]:
        return ContactSettings

    @hookimpl
    def records(self) -> Sequence[RecordKind]:
        return [PARTY]

    @hookimpl
    def listings(self) -> Sequence[Listing]:
        return [PARTIES]

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return permissions.ALL

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return [permissions.READER, permissions.EDITOR, permissions.MANAGER]


plugin = Contacts()
