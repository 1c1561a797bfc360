"""Makes the tables of the ledger."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0001_tables"
VERSION = "1.38.0"
DESCRIPTION = "Years, periods, locks, accounts, journals, entries, lines, balances, drafts"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


CALENDAR = """
CREATE TABLE accounting_fiscal_year (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code <> ''),
    first date NOT NULL,
    last date NOT NULL,
    state text NOT NULL DEFAULT 'open' CONSTRAINT accounting_fiscal_year_state CHECK (state IN ('open', 'closing', 'closed')),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT accounting_fiscal_year_days CHECK (first <= last),
    CONSTRAINT accounting_fiscal_year_once EXCLUDE USING gist (daterange(first, last, '[]') WITH &&)
);
CREATE TABLE accounting_period (
    id uuid PRIMARY KEY,
    fiscal_year uuid NOT NULL REFERENCES accounting_fiscal_year ON DELETE RESTRICT,
    number integer NOT NULL,
    first date NOT NULL,
    last date NOT NULL,
    CONSTRAINT accounting_period_number UNIQUE (fiscal_year, number),
    CONSTRAINT accounting_period_days CHECK (first <= last),
    CONSTRAINT accounting_period_once EXCLUDE USING gist (daterange(first, last, '[]') WITH &&)
);
CREATE TABLE accounting_lock (
    kind text PRIMARY KEY CONSTRAINT accounting_lock_kind CHECK (kind IN ('all', 'tax', 'sales', 'purchases', 'hard')),
    through date,
    changed_at timestamptz NOT NULL
);
CREATE TABLE accounting_lock_exception (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT accounting_lock_exception_kind CHECK (kind IN ('all', 'tax', 'sales', 'purchases')),
    person uuid NOT NULL,
    person_name text NOT NULL DEFAULT '',
    through date,
    until timestamptz NOT NULL,
    reason text NOT NULL CONSTRAINT accounting_lock_exception_reason CHECK (reason <> ''),
    granted_by uuid,
    granted_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX accounting_lock_exception_person ON accounting_lock_exception (person, until)
"""

SETUP = """
CREATE TABLE accounting_account (
    id uuid PRIMARY KEY,
    code text COLLATE "C" NOT NULL CONSTRAINT accounting_account_coded CHECK (code <> ''),
    name text NOT NULL CONSTRAINT accounting_account_named CHECK (name <> ''),
    type text NOT NULL CONSTRAINT accounting_account_type CHECK (type IN (
        'bank', 'receivable', 'current_asset', 'prepayment', 'fixed_asset',
        'noncurrent_asset', 'payable', 'credit_card', 'current_liability', 'noncurrent_liability', 'equity', 'retained_earnings', 'income',
        'other_income', 'cost_of_sales', 'expense', 'depreciation', 'other_expense', 'tax_expense', 'off_balance')),
    currency text NOT NULL DEFAULT '' CONSTRAINT accounting_account_currency CHECK (currency ~ '^([A-Z][A-Z][A-Z])?$'),
    parent uuid REFERENCES accounting_account ON DELETE RESTRICT,
    posting boolean NOT NULL DEFAULT true,
    closed boolean NOT NULL DEFAULT false,
    reconcile boolean NOT NULL DEFAULT false,
    tags text[] NOT NULL DEFAULT ARRAY[]::text[],
    note text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT accounting_account_code UNIQUE (code),
    CONSTRAINT accounting_account_parent CHECK (parent <> id)
);
CREATE INDEX accounting_account_children ON accounting_account (parent, code);
CREATE TABLE accounting_journal (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT accounting_journal_code UNIQUE CHECK (code <> ''),
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL CONSTRAINT accounting_journal_kind
        CHECK (kind IN ('general', 'sales', 'purchases', 'bank', 'cash', 'opening', 'closing')),
    number_format text NOT NULL CHECK (number_format <> ''),
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE TABLE accounting_dimension (
    id uuid PRIMARY KEY,
    key text NOT NULL CONSTRAINT accounting_dimension_key UNIQUE CHECK (key ~ '^[a-z][a-z0-9_]*$'),
    title text NOT NULL CHECK (title <> ''),
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE TABLE accounting_dimension_value (
    id uuid PRIMARY KEY,
    dimension uuid NOT NULL REFERENCES accounting_dimension ON DELETE RESTRICT,
    code text NOT NULL CHECK (code <> ''),
    title text NOT NULL CHECK (title <> ''),
    active boolean NOT NULL DEFAULT true,
    CONSTRAINT accounting_dimension_value_code UNIQUE (dimension, code)
);
CREATE TABLE accounting_dimension_set (
    id uuid PRIMARY KEY,
    key text NOT NULL CONSTRAINT accounting_dimension_set_key UNIQUE,
    members uuid[] NOT NULL,
    label text NOT NULL
);
CREATE INDEX accounting_dimension_set_members ON accounting_dimension_set USING gin (members);
CREATE TABLE accounting_posting_rule (
    id uuid PRIMARY KEY,
    event text NOT NULL CHECK (event <> ''),
    detail text NOT NULL DEFAULT '',
    account uuid NOT NULL REFERENCES accounting_account ON DELETE RESTRICT,
    CONSTRAINT accounting_posting_rule_once UNIQUE (event, detail)
);
CREATE TABLE accounting_counter (
    id uuid PRIMARY KEY,
    journal uuid NOT NULL REFERENCES accounting_journal ON DELETE RESTRICT,
    fiscal_year uuid NOT NULL REFERENCES accounting_fiscal_year ON DELETE RESTRICT,
    value bigint NOT NULL DEFAULT 0,
    CONSTRAINT accounting_counter_once UNIQUE (journal, fiscal_year)
) WITH (fillfactor = 20)
"""

ENTRIES = """
CREATE TABLE accounting_entry (
    id uuid PRIMARY KEY,
    journal uuid NOT NULL REFERENCES accounting_journal ON DELETE RESTRICT,
    period uuid NOT NULL REFERENCES accounting_period ON DELETE RESTRICT,
    fiscal_year uuid NOT NULL REFERENCES accounting_fiscal_year ON DELETE RESTRICT,
    number bigint NOT NULL,
    reference text COLLATE "C" NOT NULL,
    date date NOT NULL,
    description text NOT NULL DEFAULT '',
    currency text NOT NULL CONSTRAINT accounting_entry_currency CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    total numeric NOT NULL,
    lines integer NOT NULL CONSTRAINT accounting_entry_lines CHECK (lines > 0),
    source_kind text NOT NULL DEFAULT '',
    source_id text NOT NULL DEFAULT '',
    source_title text NOT NULL DEFAULT '',
    digest text NOT NULL DEFAULT '',
    reverses uuid REFERENCES accounting_entry ON DELETE RESTRICT,
    reason text NOT NULL DEFAULT '',
    posted_at timestamptz NOT NULL,
    posted_by uuid,
    CONSTRAINT accounting_entry_number UNIQUE (journal, fiscal_year, number)
);
CREATE UNIQUE INDEX accounting_entry_source ON accounting_entry (source_kind, source_id) WHERE source_kind <> '';
CREATE UNIQUE INDEX accounting_entry_reverses ON accounting_entry (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX accounting_entry_by_date ON accounting_entry (date, id);
CREATE INDEX accounting_entry_search ON accounting_entry
    USING gin ((reference || ' ' || description || ' ' || source_title) extensions.gin_trgm_ops);
CREATE INDEX accounting_entry_by_journal ON accounting_entry (journal, date, id);
CREATE TABLE accounting_line (
    id uuid PRIMARY KEY,
    entry uuid NOT NULL REFERENCES accounting_entry ON DELETE RESTRICT,
    position integer NOT NULL,
    account uuid NOT NULL REFERENCES accounting_account ON DELETE RESTRICT,
    date date NOT NULL,
    currency text NOT NULL CONSTRAINT accounting_line_currency CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    amount numeric NOT NULL,
    base numeric NOT NULL,
    description text NOT NULL DEFAULT '',
    party uuid,
    dimensions uuid REFERENCES accounting_dimension_set ON DELETE RESTRICT,
    due date,
    residual numeric,
    CONSTRAINT accounting_line_position UNIQUE (entry, position),
    CONSTRAINT accounting_line_place CHECK (position > 0),
    CONSTRAINT accounting_line_residual CHECK (residual IS NULL OR abs(residual) <= abs(amount) AND residual * amount >= 0)
);
CREATE INDEX accounting_line_by_account ON accounting_line (account, date, entry, position);
CREATE INDEX accounting_line_by_date ON accounting_line (date, account) INCLUDE (currency, amount, base);
CREATE INDEX accounting_line_open ON accounting_line (account, party, due) WHERE residual <> 0;
CREATE INDEX accounting_line_party ON accounting_line (party, date) WHERE party IS NOT NULL;
CREATE TABLE accounting_period_balance (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES accounting_account ON DELETE RESTRICT,
    period uuid NOT NULL REFERENCES accounting_period ON DELETE RESTRICT,
    currency text NOT NULL,
    dimensions uuid REFERENCES accounting_dimension_set ON DELETE RESTRICT,
    debit numeric NOT NULL DEFAULT 0,
    credit numeric NOT NULL DEFAULT 0,
    base_debit numeric NOT NULL DEFAULT 0,
    base_credit numeric NOT NULL DEFAULT 0,
    folded boolean NOT NULL DEFAULT false
);
CREATE INDEX accounting_period_balance_delta ON accounting_period_balance (period) WHERE NOT folded
"""

REST = """
CREATE TABLE accounting_draft (
    id uuid PRIMARY KEY,
    journal uuid NOT NULL REFERENCES accounting_journal ON DELETE RESTRICT,
    date date NOT NULL,
    description text NOT NULL DEFAULT '',
    currency text NOT NULL DEFAULT '',
    rate numeric,
    lines jsonb NOT NULL DEFAULT jsonb_build_array(),
    total numeric NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    made_at timestamptz NOT NULL,
    made_by uuid
);
CREATE INDEX accounting_draft_by_date ON accounting_draft (date, id);
CREATE TABLE accounting_template (
    id uuid PRIMARY KEY,
    title text NOT NULL CHECK (title <> ''),
    journal uuid NOT NULL REFERENCES accounting_journal ON DELETE RESTRICT,
    description text NOT NULL DEFAULT '',
    currency text NOT NULL DEFAULT '',
    lines jsonb NOT NULL DEFAULT jsonb_build_array(),
    every_months integer NOT NULL DEFAULT 0 CONSTRAINT accounting_template_every CHECK (every_months BETWEEN 0 AND 60),
    next_date date,
    post_at_once boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE TABLE accounting_attachment (
    id uuid PRIMARY KEY,
    entry uuid NOT NULL REFERENCES accounting_entry ON DELETE RESTRICT,
    file uuid NOT NULL,
    name text NOT NULL,
    added_at timestamptz NOT NULL
);
CREATE INDEX accounting_attachment_entry ON accounting_attachment (entry);
CREATE TABLE accounting_proof (
    id uuid PRIMARY KEY,
    made_at timestamptz NOT NULL,
    holds boolean NOT NULL,
    results jsonb NOT NULL
);
CREATE INDEX accounting_proof_latest ON accounting_proof (made_at)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        for sql in (CALENDAR, SETUP, ENTRIES, REST):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
