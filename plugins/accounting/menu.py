"""The entries of the navigation."""

from weft import MenuItem

from .permissions import READ, SETUP

MENU = (
    MenuItem(title="Overview", path="/accounting", permission=READ, icon="layout-dashboard", order=10, shortcut="a"),
    MenuItem(title="Invoices", path="/accounting/invoices", permission=READ, icon="file-invoice", order=12, shortcut="i"),
    MenuItem(title="Bills", path="/accounting/bills", permission=READ, icon="receipt", order=14, shortcut="l"),
    MenuItem(title="Payments", path="/accounting/payments", permission=READ, icon="cash", order=16, shortcut="y"),
    MenuItem(title="Bank", path="/accounting/bank", permission=READ, icon="building-bank", order=18, shortcut="m"),
    MenuItem(title="Reminders", path="/accounting/reminders", permission=READ, icon="bell-ringing", order=18),
    MenuItem(title="Entries", path="/accounting/entries", permission=READ, icon="book-2", order=20, shortcut="e"),
    MenuItem(title="Chart of accounts", path="/accounting/accounts", permission=READ, icon="list-tree", order=30),
    MenuItem(title="Proof", path="/accounting/reports/proof", permission=READ, icon="shield-check", order=40),
    MenuItem(title="Tax return", path="/accounting/tax-return", permission=READ, icon="receipt-tax", order=42),
    MenuItem(title="Years and locks", path="/accounting/years", permission=READ, icon="lock", order=50),
    MenuItem(title="Taxes and terms", path="/accounting/taxes", permission=READ, icon="percentage", order=55),
    MenuItem(title="Setup", path="/accounting/setup", permission=SETUP, icon="adjustments", order=60),
)
