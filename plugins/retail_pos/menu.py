"""The entries of the navigation."""

from weft import MenuItem

from .permissions import SETUP

MENU = (MenuItem(title="Stores and tills", path="/retail_pos/tills", permission=SETUP, icon="device-desktop", order=38),)
