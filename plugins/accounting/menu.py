"""The entries of the navigation."""

from weft import MenuItem

from .permissions import READ, SETUP

MENU = (
    MenuItem(title="Overview", path="/accounting", permission=READ, icon="layout-dashboard", order=10, shortcut="a"),
    MenuItem(title="Entries", path="/accounting/entries", permission=READ, icon="book-2", order=20, shortcut="e"),
    MenuItem(title="Chart of accounts", path="/accounting/accounts", permission=READ, icon="list-tree", order=30),
    MenuItem(title="Reports", path="/accounting/reports", permission=READ, icon="report-analytics", order=40, shortcut="r"),
    MenuItem(title="Years and locks", path="/accounting/years", permission=READ, icon="lock", order=50),
    MenuItem(title="Setup", path="/accounting/setup", permission=SETUP, icon="adjustments", order=60),
)
