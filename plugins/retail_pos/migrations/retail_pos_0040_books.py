"""What tills were told to sell by."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "retail_pos_0040_books"
VERSION = "1.38.0"
DESCRIPTION = "Books that tills sold by"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


TABLE = """
CREATE TABLE retail_pos_book (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    content jsonb NOT NULL
);
CREATE INDEX retail_pos_book_at ON retail_pos_book (at DESC, id DESC);
CREATE TRIGGER retail_pos_book_stands BEFORE UPDATE OR DELETE ON retail_pos_book
    FOR EACH ROW EXECUTE FUNCTION retail_pos_refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="retail_pos", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(TABLE)

    manager.add_raw(run)
    return manager
