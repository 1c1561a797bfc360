"""What holds whatever the code does: records and numbers once, ledgers that only grow, receipts that stand."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "retail_pos_0002_guards"
VERSION = "1.38.0"
DESCRIPTION = "Constraints, indexes and guards"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


CHECKS = """
ALTER TABLE retail_pos_store
    ADD CONSTRAINT retail_pos_store_code UNIQUE (code),
    ADD CONSTRAINT retail_pos_store_named CHECK (code <> '' AND title <> '');
ALTER TABLE retail_pos_till
    ADD CONSTRAINT retail_pos_till_code UNIQUE (code),
    ADD CONSTRAINT retail_pos_till_named CHECK (code <> '' AND title <> ''),
    ADD CONSTRAINT retail_pos_till_key UNIQUE (key_hash),
    ADD CONSTRAINT retail_pos_till_pairing UNIQUE (pairing_hash),
    ADD CONSTRAINT retail_pos_till_chain CHECK (chain_seq >= 0 AND last_seq >= chain_seq),
    ADD CONSTRAINT retail_pos_till_chain_hash CHECK (length(chain_hash) = 64 AND chain_hash ~ '^[0-9a-f]+$');
ALTER TABLE retail_pos_operator
    ADD CONSTRAINT retail_pos_operator_name UNIQUE (name),
    ADD CONSTRAINT retail_pos_operator_named CHECK (name <> ''),
    ADD CONSTRAINT retail_pos_operator_role CHECK (role IN ('cashier', 'manager'));
ALTER TABLE retail_pos_inbox
    ADD CONSTRAINT retail_pos_inbox_place UNIQUE (till, seq),
    ADD CONSTRAINT retail_pos_inbox_seq CHECK (seq <> 0),
    ADD CONSTRAINT retail_pos_inbox_hash CHECK (length(hash) = 64 AND hash ~ '^[0-9a-f]+$'),
    ADD CONSTRAINT retail_pos_inbox_previous CHECK (length(previous) = 64 AND previous ~ '^[0-9a-f]+$'),
    ADD CONSTRAINT retail_pos_inbox_type CHECK (type IN ('open', 'receipt', 'cash', 'count', 'event')),
    ADD CONSTRAINT retail_pos_inbox_state CHECK (state IN ('received', 'applied', 'parked', 'rejected')),
    ADD CONSTRAINT retail_pos_inbox_chain CHECK (chain IN ('waiting', 'linked', 'broken'));
ALTER TABLE retail_pos_problem
    ADD CONSTRAINT retail_pos_problem_kind CHECK (kind IN ('parked', 'conflict', 'corrupt', 'gap', 'chain')),
    ADD CONSTRAINT retail_pos_problem_state CHECK (state IN ('open', 'closed')),
    ADD CONSTRAINT retail_pos_problem_decided CHECK (state = 'open' OR decision <> '' AND decided_at IS NOT NULL);
ALTER TABLE retail_pos_fiscal_period
    ADD CONSTRAINT retail_pos_fiscal_period_number UNIQUE (till, kind, number),
    ADD CONSTRAINT retail_pos_fiscal_period_kind CHECK (kind IN ('day', 'month', 'year')),
    ADD CONSTRAINT retail_pos_fiscal_period_days CHECK (first <= last);
ALTER TABLE retail_pos_session
    ADD CONSTRAINT retail_pos_session_number UNIQUE (till, number),
    ADD CONSTRAINT retail_pos_session_state CHECK (state IN ('open', 'counted', 'closed')),
    ADD CONSTRAINT retail_pos_session_counted CHECK (state = 'open' OR counted IS NOT NULL),
    ADD CONSTRAINT retail_pos_session_closed CHECK (state <> 'closed' OR (over_short = counted - expected AND period IS NOT NULL));
ALTER TABLE retail_pos_cash_movement
    ADD CONSTRAINT retail_pos_cash_movement_kind CHECK (kind IN ('pay_in', 'pay_out', 'drop', 'pickup')),
    ADD CONSTRAINT retail_pos_cash_movement_sign CHECK (amount <> 0 AND (amount > 0) = (kind IN ('pay_in', 'pickup')));
ALTER TABLE retail_pos_receipt
    ADD CONSTRAINT retail_pos_receipt_place UNIQUE (till, seq),
    ADD CONSTRAINT retail_pos_receipt_kind CHECK (kind IN ('sale', 'return', 'void', 'training')),
    ADD CONSTRAINT retail_pos_receipt_gross CHECK (gross = net + tax),
    ADD CONSTRAINT retail_pos_receipt_hour CHECK (hour BETWEEN 0 AND 23),
    ADD CONSTRAINT retail_pos_receipt_currency CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    ADD CONSTRAINT retail_pos_receipt_training CHECK (kind <> 'training' OR entry IS NULL);
ALTER TABLE retail_pos_receipt_line
    ADD CONSTRAINT retail_pos_receipt_line_place UNIQUE (receipt, position),
    ADD CONSTRAINT retail_pos_receipt_line_original CHECK ((original_receipt IS NULL) = (original_position IS NULL));
ALTER TABLE retail_pos_tender ADD CONSTRAINT retail_pos_tender_place UNIQUE (receipt, position);
ALTER TABLE retail_pos_stored_value
    ADD CONSTRAINT retail_pos_stored_value_number UNIQUE (kind, number),
    ADD CONSTRAINT retail_pos_stored_value_kind CHECK (kind IN ('gift_card', 'store_credit') AND number <> ''),
    ADD CONSTRAINT retail_pos_stored_value_state CHECK (state IN ('active', 'blocked'));
ALTER TABLE retail_pos_stored_value_entry ADD CONSTRAINT retail_pos_stored_value_entry_amount CHECK (amount <> 0);
ALTER TABLE retail_pos_loyalty_account ADD CONSTRAINT retail_pos_loyalty_account_customer UNIQUE (customer);
ALTER TABLE retail_pos_loyalty_entry
    ADD CONSTRAINT retail_pos_loyalty_entry_points CHECK (points <> 0),
    ADD CONSTRAINT retail_pos_loyalty_entry_kind CHECK (kind IN ('earned', 'spent', 'returned', 'expired', 'adjusted'))
"""

INDEXES = """
CREATE INDEX retail_pos_till_of ON retail_pos_till (store);
CREATE INDEX retail_pos_inbox_unapplied ON retail_pos_inbox (till, state) WHERE state <> 'applied';
CREATE INDEX retail_pos_inbox_session ON retail_pos_inbox (session, seq);
CREATE UNIQUE INDEX retail_pos_problem_once ON retail_pos_problem (kind, record, hash) WHERE state = 'open' AND record IS NOT NULL;
CREATE UNIQUE INDEX retail_pos_problem_gap ON retail_pos_problem (till) WHERE state = 'open' AND kind = 'gap';
CREATE INDEX retail_pos_problem_open ON retail_pos_problem (opened_at, id);
CREATE INDEX retail_pos_problem_record ON retail_pos_problem (record);
CREATE INDEX retail_pos_fiscal_period_till ON retail_pos_fiscal_period (till, last);
CREATE INDEX retail_pos_session_day ON retail_pos_session (business_date, id);
CREATE INDEX retail_pos_session_store ON retail_pos_session (store);
CREATE INDEX retail_pos_session_period ON retail_pos_session (period);
CREATE INDEX retail_pos_cash_movement_session ON retail_pos_cash_movement (session);
CREATE INDEX retail_pos_till_event_till ON retail_pos_till_event (till, made_at);
CREATE INDEX retail_pos_receipt_session ON retail_pos_receipt (session);
CREATE INDEX retail_pos_receipt_period ON retail_pos_receipt (period);
CREATE INDEX retail_pos_receipt_open ON retail_pos_receipt (till) WHERE period IS NULL;
CREATE INDEX retail_pos_receipt_store_day ON retail_pos_receipt (store, business_date);
CREATE INDEX retail_pos_receipt_made ON retail_pos_receipt (made_at, id);
CREATE INDEX retail_pos_receipt_total ON retail_pos_receipt (total, id);
CREATE INDEX retail_pos_receipt_words ON retail_pos_receipt USING gin (reference extensions.gin_trgm_ops);
CREATE INDEX retail_pos_receipt_reference ON retail_pos_receipt (reference, id);
CREATE INDEX retail_pos_receipt_customer ON retail_pos_receipt (customer) WHERE customer IS NOT NULL;
CREATE INDEX retail_pos_receipt_voids ON retail_pos_receipt (voids) WHERE voids IS NOT NULL;
CREATE INDEX retail_pos_receipt_line_item ON retail_pos_receipt_line (item);
CREATE INDEX retail_pos_receipt_line_original ON retail_pos_receipt_line (original_receipt) WHERE original_receipt IS NOT NULL;
CREATE INDEX retail_pos_line_discount_of ON retail_pos_line_discount (receipt);
CREATE INDEX retail_pos_line_tax_of ON retail_pos_line_tax (receipt);
CREATE INDEX retail_pos_receipt_tax_of ON retail_pos_receipt_tax (receipt);
CREATE INDEX retail_pos_stored_value_customer ON retail_pos_stored_value (customer) WHERE customer IS NOT NULL;
CREATE INDEX retail_pos_stored_value_entry_of ON retail_pos_stored_value_entry (account, at);
CREATE INDEX retail_pos_stored_value_entry_receipt ON retail_pos_stored_value_entry (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX retail_pos_loyalty_entry_of ON retail_pos_loyalty_entry (account, at);
CREATE INDEX retail_pos_loyalty_entry_receipt ON retail_pos_loyalty_entry (receipt) WHERE receipt IS NOT NULL
"""

KEPT = """
CREATE FUNCTION retail_pos_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What a till wrote down stands for good: correct it by another record.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'retail_pos_stands', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER retail_pos_inbox_stands BEFORE UPDATE ON retail_pos_inbox FOR EACH ROW
    WHEN ((OLD.id, OLD.till, OLD.seq, OLD.type, OLD.hash, OLD.previous, OLD.session, OLD.made_at, OLD.received_at, OLD.body)
          IS DISTINCT FROM
          (NEW.id, NEW.till, NEW.seq, NEW.type, NEW.hash, NEW.previous, NEW.session, NEW.made_at, NEW.received_at, NEW.body))
    EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_inbox_kept BEFORE DELETE ON retail_pos_inbox FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_receipt_stands BEFORE UPDATE ON retail_pos_receipt FOR EACH ROW
    WHEN (OLD.period IS NOT NULL OR (OLD.id, OLD.till, OLD.session, OLD.seq, OLD.kind, OLD.gross, OLD.net, OLD.tax, OLD.total,
                                     OLD.rounding, OLD.business_date, OLD.fiscal_date, OLD.hash, OLD.entry, OLD.reference)
          IS DISTINCT FROM
          (NEW.id, NEW.till, NEW.session, NEW.seq, NEW.kind, NEW.gross, NEW.net, NEW.tax, NEW.total,
           NEW.rounding, NEW.business_date, NEW.fiscal_date, NEW.hash, NEW.entry, NEW.reference))
    EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_receipt_kept BEFORE DELETE ON retail_pos_receipt FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_line_stands BEFORE UPDATE OR DELETE ON retail_pos_receipt_line
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_tender_stands BEFORE UPDATE OR DELETE ON retail_pos_tender
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_receipt_tax_stands BEFORE UPDATE OR DELETE ON retail_pos_receipt_tax
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_stored_value_entry_stands BEFORE UPDATE OR DELETE ON retail_pos_stored_value_entry
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_loyalty_entry_stands BEFORE UPDATE OR DELETE ON retail_pos_loyalty_entry
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_fiscal_period_stands BEFORE UPDATE OR DELETE ON retail_pos_fiscal_period
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="retail_pos", description=DESCRIPTION)

    async def run() -> None:
        for each in (CHECKS, INDEXES, KEPT):
            await Raw.raw(each)

    manager.add_raw(run)
    return manager
