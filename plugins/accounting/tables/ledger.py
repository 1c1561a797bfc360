"""What the ledger keeps, as Piccolo is told; constraints, indexes and guards are in the migrations."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

KEEP = OnDelete.restrict


class FiscalYear(Table, tablename="accounting_fiscal_year"):
    """A year of the books."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    first = Date(default=None)
    last = Date(default=None)
    state = Text(default="open")
    version = Integer(default=1)


class Period(Table, tablename="accounting_period"):
    """A month of a fiscal year, as a rule."""

    id = UUID(primary_key=True, default=None)
    fiscal_year = ForeignKey(FiscalYear, null=False, default=None, on_delete=KEEP)
    number = Integer(default=1)
    first = Date(default=None)
    last = Date(default=None)


class Lock(Table, tablename="accounting_lock"):
    """Through which day nothing is posted."""

    kind = Text(primary_key=True, default="")
    through = Date(null=True, default=None)
    changed_at = Timestamptz(default=None)


class LockException(Table, tablename="accounting_lock_exception"):
    """One person's leave to post before a lock, for a time."""

    id = UUID(primary_key=True, default=None)
    kind = Text(default="")
    person = UUID(default=None)
    person_name = Text(default="")
    through = Date(null=True, default=None)
    until = Timestamptz(default=None)
    reason = Text(default="")
    granted_by = UUID(null=True, default=None)
    granted_at = Timestamptz(default=None)
    revoked_at = Timestamptz(null=True, default=None)


class Account(Table, tablename="accounting_account"):
    """An account or a heading of the chart."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    name = Text(default="")
    type = Text(default="")
    currency = Text(default="")
    parent: ForeignKey["Account"] = ForeignKey("self", null=True, default=None, on_delete=KEEP)
    posting = Boolean(default=True)
    closed = Boolean(default=False)
    reconcile = Boolean(default=False)
    tags = Array(base_column=Text(), default=list)
    note = Text(default="")
    version = Integer(default=1)


class Journal(Table, tablename="accounting_journal"):
    """A series of entries with numbers of its own."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    name = Text(default="")
    kind = Text(default="general")
    number_format = Text(default="")
    active = Boolean(default=True)
    version = Integer(default=1)


class Dimension(Table, tablename="accounting_dimension"):
    """A way to look at the books across accounts: cost centre, project."""

    id = UUID(primary_key=True, default=None)
    key = Text(default="")
    title = Text(default="")
    active = Boolean(default=True)
    version = Integer(default=1)


class DimensionValue(Table, tablename="accounting_dimension_value"):
    """One of a dimension's values."""

    id = UUID(primary_key=True, default=None)
    dimension = ForeignKey(Dimension, null=False, default=None, on_delete=KEEP)
    code = Text(default="")
    title = Text(default="")
    active = Boolean(default=True)


class DimensionSet(Table, tablename="accounting_dimension_set"):
    """Values that lines have together."""

    id = UUID(primary_key=True, default=None)
    key = Text(default="")
    members = Array(base_column=UUID(), default=list)
    label = Text(default="")


class PostingRule(Table, tablename="accounting_posting_rule"):
    """Which account an event goes to."""

    id = UUID(primary_key=True, default=None)
    event = Text(default="")
    detail = Text(default="")
    account = ForeignKey(Account, null=False, default=None, on_delete=KEEP)


class Ground(Table, tablename="accounting_ground"):
    """The version of all that entries are checked against; triggers change it."""

    name = Text(primary_key=True, default="posting")
    version = UUID(default=None)


class Counter(Table, tablename="accounting_counter"):
    """How far the numbers of a journal are in a year."""

    id = UUID(primary_key=True, default=None)
    journal = ForeignKey(Journal, null=False, default=None, on_delete=KEEP)
    fiscal_year = ForeignKey(FiscalYear, null=False, default=None, on_delete=KEEP)
    value = BigInt(default=0)


class Entry(Table, tablename="accounting_entry"):
    """A posted entry."""

    id = UUID(primary_key=True, default=None)
    journal = ForeignKey(Journal, null=False, default=None, on_delete=KEEP)
    period = ForeignKey(Period, null=False, default=None, on_delete=KEEP)
    fiscal_year = ForeignKey(FiscalYear, null=False, default=None, on_delete=KEEP)
    number = BigInt(default=0)
    reference = Text(default="")
    date = Date(default=None)
    description = Text(default="")
    currency = Text(default="")
    total = Numeric(default=Decimal(0))
    lines = Integer(default=0)
    source_kind = Text(default="")
    source_id = Text(default="")
    source_title = Text(default="")
    digest = Text(default="")
    reverses: ForeignKey["Entry"] = ForeignKey("self", null=True, default=None, on_delete=KEEP)
    reason = Text(default="")
    posted_at = Timestamptz(default=None)
    posted_by = UUID(null=True, default=None)


class Line(Table, tablename="accounting_line"):
    """A line of a posted entry; debits are positive."""

    id = UUID(primary_key=True, default=None)
    entry = ForeignKey(Entry, null=False, default=None, on_delete=KEEP)
    position = Integer(default=1)
    account = ForeignKey(Account, null=False, default=None, on_delete=KEEP)
    date = Date(default=None)
    currency = Text(default="")
    amount = Numeric(default=Decimal(0))
    base = Numeric(default=Decimal(0))
    description = Text(default="")
    party = UUID(null=True, default=None)
    dimensions = ForeignKey(DimensionSet, null=True, default=None, on_delete=KEEP)
    due = Date(null=True, default=None)
    residual = Numeric(null=True, default=None)


class PeriodBalance(Table, tablename="accounting_period_balance"):
    """What moved on an account in a period: rows add up."""

    id = UUID(primary_key=True, default=None)
    account = ForeignKey(Account, null=False, default=None, on_delete=KEEP)
    period = ForeignKey(Period, null=False, default=None, on_delete=KEEP)
    currency = Text(default="")
    dimensions = ForeignKey(DimensionSet, null=True, default=None, on_delete=KEEP)
    debit = Numeric(default=Decimal(0))
    credit = Numeric(default=Decimal(0))
    base_debit = Numeric(default=Decimal(0))
    base_credit = Numeric(default=Decimal(0))
    folded = Boolean(default=False)


class Draft(Table, tablename="accounting_draft"):
    """An entry that is not posted yet."""

    id = UUID(primary_key=True, default=None)
    journal = ForeignKey(Journal, null=False, default=None, on_delete=KEEP)
    date = Date(default=None)
    description = Text(default="")
    currency = Text(default="")
    rate = Numeric(null=True, default=None)
    lines = JSONB(default="[]")
    total = Numeric(default=Decimal(0))
    version = Integer(default=1)
    made_at = Timestamptz(default=None)
    made_by = UUID(null=True, default=None)


class Template(Table, tablename="accounting_template"):
    """An entry to make again, perhaps by the calendar."""

    id = UUID(primary_key=True, default=None)
    title = Text(default="")
    journal = ForeignKey(Journal, null=False, default=None, on_delete=KEEP)
    description = Text(default="")
    currency = Text(default="")
    lines = JSONB(default="[]")
    every_months = Integer(default=0)
    next_date = Date(null=True, default=None)
    post_at_once = Boolean(default=False)
    active = Boolean(default=True)
    version = Integer(default=1)


class Attachment(Table, tablename="accounting_attachment"):
    """A file that belongs to an entry."""

    id = UUID(primary_key=True, default=None)
    entry = ForeignKey(Entry, null=False, default=None, on_delete=KEEP)
    file = UUID(default=None)
    name = Text(default="")
    added_at = Timestamptz(default=None)
