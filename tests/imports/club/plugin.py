"""A plugin with importers, for the tests of the import centre."""

from typing import Any

from piccolo.conf.apps import AppConfig

from weft import Importer, Permission, Plugin, hookimpl

from .families import FAMILIES
from .importer import IMPORT, MEMBERS
from .piccolo_app import APP_CONFIG


class Club(Plugin):
    key = "club"
    title = "Club"
    version = "1.0"

    @hookimpl
    def storage(self) -> AppConfig:
        return APP_CONFIG

    @hookimpl
    def permissions(self) -> list[Permission]:
        return [IMPORT]

    @hookimpl
    def importers(self) -> list[Importer[Any]]:
        return [MEMBERS, FAMILIES]


plugin = Club()
