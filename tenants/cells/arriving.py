"""Takes along what was not replicated, and lets the business begin where it has arrived, in one transaction there."""

import io
from contextlib import suppress

import asyncpg

from core.cells.servers import HOME
from tenants.cells.belongings import ARRIVING, BY_ID, MARK, PEOPLE, QUEUES
from tenants.cells.sides import Connection, Trip
from tenants.isolation import isolate

STAY = frozenset({"id", "schema", "cell", "bucket", "isolation", "moving"})  # of a tenant's columns: they are the server's own


async def make_room(trip: Trip) -> None:
    """Make the tables beside the business's own for what is taken along: before anybody has to wait."""
    for table, columns in (await _columns(trip.target.admin)).items():
        name = f"{trip.schema}.{ARRIVING}{table}"
        await trip.target.admin.execute(f"CREATE TABLE {name} AS SELECT {_list(columns)} FROM platform.{table} WITH NO DATA")


async def stage(trip: Trip) -> None:
    """Put what is taken along into those tables, where nobody takes it up before it is at home."""
    holder, admin, schema = trip.source.holder, trip.target.admin, trip.schema
    wanted = {table: f"tenant = '{schema}' AND {which}" for table, which in QUEUES.items()} | {
        table: which.replace("$1", f"'{trip.tenant_id}'") for table, which in BY_ID.items()
    }
    each = (f"SELECT '{table}' AS name WHERE EXISTS (SELECT 1 FROM platform.{table} WHERE {which})" for table, which in wanted.items())
    columns = await _columns(admin)
    for row in await holder.fetch(" UNION ALL ".join(each)):
        table, buffer = row["name"], io.BytesIO()
        query = f"SELECT {_list(columns[table])} FROM platform.{table} WHERE {wanted[table]}"
        await holder.copy_from_query(query, output=buffer, format="binary")
        buffer.seek(0)
        await admin.copy_to_table(f"{ARRIVING}{table}", schema_name=schema, columns=columns[table], source=buffer, format="binary")
    for row in await trip.source.admin.fetch(_SEQUENCES, schema):
        last = await trip.source.admin.fetchrow(f'SELECT last_value, is_called FROM {schema}."{row["name"]}"')
        assert last is not None
        await admin.execute("SELECT setval($1::text::regclass, $2, $3)", f'{schema}."{row["name"]}"', last["last_value"], last["is_called"])


_SEQUENCES = "SELECT sequencename AS name FROM pg_sequences WHERE schemaname = $1 ORDER BY 1"


async def _columns(connection: "Connection[asyncpg.Record]") -> dict[str, list[str]]:
    """Return the columns of every table that something is taken along from."""
    return {row["name"]: row["columns"] for row in await connection.fetch(_COLUMNS, [*QUEUES, *BY_ID])}


_COLUMNS = """
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'platform'::regnamespace AND c.relname = ANY ($1) GROUP BY c.relname
"""


class _Rehearsed(Exception):
    """It would do."""


async def rehearse(trip: Trip) -> None:
    """Try `settle_in` and take it back: what the other server does not take is known before the business has left."""
    with suppress(_Rehearsed):
        await settle_in(trip, rehearsal=True)


async def settle_in(trip: Trip, *, rehearsal: bool = False) -> None:
    """Let the business begin there: its people, its rights, its work, and its entry in the catalogue, all at once or not at all."""
    admin, schema = trip.target.admin, trip.schema
    came = f"{schema}.{ARRIVING}"
    columns = await _columns(admin)
    steps = [_KNOWN.format(schema=schema, came=came)]
    if trip.target is trip.home:  # whose catalogue takes no address that lives elsewhere
        steps.append(f"UPDATE platform.residence SET cell = '{HOME}' WHERE slug = '{trip.slug}'")
    for table, sql in _PEOPLE.items():
        values = ", ".join(_MAPPED.get((table, each), 'a."{0}"').format(each, schema=schema) for each in columns[table])
        steps.append(sql.format(table=table, listed=_list(columns[table]), values=values, came=f"{came}{table}", schema=schema))
    steps.append(f"DELETE FROM platform.tenant_module WHERE tenant_id = '{trip.tenant_id}'")
    for table in ("tenant_module", *QUEUES):
        listed = _list(columns[table])
        steps.append(f"INSERT INTO platform.{table} ({listed}) SELECT {listed} FROM {came}{table}")
    steps.append(_WAIT_AGAIN.format(schema=schema))
    steps += [_RENAME.format(table=table, column=column, schema=schema) for table, people in PEOPLE.items() for column in people]
    changes = ", ".join(f'"{each}" = a."{each}"' for each in columns["tenant"] if each not in STAY)
    steps.append(f"UPDATE platform.tenant t SET {changes} FROM {came}tenant a WHERE a.id = t.id")
    gone = ", ".join(f"{came}{table}" for table in columns)
    steps.append(f"DROP TABLE {gone}, {schema}.weft_person, {schema}.{MARK}")
    async with admin.transaction():
        await admin.execute("; ".join(steps))
        if rehearsal:
            raise _Rehearsed


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
WHERE tenant = '{schema}' AND state IN ('queued', 'running')
"""
_RENAME = """
UPDATE platform.{table} x SET "{column}" = p.new FROM {schema}.weft_person p
WHERE x.tenant = '{schema}' AND x."{column}" = p.old AND p.new <> p.old
"""


async def isolate_there(trip: Trip, isolation: str) -> None:
    """Give the business connections of its own where it had them."""
    if isolation == "strict":
        found = await trip.target.runtime.catalogue.by_id(trip.tenant_id)
        assert found is not None
        await isolate(trip.target.provisioner, trip.target.runtime, found)
