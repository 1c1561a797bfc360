"""Lists of gift cards and credits in any order."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.table import Table

ID = "retail_pos_0041_accounts"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of gift cards and credits"


class Raw(Table):
    """Carries SQL to the open migration."""

    id = UUID(primary_key=True, default=None)


INDEXES = """
CREATE INDEX retail_pos_stored_value_numbers ON retail_pos_stored_value (number, id);
CREATE INDEX retail_pos_stored_value_balances ON retail_pos_stored_value (balance, id);
CREATE INDEX retail_pos_stored_value_opened ON retail_pos_stored_value (opened_at, id);
CREATE INDEX retail_pos_stored_value_of ON retail_pos_stored_value (customer) WHERE customer IS NOT NULL;
CREATE INDEX retail_pos_loyalty_account_balance ON retail_pos_loyalty_account (balance, id)
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="retail_pos", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw(INDEXES)

    manager.add_raw(run)
    return manager
