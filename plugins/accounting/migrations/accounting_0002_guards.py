"""What PostgreSQL itself refuses of the books, whoever asks: see docs/accounting.md.

The functions run as whoever writes, and find the tables by the path of the tenant's scope, which nothing in it can change.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "accounting_0002_guards"
VERSION = "1.38.0"
DESCRIPTION = "Entries balance, stand for good, and come after the hard lock"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


BALANCE = """
CREATE FUNCTION accounting_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found_lines bigint; found_base numeric; uneven bigint; misdated bigint; beyond bigint;
BEGIN
    SELECT sum(n), sum(base), count(*) FILTER (WHERE amount <> 0), sum(dates), sum(places)
    INTO found_lines, found_base, uneven, misdated, beyond
    FROM (SELECT count(*) AS n, sum(base) AS base, sum(amount) AS amount, count(*) FILTER (WHERE date <> NEW.date) AS dates,
                 count(*) FILTER (WHERE position > NEW.lines) AS places
          FROM accounting_line WHERE entry = NEW.id GROUP BY currency) AS by_currency;
    IF found_lines IS DISTINCT FROM NEW.lines OR beyond <> 0 THEN
        RAISE EXCEPTION 'Entry % says % lines and has %.', NEW.reference, NEW.lines, coalesce(found_lines, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_entry_complete', TABLE = 'accounting_entry';
    END IF;
    IF found_base <> 0 OR uneven <> 0 THEN
        RAISE EXCEPTION 'Entry % does not balance: % in base currency, % currencies uneven.', NEW.reference, found_base, uneven
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_entry_balances', TABLE = 'accounting_entry';
    END IF;
    IF misdated <> 0 THEN
        RAISE EXCEPTION 'Entry % has lines of another date.', NEW.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_entry_dated', TABLE = 'accounting_entry';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER accounting_entry_balances AFTER INSERT ON accounting_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION accounting_check_entry()
"""

# A position beyond those that the entry has is refused at once; one within them is taken (UNIQUE), since a committed entry has them all.
LINES = """
CREATE FUNCTION accounting_check_new_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added a JOIN accounting_entry e ON e.id = a.entry WHERE a.position > e.lines) THEN
        RAISE EXCEPTION 'Nothing is added to an entry that stands: reverse it instead.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_line_stands', TABLE = 'accounting_line';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounting_line_added AFTER INSERT ON accounting_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_check_new_lines()
"""

STANDS = """
CREATE FUNCTION accounting_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What is posted stands for good: reverse the entry instead.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_stands', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER accounting_entry_stands BEFORE UPDATE OR DELETE ON accounting_entry
    FOR EACH ROW EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_entry_kept BEFORE TRUNCATE ON accounting_entry EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_line_kept BEFORE DELETE ON accounting_line FOR EACH ROW EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_line_whole BEFORE TRUNCATE ON accounting_line EXECUTE FUNCTION accounting_refuse_change();
CREATE TRIGGER accounting_line_stands BEFORE UPDATE ON accounting_line FOR EACH ROW
    WHEN ((OLD.id, OLD.entry, OLD.position, OLD.account, OLD.date, OLD.currency, OLD.amount, OLD.base, OLD.description, OLD.party,
           OLD.dimensions, OLD.due) IS DISTINCT FROM
          (NEW.id, NEW.entry, NEW.position, NEW.account, NEW.date, NEW.currency, NEW.amount, NEW.base, NEW.description, NEW.party,
           NEW.dimensions, NEW.due))
    EXECUTE FUNCTION accounting_refuse_change()
"""

HARD_LOCK = """
CREATE FUNCTION accounting_check_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM accounting_lock WHERE kind = 'hard' AND through >= NEW.date) THEN
        RAISE EXCEPTION 'The books are locked for good through that day.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_hard_lock', TABLE = 'accounting_entry';
    END IF;
    IF NOT EXISTS (
        SELECT FROM accounting_period WHERE id = NEW.period AND fiscal_year = NEW.fiscal_year AND NEW.date BETWEEN first AND last
    ) THEN
        RAISE EXCEPTION 'The entry lies outside of its period.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_entry_period', TABLE = 'accounting_entry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounting_entry_after_lock BEFORE INSERT ON accounting_entry FOR EACH ROW EXECUTE FUNCTION accounting_check_date();
CREATE FUNCTION accounting_keep_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind = 'hard' AND OLD.through IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR NEW.kind <> 'hard' OR NEW.through IS NULL OR NEW.through < OLD.through THEN
            RAISE EXCEPTION 'The hard lock never goes back.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_hard_lock_kept', TABLE = 'accounting_lock';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounting_lock_kept BEFORE UPDATE OR DELETE ON accounting_lock FOR EACH ROW EXECUTE FUNCTION accounting_keep_lock();
CREATE FUNCTION accounting_keep_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.first <> NEW.first OR OLD.last <> NEW.last THEN
        IF EXISTS (SELECT FROM accounting_entry WHERE period = OLD.id LIMIT 1) THEN
            RAISE EXCEPTION 'A period with entries keeps its days.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'accounting_period_kept', TABLE = 'accounting_period';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounting_period_kept BEFORE UPDATE OR DELETE ON accounting_period FOR EACH ROW EXECUTE FUNCTION accounting_keep_days()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="accounting", description=DESCRIPTION)

    async def run() -> None:
        for sql in (BALANCE, LINES, STANDS, HARD_LOCK):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
