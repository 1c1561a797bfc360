"""Makes movements that are planned before goods move, and keeps what was promised beside what could be held."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "inventory_0004_movements"
VERSION = "1.38.0"
DESCRIPTION = "Planned movements, promised quantities"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


PROMISED = """
ALTER TABLE inventory_reservation ADD COLUMN asked numeric NOT NULL DEFAULT 0;
UPDATE inventory_reservation SET asked = quantity;
ALTER TABLE inventory_reservation DROP CONSTRAINT inventory_reservation_quantity,
    ADD CONSTRAINT inventory_reservation_quantity CHECK (quantity >= 0 AND asked > 0 AND quantity <= asked);
ALTER TABLE inventory_balance ADD COLUMN promised numeric NOT NULL DEFAULT 0;
UPDATE inventory_balance SET promised = reserved WHERE reserved > 0;
ALTER TABLE inventory_balance DROP CONSTRAINT inventory_balance_held,
    ADD CONSTRAINT inventory_balance_held CHECK (reserved >= 0 AND expected >= 0 AND promised >= 0);
CREATE INDEX inventory_balance_promised ON inventory_balance (item) WHERE promised > 0
"""
MOVEMENTS = """
CREATE TABLE inventory_movement (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT inventory_movement_kind CHECK (kind IN ('receipt', 'delivery', 'transfer', 'adjustment', 'scrap')),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT inventory_movement_state CHECK (state IN ('draft', 'reserved', 'done', 'cancelled')),
    title text NOT NULL CONSTRAINT inventory_movement_titled CHECK (title <> ''),
    date date NOT NULL,
    location uuid NOT NULL REFERENCES inventory_location ON DELETE RESTRICT,
    destination uuid REFERENCES inventory_location ON DELETE RESTRICT,
    on_the_way boolean NOT NULL DEFAULT false,
    document uuid REFERENCES inventory_document ON DELETE RESTRICT,
    rest_of uuid REFERENCES inventory_movement ON DELETE RESTRICT,
    made_by uuid,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT inventory_movement_somewhere CHECK (kind <> 'transfer' OR (destination IS NOT NULL AND destination <> location)),
    CONSTRAINT inventory_movement_done CHECK ((state = 'done') = (document IS NOT NULL))
);
CREATE INDEX inventory_movement_by_day ON inventory_movement (date, id);
CREATE INDEX inventory_movement_open ON inventory_movement (date, id) WHERE state IN ('draft', 'reserved');
CREATE INDEX inventory_movement_document ON inventory_movement (document) WHERE document IS NOT NULL;
CREATE INDEX inventory_movement_rest ON inventory_movement (rest_of) WHERE rest_of IS NOT NULL;
CREATE TABLE inventory_movement_line (
    id uuid PRIMARY KEY,
    movement uuid NOT NULL REFERENCES inventory_movement ON DELETE CASCADE,
    place integer NOT NULL,
    item uuid NOT NULL REFERENCES inventory_item ON DELETE RESTRICT,
    quantity numeric NOT NULL CONSTRAINT inventory_movement_line_quantity CHECK (quantity <> 0),
    cost numeric CONSTRAINT inventory_movement_line_cost CHECK (cost >= 0),
    lot text NOT NULL DEFAULT '',
    expires date,
    CONSTRAINT inventory_movement_line_once UNIQUE (movement, place)
);
CREATE INDEX inventory_movement_line_item ON inventory_movement_line (item)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="inventory", description=DESCRIPTION)

    async def run() -> None:
        for sql in (PROMISED, MOVEMENTS):
            await Raw.raw(sql)

    manager.add_raw(run)
    return manager
