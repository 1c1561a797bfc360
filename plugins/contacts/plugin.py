"""What contacts adds to the platform."""

from piccolo.conf.apps import AppConfig

from weft import Plugin, hookimpl

from .piccolo_app import APP_CONFIG


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


plugin = Contacts()
