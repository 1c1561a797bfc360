"""What becomes of receipts outside: copies, archives; and the sales of the time before."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "retail_pos_0020_receipts"
VERSION = "1.38.0"
DESCRIPTION = "Copies of receipts, archives, history of sales"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


TABLES = """
CREATE TABLE retail_pos_copy (
    id uuid PRIMARY KEY,
    record uuid NOT NULL REFERENCES retail_pos_inbox (id) ON DELETE RESTRICT,
    number integer NOT NULL,
    way text NOT NULL,
    target text NOT NULL,
    made_at timestamptz NOT NULL,
    person uuid,
    CONSTRAINT retail_pos_copy_number UNIQUE (record, number),
    CONSTRAINT retail_pos_copy_way CHECK (way IN ('print', 'mail') AND number >= 0)
);
CREATE TABLE retail_pos_archive (
    id uuid PRIMARY KEY,
    first date NOT NULL,
    last date NOT NULL,
    file uuid NOT NULL,
    name text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    records bigint NOT NULL,
    made_at timestamptz NOT NULL,
    made_by uuid,
    CONSTRAINT retail_pos_archive_days CHECK (first <= last)
);
CREATE TABLE retail_pos_period_part (
    id uuid PRIMARY KEY REFERENCES retail_pos_fiscal_period (id) ON DELETE RESTRICT,
    period uuid NOT NULL REFERENCES retail_pos_fiscal_period (id) ON DELETE RESTRICT
);
CREATE TABLE retail_pos_history (
    id uuid PRIMARY KEY,
    day date NOT NULL,
    hour integer NOT NULL,
    reference text NOT NULL,
    returned boolean NOT NULL,
    operator text NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    category text NOT NULL,
    quantity numeric NOT NULL,
    net numeric NOT NULL,
    gross numeric NOT NULL,
    discount numeric NOT NULL,
    cost numeric,
    CONSTRAINT retail_pos_history_hour CHECK (hour BETWEEN 0 AND 23),
    CONSTRAINT retail_pos_history_receipt CHECK (reference <> '')
)
"""

INDEXES = """
CREATE INDEX retail_pos_history_day ON retail_pos_history (day);
CREATE INDEX retail_pos_receipt_days ON retail_pos_receipt (business_date, hour);
CREATE INDEX retail_pos_inbox_shown ON retail_pos_inbox (left(hash, 32)) WHERE type = 'receipt';
CREATE INDEX retail_pos_till_event_made ON retail_pos_till_event (made_at, id);
CREATE INDEX retail_pos_archive_made ON retail_pos_archive (made_at);
CREATE TRIGGER retail_pos_copy_kept BEFORE DELETE ON retail_pos_copy FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_copy_stands BEFORE UPDATE ON retail_pos_copy FOR EACH ROW
    WHEN ((OLD.id, OLD.record, OLD.number, OLD.way, OLD.made_at, OLD.person)
          IS DISTINCT FROM (NEW.id, NEW.record, NEW.number, NEW.way, NEW.made_at, NEW.person))
    EXECUTE FUNCTION retail_pos_refuse_change();
CREATE INDEX retail_pos_copy_mailed ON retail_pos_copy (lower(target)) WHERE way = 'mail';
CREATE INDEX retail_pos_period_part_of ON retail_pos_period_part (period);
CREATE TRIGGER retail_pos_period_part_stands BEFORE UPDATE OR DELETE ON retail_pos_period_part
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change();
CREATE TRIGGER retail_pos_archive_stands BEFORE UPDATE OR DELETE ON retail_pos_archive
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="retail_pos", description=DESCRIPTION)

    async def run() -> None:
        for each in (TABLES, INDEXES):
            await Raw.raw(each)

    manager.add_raw(run)
    return manager
