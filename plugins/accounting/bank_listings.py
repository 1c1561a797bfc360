"""Lines of banks as a list: declared once, for the page, its exports and the API."""

from collections.abc import Sequence

from weft import Choice, Column, ColumnKind, Listing, Segment, Tenant

from .domain.documents.search import fold
from .permissions import READ
from .records import BANK_LINE
from .services.bank_accounts import all_accounts

STATES = (Choice("parked", "Parked", "bad"), Choice("open", "Open", "warn"), Choice("matched", "Reconciled", "good"))
_MATCHED = "(SELECT string_agg(m.title, ', ' ORDER BY m.id) FROM accounting_bank_match m WHERE m.line = l.id AND m.undone_at IS NULL)"


async def account_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the bank accounts."""
    return [Choice(each.name, each.name, "") for each in await all_accounts(tenant)]


BANK_LINES = Listing(
    name="accounting.bank_lines",
    title="Bank lines",
    path="/accounting/bank/lines",
    source="accounting_bank_line l JOIN accounting_bank_account b ON b.id = l.bank_account",
    id_sql="l.id",
    columns=(
        Column(key="who", title="Who or what", sql="l.party_name", filterable=False, link=True),
        Column(key="booked", title="Booked", sql="l.booked", kind=ColumnKind.DATE, sortable=True),
        Column(key="account", title="Bank account", sql="b.name", kind=ColumnKind.CHOICE, options=account_options),
        Column(key="state", title="State", sql="l.state", kind=ColumnKind.CHOICE, choices=STATES),
        Column(key="text", title="For", sql="l.told #>> ARRAY['remittance']", filterable=False),
        Column(key="matched", title="Turned out to be", sql=_MATCHED, filterable=False),
        Column(key="amount", title="Amount", sql="l.amount", kind=ColumnKind.MONEY, currency="currency", sortable=True),
        Column(key="currency", title="Currency", sql="l.currency", hidden=True),
        Column(key="reference", title="Bank's reference", sql="l.told #>> ARRAY['references', 'servicer']", filterable=False, hidden=True),
    ),
    permission=READ,
    default_sort="-booked",
    record=BANK_LINE,
    segments=(
        Segment("", "All", "true"),
        Segment("open", "Open", "l.state = 'open'"),
        Segment("parked", "Parked", "l.state = 'parked'"),
        Segment("in", "Money in", "l.amount > 0"),
        Segment("out", "Money out", "l.amount < 0"),
    ),
    search_sql="l.search_text",
    search_fold=fold,
)
BANK_LISTINGS = (BANK_LINES,)
