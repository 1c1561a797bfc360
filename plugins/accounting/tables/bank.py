"""What banks say, as Piccolo is told; constraints and indexes are in the migrations."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Boolean, Bytea, Date, ForeignKey, Integer, Numeric, Real, Text, Timestamptz
from piccolo.table import Table

from .ledger import KEEP, Account, Entry
from .trade import Payment


class BankAccount(Table, tablename="accounting_bank_account"):
    """An account at a bank, and the account of the books that stands for it."""

    id = UUID(primary_key=True, default=None)
    name = Text(default="")
    number = Text(default="")  # empty: what the version before wrote here is sealed
    number_sealed = Bytea(null=True, default=None)
    number_blind = Text(default="")
    bank = Text(default="")
    currency = Text(default="")
    account = ForeignKey(Account, null=False, default=None, on_delete=KEEP)
    mappings = JSONB(default="{}")
    active = Boolean(default=True)
    version = Integer(default=1)


class BankFile(Table, tablename="accounting_bank_file"):
    """A file that was brought, and what became of it."""

    id = UUID(primary_key=True, default=None)
    file = UUID(default=None)
    name = Text(default="")
    bank_account = ForeignKey(BankAccount, null=True, default=None, on_delete=KEEP)
    state = Text(default="waiting")
    outcome = JSONB(default="{}")
    at = Timestamptz(default=None)
    by = UUID(null=True, default=None)


class BankStatement(Table, tablename="accounting_bank_statement"):
    """A statement, with its proof."""

    id = UUID(primary_key=True, default=None)
    bank_account = ForeignKey(BankAccount, null=False, default=None, on_delete=KEEP)
    source = ForeignKey(BankFile, null=False, default=None, on_delete=KEEP)
    format = Text(default="")
    key = Text(default="")
    name = Text(default="")
    first = Date(null=True, default=None)
    last = Date(null=True, default=None)
    opening = Numeric(null=True, default=None)
    closing = Numeric(null=True, default=None)
    state = Text(default="imported")
    proof = JSONB(default="{}")
    reason = Text(default="")
    version = Integer(default=1)
    at = Timestamptz(default=None)


class BankLine(Table, tablename="accounting_bank_line"):
    """A booked entry of a statement."""

    id = UUID(primary_key=True, default=None)
    bank_account = ForeignKey(BankAccount, null=False, default=None, on_delete=KEEP)
    statement = ForeignKey(BankStatement, null=False, default=None, on_delete=KEEP)
    position = Integer(default=1)
    booked = Date(default=None)
    amount = Numeric(default=Decimal(0))
    currency = Text(default="")
    party_name = Text(default="")
    told = JSONB(default="{}")
    accounts_sealed = Bytea(null=True, default=None)
    account_blind = Text(default="")
    search_text = Text(default="")
    digest = Text(default="")
    occurrence = Integer(default=1)
    state = Text(default="open")
    version = Integer(default=1)


class BankMatch(Table, tablename="accounting_bank_match"):
    """What a line, or a part of it, turned out to be: a payment of a document, or an entry of its own."""

    id = UUID(primary_key=True, default=None)
    line = ForeignKey(BankLine, null=False, default=None, on_delete=KEEP)
    kind = Text(default="")
    amount = Numeric(default=Decimal(0))
    payment = ForeignKey(Payment, null=True, default=None, on_delete=KEEP)
    entry = ForeignKey(Entry, null=False, default=None, on_delete=KEEP)
    title = Text(default="")
    explanation = JSONB(default="[]")
    score = Real(default=0.0)
    at = Timestamptz(default=None)
    by = UUID(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)


class BankRule(Table, tablename="accounting_bank_rule"):
    """A rule of the tenant."""

    id = UUID(primary_key=True, default=None)
    place = Integer(default=100)
    name = Text(default="")
    data = JSONB(default="{}")
    active = Boolean(default=True)
    version = Integer(default=1)


class BankDecision(Table, tablename="accounting_bank_decision"):
    """What a person decided on a suggestion, or did by hand: what is learned from."""

    id = UUID(primary_key=True, default=None)
    line = ForeignKey(BankLine, null=False, default=None, on_delete=KEEP)
    kind = Text(default="")
    features = JSONB(default="{}")
    accepted = Boolean(default=False)
    party = UUID(null=True, default=None)
    to_account = Text(default="")
    at = Timestamptz(default=None)


class BankLearned(Table, tablename="accounting_bank_learned"):
    """What was learned last; one row."""

    id = UUID(primary_key=True, default=None)
    weights = JSONB(default="{}")
    at = Timestamptz(default=None)
