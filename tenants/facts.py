"""What the schema `platform` is made of, as PostgreSQL tells it: kept when its SQL files have run, so that any later change shows."""

import asyncpg

Connection = asyncpg.Connection

# One line per fact. Who owns a table is the bootstrap's to check, so only what the files decide is here.
FACTS = """
SELECT format('%s may %s on %s', CASE a.grantee WHEN 0 THEN 'everybody' ELSE a.grantee::regrole::text END, a.privilege_type,
              c.relname) AS fact
FROM pg_class c, LATERAL aclexplode(c.relacl) a
WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm') AND a.grantee <> c.relowner
UNION ALL
SELECT format('%s may %s on %s.%s', CASE a.grantee WHEN 0 THEN 'everybody' ELSE a.grantee::regrole::text END, a.privilege_type, c.relname,
              t.attname)
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid, LATERAL aclexplode(t.attacl) a
WHERE c.relnamespace = 'platform'::regnamespace AND a.grantee <> c.relowner
UNION ALL
SELECT format('%s may execute %s', CASE a.grantee WHEN 0 THEN 'everybody' ELSE a.grantee::regrole::text END, p.proname)
FROM pg_proc p, LATERAL aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
WHERE p.pronamespace = 'platform'::regnamespace AND a.grantee <> p.proowner
UNION ALL
SELECT format('row security of %s is %s', c.relname, CASE WHEN c.relrowsecurity THEN 'on' ELSE 'off' END)
FROM pg_class c WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind IN ('r', 'p')
UNION ALL
SELECT format('policy %s of %s for %s to %s: %s / %s', p.polname, c.relname, p.polcmd,
              array_to_string(ARRAY(SELECT r.rolname FROM pg_roles r WHERE r.oid = ANY (p.polroles) ORDER BY 1), ', '),
              pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'platform'::regnamespace
UNION ALL
SELECT format('trigger %s of %s runs %s (%s)', t.tgname, c.relname, t.tgfoid::regproc, t.tgenabled)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'platform'::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT format('constraint %s of %s: %s', n.conname, c.relname, pg_get_constraintdef(n.oid))
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid WHERE c.relnamespace = 'platform'::regnamespace AND n.contype IN ('c', 'f')
UNION ALL
SELECT format('function %s is %s', p.proname, md5(p.prosrc)) FROM pg_proc p WHERE p.pronamespace = 'platform'::regnamespace
"""


async def keep_facts(connection: "Connection[asyncpg.Record]") -> None:
    """Write down what there is now."""
    await connection.execute("CREATE TABLE IF NOT EXISTS platform.schema_fact (fact text PRIMARY KEY)")
    await connection.execute("DELETE FROM platform.schema_fact")
    await connection.execute(f"INSERT INTO platform.schema_fact SELECT DISTINCT fact FROM ({FACTS}) AS found")


async def changed_facts(connection: "Connection[asyncpg.Record]") -> list[str]:
    """Return what is there that was not, and what is gone, since the facts were kept."""
    await connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")  # as when they were kept: expressions are told relative to it
    rows = await connection.fetch(f"""
        SELECT 'new: ' || fact AS what FROM ({FACTS}) AS found WHERE fact NOT IN (SELECT fact FROM platform.schema_fact)
        UNION SELECT 'gone: ' || fact FROM platform.schema_fact WHERE fact NOT IN ({FACTS}) ORDER BY 1
    """)
    return [row["what"] for row in rows]
