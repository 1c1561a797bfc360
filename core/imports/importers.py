"""What a person may bring in here."""

from typing import Any

from core.tenancy.tenant import LiveTenant
from weft.data import Importer
from weft.errors import Missing, Refused


def importers_of(tenant: LiveTenant) -> list[Importer[Any]]:
    """Return the importers of the enabled modules that who acts may use, by title."""
    found = tenant.house.registry.importers(tenant.catalogue_entry.enabled)
    return sorted((each for each in found if tenant.may(each.permission)), key=lambda each: each.title.casefold())


def find_importer(tenant: LiveTenant, name: str) -> Importer[Any]:
    """Return an importer; raises `Missing` when no enabled module has it, `Refused` when who acts may not use it."""
    found = next((each for each in tenant.house.registry.importers(tenant.catalogue_entry.enabled) if each.name == name), None)
    if found is None:
        raise Missing("There is nothing of that kind to import: its module is switched off, or was never here.")
    if not tenant.may(found.permission):
        raise Refused(f"You need the permission “{found.permission.title}” to import {found.title}.")
    return found
