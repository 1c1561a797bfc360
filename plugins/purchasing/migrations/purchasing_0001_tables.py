"""Makes the tables of purchasing, and what the database itself holds of them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "purchasing_0001_tables"
VERSION = "1.38.0"
DESCRIPTION = "Suppliers, prices, orders, receipts, bills, returns, landed costs"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


SUPPLIERS = """
CREATE TABLE purchasing_counter (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL DEFAULT 0 CHECK (last >= 0),
    CONSTRAINT purchasing_counter_once UNIQUE (kind, year)
);
CREATE TABLE purchasing_supplier (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    account text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    currency text NOT NULL CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    lead_days integer NOT NULL DEFAULT 7 CHECK (lead_days BETWEEN 0 AND 730),
    least_order numeric NOT NULL DEFAULT 0 CHECK (least_order >= 0),
    note text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true,
    search_text text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX purchasing_supplier_by_name ON purchasing_supplier (name, id);
CREATE INDEX purchasing_supplier_search ON purchasing_supplier USING gin (search_text extensions.gin_trgm_ops);
CREATE TABLE purchasing_supplier_item (
    id uuid PRIMARY KEY,
    supplier uuid NOT NULL REFERENCES purchasing_supplier ON DELETE RESTRICT,
    item uuid NOT NULL,
    price numeric NOT NULL CONSTRAINT purchasing_supplier_item_price CHECK (price >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    min_quantity numeric NOT NULL DEFAULT 0 CHECK (min_quantity >= 0),
    pack numeric NOT NULL DEFAULT 1 CONSTRAINT purchasing_supplier_item_pack CHECK (pack > 0),
    supplier_code text NOT NULL DEFAULT '',
    lead_days integer CHECK (lead_days BETWEEN 0 AND 730),
    valid_from date,
    valid_to date,
    rank integer NOT NULL DEFAULT 1,
    note text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    sku text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT '',
    CONSTRAINT purchasing_supplier_item_days CHECK (valid_to >= valid_from)
);
CREATE UNIQUE INDEX purchasing_supplier_item_once ON purchasing_supplier_item
    (supplier, item, currency, min_quantity, valid_from) NULLS NOT DISTINCT;
CREATE INDEX purchasing_supplier_item_item ON purchasing_supplier_item (item);
CREATE INDEX purchasing_supplier_item_by_name ON purchasing_supplier_item (name, id);
CREATE INDEX purchasing_supplier_item_code ON purchasing_supplier_item (lower(supplier_code)) WHERE supplier_code <> '';
CREATE INDEX purchasing_supplier_item_search ON purchasing_supplier_item USING gin (search_text extensions.gin_trgm_ops)
"""

ORDERS = """
CREATE TABLE purchasing_order (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL CONSTRAINT purchasing_order_number UNIQUE CHECK (number <> ''),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT purchasing_order_state CHECK (state IN
        ('draft', 'waiting', 'approved', 'sent', 'partly_received', 'received', 'billed', 'closed', 'cancelled')),
    supplier uuid NOT NULL REFERENCES purchasing_supplier ON DELETE RESTRICT,
    supplier_name text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
    rate numeric NOT NULL DEFAULT 1 CONSTRAINT purchasing_order_rate CHECK (rate > 0),
    ordered date NOT NULL,
    expected date,
    location text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    reference text NOT NULL DEFAULT '',
    approvals jsonb NOT NULL DEFAULT jsonb_build_array(),
    asked_by uuid,
    asked_name text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    sent_at timestamptz,
    sent_to text NOT NULL DEFAULT '',
    net numeric NOT NULL DEFAULT 0,
    total numeric NOT NULL DEFAULT 0,
    base_net numeric NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    made_at timestamptz NOT NULL,
    search_text text NOT NULL DEFAULT ''
);
CREATE INDEX purchasing_order_by_day ON purchasing_order (ordered, id);
CREATE INDEX purchasing_order_by_number ON purchasing_order (number, id);
CREATE INDEX purchasing_order_by_name ON purchasing_order (supplier_name, id);
CREATE INDEX purchasing_order_by_total ON purchasing_order (base_net, id);
CREATE INDEX purchasing_order_supplier ON purchasing_order (supplier, ordered);
CREATE INDEX purchasing_order_running ON purchasing_order (state) WHERE state NOT IN ('closed', 'cancelled');
CREATE INDEX purchasing_order_search ON purchasing_order USING gin (search_text extensions.gin_trgm_ops);
CREATE TABLE purchasing_order_line (
    id uuid PRIMARY KEY,
    purchase_order uuid NOT NULL REFERENCES purchasing_order ON DELETE CASCADE,
    position integer NOT NULL,
    item uuid,
    sku text NOT NULL DEFAULT '',
    description text NOT NULL,
    supplier_code text NOT NULL DEFAULT '',
    quantity numeric NOT NULL CONSTRAINT purchasing_order_line_quantity CHECK (quantity > 0),
    unit text NOT NULL DEFAULT '',
    pack numeric NOT NULL DEFAULT 1 CHECK (pack > 0),
    unit_price numeric NOT NULL CONSTRAINT purchasing_order_line_price CHECK (unit_price >= 0),
    discount numeric NOT NULL DEFAULT 0 CHECK (discount BETWEEN 0 AND 100),
    tax_category text NOT NULL DEFAULT '',
    taxes jsonb NOT NULL DEFAULT jsonb_build_array(),
    category text NOT NULL DEFAULT '',
    expected date,
    stocked boolean NOT NULL DEFAULT true,
    received numeric NOT NULL DEFAULT 0,
    returned numeric NOT NULL DEFAULT 0,
    billed numeric NOT NULL DEFAULT 0,
    CONSTRAINT purchasing_order_line_came CHECK (received >= 0 AND returned >= 0 AND billed >= 0 AND returned <= received)
);
CREATE INDEX purchasing_order_line_order ON purchasing_order_line (purchase_order, position);
CREATE INDEX purchasing_order_line_item ON purchasing_order_line (item) WHERE item IS NOT NULL
"""

RECEIPTS = """
CREATE TABLE purchasing_receipt (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL CONSTRAINT purchasing_receipt_number UNIQUE CHECK (number <> ''),
    purchase_order uuid NOT NULL REFERENCES purchasing_order ON DELETE RESTRICT,
    supplier uuid NOT NULL REFERENCES purchasing_supplier ON DELETE RESTRICT,
    day date NOT NULL,
    location text NOT NULL,
    delivery_note text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'done' CONSTRAINT purchasing_receipt_state CHECK (state IN ('done', 'undone')),
    made_at timestamptz NOT NULL,
    made_by text NOT NULL DEFAULT ''
);
CREATE INDEX purchasing_receipt_order ON purchasing_receipt (purchase_order);
CREATE INDEX purchasing_receipt_by_day ON purchasing_receipt (day, id);
CREATE INDEX purchasing_receipt_by_number ON purchasing_receipt (number, id);
CREATE INDEX purchasing_receipt_supplier ON purchasing_receipt (supplier, day);
CREATE TABLE purchasing_receipt_line (
    id uuid PRIMARY KEY,
    receipt uuid NOT NULL REFERENCES purchasing_receipt ON DELETE RESTRICT,
    order_line uuid NOT NULL REFERENCES purchasing_order_line ON DELETE RESTRICT,
    quantity numeric NOT NULL CONSTRAINT purchasing_receipt_line_quantity CHECK (quantity > 0),
    lot text NOT NULL DEFAULT '',
    expires date,
    note text NOT NULL DEFAULT '',
    move uuid,
    billed numeric NOT NULL DEFAULT 0,
    returned numeric NOT NULL DEFAULT 0,
    returned_billed numeric NOT NULL DEFAULT 0,
    returned_value numeric NOT NULL DEFAULT 0,
    waits boolean NOT NULL DEFAULT false,
    value numeric NOT NULL DEFAULT 0,
    cost numeric NOT NULL DEFAULT 0,
    landed numeric NOT NULL DEFAULT 0,
    CONSTRAINT purchasing_receipt_line_open CHECK (billed >= 0 AND returned_billed BETWEEN 0 AND returned AND returned <= quantity
        AND billed + returned - returned_billed <= quantity AND returned_billed <= billed)
);
CREATE INDEX purchasing_receipt_line_receipt ON purchasing_receipt_line (receipt);
CREATE INDEX purchasing_receipt_line_order ON purchasing_receipt_line (order_line);
CREATE INDEX purchasing_receipt_line_uncleared ON purchasing_receipt_line (receipt) WHERE waits AND value <> 0;
CREATE TABLE purchasing_bill (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL CONSTRAINT purchasing_bill_number UNIQUE CHECK (number <> ''),
    purchase_order uuid NOT NULL REFERENCES purchasing_order ON DELETE RESTRICT,
    supplier uuid NOT NULL REFERENCES purchasing_supplier ON DELETE RESTRICT,
    reference text NOT NULL,
    issued date NOT NULL,
    state text NOT NULL CONSTRAINT purchasing_bill_state CHECK (state IN ('blocked', 'drafted', 'posted', 'cancelled')),
    reasons jsonb NOT NULL DEFAULT jsonb_build_array(),
    released_by text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    document uuid,
    document_number text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    net numeric NOT NULL DEFAULT 0,
    variance numeric NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    made_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX purchasing_bill_reference ON purchasing_bill (supplier, lower(reference)) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX purchasing_bill_document ON purchasing_bill (document) WHERE document IS NOT NULL;
CREATE INDEX purchasing_bill_order ON purchasing_bill (purchase_order);
CREATE INDEX purchasing_bill_by_day ON purchasing_bill (issued, id);
CREATE INDEX purchasing_bill_by_number ON purchasing_bill (number, id);
CREATE TABLE purchasing_bill_line (
    id uuid PRIMARY KEY,
    bill uuid NOT NULL REFERENCES purchasing_bill ON DELETE CASCADE,
    order_line uuid NOT NULL REFERENCES purchasing_order_line ON DELETE RESTRICT,
    quantity numeric NOT NULL CHECK (quantity > 0),
    unit_price numeric NOT NULL CHECK (unit_price >= 0),
    base numeric NOT NULL DEFAULT 0,
    cleared numeric NOT NULL DEFAULT 0,
    cleared_base numeric NOT NULL DEFAULT 0,
    variance numeric NOT NULL DEFAULT 0,
    CONSTRAINT purchasing_bill_line_once UNIQUE (bill, order_line)
)
"""

BACK = """
CREATE TABLE purchasing_return (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL CONSTRAINT purchasing_return_number UNIQUE CHECK (number <> ''),
    receipt uuid NOT NULL REFERENCES purchasing_receipt ON DELETE RESTRICT,
    supplier uuid NOT NULL REFERENCES purchasing_supplier ON DELETE RESTRICT,
    day date NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    document uuid,
    document_number text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL,
    made_by text NOT NULL DEFAULT ''
);
CREATE INDEX purchasing_return_receipt ON purchasing_return (receipt);
CREATE UNIQUE INDEX purchasing_return_document ON purchasing_return (document) WHERE document IS NOT NULL;
CREATE TABLE purchasing_return_line (
    id uuid PRIMARY KEY,
    goods_return uuid NOT NULL REFERENCES purchasing_return ON DELETE RESTRICT,
    receipt_line uuid NOT NULL REFERENCES purchasing_receipt_line ON DELETE RESTRICT,
    quantity numeric NOT NULL CHECK (quantity > 0),
    billed_quantity numeric NOT NULL DEFAULT 0 CHECK (billed_quantity BETWEEN 0 AND quantity),
    owed numeric NOT NULL DEFAULT 0
);
CREATE INDEX purchasing_return_line_return ON purchasing_return_line (goods_return);
CREATE TABLE purchasing_landed_cost (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL CONSTRAINT purchasing_landed_cost_number UNIQUE CHECK (number <> ''),
    title text NOT NULL CHECK (title <> ''),
    day date NOT NULL,
    supplier uuid,
    supplier_name text NOT NULL DEFAULT '',
    reference text NOT NULL DEFAULT '',
    amount numeric NOT NULL CONSTRAINT purchasing_landed_cost_amount CHECK (amount > 0),
    basis text NOT NULL CHECK (basis IN ('value', 'quantity', 'weight', 'volume')),
    document uuid,
    document_number text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL
);
CREATE INDEX purchasing_landed_cost_by_day ON purchasing_landed_cost (day, id);
CREATE TABLE purchasing_landed_part (
    id uuid PRIMARY KEY,
    landed_cost uuid NOT NULL REFERENCES purchasing_landed_cost ON DELETE RESTRICT,
    receipt_line uuid NOT NULL REFERENCES purchasing_receipt_line ON DELETE RESTRICT,
    amount numeric NOT NULL
);
CREATE INDEX purchasing_landed_part_cost ON purchasing_landed_part (landed_cost);
CREATE INDEX purchasing_landed_part_line ON purchasing_landed_part (receipt_line)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="purchasing", description=DESCRIPTION)

    async def run() -> None:
        for sql in (SUPPLIERS, ORDERS, RECEIPTS, BACK):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
