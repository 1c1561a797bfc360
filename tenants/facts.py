"""What the schema `platform` is made of, as PostgreSQL tells it: kept when its SQL files have run, so that any later change shows."""

from dataclasses import dataclass

import asyncpg

from core.platform.database import Db

Connection = asyncpg.Connection

# One line per fact, with the statements that make it true and untrue where there are any. Who owns a table and whether row security is on
# is checked elsewhere.
_WHO = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END"
_FACTS = f"""
SELECT format('%s may %s on %s', {_WHO}, a.privilege_type, c.relname) AS fact,
       format('GRANT %s ON platform.%I TO %s', a.privilege_type, c.relname, {_WHO}) AS make,
       format('REVOKE %s ON platform.%I FROM %s', a.privilege_type, c.relname, {_WHO}) AS unmake
FROM pg_class c, LATERAL aclexplode(c.relacl) a
WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm') AND a.grantee <> c.relowner
UNION ALL
SELECT format('%s may %s on %s.%s', {_WHO}, a.privilege_type, c.relname, t.attname),
       format('GRANT %s (%I) ON platform.%I TO %s', a.privilege_type, t.attname, c.relname, {_WHO}),
       format('REVOKE %s (%I) ON platform.%I FROM %s', a.privilege_type, t.attname, c.relname, {_WHO})
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid, LATERAL aclexplode(t.attacl) a
WHERE c.relnamespace = 'platform'::regnamespace AND a.grantee <> c.relowner
UNION ALL
SELECT format('%s may execute %s', {_WHO}, p.proname),
       format('GRANT EXECUTE ON FUNCTION %s TO %s', p.oid::regprocedure, {_WHO}),
       format('REVOKE EXECUTE ON FUNCTION %s FROM %s', p.oid::regprocedure, {_WHO})
FROM pg_proc p, LATERAL aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
WHERE p.pronamespace = 'platform'::regnamespace AND a.grantee <> p.proowner
UNION ALL
SELECT format('policy %s of %s for %s to %s: %s / %s', p.polname, c.relname, p.polcmd,
              array_to_string(ARRAY(SELECT r.rolname FROM pg_roles r WHERE r.oid = ANY (p.polroles) ORDER BY 1), ', '),
              pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), '', ''
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'platform'::regnamespace
UNION ALL
SELECT format('trigger %s of %s runs %s (%s)', t.tgname, c.relname, t.tgfoid::regproc, t.tgenabled), '', ''
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'platform'::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT format('constraint %s of %s: %s', n.conname, c.relname, pg_get_constraintdef(n.oid)), '', ''
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid WHERE c.relnamespace = 'platform'::regnamespace AND n.contype IN ('c', 'f')
UNION ALL
SELECT format('function %s is %s', p.proname, md5(p.prosrc)), '', '' FROM pg_proc p WHERE p.pronamespace = 'platform'::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """A fact that is new or gone since the files ran, and the statement that takes the change back; empty where a person must."""

    what: str
    mend: str


async def keep_facts(connection: "Connection[asyncpg.Record]") -> None:
    """Write down what there is now."""
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS platform.schema_fact (fact text PRIMARY KEY, make text NOT NULL, unmake text NOT NULL)"
    )
    await connection.execute("DELETE FROM platform.schema_fact")
    await connection.execute(f"INSERT INTO platform.schema_fact SELECT DISTINCT fact, make, unmake FROM ({_FACTS}) AS found")


async def changed_facts(connection: "Connection[asyncpg.Record] | Db[asyncpg.Record]") -> list[Changed]:
    """Return what changed since the facts were kept; nothing where they never were.

    The search path must be what it was then, ``pg_catalog, pg_temp``: expressions are told relative to it.
    """
    if not await connection.fetchval("SELECT to_regclass('platform.schema_fact') IS NOT NULL"):
        return []
    rows = await connection.fetch(f"""
        WITH found AS MATERIALIZED ({_FACTS})
        SELECT 'new: ' || fact AS what, unmake AS mend FROM found WHERE fact NOT IN (SELECT fact FROM platform.schema_fact)
        UNION SELECT 'gone: ' || fact, make FROM platform.schema_fact WHERE fact NOT IN (SELECT fact FROM found) ORDER BY 1
    """)
    return [Changed(**dict(row)) for row in rows]
