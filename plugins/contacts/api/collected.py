"""Every address of the API."""

from litestar.types import ControllerRouterHandler

from .parties import add_party, archive_party, list_parties, read_party, replace_party, show_numbers, unarchive_party

API: tuple[ControllerRouterHandler, ...] = (
    *(list_parties, add_party, read_party, replace_party),
    *(archive_party, unarchive_party, show_numbers),
)
