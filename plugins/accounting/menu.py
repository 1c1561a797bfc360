"""The entries of the navigation."""

from weft import MenuItem

from .permissions import READ, SETUP

# The letters that the platform itself goes by (a, d, i, j, m, r, s, u) are left to it.
MENU = (
    MenuItem(title="Overview", path="/accounting", permission=READ, icon="layout-dashboard", order=10, shortcut="k"),
    MenuItem(title="Invoices", path="/accounting/invoices", permission=READ, icon="file-invoice", order=12, shortcut="v"),
    MenuItem(title="Bills", path="/accounting/bills", permission=READ, icon="receipt", order=14, shortcut="l"),
    MenuItem(title="Payments", path="/accounting/payments", permission=READ, icon="cash", order=16, shortcut="y"),
    MenuItem(title="Bank", path="/accounting/bank", permission=READ, icon="building-bank", order=18, shortcut="n"),
    MenuItem(title="Reminders", path="/accounting/reminders", permission=READ, icon="bell-ringing", order=18, shortcut="h"),
    MenuItem(title="Entries", path="/accounting/entries", permission=READ, icon="book-2", order=20, shortcut="e"),
    MenuItem(title="Chart of accounts", path="/accounting/accounts", permission=READ, icon="list-tree", order=30, shortcut="z"),
    MenuItem(title="Proof", path="/accounting/reports/proof", permission=READ, icon="shield-check", order=40, shortcut="f"),
    MenuItem(title="Tax return", path="/accounting/tax-return", permission=READ, icon="receipt-tax", order=42, shortcut="x"),
    MenuItem(title="Years and locks", path="/accounting/years", permission=READ, icon="lock", order=50, shortcut="t"),
    MenuItem(title="Taxes and terms", path="/accounting/taxes", permission=READ, icon="percentage", order=55),
    MenuItem(title="Setup", path="/accounting/setup", permission=SETUP, icon="adjustments", order=60),
)
