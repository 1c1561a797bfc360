"""Takes along what was not replicated, and lets the business begin where it has arrived, in one transaction there."""

import io

import asyncpg

from tenants.cells.belongings import ARRIVING, BY_ID, MARK, PEOPLE, QUEUES
from tenants.cells.sides import Connection, Trip
from tenants.isolation import isolate

STAY = frozenset({"id", "schema", "cell", "bucket", "isolation", "moving"})  # of a tenant's columns: they are the server's own


async def stage(trip: Trip) -> None:
    """Put what is taken along into tables beside the business's own, where nobody takes it up before it is at home."""
    holder, admin, schema = trip.source.holder, trip.target.admin, trip.schema
    wanted = [(table, f"tenant = '{schema}' AND {which}", ()) for table, which in QUEUES.items()]
    for table, which, args in [*wanted, *((table, which, (trip.tenant_id,)) for table, which in BY_ID.items())]:
        columns, buffer = await _columns(admin, table), io.BytesIO()
        listed = ", ".join(f'"{each}"' for each in columns)
        await holder.copy_from_query(f"SELECT {listed} FROM platform.{table} WHERE {which}", *args, output=buffer, format="binary")
        buffer.seek(0)
        await admin.execute(f"CREATE TABLE {schema}.{ARRIVING}{table} AS SELECT {listed} FROM platform.{table} WITH NO DATA")
        await admin.copy_to_table(f"{ARRIVING}{table}", schema_name=schema, columns=columns, source=buffer, format="binary")
    for row in await trip.source.admin.fetch(_SEQUENCES, schema):
        last = await trip.source.admin.fetchrow(f'SELECT last_value, is_called FROM {schema}."{row["name"]}"')
        assert last is not None
        await admin.execute("SELECT setval($1::text::regclass, $2, $3)", f'{schema}."{row["name"]}"', last["last_value"], last["is_called"])


_SEQUENCES = "SELECT sequencename AS name FROM pg_sequences WHERE schemaname = $1 ORDER BY 1"


async def _columns(connection: "Connection[asyncpg.Record]", table: str) -> list[str]:
    rows = await connection.fetch(_COLUMNS, table)
    return [row["attname"] for row in rows]


_COLUMNS = """
SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass('platform.' || $1) AND attnum > 0 AND NOT attisdropped
AND attgenerated = '' ORDER BY attnum
"""


async def settle_in(trip: Trip) -> None:
    """Let the business begin there: its people, its rights, its work, and its entry in the catalogue, all at once or not at all."""
    admin, schema = trip.target.admin, trip.schema
    came = f"{schema}.{ARRIVING}"
    async with admin.transaction():
        await admin.execute(_KNOWN.format(schema=schema, came=came))
        for table, sql in _PEOPLE.items():
            columns = await _columns(admin, table)
            values = ", ".join(_MAPPED.get((table, each), 'a."{0}"').format(each, schema=schema) for each in columns)
            await admin.execute(sql.format(table=table, listed=_list(columns), values=values, came=f"{came}{table}", schema=schema))
        await admin.execute("DELETE FROM platform.tenant_module WHERE tenant_id = $1", trip.tenant_id)
        for table in ("tenant_module", *QUEUES):
            listed = _list(await _columns(admin, table))
            await admin.execute(f"INSERT INTO platform.{table} ({listed}) SELECT {listed} FROM {came}{table}")
        await admin.execute(_WAIT_AGAIN, schema)
        for table, people in PEOPLE.items():
            for column in people:
                await admin.execute(_RENAME.format(table=table, column=column, schema=schema), schema)
        facts = [each for each in await _columns(admin, "tenant") if each not in STAY]
        changes = ", ".join(f'"{each}" = a."{each}"' for each in facts)
        await admin.execute(f"UPDATE platform.tenant t SET {changes} FROM {came}tenant a WHERE a.id = t.id")
        for table in (*QUEUES, *BY_ID):
            await admin.execute(f"DROP TABLE {came}{table}")
        await admin.execute(f"DROP TABLE {schema}.weft_person, {schema}.{MARK}")


def _list(columns: list[str]) -> str:
    return ", ".join(f'"{each}"' for each in columns)


# Whoever is known in the other cell by the same address, having come there by themselves, is the same person.
_KNOWN = """
CREATE TABLE {schema}.weft_person AS
SELECT a.id AS old, COALESCE((SELECT p.id FROM platform.person p WHERE p.id = a.id),
                             (SELECT p.id FROM platform.person p WHERE p.email = a.email), a.id) AS new
FROM {came}person a
"""
_PERSON = '(SELECT p.new FROM {schema}.weft_person p WHERE p.old = a."{0}")'
_MAPPED = {
    ("membership", "person_id"): _PERSON,
    ("session", "person_id"): _PERSON,
    ("notification_read", "person_id"): _PERSON,
    ("api_token", "created_by"): _PERSON,
}
_COPY = "INSERT INTO platform.{table} ({listed}) SELECT {values} FROM {came} a"
_PEOPLE = {
    "person": "INSERT INTO platform.{table} ({listed}) SELECT {values} FROM {came} a JOIN {schema}.weft_person k ON k.old = a.id "
    "WHERE k.new = a.id AND NOT EXISTS (SELECT 1 FROM platform.person p WHERE p.id = a.id)",
    "role": _COPY,
    "membership": _COPY,
    "membership_role": _COPY,
    "session": _COPY,
    "api_token": _COPY,
    "notification_read": _COPY + " WHERE EXISTS (SELECT 1 FROM {schema}.weft_person k WHERE k.old = a.person_id)",
}
# What was queued or running there begins anew here, as after any worker's end.
_WAIT_AGAIN = """
UPDATE platform.job j SET state = 'waiting', attempts = GREATEST(0, attempts - CASE state WHEN 'running' THEN 1 ELSE 0 END), worker = '',
    beat_at = NULL, started_at = NULL,
    key = CASE WHEN state = 'running' AND EXISTS (
        SELECT 1 FROM platform.job o WHERE o.tenant = j.tenant AND o.name = j.name AND o.key = j.key AND o.state IN ('waiting', 'queued')
    ) THEN NULL ELSE key END
WHERE tenant = $1 AND state IN ('queued', 'running')
"""
_RENAME = """
UPDATE platform.{table} x SET "{column}" = p.new FROM {schema}.weft_person p
WHERE x.tenant = $1 AND x."{column}" = p.old AND p.new <> p.old
"""


async def isolate_there(trip: Trip, isolation: str) -> None:
    """Give the business connections of its own where it had them."""
    if isolation == "strict":
        found = await trip.target.runtime.catalogue.by_id(trip.tenant_id)
        assert found is not None
        await isolate(trip.target.provisioner, trip.target.runtime, found)
