"""The entries of the navigation."""

from weft import MenuItem

from .permissions import READ, SETUP

MENU = (
    MenuItem(title="Sales figures", path="/retail_pos/figures", permission=READ, icon="chart-bar", order=29),
    MenuItem(title="Fiscal records", path="/retail_pos/fiscal", permission=READ, icon="shield-check", order=36),
    MenuItem(title="Stores and tills", path="/retail_pos/tills", permission=SETUP, icon="device-desktop", order=38),
)
