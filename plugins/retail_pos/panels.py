"""What the tills show on pages of other modules."""

from uuid import UUID

from markupsafe import Markup

from weft import Panel, Tenant, Ui

from .permissions import READ
from .services import accounts


async def loyalty(tenant: Tenant, ui: Ui, party_id: UUID) -> Markup:
    """Show a customer's points, and what they have on cards and credits; nothing where they have neither."""
    points, values = await accounts.of_customer(tenant, party_id)
    return ui.partial("retail_pos/_loyalty.html", points=points, values=values)


PANELS = (
    Panel(slot="contacts.party.side", name="retail_pos.loyalty", title="Points and cards", permission=READ, render=loyalty, order=30),
)
