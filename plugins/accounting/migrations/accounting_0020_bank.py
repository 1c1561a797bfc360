"""Makes the tables of what banks say: accounts, files, statements, lines, what they turned out to be, rules, and what is learned."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0020_bank"
VERSION = "1.38.0"
DESCRIPTION = "Bank accounts, statements, reconciliation"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


STATEMENTS = """
CREATE TABLE accounting_bank_account (
    id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT accounting_bank_account_name UNIQUE CHECK (name <> ''),
    number text NOT NULL DEFAULT '',
    bank text NOT NULL DEFAULT '',
    currency text NOT NULL CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    account uuid NOT NULL REFERENCES accounting_account ON DELETE RESTRICT CONSTRAINT accounting_bank_account_account UNIQUE,
    mappings jsonb NOT NULL DEFAULT jsonb_build_object(),
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX accounting_bank_account_number ON accounting_bank_account (number, currency) WHERE number <> '';
CREATE TABLE accounting_bank_file (
    id uuid PRIMARY KEY,
    file uuid NOT NULL,
    name text NOT NULL,
    bank_account uuid REFERENCES accounting_bank_account ON DELETE RESTRICT,
    state text NOT NULL DEFAULT 'waiting' CONSTRAINT accounting_bank_file_state CHECK (state IN ('asking', 'waiting', 'read', 'refused')),
    outcome jsonb NOT NULL DEFAULT jsonb_build_object(),
    at timestamptz NOT NULL,
    by uuid
);
CREATE INDEX accounting_bank_file_at ON accounting_bank_file (at, id);
CREATE TABLE accounting_bank_statement (
    id uuid PRIMARY KEY,
    bank_account uuid NOT NULL REFERENCES accounting_bank_account ON DELETE RESTRICT,
    source uuid NOT NULL REFERENCES accounting_bank_file ON DELETE RESTRICT,
    format text NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    first date,
    last date,
    opening numeric,
    closing numeric,
    state text NOT NULL DEFAULT 'imported'
        CONSTRAINT accounting_bank_statement_state CHECK (state IN ('imported', 'verified', 'discrepancy', 'reconciled')),
    proof jsonb NOT NULL,
    reason text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    at timestamptz NOT NULL,
    CONSTRAINT accounting_bank_statement_once UNIQUE (bank_account, key)
);
CREATE INDEX accounting_bank_statement_last ON accounting_bank_statement (bank_account, last, id);
CREATE TABLE accounting_bank_line (
    id uuid PRIMARY KEY,
    bank_account uuid NOT NULL REFERENCES accounting_bank_account ON DELETE RESTRICT,
    statement uuid NOT NULL REFERENCES accounting_bank_statement ON DELETE RESTRICT,
    position integer NOT NULL,
    booked date NOT NULL,
    amount numeric NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    party_name text NOT NULL DEFAULT '',
    told jsonb NOT NULL,
    search_text text NOT NULL DEFAULT '',
    digest text NOT NULL,
    occurrence integer NOT NULL,
    state text NOT NULL DEFAULT 'open' CONSTRAINT accounting_bank_line_state CHECK (state IN ('parked', 'open', 'matched')),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT accounting_bank_line_once UNIQUE (bank_account, digest, occurrence)
);
CREATE INDEX accounting_bank_line_statement ON accounting_bank_line (statement, position);
CREATE INDEX accounting_bank_line_open ON accounting_bank_line (bank_account, booked, id) WHERE state = 'open';
CREATE INDEX accounting_bank_line_left ON accounting_bank_line (bank_account, state) INCLUDE (amount) WHERE state <> 'matched';
CREATE INDEX accounting_bank_line_by_day ON accounting_bank_line (booked, id);
CREATE INDEX accounting_bank_line_by_amount ON accounting_bank_line (amount, id);
CREATE INDEX accounting_bank_line_search ON accounting_bank_line USING gin (search_text extensions.gin_trgm_ops)
"""

MATCHES = """
CREATE TABLE accounting_bank_match (
    id uuid PRIMARY KEY,
    line uuid NOT NULL REFERENCES accounting_bank_line ON DELETE RESTRICT,
    kind text NOT NULL CONSTRAINT accounting_bank_match_kind
        CHECK (kind IN ('structured', 'reference', 'amount', 'group', 'rule', 'manual')),
    amount numeric NOT NULL,
    payment uuid REFERENCES accounting_payment ON DELETE RESTRICT,
    entry uuid NOT NULL REFERENCES accounting_entry ON DELETE RESTRICT,
    title text NOT NULL DEFAULT '',
    explanation jsonb NOT NULL,
    score real NOT NULL DEFAULT 0,
    at timestamptz NOT NULL,
    by uuid,
    undone_at timestamptz
);
CREATE INDEX accounting_bank_match_line ON accounting_bank_match (line);
CREATE INDEX accounting_bank_match_latest ON accounting_bank_match (at DESC) WHERE undone_at IS NULL;
CREATE UNIQUE INDEX accounting_bank_match_payment ON accounting_bank_match (payment) WHERE payment IS NOT NULL AND undone_at IS NULL;
CREATE TABLE accounting_bank_rule (
    id uuid PRIMARY KEY,
    place integer NOT NULL DEFAULT 100,
    name text NOT NULL CONSTRAINT accounting_bank_rule_name UNIQUE CHECK (name <> ''),
    data jsonb NOT NULL,
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE TABLE accounting_bank_decision (
    id uuid PRIMARY KEY,
    line uuid NOT NULL REFERENCES accounting_bank_line ON DELETE RESTRICT,
    kind text NOT NULL,
    features jsonb NOT NULL,
    accepted boolean NOT NULL,
    party uuid,
    to_account text NOT NULL DEFAULT '',
    at timestamptz NOT NULL
);
CREATE INDEX accounting_bank_decision_line ON accounting_bank_decision (line);
CREATE INDEX accounting_bank_decision_at ON accounting_bank_decision (at);
CREATE TABLE accounting_bank_learned (
    id uuid PRIMARY KEY,
    weights jsonb NOT NULL,
    at timestamptz NOT NULL
);
CREATE UNIQUE INDEX accounting_bank_learned_one ON accounting_bank_learned ((true))
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        for sql in (STATEMENTS, MATCHES):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
