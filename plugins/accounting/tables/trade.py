"""What is owed, as Piccolo is told; constraints and indexes are in the migrations."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Boolean, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from .ledger import KEEP, Entry, Line


class TaxSystem(Table, tablename="accounting_tax_system"):
    """The taxes of the business: its copy of a jurisdiction."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    title = Text(default="")
    data = JSONB(default="{}")
    version = Integer(default=1)
    changed_at = Timestamptz(default=None)


class Terms(Table, tablename="accounting_payment_terms"):
    """When documents are to be paid."""

    id = UUID(primary_key=True, default=None)
    title = Text(default="")
    terms = JSONB(default="{}")
    active = Boolean(default=True)
    version = Integer(default=1)


class Rate(Table, tablename="accounting_rate"):
    """An exchange rate of a day."""

    id = UUID(primary_key=True, default=None)
    day = Date(default=None)
    base = Text(default="")
    quote = Text(default="")
    value = Numeric(default=Decimal(1))
    source = Text(default="")


class Document(Table, tablename="accounting_document"):
    """An invoice, a credit note, a vendor's bill or credit."""

    id = UUID(primary_key=True, default=None)
    kind = Text(default="invoice")
    state = Text(default="draft")
    number = Text(default="")
    party = UUID(default=None)
    party_name = Text(default="")
    reference = Text(default="")
    currency = Text(default="")
    rate = Numeric(null=True, default=None)
    issued = Date(default=None)
    tax_day = Date(null=True, default=None)
    due = Date(default=None)
    terms = ForeignKey(Terms, null=True, default=None, on_delete=KEEP)
    included = Boolean(default=False)
    note = Text(default="")
    lines = JSONB(default="[]")
    made_with = JSONB(default="{}")
    net = Numeric(default=Decimal(0))
    tax = Numeric(default=Decimal(0))
    rounding = Numeric(default=Decimal(0))
    total = Numeric(default=Decimal(0))
    base_total = Numeric(default=Decimal(0))
    open = Numeric(default=Decimal(0))
    entry = ForeignKey(Entry, null=True, default=None, on_delete=KEEP)
    credits: ForeignKey["Document"] = ForeignKey("self", null=True, default=None, on_delete=KEEP)
    deposit_for: ForeignKey["Document"] = ForeignKey("self", null=True, default=None, on_delete=KEEP)
    sent_at = Timestamptz(null=True, default=None)
    sent_to = Text(default="")
    source_kind = Text(default="")
    source_id = Text(default="")
    source_title = Text(default="")
    search_text = Text(default="")
    version = Integer(default=1)
    made_at = Timestamptz(default=None)
    made_by = UUID(null=True, default=None)
    posted_at = Timestamptz(null=True, default=None)


class Payment(Table, tablename="accounting_payment"):
    """Money that came in or went out."""

    id = UUID(primary_key=True, default=None)
    state = Text(default="posted")
    incoming = Boolean(default=True)
    number = Text(default="")
    party = UUID(null=True, default=None)
    party_name = Text(default="")
    day = Date(default=None)
    currency = Text(default="")
    amount = Numeric(default=Decimal(0))
    bank = Text(default="")
    bank_currency = Text(default="")
    bank_amount = Numeric(default=Decimal(0))
    worth = Numeric(default=Decimal(0))
    reference = Text(default="")
    entry = ForeignKey(Entry, null=False, default=None, on_delete=KEEP)
    reversal = ForeignKey(Entry, null=True, default=None, on_delete=KEEP)
    search_text = Text(default="")
    version = Integer(default=1)
    made_at = Timestamptz(default=None)
    made_by = UUID(null=True, default=None)


class Settlement(Table, tablename="accounting_settlement"):
    """What a payment did to a document."""

    id = UUID(primary_key=True, default=None)
    payment = ForeignKey(Payment, null=True, default=None, on_delete=KEEP)
    document = ForeignKey(Document, null=False, default=None, on_delete=KEEP)
    credit = ForeignKey(Document, null=True, default=None, on_delete=KEEP)
    amount = Numeric(default=Decimal(0))
    discount = Numeric(default=Decimal(0))
    write_off = Numeric(default=Decimal(0))
    base = Numeric(default=Decimal(0))
    undone = Boolean(default=False)
    later = Boolean(default=False)
    entry = ForeignKey(Entry, null=True, default=None, on_delete=KEEP)
    day = Date(null=True, default=None)


class Allocation(Table, tablename="accounting_allocation"):
    """An amount of a debit settled with one of a credit."""

    id = UUID(primary_key=True, default=None)
    debit = ForeignKey(Line, null=False, default=None, on_delete=KEEP)
    credit = ForeignKey(Line, null=False, default=None, on_delete=KEEP)
    amount = Numeric(default=Decimal(0))
    payment = ForeignKey(Payment, null=True, default=None, on_delete=KEEP)
    document = ForeignKey(Document, null=True, default=None, on_delete=KEEP)
    settlement = ForeignKey(Settlement, null=True, default=None, on_delete=KEEP)
    made_at = Timestamptz(default=None)
    made_by = UUID(null=True, default=None)


class TaxAmount(Table, tablename="accounting_tax_amount"):
    """A tax that fell due, or could be deducted, on a day."""

    id = UUID(primary_key=True, default=None)
    day = Date(default=None)
    document = ForeignKey(Document, null=True, default=None, on_delete=KEEP)
    payment = ForeignKey(Payment, null=True, default=None, on_delete=KEEP)
    entry = ForeignKey(Entry, null=False, default=None, on_delete=KEEP)
    tax_code = Text(default="")
    tax = JSONB(default="{}")
    base = Numeric(default=Decimal(0))
    amount = Numeric(default=Decimal(0))
    deductible = Numeric(default=Decimal(0))
    credit_note = Boolean(default=False)


class DunningPolicy(Table, tablename="accounting_dunning_policy"):
    """How the business reminds."""

    id = UUID(primary_key=True, default=None)
    policy = JSONB(default="{}")
    law = Text(default="")
    version = Integer(default=1)


class Reminder(Table, tablename="accounting_reminder"):
    """A document that was reminded of."""

    id = UUID(primary_key=True, default=None)
    document = ForeignKey(Document, null=False, default=None, on_delete=KEEP)
    level = Integer(default=1)
    day = Date(default=None)
    open = Numeric(default=Decimal(0))
    flat_fee = Numeric(default=Decimal(0))
    interest = Numeric(default=Decimal(0))
    sent_to = Text(default="")
    charges = ForeignKey(Document, null=True, default=None, on_delete=KEEP)
    made_at = Timestamptz(default=None)
    made_by = UUID(null=True, default=None)


class RecurringDocument(Table, tablename="accounting_recurring_document"):
    """An invoice to make again."""

    id = UUID(primary_key=True, default=None)
    draft = JSONB(default="{}")
    party = UUID(default=None)
    party_name = Text(default="")
    total = Numeric(default=Decimal(0))
    currency = Text(default="")
    first = Date(default=None)
    every_months = Integer(default=1)
    until = Date(null=True, default=None)
    action = Text(default="draft")
    made = Integer(default=0)
    next_date = Date(default=None)
    active = Boolean(default=True)
    problem = Text(default="")
    version = Integer(default=1)


class PartyAlias(Table, tablename="accounting_party_alias"):
    """A contact that became part of another."""

    merged = UUID(primary_key=True, default=None)
    kept = UUID(default=None)
