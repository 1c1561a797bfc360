"""Promotions."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "retail_pos_0030_promotions"
VERSION = "1.38.0"
DESCRIPTION = "Promotions"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


TABLE = """
CREATE TABLE retail_pos_promotion (
    id uuid PRIMARY KEY,
    code text NOT NULL,
    title text NOT NULL,
    entry jsonb NOT NULL,
    rule jsonb NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL,
    CONSTRAINT retail_pos_promotion_code CHECK (code <> '' AND title <> '')
)
"""
INDEX = "CREATE UNIQUE INDEX retail_pos_promotion_one_code ON retail_pos_promotion (upper(code))"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="retail_pos", description=DESCRIPTION)

    async def run() -> None:
        for each in (TABLE, INDEX):
            await Raw.raw(each)

    manager.add_raw(run)
    return manager
