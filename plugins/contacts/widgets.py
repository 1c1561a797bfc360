"""What contacts offers for the dashboard, the search box and a person's own data."""

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from weft import Hit, PersonalData, SearchSource, Tenant, Ui, Widget

from .permissions import READ
from .records import PARTY
from .services import figures, finding, privacy

DAYS = 14


async def new_contacts(tenant: Tenant, ui: Ui) -> Markup:
    """Show the latest contacts, and how many were added on each of the last days."""
    latest = await figures.latest(tenant, 6)
    return ui.partial("contacts/_new.html", latest=[(each, PARTY.url(each.id)) for each in latest])


async def by_kind(tenant: Tenant, ui: Ui) -> Markup:
    """Show how many organisations and people there are."""
    return ui.partial("contacts/_by_kind.html", counts=await figures.count(tenant), most=figures.MOST)


async def added(tenant: Tenant, ui: Ui) -> Markup:
    """Show how many contacts were added each day."""
    days = [tenant.today() - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    made = await figures.made_since(tenant, days[0])
    return ui.partial("contacts/_added.html", days=days, made=[made.get(day.isoformat(), 0) for day in days])


async def find(tenant: Tenant, text: str, limit: int) -> Sequence[Hit]:
    """Find contacts for the search box; one who holds the text as a whole number or address is opened at once."""
    exact, others = await finding.search(tenant, text, limit)
    hits = [Hit(each.name, _where(each), PARTY.url(each.id), exact=True) for each in exact]
    return [*hits, *(Hit(each.name, _where(each), PARTY.url(each.id)) for each in others)]


def _where(found: finding.Found) -> str:
    return " · ".join(filter(None, (found.city, found.email, "archived" if found.archived else "")))


WIDGETS = (
    Widget(name="contacts.new", title="New contacts", permission=READ, render=new_contacts, span=4, order=40),
    Widget(name="contacts.by_kind", title="Contacts", permission=READ, render=by_kind, span=4, order=41),
    Widget(name="contacts.added", title="Contacts added", permission=READ, render=added, span=4, order=42),
)
SEARCH = SearchSource(title="Contacts", icon="address-book", permission=READ, find=find)
PERSONAL_DATA = PersonalData(title="Contacts", collect=privacy.collect, erase=privacy.erase)
