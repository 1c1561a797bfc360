"""Makes one table, and fails at the next."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from tests.hostile.tables import First

ID = "halfway_0001"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="halfway", description="")

    async def one_and_a_half() -> None:
        await First.raw("CREATE TABLE halfway_first (id uuid PRIMARY KEY)")
        await First.raw("CREATE TABLE halfway_second (id uuid PRIMARY KEY, first uuid REFERENCES halfway_nowhere (id))")

    manager.add_raw(one_and_a_half)
    return manager
