"""The catalogue's entries in the navigation."""

from weft import MenuItem

from .permissions import READ

MENU = (
    MenuItem(title="Products", path="/catalogue/products", permission=READ, icon="packages", order=20, shortcut="p"),
    MenuItem(title="Scan", path="/catalogue/scan", permission=READ, icon="barcode", order=21, shortcut="b"),
    MenuItem(title="Categories", path="/catalogue/categories", permission=READ, icon="category", order=22),
    MenuItem(title="Price lists", path="/catalogue/price-lists", permission=READ, icon="receipt-2", order=23),
    MenuItem(title="Units", path="/catalogue/units", permission=READ, icon="ruler-measure", order=24),
)
