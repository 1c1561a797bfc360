"""What this plugin lends to other pages: a card on the dashboard, a panel and a button on contacts."""

from uuid import UUID

from markupsafe import Markup
from weft import Action, Panel, Tenant, Ui, Widget

from . import permissions, queries


async def render_outstanding(tenant: Tenant, ui: Ui) -> Markup:
    """Show how many points are out."""
    async with tenant.transaction() as db:
        cards, points = await queries.outstanding(db)
    return ui.partial("acme_loyalty/_outstanding.html", cards=cards, points=points)


async def render_card(tenant: Tenant, ui: Ui, party_id: UUID) -> Markup:
    """Show the card of a contact."""
    async with tenant.transaction() as db:
        member = await queries.of_party(db, party_id)
    return ui.partial("acme_loyalty/_card.html", member=member, party_id=party_id)


OUTSTANDING = Widget(name="acme_loyalty.outstanding", title="Loyalty points", permission=permissions.READ, render=render_outstanding)
CARD = Panel(slot="contacts.party.side", name="acme_loyalty.card", title="Loyalty card", permission=permissions.READ, render=render_card)
GIVE = Action(record="contacts.party", title="Give a loyalty card", path="/acme_loyalty/of/{id}", permission=permissions.GIVE, icon="gift")
