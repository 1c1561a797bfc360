"""What of a business lies in tables of the platform, and how each part of it travels: replicated ahead, or taken along at the end.

What somebody would take up and carry out (jobs, letters, messages) must not stand in two places, so it waits for the end. So does what
names the business by its id; that is little.
"""

from tenants.archive.manifest import SHARED
from tenants.life import SHARED_TABLES

# Of these tables only some rows are replicated: those that nobody takes up any more.
FILTERS = {
    "job": "state IN ('done', 'dead', 'cancelled')",
    "mail": "state <> 'waiting'",
    "webhook_delivery": "state <> 'waiting'",
    "audit_entry": '"position" IS NOT NULL',
}
NOT_REPLICATED = frozenset({"outbox", "schedule", "module_trash", "file_waste"})
PUBLISHED = tuple(table for table in SHARED_TABLES if table not in NOT_REPLICATED)

# A letter that is under way is finished by the cell that began it: elsewhere it would be sent a second time.
UNDER_WAY = "state = 'waiting' AND attempts > 0 AND due > now()"
# What is taken along at the end, named by the schema, in an order in which foreign keys hold.
QUEUES = {
    "outbox": "true",
    "job": "state NOT IN ('done', 'dead', 'cancelled')",
    "mail": f"state = 'waiting' AND NOT ({UNDER_WAY})",
    "schedule": "true",
    "audit_entry": '"position" IS NULL',
    "webhook_delivery": "state = 'waiting'",
    "module_trash": "true",
    "file_waste": "true",
}
# The same, named by the business's id: what is taken, with the id as $1.
BY_ID = {
    "tenant": "id = $1",
    "person": "id IN (SELECT person_id FROM platform.membership WHERE tenant_id = $1 UNION "
    "SELECT person_id FROM platform.session WHERE tenant_id = $1)",
    "role": "tenant_id = $1",
    "membership": "tenant_id = $1",
    "membership_role": "membership_id IN (SELECT id FROM platform.membership WHERE tenant_id = $1)",
    "session": "tenant_id = $1",
    "api_token": "tenant_id = $1",
    "notification_read": "tenant_id = $1",
    "tenant_module": "tenant_id = $1",
}
# Columns that name a person, who may be known in the other cell by another id.
PEOPLE = {shared.table: tuple(column for column in shared.people if column != "recipients") for shared in SHARED if shared.people}

MARK = "weft_mark"  # a table in the business's schema whose rows tell how far replication is
ARRIVING = "weft_arriving_"  # begins the names of tables there that hold what is taken along


def row_filter(table: str, schema: str) -> str:
    """Return the rows of a business in a table of the platform that are replicated, as SQL."""
    mine = f"tenant = '{schema}'"
    return f"{mine} AND {FILTERS[table]}" if table in FILTERS else mine
