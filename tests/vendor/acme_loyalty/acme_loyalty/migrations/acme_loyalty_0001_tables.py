"""Makes the tables of cards and points."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "acme_loyalty_0001_tables"
VERSION = "1.38.0"
DESCRIPTION = "Cards and points"

# Piccolo takes braces for places of parameters: double them.
SQL = """
CREATE TABLE acme_loyalty_member (
    id uuid PRIMARY KEY,
    party uuid NOT NULL REFERENCES contacts_party (id) ON DELETE CASCADE ON UPDATE CASCADE,
    card text NOT NULL CONSTRAINT acme_loyalty_member_card CHECK (card ~ '^[A-Z0-9]{{3,20}}$'),
    name text NOT NULL,
    points integer NOT NULL DEFAULT 0 CONSTRAINT acme_loyalty_member_points CHECK (points >= 0),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT acme_loyalty_member_once UNIQUE (card),
    CONSTRAINT acme_loyalty_member_party UNIQUE (party)
);
CREATE TABLE acme_loyalty_entry (
    id uuid PRIMARY KEY,
    member uuid NOT NULL REFERENCES acme_loyalty_member (id) ON DELETE CASCADE ON UPDATE CASCADE,
    day date NOT NULL,
    points integer NOT NULL DEFAULT 0,
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX acme_loyalty_member_by_name ON acme_loyalty_member (lower(name), id);
CREATE INDEX acme_loyalty_member_by_points ON acme_loyalty_member (points, id);
CREATE INDEX acme_loyalty_member_found ON acme_loyalty_member USING gin ((name || ' ' || card) extensions.gin_trgm_ops);
CREATE INDEX acme_loyalty_entry_of ON acme_loyalty_entry (member, day)
"""


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="acme_loyalty", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(SQL)

    manager.add_raw(run)
    return manager
