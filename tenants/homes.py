"""Whether every tenant has its home - a role, a schema, and exactly the rights it needs there - and the SQL that mends what does not stand.

Asks the catalogue, so it needs the owner's rights or a superuser's.
"""

import asyncpg

from core.platform.database import Db
from tenants.roles import APP_LOGINS, OWNER, TENANT_ROLE, TENANTS
from tenants.standing import Wrong

Connection = asyncpg.Connection


async def homeless(connection: "Connection[asyncpg.Record] | Db[asyncpg.Record]") -> list[Wrong]:
    """Return what of tenants' roles, schemas and rights is not as it should be; what only a backup can mend has no statement."""
    return [Wrong("homes", row["what"], row["mend"]) for sql in _HOMES for row in await connection.fetch(sql)]


# Which of them are isolated; a database that is about to be migrated does not know yet.
_STRICT = "(COALESCE(to_jsonb(t) ->> 'isolation', 'shared') = 'strict')"
_STAYS = "COALESCE(to_jsonb(t) ->> 'moving', '') NOT IN ('frozen', 'gone')"  # else nobody may become it, until it lives in another cell
_LOGINS = f"(ARRAY[{', '.join(repr(login) for login in APP_LOGINS)}])[t.bucket + 1]"

# First that they exist, then what they may, so that mending in this order mends everything.
_HOMES = (
    """
SELECT format('the tenant %s has no role', t.schema) AS what, format('CREATE ROLE %I NOLOGIN', t.schema) AS mend
FROM platform.tenant t WHERE to_regrole(t.schema::text) IS NULL
UNION ALL
SELECT format('the tenant %s has no schema, which only a backup can bring back', t.schema), ''
FROM platform.tenant t WHERE to_regnamespace(t.schema::text) IS NULL
ORDER BY 1
""",
    f"""
SELECT format('%s is no member of %s', m.member, m.role) AS what, format('GRANT %I TO %I WITH %s', m.role, m.member, m.how) AS mend
FROM (SELECT t.schema::text AS role, {_LOGINS} AS member, 'INHERIT FALSE, SET TRUE' AS how
      FROM platform.tenant t WHERE NOT {_STRICT} AND {_STAYS}
      UNION ALL SELECT '{TENANTS}', t.schema::text, 'INHERIT TRUE, SET FALSE' FROM platform.tenant t) AS m
WHERE to_regrole(m.role) IS NOT NULL AND to_regrole(m.member) IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM pg_auth_members a WHERE a.roleid = to_regrole(m.role) AND a.member = to_regrole(m.member))
ORDER BY 1
""",
    f"""
SELECT format('the tenant %s %s', t.schema,
              CASE WHEN r.rolcanlogin THEN 'can log in, though it is not isolated' ELSE 'cannot log in' END) AS what,
       format('ALTER ROLE %I %s', t.schema, CASE WHEN r.rolcanlogin THEN 'NOLOGIN' ELSE 'LOGIN' END) AS mend
FROM platform.tenant t JOIN pg_roles r ON r.rolname = t.schema WHERE r.rolcanlogin <> {_STRICT} AND {_STAYS}
UNION ALL
SELECT format('%s is a member of %s, which is isolated', m.rolname, t.schema),
       format('REVOKE %I FROM %I GRANTED BY %I', t.schema, m.rolname, by.rolname)
FROM platform.tenant t JOIN pg_auth_members a ON a.roleid = to_regrole(t.schema::text)
JOIN pg_roles m ON m.oid = a.member JOIN pg_roles by ON by.oid = a.grantor
WHERE {_STRICT} AND m.rolname = ANY (ARRAY[{", ".join(repr(login) for login in APP_LOGINS)}])
ORDER BY 1
""",
    f"""
SELECT format('%s may %s the schema %s', a.grantee::regrole, a.privilege_type, n.nspname) AS what,
       format('REVOKE ALL ON SCHEMA %I FROM %s', n.nspname, a.grantee::regrole) AS mend
FROM pg_namespace n, LATERAL aclexplode(n.nspacl) a
WHERE n.nspname ~ '{TENANT_ROLE}' AND a.grantee NOT IN (0, n.nspowner)
  AND NOT (a.grantee = to_regrole(n.nspname::text) AND a.privilege_type = 'USAGE')
UNION ALL
SELECT format('%s may %s %s', a.grantee::regrole, a.privilege_type, c.oid::regclass),
       format('REVOKE ALL ON %s FROM %s', c.oid::regclass, a.grantee::regrole)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL aclexplode(c.relacl) a
WHERE n.nspname ~ '{TENANT_ROLE}' AND a.grantee NOT IN (0, c.relowner)
  AND NOT (a.grantee = to_regrole(n.nspname::text) AND c.relname <> 'migration' AND NOT a.is_grantable
           AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE'))
UNION ALL
SELECT format('everybody who is let may execute %s with the rights of %s', p.oid::regprocedure, p.proowner::regrole),
       format('ALTER FUNCTION %s SECURITY INVOKER', p.oid::regprocedure)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname ~ '{TENANT_ROLE}' AND p.prosecdef
ORDER BY 1
""",
    f"""
SELECT format('the tenant %s may not use its schema', t.schema) AS what,
       format('GRANT USAGE ON SCHEMA %I TO %I', t.schema, t.schema) AS mend
FROM platform.tenant t WHERE to_regrole(t.schema::text) IS NOT NULL AND NOT COALESCE(has_schema_privilege(
    to_regrole(t.schema::text), to_regnamespace(t.schema::text), 'USAGE'), true)
UNION ALL
SELECT format('the tenant %s may not do everything to %s', n.nspname, c.oid::regclass),
       format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', c.oid::regclass, n.nspname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname ~ '{TENANT_ROLE}' AND c.relkind IN ('r', 'p') AND c.relname <> 'migration' AND to_regrole(n.nspname::text) IS NOT NULL
  AND (SELECT count(*) FROM aclexplode(c.relacl) a WHERE a.grantee = to_regrole(n.nspname::text)) < 4
UNION ALL
SELECT format('new %s of %s will not be its tenant''s to use', kind.what, t.schema),
       format('ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA %I GRANT %s TO %I', t.schema, kind.grants, t.schema)
FROM platform.tenant t, (VALUES ('r', 'tables', 'SELECT, INSERT, UPDATE, DELETE ON TABLES', 4), ('S', 'sequences', 'USAGE ON SEQUENCES', 1))
     AS kind (letter, what, grants, many)
WHERE to_regrole(t.schema::text) IS NOT NULL AND to_regnamespace(t.schema::text) IS NOT NULL AND kind.many > (
    SELECT count(*) FROM pg_default_acl d, LATERAL aclexplode(d.defaclacl) a
    WHERE d.defaclnamespace = to_regnamespace(t.schema::text) AND d.defaclrole = to_regrole('{OWNER}')
      AND d.defaclobjtype = kind.letter::"char" AND a.grantee = to_regrole(t.schema::text))
UNION ALL
SELECT format('new objects of %s will be %s''s to use', n.nspname, a.grantee::regrole),
       format('ALTER DEFAULT PRIVILEGES FOR ROLE %s IN SCHEMA %I REVOKE ALL ON %s FROM %s', d.defaclrole::regrole, n.nspname,
              CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END,
              a.grantee::regrole)
FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace, LATERAL aclexplode(d.defaclacl) a
WHERE n.nspname ~ '{TENANT_ROLE}' AND a.grantee <> to_regrole(n.nspname::text) AND a.grantee <> d.defaclrole AND a.grantee <> 0
ORDER BY 1
""",
)
