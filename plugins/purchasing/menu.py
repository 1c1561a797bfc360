"""Purchasing's entries in the navigation."""

from weft import MenuItem

from .permissions import APPROVE, READ, RECEIVE

MENU = (
    MenuItem(title="Orders", path="/purchasing/orders", permission=READ, icon="shopping-cart", order=60, shortcut="o"),
    MenuItem(title="To buy", path="/purchasing/suggestions", permission=READ, icon="bulb", order=61),
    MenuItem(title="Approvals", path="/purchasing/approvals", permission=APPROVE, icon="checks", order=61),
    MenuItem(title="Receive goods", path="/purchasing/receive", permission=RECEIVE, icon="package-import", order=62),
    MenuItem(title="Bills to match", path="/purchasing/bills", permission=READ, icon="file-invoice", order=63),
    MenuItem(title="Landed costs", path="/purchasing/landed-costs", permission=READ, icon="ship", order=64),
    MenuItem(title="Suppliers", path="/purchasing/suppliers", permission=READ, icon="truck-delivery", order=65),
)
