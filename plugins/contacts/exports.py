"""Files that contacts can write."""

from collections.abc import AsyncIterator

from weft import Exporter, Tenant

from .permissions import EXPORT
from .services.cards import all_cards


def write_newest(tenant: Tenant) -> AsyncIterator[bytes]:
    """Yield all contacts as vCards 4.0."""
    return all_cards(tenant, "4.0")


def write_common(tenant: Tenant) -> AsyncIterator[bytes]:
    """Yield all contacts as vCards 3.0, which every telephone reads."""
    return all_cards(tenant, "3.0")


VCARDS = tuple(
    Exporter(name=name, title=title, suffix=".vcf", media_type="text/vcard", permission=EXPORT, write=write)
    for name, title, write in (
        ("contacts.parties_vcard", "Contacts as vCards (4.0)", write_newest),
        ("contacts.parties_vcard3", "Contacts as vCards for telephones (3.0)", write_common),
    )
)
