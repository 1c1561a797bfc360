"""Makes the tables of the tills."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "retail_pos_0001_tables"
VERSION = "1.38.0"
DESCRIPTION = "Stores, tills, inbox, sessions, receipts, stored value, points"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


SETUP = """
CREATE TABLE retail_pos_store (
    id uuid PRIMARY KEY,
    code text NOT NULL,
    title text NOT NULL,
    location text NOT NULL,
    price_list text NOT NULL,
    address text NOT NULL,
    phone text NOT NULL,
    head text NOT NULL,
    foot text NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL
);
CREATE TABLE retail_pos_till (
    id uuid PRIMARY KEY,
    code text NOT NULL,
    title text NOT NULL,
    store uuid NOT NULL REFERENCES retail_pos_store (id) ON DELETE RESTRICT,
    printer text NOT NULL,
    pairing_hash text,
    pairing_until timestamptz,
    key_hash text,
    paired_at timestamptz,
    revoked_at timestamptz,
    seen_at timestamptz,
    device text NOT NULL,
    chain_seq bigint NOT NULL,
    chain_hash text NOT NULL,
    last_seq bigint NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL
);
CREATE TABLE retail_pos_operator (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    person uuid,
    role text NOT NULL,
    pin_hash text NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL
);
CREATE TABLE retail_pos_inbox (
    id uuid PRIMARY KEY,
    till uuid NOT NULL REFERENCES retail_pos_till (id) ON DELETE RESTRICT,
    seq bigint NOT NULL,
    type text NOT NULL,
    hash text NOT NULL,
    previous text NOT NULL,
    session uuid NOT NULL,
    business_date date NOT NULL,
    made_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    state text NOT NULL,
    chain text NOT NULL,
    body jsonb NOT NULL
);
CREATE TABLE retail_pos_problem (
    id uuid PRIMARY KEY,
    till uuid REFERENCES retail_pos_till (id) ON DELETE RESTRICT,
    kind text NOT NULL,
    record uuid,
    seq bigint NOT NULL,
    hash text NOT NULL,
    reason text NOT NULL,
    sentence text NOT NULL,
    details jsonb NOT NULL,
    body jsonb,
    opened_at timestamptz NOT NULL,
    state text NOT NULL,
    decision text NOT NULL,
    note text NOT NULL,
    decided_by uuid,
    decided_at timestamptz
)
"""

SESSIONS = """
CREATE TABLE retail_pos_fiscal_period (
    id uuid PRIMARY KEY,
    till uuid NOT NULL REFERENCES retail_pos_till (id) ON DELETE RESTRICT,
    kind text NOT NULL,
    number integer NOT NULL,
    first date NOT NULL,
    last date NOT NULL,
    session uuid,
    receipts integer NOT NULL,
    grand_total numeric NOT NULL,
    perpetual_total numeric NOT NULL,
    totals jsonb NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by uuid
);
CREATE TABLE retail_pos_session (
    id uuid PRIMARY KEY,
    till uuid NOT NULL REFERENCES retail_pos_till (id) ON DELETE RESTRICT,
    store uuid NOT NULL REFERENCES retail_pos_store (id) ON DELETE RESTRICT,
    number integer NOT NULL,
    state text NOT NULL,
    business_date date NOT NULL,
    currency text NOT NULL,
    opening_float numeric NOT NULL,
    opened_at timestamptz,
    opened_by uuid,
    counted_at timestamptz,
    counted_by uuid,
    counted numeric,
    told_expected numeric,
    denominations jsonb NOT NULL,
    note text NOT NULL,
    expected numeric,
    over_short numeric,
    entry uuid,
    period uuid REFERENCES retail_pos_fiscal_period (id) ON DELETE RESTRICT,
    count_seq bigint
);
CREATE TABLE retail_pos_cash_movement (
    id uuid PRIMARY KEY,
    session uuid NOT NULL REFERENCES retail_pos_session (id) ON DELETE RESTRICT,
    kind text NOT NULL,
    amount numeric NOT NULL,
    reason text NOT NULL,
    reason_code text NOT NULL,
    made_at timestamptz NOT NULL,
    operator uuid,
    entry uuid
);
CREATE TABLE retail_pos_till_event (
    id uuid PRIMARY KEY,
    till uuid NOT NULL REFERENCES retail_pos_till (id) ON DELETE RESTRICT,
    session uuid NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    made_at timestamptz NOT NULL,
    operator uuid,
    by uuid
)
"""

SALES = """
CREATE TABLE retail_pos_receipt (
    id uuid PRIMARY KEY,
    till uuid NOT NULL REFERENCES retail_pos_till (id) ON DELETE RESTRICT,
    store uuid NOT NULL REFERENCES retail_pos_store (id) ON DELETE RESTRICT,
    session uuid NOT NULL REFERENCES retail_pos_session (id) ON DELETE RESTRICT,
    seq bigint NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    reference text NOT NULL,
    business_date date NOT NULL,
    fiscal_date date NOT NULL,
    made_at timestamptz NOT NULL,
    applied_at timestamptz NOT NULL,
    hour integer NOT NULL,
    operator uuid,
    customer uuid,
    currency text NOT NULL,
    taxes_included boolean NOT NULL,
    gross numeric NOT NULL,
    net numeric NOT NULL,
    tax numeric NOT NULL,
    total numeric NOT NULL,
    rounding numeric NOT NULL,
    discount numeric NOT NULL,
    cost numeric NOT NULL,
    units numeric NOT NULL,
    points integer NOT NULL,
    voids uuid,
    entry uuid,
    period uuid REFERENCES retail_pos_fiscal_period (id) ON DELETE RESTRICT,
    accepted text NOT NULL,
    note text NOT NULL,
    hash text NOT NULL
);
CREATE TABLE retail_pos_receipt_line (
    id uuid PRIMARY KEY,
    receipt uuid NOT NULL REFERENCES retail_pos_receipt (id) ON DELETE CASCADE,
    position integer NOT NULL,
    item uuid,
    sku text NOT NULL,
    name text NOT NULL,
    category text NOT NULL,
    quantity numeric NOT NULL,
    unit text NOT NULL,
    unit_price numeric NOT NULL,
    list_price numeric,
    base numeric NOT NULL,
    amount numeric NOT NULL,
    net numeric NOT NULL,
    tax numeric NOT NULL,
    cost numeric NOT NULL,
    tax_category text NOT NULL,
    scanned text NOT NULL,
    lot text NOT NULL,
    expires date,
    original_receipt uuid,
    original_position integer,
    reason text NOT NULL,
    stored_value text NOT NULL
);
CREATE TABLE retail_pos_line_discount (
    id uuid PRIMARY KEY,
    receipt uuid NOT NULL REFERENCES retail_pos_receipt (id) ON DELETE CASCADE,
    position integer NOT NULL,
    source text NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    amount numeric NOT NULL,
    whole_receipt boolean NOT NULL,
    percent numeric,
    operator uuid
);
CREATE TABLE retail_pos_line_tax (
    id uuid PRIMARY KEY,
    receipt uuid NOT NULL REFERENCES retail_pos_receipt (id) ON DELETE CASCADE,
    position integer NOT NULL,
    code text NOT NULL,
    rate numeric NOT NULL,
    kind text NOT NULL,
    amount numeric NOT NULL
);
CREATE TABLE retail_pos_receipt_tax (
    id uuid PRIMARY KEY,
    receipt uuid NOT NULL REFERENCES retail_pos_receipt (id) ON DELETE CASCADE,
    code text NOT NULL,
    rate numeric NOT NULL,
    net numeric NOT NULL,
    tax numeric NOT NULL,
    gross numeric NOT NULL
);
CREATE TABLE retail_pos_tender (
    id uuid PRIMARY KEY,
    receipt uuid NOT NULL REFERENCES retail_pos_receipt (id) ON DELETE CASCADE,
    position integer NOT NULL,
    type text NOT NULL,
    amount numeric NOT NULL,
    given numeric,
    change numeric,
    reference text NOT NULL,
    offline boolean NOT NULL
)
"""

VALUES = """
CREATE TABLE retail_pos_stored_value (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    number text NOT NULL,
    customer uuid,
    currency text NOT NULL,
    balance numeric NOT NULL,
    state text NOT NULL,
    expires date,
    opened_at timestamptz NOT NULL
);
CREATE TABLE retail_pos_stored_value_entry (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES retail_pos_stored_value (id) ON DELETE RESTRICT,
    receipt uuid,
    amount numeric NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    person uuid
);
CREATE TABLE retail_pos_loyalty_account (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL,
    balance integer NOT NULL,
    opened_at timestamptz NOT NULL
);
CREATE TABLE retail_pos_loyalty_entry (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES retail_pos_loyalty_account (id) ON DELETE RESTRICT,
    receipt uuid,
    kind text NOT NULL,
    points integer NOT NULL,
    reason text NOT NULL,
    expires date,
    at timestamptz NOT NULL,
    person uuid
)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="retail_pos", description=DESCRIPTION)

    async def run() -> None:
        for each in (SETUP, SESSIONS, SALES, VALUES):
            await Raw.raw(each)

    manager.add_raw(run)
    return manager
