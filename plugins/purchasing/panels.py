"""What purchasing shows on pages of other modules."""

from uuid import UUID

from markupsafe import Markup

from weft import Panel, Tenant, Ui

from .permissions import READ
from .services import desk


async def buying(tenant: Tenant, ui: Ui, item_id: UUID) -> Markup:
    """Show who sells an item and for how much, and what of it is on order."""
    return ui.partial("purchasing/_buying.html", shown=await desk.item_card(tenant, item_id), item=item_id)


async def supplying(tenant: Tenant, ui: Ui, party_id: UUID) -> Markup:
    """Show what a contact supplies; nothing where it supplies nothing."""
    return ui.partial("purchasing/_supplying.html", card=await desk.supplier_card(tenant, party_id), base=tenant.currency)


PANELS = (
    Panel(slot="inventory.item.side", name="purchasing.buying", title="Buying", permission=READ, render=buying, order=30),
    Panel(slot="contacts.party.side", name="purchasing.supplying", title="Supplies", permission=READ, render=supplying, order=40),
)
