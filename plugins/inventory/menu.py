"""Inventory's entries in the navigation."""

from weft import MenuItem

from .permissions import COUNT, MOVE, READ, SETUP, VALUE

MENU = (
    MenuItem(title="Stock", path="/inventory/stock", permission=READ, icon="building-warehouse", order=30, shortcut="w"),
    MenuItem(title="Move goods", path="/inventory/move", permission=MOVE, icon="transfer", order=31),
    MenuItem(title="Planned moves", path="/inventory/movements", permission=READ, icon="calendar-event", order=31),
    MenuItem(title="Moves", path="/inventory/moves", permission=READ, icon="list-details", order=32),
    MenuItem(title="In transit", path="/inventory/transit", permission=READ, icon="truck", order=33),
    MenuItem(title="Counts", path="/inventory/counts", permission=COUNT, icon="clipboard-check", order=34),
    MenuItem(title="Reorder", path="/inventory/reorder", permission=READ, icon="shopping-cart-plus", order=34),
    MenuItem(title="Lots", path="/inventory/lots", permission=READ, icon="stack-2", order=35),
    MenuItem(title="Stock value", path="/inventory/items", permission=VALUE, icon="coins", order=36),
    MenuItem(title="Categories", path="/inventory/categories", permission=SETUP, icon="category", order=38),
    MenuItem(title="Locations", path="/inventory/locations", permission=SETUP, icon="map-pin", order=39),
)
