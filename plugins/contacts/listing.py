"""The list of parties: declared once, for the page, its exports and the API."""

from collections.abc import Sequence

from weft import Choice, Column, ColumnKind, Listing, Segment, Tenant

from .domain.countries import countries
from .domain.text import search_fold
from .permissions import READ
from .queries import finding
from .records import PARTY

KINDS = (Choice("organisation", "Organisation", "info"), Choice("person", "Person", "accent"))
_HERE = "p.archived_at IS NULL"


async def tag_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the tags in use."""
    async with tenant.transaction() as db:
        return [Choice(tag, tag) for tag in await finding.tags_in_use(db)]


async def country_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the countries that parties are in."""
    async with tenant.transaction() as db:
        return await finding.countries_in_use(db)


PARTIES = Listing(
    name="contacts.parties",
    title="Contacts",
    path="/contacts",
    source="contacts_party p",
    id_sql="p.id",
    columns=(
        Column(key="name", title="Name", sql="p.name", sortable=True, sort_sql="p.sort_name", filterable=False, link=True),
        Column(key="kind", title="Kind", sql="p.kind", kind=ColumnKind.CHOICE, choices=KINDS),
        Column(key="tags", title="Tags", sql="p.tags", kind=ColumnKind.TAGS, options=tag_options),
        Column(key="city", title="City", sql="p.city", sortable=True, sort_sql="lower(p.city)"),
        Column(
            key="country",
            title="Country",
            sql="p.country",
            kind=ColumnKind.CHOICE,
            choices=tuple(Choice(code, name, tone="") for code, name in countries().items()),
            options=country_options,
            hidden=True,
        ),
        Column(key="email", title="E-mail", sql="p.email", filterable=False),
        Column(key="phone", title="Telephone", sql="p.phone", filterable=False),
        Column(key="created", title="Added", sql="p.created_at", kind=ColumnKind.DATETIME, sortable=True, hidden=True),
        Column(key="updated", title="Changed", sql="p.updated_at", kind=ColumnKind.DATETIME, sortable=True, hidden=True),
    ),
    permission=READ,
    default_sort="name",
    record=PARTY,
    where="p.merged_into IS NULL",
    segments=(
        Segment("", "All", _HERE),
        Segment("organisations", "Organisations", f"p.kind = 'organisation' AND {_HERE}"),
        Segment("people", "People", f"p.kind = 'person' AND {_HERE}"),
        Segment("archived", "Archived", "p.archived_at IS NOT NULL"),
    ),
    search_sql="p.search_text",
    search_fold=search_fold,
)
