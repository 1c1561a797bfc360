"""What accounting shows on other modules' pages."""

from uuid import UUID

from markupsafe import Markup

from weft import Panel, Tenant, Ui

from .permissions import READ
from .services import desk


async def owed(tenant: Tenant, ui: Ui, party: UUID) -> Markup:
    """Show what a contact owes and is owed, and what is overdue."""
    return ui.partial("accounting/_owed.html", party=party, rows=await desk.owed_by(tenant, party), today=tenant.today())


PANELS = (Panel(slot="contacts.party.side", name="accounting.owed", title="Invoices and bills", permission=READ, render=owed, order=20),)
