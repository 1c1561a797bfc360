"""What people can bring in: contacts from spreadsheets and vCards."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from weft import Importer

from .domain.details import Details
from .domain.headings import HEADINGS
from .domain.points import LABEL_TITLES
from .domain.rows import PartyRow, RowOptions
from .domain.vcard_in import read_vcard, split_cards
from .permissions import EDIT
from .records import PARTY
from .services.importing import write_rows
from .services.undoing import undo_rows


def vcard_rows(content: bytes) -> Iterator[Mapping[str, str]]:
    """Yield the cards of a file as rows; a card that cannot be read as the sentence that says so."""
    for card in split_cards(content):
        try:
            yield as_row(read_vcard(card))
        except ValueError as wrong:
            yield {"": str(wrong)}


def as_row(details: Details) -> dict[str, str]:
    """Return details in columns; what has no column of its own goes to the ones that hold several."""
    first = details.address
    row = {
        "name": details.name,
        "kind": details.kind,
        "given_name": details.given_name,
        "family_name": details.family_name,
        "legal_name": details.legal_name,
        "email": _several((point.value, point.label) for point in details.emails),
        "phone": _several((point.value, point.label) for point in details.phones),
        "website": _several((point.value, point.label) for point in details.websites),
        "address_kind": first.kind,
        "other_addresses": msgspec.json.encode(details.addresses[1:]).decode() if len(details.addresses) > 1 else "",
        "tags": "\n".join(details.tags),
        "language": details.language,
        "notes": details.notes,
        "identifiers": "\n".join(f"{each.scheme}: {each.value}" for each in details.identifiers),
    }
    row |= {
        "street": "\n".join(first.lines),
        "postcode": first.postcode,
        "city": first.city,
        "region": first.region,
        "country": first.country,
    }
    return {column: text for column, text in row.items() if text}


def _several(values: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{LABEL_TITLES[label]}: {value}" if label else value for value, label in values)


PARTIES = Importer(
    name="contacts.parties",
    title="Contacts",
    permission=EDIT,
    row=PartyRow,
    write=write_rows,
    undo=undo_rows,
    aliases=HEADINGS,
    readers={".vcf": vcard_rows, ".vcard": vcard_rows},
    options=RowOptions,
    record=PARTY.name,
)
