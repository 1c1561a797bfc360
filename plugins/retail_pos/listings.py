"""The lists of receipts, sessions and parked records: declared once, for the pages, their exports and the API."""

from collections.abc import Sequence

from weft import Choice, Column, ColumnKind, Listing, Segment, Tenant

from .domain.reasons import TITLES
from .permissions import READ
from .records import PROBLEM, RECEIPT, SESSION, VALUE
from .services.setup import all_operators, all_tills

KINDS = (Choice("sale", "Sale", "good"), Choice("return", "Return", "info"), Choice("void", "Void", "warn"), Choice("training", "Training"))
STATES = (Choice("open", "Open", "info"), Choice("counted", "Counted", "warn"), Choice("closed", "Closed", "good"))
PROBLEM_KINDS = (
    Choice("parked", "Parked", "warn"),
    Choice("conflict", "Conflict", "bad"),
    Choice("corrupt", "Damaged", "bad"),
    Choice("gap", "Gap", "warn"),
    Choice("chain", "Broken chain", "bad"),
)
VALUE_KINDS = (Choice("gift_card", "Gift card", ""), Choice("store_credit", "Store credit", ""))
VALUE_STATES = (Choice("active", "In use", "good"), Choice("blocked", "Blocked", "bad"))


async def till_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the tills."""
    return [Choice(each.code, f"{each.code} {each.title}", "") for each in await all_tills(tenant)]


async def operator_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the operators."""
    return [Choice(each.name, each.name, "") for each in await all_operators(tenant)]


RECEIPTS = Listing(
    name="retail_pos.receipts",
    title="Receipts",
    path="/retail_pos/receipts",
    source="retail_pos_receipt r JOIN retail_pos_till t ON t.id = r.till LEFT JOIN retail_pos_operator o ON o.id = r.operator "
    "JOIN retail_pos_store s ON s.id = r.store",
    id_sql="r.id",
    columns=(
        Column(key="reference", title="Receipt", sql="r.reference", sortable=True, filterable=False, link=True),
        Column(key="made_at", title="Made", sql="r.made_at", kind=ColumnKind.DATETIME, sortable=True),
        Column(key="kind", title="Kind", sql="r.kind", kind=ColumnKind.CHOICE, choices=KINDS),
        Column(key="till", title="Till", sql="t.code", kind=ColumnKind.CHOICE, options=till_options),
        Column(key="store", title="Store", sql="s.title", filterable=False, hidden=True),
        Column(key="operator", title="Operator", sql="COALESCE(o.name, '')", kind=ColumnKind.CHOICE, options=operator_options),
        Column(key="units", title="Units", sql="r.units", kind=ColumnKind.NUMBER, hidden=True),
        Column(key="discount", title="Discount", sql="r.discount", kind=ColumnKind.MONEY, currency="currency", hidden=True),
        Column(key="total", title="Total", sql="r.total", kind=ColumnKind.MONEY, currency="currency", sortable=True),
        Column(key="currency", title="Currency", sql="r.currency", filterable=False, hidden=True),
        Column(key="day", title="Day of business", sql="r.business_date", kind=ColumnKind.DATE, hidden=True),
    ),
    permission=READ,
    default_sort="-made_at",
    record=RECEIPT,
    segments=(
        Segment("", "All", ""),
        Segment("sales", "Sales", "r.kind = 'sale'"),
        Segment("returns", "Returns", "r.kind IN ('return', 'void')"),
        Segment("accepted", "Let pass", "r.accepted <> ''"),
    ),
    search_sql="r.reference",
)

SESSIONS = Listing(
    name="retail_pos.sessions",
    title="Sessions",
    path="/retail_pos/sessions",
    source="retail_pos_session s JOIN retail_pos_till t ON t.id = s.till LEFT JOIN retail_pos_fiscal_period p ON p.id = s.period",
    id_sql="s.id",
    columns=(
        Column(key="name", title="Session", sql="t.code || '-' || s.number", filterable=False, link=True),
        Column(key="day", title="Day", sql="s.business_date", kind=ColumnKind.DATE, sortable=True),
        Column(key="till", title="Till", sql="t.code", kind=ColumnKind.CHOICE, options=till_options),
        Column(key="state", title="State", sql="s.state", kind=ColumnKind.CHOICE, choices=STATES),
        Column(key="z", title="Z", sql="COALESCE(p.number::text, '')", filterable=False),
        Column(key="turnover", title="Turnover", sql="p.grand_total", kind=ColumnKind.MONEY, currency="currency"),
        Column(key="expected", title="Expected", sql="s.expected", kind=ColumnKind.MONEY, currency="currency", hidden=True),
        Column(key="counted", title="Counted", sql="s.counted", kind=ColumnKind.MONEY, currency="currency"),
        Column(key="over_short", title="Over or short", sql="s.over_short", kind=ColumnKind.MONEY, currency="currency"),
        Column(key="currency", title="Currency", sql="s.currency", filterable=False, hidden=True),
    ),
    permission=READ,
    default_sort="-day",
    record=SESSION,
    segments=(Segment("", "All", ""), Segment("open", "Open", "s.state <> 'closed'"), Segment("off", "Over or short", "s.over_short <> 0")),
)

PARKED = Listing(
    name="retail_pos.parked",
    title="Parked",
    path="/retail_pos/parked",
    source="retail_pos_problem p LEFT JOIN retail_pos_till t ON t.id = p.till",
    id_sql="p.id",
    columns=(
        Column(
            key="reason",
            title="What is wrong",
            sql="p.reason",
            kind=ColumnKind.CHOICE,
            choices=tuple(Choice(key, title, "") for key, title in TITLES.items()),
            link=True,
        ),
        Column(key="kind", title="Kind", sql="p.kind", kind=ColumnKind.CHOICE, choices=PROBLEM_KINDS),
        Column(key="till", title="Till", sql="COALESCE(t.code, '')", kind=ColumnKind.CHOICE, options=till_options),
        Column(key="number", title="Record", sql="p.seq", kind=ColumnKind.NUMBER, filterable=False),
        Column(key="sentence", title="In words", sql="p.sentence", filterable=False),
        Column(key="opened", title="Since", sql="p.opened_at", kind=ColumnKind.DATETIME, sortable=True),
        Column(key="decision", title="Decision", sql="p.decision", filterable=False, hidden=True),
    ),
    permission=READ,
    default_sort="-opened",
    record=PROBLEM,
    segments=(Segment("", "Waiting", "p.state = 'open'"), Segment("decided", "Decided", "p.state = 'closed'"), Segment("all", "All", "")),
)

CARDS = Listing(
    name="retail_pos.cards",
    title="Gift cards and store credit",
    path="/retail_pos/cards",
    source="retail_pos_stored_value v",
    id_sql="v.id",
    columns=(
        Column(key="number", title="Number", sql="v.number", sortable=True, filterable=False, link=True),
        Column(key="kind", title="Kind", sql="v.kind", kind=ColumnKind.CHOICE, choices=VALUE_KINDS),
        Column(key="balance", title="Holds", sql="v.balance", kind=ColumnKind.MONEY, currency="currency", sortable=True),
        Column(key="state", title="State", sql="v.state", kind=ColumnKind.CHOICE, choices=VALUE_STATES),
        Column(key="expires", title="Valid until", sql="v.expires", kind=ColumnKind.DATE),
        Column(key="opened", title="Since", sql="v.opened_at", kind=ColumnKind.DATETIME, sortable=True),
        Column(key="currency", title="Currency", sql="v.currency", filterable=False, hidden=True),
    ),
    permission=READ,
    default_sort="-opened",
    record=VALUE,
    segments=(
        Segment("", "With something on them", "v.balance <> 0"),
        Segment("empty", "Empty", "v.balance = 0"),
        Segment("all", "All", ""),
    ),
    search_sql="v.number",
)

LISTINGS = (RECEIPTS, SESSIONS, PARKED, CARDS)
