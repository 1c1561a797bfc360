"""Makes the tables of what is owed: documents, payments, allocations, taxes, terms and exchange rates."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0010_documents"
VERSION = "1.38.0"
DESCRIPTION = "Invoices, bills, payments, allocations, taxes, payment terms, exchange rates"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


SETUP = """
CREATE TABLE accounting_tax_system (
    id uuid PRIMARY KEY,
    code text NOT NULL CHECK (code <> ''),
    title text NOT NULL,
    data jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX accounting_tax_system_one ON accounting_tax_system ((true));
CREATE TABLE accounting_payment_terms (
    id uuid PRIMARY KEY,
    title text NOT NULL CONSTRAINT accounting_payment_terms_title UNIQUE CHECK (title <> ''),
    terms jsonb NOT NULL,
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE TABLE accounting_rate (
    id uuid PRIMARY KEY,
    day date NOT NULL,
    base text NOT NULL CHECK (base ~ '^[A-Z][A-Z][A-Z]$'),
    quote text NOT NULL CHECK (quote ~ '^[A-Z][A-Z][A-Z]$'),
    value numeric NOT NULL CONSTRAINT accounting_rate_value CHECK (value > 0),
    source text NOT NULL DEFAULT '',
    CONSTRAINT accounting_rate_once UNIQUE (base, quote, day),
    CONSTRAINT accounting_rate_pair CHECK (base <> quote)
);
CREATE INDEX accounting_rate_by_day ON accounting_rate (day, id)
"""

DOCUMENTS = """
CREATE TABLE accounting_document (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT accounting_document_kind CHECK (kind IN ('invoice', 'credit_note', 'bill', 'bill_credit')),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT accounting_document_state CHECK (state IN ('draft', 'posted')),
    number text COLLATE "C" NOT NULL DEFAULT '',
    party uuid NOT NULL,
    party_name text NOT NULL,
    reference text NOT NULL DEFAULT '',
    currency text NOT NULL CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    rate numeric,
    issued date NOT NULL,
    tax_day date,
    due date NOT NULL,
    terms uuid REFERENCES accounting_payment_terms ON DELETE RESTRICT,
    included boolean NOT NULL DEFAULT false,
    note text NOT NULL DEFAULT '',
    lines jsonb NOT NULL,
    made_with jsonb NOT NULL DEFAULT jsonb_build_object(),
    net numeric NOT NULL DEFAULT 0,
    tax numeric NOT NULL DEFAULT 0,
    rounding numeric NOT NULL DEFAULT 0,
    total numeric NOT NULL DEFAULT 0,
    base_total numeric NOT NULL DEFAULT 0,
    open numeric NOT NULL DEFAULT 0,
    entry uuid REFERENCES accounting_entry ON DELETE RESTRICT,
    credits uuid REFERENCES accounting_document ON DELETE RESTRICT,
    sent_at timestamptz,
    sent_to text NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    made_at timestamptz NOT NULL,
    made_by uuid,
    posted_at timestamptz,
    CONSTRAINT accounting_document_posted CHECK ((state = 'posted') = (entry IS NOT NULL) AND (state = 'posted') = (number <> '')),
    CONSTRAINT accounting_document_open CHECK (abs(open) <= abs(total) AND open * total >= 0 AND (state = 'posted' OR open = 0))
);
CREATE UNIQUE INDEX accounting_document_entry ON accounting_document (entry) WHERE entry IS NOT NULL;
CREATE INDEX accounting_document_by_day ON accounting_document (issued, id);
CREATE INDEX accounting_document_by_due ON accounting_document (due, id);
CREATE INDEX accounting_document_by_number ON accounting_document (number, id);
CREATE INDEX accounting_document_by_total ON accounting_document (total, id);
CREATE INDEX accounting_document_by_name ON accounting_document (party_name, id);
CREATE INDEX accounting_document_open_items ON accounting_document (party, currency, due) WHERE open <> 0;
CREATE INDEX accounting_document_party ON accounting_document (party, issued);
CREATE INDEX accounting_document_credits ON accounting_document (credits) WHERE credits IS NOT NULL;
CREATE INDEX accounting_document_vendor_reference ON accounting_document (party, reference) WHERE reference <> '';
CREATE INDEX accounting_document_search ON accounting_document USING gin (search_text extensions.gin_trgm_ops);
CREATE TABLE accounting_payment (
    id uuid PRIMARY KEY,
    state text NOT NULL DEFAULT 'posted' CONSTRAINT accounting_payment_state CHECK (state IN ('posted', 'reversed')),
    incoming boolean NOT NULL,
    number text COLLATE "C" NOT NULL CHECK (number <> ''),
    party uuid,
    party_name text NOT NULL DEFAULT '',
    day date NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    amount numeric NOT NULL CONSTRAINT accounting_payment_amount CHECK (amount > 0),
    bank text NOT NULL,
    bank_currency text NOT NULL DEFAULT '',
    bank_amount numeric NOT NULL DEFAULT 0,
    worth numeric NOT NULL DEFAULT 0,
    reference text NOT NULL DEFAULT '',
    entry uuid NOT NULL REFERENCES accounting_entry ON DELETE RESTRICT,
    reversal uuid REFERENCES accounting_entry ON DELETE RESTRICT,
    search_text text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    made_at timestamptz NOT NULL,
    made_by uuid,
    CONSTRAINT accounting_payment_reversed CHECK ((state = 'reversed') = (reversal IS NOT NULL))
);
CREATE INDEX accounting_payment_by_day ON accounting_payment (day, id);
CREATE INDEX accounting_payment_by_number ON accounting_payment (number, id);
CREATE INDEX accounting_payment_by_amount ON accounting_payment (amount, id);
CREATE INDEX accounting_payment_by_name ON accounting_payment (party_name, id);
CREATE INDEX accounting_payment_entry ON accounting_payment (entry);
CREATE INDEX accounting_payment_search ON accounting_payment USING gin (search_text extensions.gin_trgm_ops);
CREATE TABLE accounting_settlement (
    id uuid PRIMARY KEY,
    payment uuid NOT NULL REFERENCES accounting_payment ON DELETE RESTRICT,
    document uuid NOT NULL REFERENCES accounting_document ON DELETE RESTRICT,
    amount numeric NOT NULL,
    discount numeric NOT NULL DEFAULT 0,
    write_off numeric NOT NULL DEFAULT 0,
    base numeric NOT NULL DEFAULT 0,
    undone boolean NOT NULL DEFAULT false,
    CONSTRAINT accounting_settlement_once UNIQUE (payment, document)
);
CREATE INDEX accounting_settlement_document ON accounting_settlement (document);
CREATE TABLE accounting_allocation (
    id uuid PRIMARY KEY,
    debit uuid NOT NULL REFERENCES accounting_line ON DELETE RESTRICT,
    credit uuid NOT NULL REFERENCES accounting_line ON DELETE RESTRICT,
    amount numeric NOT NULL CONSTRAINT accounting_allocation_amount CHECK (amount > 0),
    payment uuid REFERENCES accounting_payment ON DELETE RESTRICT,
    document uuid REFERENCES accounting_document ON DELETE RESTRICT,
    made_at timestamptz NOT NULL,
    made_by uuid
);
CREATE INDEX accounting_allocation_debit ON accounting_allocation (debit);
CREATE INDEX accounting_allocation_credit ON accounting_allocation (credit);
CREATE INDEX accounting_allocation_payment ON accounting_allocation (payment) WHERE payment IS NOT NULL;
CREATE TABLE accounting_tax_amount (
    id uuid PRIMARY KEY,
    day date NOT NULL,
    document uuid REFERENCES accounting_document ON DELETE RESTRICT,
    payment uuid REFERENCES accounting_payment ON DELETE RESTRICT,
    entry uuid NOT NULL REFERENCES accounting_entry ON DELETE RESTRICT,
    tax_code text NOT NULL,
    tax jsonb NOT NULL,
    base numeric NOT NULL,
    amount numeric NOT NULL,
    deductible numeric NOT NULL,
    credit_note boolean NOT NULL DEFAULT false
);
CREATE INDEX accounting_tax_amount_by_day ON accounting_tax_amount (day, tax_code);
CREATE INDEX accounting_tax_amount_document ON accounting_tax_amount (document);
CREATE INDEX accounting_tax_amount_payment ON accounting_tax_amount (payment) WHERE payment IS NOT NULL
"""

# A posted document is evidence: only what is open of it, and whether it was sent, still changes.
STANDS = """
CREATE FUNCTION accounting_keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (to_jsonb(OLD) - ARRAY['open', 'sent_at', 'sent_to', 'version'])
            <> (to_jsonb(NEW) - ARRAY['open', 'sent_at', 'sent_to', 'version']) THEN
        RAISE EXCEPTION 'What is posted stands for good: make a credit note instead.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_document_stands', TABLE = 'accounting_document';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounting_document_stands BEFORE UPDATE OR DELETE ON accounting_document
    FOR EACH ROW EXECUTE FUNCTION accounting_keep_document();
CREATE TRIGGER accounting_document_whole BEFORE TRUNCATE ON accounting_document EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_tax_amount_stands BEFORE UPDATE OR DELETE ON accounting_tax_amount
    FOR EACH ROW EXECUTE FUNCTION accounting_refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        for sql in (SETUP, DOCUMENTS, STANDS):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
