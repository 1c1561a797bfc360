"""The entries of the navigation."""

from weft import MenuItem

from .permissions import READ, SETUP

MENU = (
    MenuItem(title="Sales figures", path="/retail_pos/figures", permission=READ, icon="chart-bar", order=29),
    MenuItem(title="Fiscal records", path="/retail_pos/fiscal", permission=READ, icon="shield-check", order=36),
    MenuItem(title="Receipts", path="/retail_pos/receipts", permission=READ, icon="receipt", order=30, shortcut="q"),
    MenuItem(title="Sessions", path="/retail_pos/sessions", permission=READ, icon="cash-register", order=31),
    MenuItem(title="Parked", path="/retail_pos/parked", permission=READ, icon="alert-triangle", order=32),
    MenuItem(title="Gift cards and credit", path="/retail_pos/cards", permission=READ, icon="gift-card", order=33),
    MenuItem(title="Points", path="/retail_pos/loyalty", permission=READ, icon="stars", order=34),
    MenuItem(title="Barcode tester", path="/retail_pos/barcodes", permission=READ, icon="barcode", order=39),
    MenuItem(title="Promotions", path="/retail_pos/promotions", permission=READ, icon="discount", order=37),
    MenuItem(title="Stores and tills", path="/retail_pos/tills", permission=SETUP, icon="device-desktop", order=38),
)
