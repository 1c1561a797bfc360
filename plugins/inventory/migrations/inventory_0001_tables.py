"""Makes the tables of inventory, and what PostgreSQL itself refuses, whoever asks: what moved stands for good."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "inventory_0001_tables"
VERSION = "1.38.0"
DESCRIPTION = "Locations, items, moves, valuation, balances, lots, reservations"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


PLACES = """
CREATE TABLE inventory_warehouse (
    id uuid PRIMARY KEY,
    code text COLLATE "C" NOT NULL CONSTRAINT inventory_warehouse_code UNIQUE
        CONSTRAINT inventory_warehouse_coded CHECK (code ~ '^[a-z0-9][a-z0-9_-]*$'),
    title text NOT NULL CONSTRAINT inventory_warehouse_titled CHECK (title <> ''),
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE TABLE inventory_location (
    id uuid PRIMARY KEY,
    warehouse uuid REFERENCES inventory_warehouse ON DELETE RESTRICT,
    parent uuid REFERENCES inventory_location ON DELETE RESTRICT,
    code text COLLATE "C" NOT NULL CONSTRAINT inventory_location_code UNIQUE CONSTRAINT inventory_location_coded CHECK (code <> ''),
    title text NOT NULL CONSTRAINT inventory_location_titled CHECK (title <> ''),
    kind text NOT NULL DEFAULT 'internal' CONSTRAINT inventory_location_kind
        CHECK (kind IN ('internal', 'supplier', 'customer', 'adjustment', 'transit', 'production', 'scrap')),
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT inventory_location_parent CHECK (parent <> id),
    CONSTRAINT inventory_location_placed CHECK ((kind = 'internal') = (warehouse IS NOT NULL))
);
CREATE INDEX inventory_location_children ON inventory_location (parent, code)
"""

ITEMS = """
CREATE TABLE inventory_item (
    item uuid PRIMARY KEY CONSTRAINT inventory_item_variant REFERENCES catalogue_variant ON DELETE RESTRICT,
    sku text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    sort_name text COLLATE "C" NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT '',
    category text NOT NULL DEFAULT '',
    unit text NOT NULL DEFAULT '',
    kept boolean NOT NULL DEFAULT true,
    tracking text NOT NULL DEFAULT 'none' CONSTRAINT inventory_item_tracking CHECK (tracking IN ('none', 'lot', 'serial')),
    method text NOT NULL DEFAULT 'fifo' CONSTRAINT inventory_item_method CHECK (method IN ('fifo', 'average', 'standard')),
    quantity numeric NOT NULL DEFAULT 0,
    value numeric NOT NULL DEFAULT 0,
    cost numeric NOT NULL DEFAULT 0 CONSTRAINT inventory_item_cost CHECK (cost >= 0),
    layers jsonb NOT NULL DEFAULT '[]',
    seq bigint NOT NULL DEFAULT 0,
    last_day date,
    begun_after bigint NOT NULL DEFAULT 0,
    begun_cost numeric NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT inventory_item_nothing CHECK (quantity <> 0 OR value = 0)
) WITH (fillfactor = 70);
CREATE INDEX inventory_item_by_name ON inventory_item (sort_name, item);
CREATE INDEX inventory_item_by_sku ON inventory_item (upper(sku));
CREATE INDEX inventory_item_search ON inventory_item USING gin (search_text extensions.gin_trgm_ops);
CREATE TABLE inventory_category_rule (
    category text PRIMARY KEY,
    method text NOT NULL DEFAULT '' CONSTRAINT inventory_category_method CHECK (method IN ('', 'fifo', 'average', 'standard')),
    tracking text NOT NULL DEFAULT '' CONSTRAINT inventory_category_tracking CHECK (tracking IN ('', 'none', 'lot', 'serial'))
);
CREATE TABLE inventory_lot (
    id uuid PRIMARY KEY,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    number text COLLATE "C" NOT NULL CONSTRAINT inventory_lot_numbered CHECK (number <> ''),
    expires date,
    CONSTRAINT inventory_lot_once UNIQUE (item, number)
);
CREATE INDEX inventory_lot_by_number ON inventory_lot (upper(number) text_pattern_ops);
CREATE INDEX inventory_lot_sorted ON inventory_lot (number, id);
CREATE INDEX inventory_lot_expiry ON inventory_lot (expires, id) WHERE expires IS NOT NULL
"""

MOVES = """
CREATE TABLE inventory_document (
    id uuid PRIMARY KEY,
    source_kind text NOT NULL,
    source_id text NOT NULL,
    source_title text NOT NULL DEFAULT '',
    date date NOT NULL,
    at timestamptz NOT NULL,
    digest text NOT NULL,
    posted text NOT NULL DEFAULT 'own',
    undoes uuid CONSTRAINT inventory_document_undone UNIQUE REFERENCES inventory_document ON DELETE RESTRICT,
    reason text NOT NULL DEFAULT '',
    by uuid,
    CONSTRAINT inventory_document_source UNIQUE (source_kind, source_id)
);
CREATE TABLE inventory_move (
    id uuid PRIMARY KEY,
    document uuid NOT NULL REFERENCES inventory_document ON DELETE RESTRICT,
    key text NOT NULL,
    part integer NOT NULL DEFAULT 0,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    quantity numeric NOT NULL CONSTRAINT inventory_move_quantity CHECK (quantity > 0),
    origin uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    destination uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    lot uuid REFERENCES inventory_lot ON DELETE RESTRICT,
    date date NOT NULL,
    at timestamptz NOT NULL,
    cost numeric NOT NULL DEFAULT 0,
    given numeric,
    returns uuid,
    undoes uuid,
    note text NOT NULL DEFAULT '',
    CONSTRAINT inventory_move_once UNIQUE (document, key, part),
    CONSTRAINT inventory_move_somewhere CHECK (origin <> destination)
);
CREATE INDEX inventory_move_of_item ON inventory_move (item, date, id);
CREATE INDEX inventory_move_by_day ON inventory_move (date, id);
CREATE INDEX inventory_move_of_lot ON inventory_move (lot, date) WHERE lot IS NOT NULL;
CREATE INDEX inventory_move_returns ON inventory_move (returns) WHERE returns IS NOT NULL;
CREATE TABLE inventory_valuation (
    id uuid PRIMARY KEY,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    seq bigint NOT NULL,
    move uuid REFERENCES inventory_move ON DELETE RESTRICT,
    document uuid NOT NULL REFERENCES inventory_document ON DELETE RESTRICT,
    date date NOT NULL,
    quantity numeric NOT NULL DEFAULT 0,
    value numeric NOT NULL,
    kind text NOT NULL DEFAULT 'flow' CONSTRAINT inventory_valuation_kind CHECK (kind IN ('flow', 'correction', 'revaluation')),
    CONSTRAINT inventory_valuation_once UNIQUE (item, seq)
);
CREATE TABLE inventory_month (
    id uuid PRIMARY KEY,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    month date NOT NULL CONSTRAINT inventory_month_first CHECK (extract(day FROM month) = 1),
    quantity numeric NOT NULL,
    value numeric NOT NULL,
    CONSTRAINT inventory_month_once UNIQUE (item, month)
) WITH (fillfactor = 70);
CREATE INDEX inventory_valuation_of_move ON inventory_valuation (move);
CREATE INDEX inventory_valuation_by_day ON inventory_valuation (date) INCLUDE (item, quantity, value)
"""

BALANCES = """
CREATE TABLE inventory_balance (
    id uuid PRIMARY KEY,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    location uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    place text COLLATE "C" NOT NULL DEFAULT '',
    sort_name text COLLATE "C" NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT '',
    on_hand numeric NOT NULL DEFAULT 0,
    below boolean NOT NULL GENERATED ALWAYS AS (on_hand < 0) STORED,
    reserved numeric NOT NULL DEFAULT 0,
    expected numeric NOT NULL DEFAULT 0,
    CONSTRAINT inventory_balance_once UNIQUE (item, location),
    CONSTRAINT inventory_balance_held CHECK (reserved >= 0 AND expected >= 0)
) WITH (fillfactor = 70);
CREATE INDEX inventory_balance_by_name ON inventory_balance (sort_name, id);
CREATE INDEX inventory_balance_of_place ON inventory_balance (place, sort_name, id);
CREATE INDEX inventory_balance_of_location ON inventory_balance (location);
CREATE INDEX inventory_balance_below ON inventory_balance (sort_name, id) WHERE below;
CREATE INDEX inventory_balance_search ON inventory_balance USING gin (search_text extensions.gin_trgm_ops);
CREATE TABLE inventory_lot_balance (
    id uuid PRIMARY KEY,
    lot uuid NOT NULL REFERENCES inventory_lot ON DELETE RESTRICT,
    location uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    on_hand numeric NOT NULL DEFAULT 0,
    CONSTRAINT inventory_lot_balance_once UNIQUE (lot, location)
);
CREATE TABLE inventory_reservation (
    id uuid PRIMARY KEY,
    source_kind text NOT NULL,
    source_id text NOT NULL,
    key text NOT NULL,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    location uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    quantity numeric NOT NULL CONSTRAINT inventory_reservation_quantity CHECK (quantity > 0),
    lot text NOT NULL DEFAULT '',
    day date NOT NULL,
    CONSTRAINT inventory_reservation_once UNIQUE (source_kind, source_id, key)
);
CREATE INDEX inventory_reservation_of_item ON inventory_reservation (item);
CREATE TABLE inventory_expected (
    id uuid PRIMARY KEY,
    source_kind text NOT NULL,
    source_id text NOT NULL,
    key text NOT NULL,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    location uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    quantity numeric NOT NULL CONSTRAINT inventory_expected_quantity CHECK (quantity > 0),
    date date NOT NULL,
    CONSTRAINT inventory_expected_once UNIQUE (source_kind, source_id, key)
);
CREATE INDEX inventory_expected_of_item ON inventory_expected (item, date)
"""

GUARDS = """
CREATE FUNCTION inventory_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was moved stands for good: undo the document instead.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stands', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER inventory_document_stands BEFORE UPDATE OR DELETE ON inventory_document
    FOR EACH ROW EXECUTE FUNCTION inventory_refuse_change();
CREATE TRIGGER inventory_document_kept BEFORE TRUNCATE ON inventory_document EXECUTE FUNCTION inventory_refuse_change();
CREATE TRIGGER inventory_move_stands BEFORE UPDATE OR DELETE ON inventory_move
    FOR EACH ROW EXECUTE FUNCTION inventory_refuse_change();
CREATE TRIGGER inventory_move_kept BEFORE TRUNCATE ON inventory_move EXECUTE FUNCTION inventory_refuse_change();
CREATE TRIGGER inventory_valuation_stands BEFORE UPDATE OR DELETE ON inventory_valuation
    FOR EACH ROW EXECUTE FUNCTION inventory_refuse_change();
CREATE TRIGGER inventory_valuation_kept BEFORE TRUNCATE ON inventory_valuation EXECUTE FUNCTION inventory_refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="inventory", description=DESCRIPTION)

    async def run() -> None:
        for sql in (PLACES, ITEMS, MOVES, BALANCES, GUARDS):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
