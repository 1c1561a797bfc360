"""A plugin with importers, for the tests of the import centre."""

from weft import Plugin, hookimpl

from .families import FAMILIES
from .importer import IMPORT, MEMBERS
from .piccolo_app import APP_CONFIG


class People(Plugin):
    key = "people"
    title = "People"
    version = "1.0"

    @hookimpl
    def storage(self):
        return APP_CONFIG

    @hookimpl
    def permissions(self):
        return [IMPORT]

    @hookimpl
    def importers(self):
        return [MEMBERS, FAMILIES]


plugin = People()
