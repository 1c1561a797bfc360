"""Whether roles and rights still stand as the bootstrap made them, and the SQL that mends what does not.

Needs no special rights to ask: PostgreSQL shows these to everyone.
"""

from dataclasses import dataclass

import asyncpg

from core.platform.database import Db
from core.settings import PLATFORM_LOGIN
from tenants.roles import ALLOWED, APP_LOGINS, OPEN_FUNCTIONS, OWNER, PROVISIONER, REFUSED, ROLES, TENANT_ROLE, TENANTS, Role

Connection = asyncpg.Connection


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that does not stand as it should, in words, and the statement of a superuser's that mends it."""

    check: str
    what: str
    mend: str


# The checks, and what can be said when nothing is wrong.
CHECKS = {
    "roles": f"{len(ROLES)} roles stand, with exactly the power they need.",
    "memberships": "No role can become another that it should not.",
    "owners": f"{OWNER} alone owns the schemas and tables of tenants.",
    "everybody": "Everybody may do next to nothing in this database.",
    "functions": "No function that everybody may call leads out of a tenant.",
}


async def wrongs(connection: "Connection[asyncpg.Record] | Db[asyncpg.Record]") -> list[Wrong]:
    """Return what of roles, memberships, ownership and rights is not as it should be."""
    found = await _roles(connection)
    for check, sql in (("memberships", _MEMBERSHIPS), ("owners", _OWNERS), ("everybody", _EVERYBODY)):
        found += [Wrong(check, row["what"], row["mend"]) for row in await connection.fetch(sql)]
    for row in await connection.fetch(OPEN_FUNCTIONS, list(ALLOWED), list(REFUSED)):
        mend = f"REVOKE EXECUTE ON FUNCTION {row['signature']} FROM PUBLIC"
        found.append(Wrong("functions", f"everybody may execute {row['signature']}", mend))
    return found


async def _roles(connection: "Connection[asyncpg.Record] | Db[asyncpg.Record]") -> list[Wrong]:
    known = {role.name: role for role in ROLES}
    rows = {row["rolname"]: row for row in await connection.fetch(_ROLES, list(known))}
    missing = known.keys() - rows.keys()
    wrong = [Wrong("roles", f"the role {name} is missing", f"CREATE ROLE {name} {known[name].options}") for name in sorted(missing)]
    for name, row in rows.items():
        role = known.get(name, Role(name))  # a tenant's role has no power at all
        mend = f"ALTER ROLE {name} {role.options}"
        if row["mighty"] or row["rolcreaterole"] > role.creates_roles:
            wrong.append(Wrong("roles", f"the role {name} has more power than it may have", mend))
        elif name in known and row["rolcanlogin"] != role.login:  # a tenant's: see `tenants.homes`
            wrong.append(Wrong("roles", f"the role {name} {'can' if row['rolcanlogin'] else 'cannot'} log in", mend))
        elif row["rolinherit"] == role.login:
            verb = "inherits" if row["rolinherit"] else "does not inherit"
            wrong.append(Wrong("roles", f"the role {name} {verb} what it is a member of", mend))
    return wrong


def _quoted(*names: str) -> str:
    return ", ".join(f"'{name}'" for name in names)


_ROLES = f"""
SELECT rolname, rolsuper OR rolbypassrls OR rolreplication OR rolcreatedb AS mighty, rolcreaterole, rolcanlogin, rolinherit
FROM pg_roles WHERE rolname = ANY ($1) OR rolname ~ '{TENANT_ROLE}' ORDER BY rolname
"""

# A tenant's role is for the login of its bucket, and for the provisioner, who made it, to hand on; a login is for tenants' roles.
_MEMBERSHIPS = f"""
SELECT format('%s is a member of %s in a way it may not be', m.rolname, g.rolname) AS what,
       format('REVOKE %I FROM %I GRANTED BY %I CASCADE', g.rolname, m.rolname, by.rolname) AS mend
FROM pg_auth_members a
JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles by ON by.oid = a.grantor
WHERE (m.rolname ~ '{TENANT_ROLE}' OR g.rolname ~ '{TENANT_ROLE}' OR m.rolname = ANY (array[{_quoted(*(r.name for r in ROLES))}])
       OR g.rolname = ANY (array[{_quoted(*(r.name for r in ROLES))}]))
  AND NOT CASE
    WHEN g.rolname ~ '{TENANT_ROLE}' AND m.rolname IN ({_quoted(*APP_LOGINS)})
        THEN a.set_option AND NOT a.inherit_option AND NOT a.admin_option
    WHEN g.rolname ~ '{TENANT_ROLE}' AND m.rolname = '{PROVISIONER}' THEN NOT a.inherit_option AND NOT a.set_option
    WHEN g.rolname = '{TENANTS}' AND m.rolname ~ '{TENANT_ROLE}' THEN a.inherit_option AND NOT a.set_option AND NOT a.admin_option
    WHEN g.rolname = '{TENANTS}' AND m.rolname = '{PROVISIONER}' THEN NOT a.inherit_option
    WHEN g.rolname = '{OWNER}' AND m.rolname = '{PROVISIONER}' THEN NOT a.inherit_option AND NOT a.admin_option
    ELSE false END
ORDER BY 1
"""

_OURS = f"(n.nspname = 'platform' OR n.nspname ~ '{TENANT_ROLE}')"
_OWNERS = f"""
SELECT format('%s is owned by %s', c.oid::regclass, r.rolname) AS what,
       format('ALTER TABLE %s OWNER TO {OWNER}', c.oid::regclass) AS mend
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
WHERE {_OURS} AND c.relkind IN ('r', 'p', 'S', 'v', 'm', 'f') AND r.rolname <> '{OWNER}'
UNION ALL
SELECT format('the schema %s is owned by %s', n.nspname, r.rolname), format('ALTER SCHEMA %I OWNER TO {OWNER}', n.nspname)
FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE {_OURS} AND r.rolname <> '{OWNER}'
UNION ALL
SELECT format('%s owns %s', r.rolname, c.oid::regclass), format('ALTER TABLE %s OWNER TO CURRENT_USER', c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
WHERE NOT {_OURS} AND c.relkind IN ('r', 'p', 'S', 'v', 'm', 'f')
  AND (r.rolname ~ '{TENANT_ROLE}' OR r.rolname IN ({_quoted(PLATFORM_LOGIN, *APP_LOGINS)}))
ORDER BY 1
"""

_EVERYBODY = f"""
SELECT format('everybody may use the language %s', lanname) AS what, format('REVOKE USAGE ON LANGUAGE %I FROM PUBLIC', lanname) AS mend
FROM pg_language WHERE lanpltrusted
  AND EXISTS (SELECT 1 FROM aclexplode(COALESCE(lanacl, acldefault('l', lanowner))) a WHERE a.grantee = 0)
UNION ALL
SELECT format('everybody has %s on this database', a.privilege_type),
       format('REVOKE %s ON DATABASE %I FROM PUBLIC', a.privilege_type, d.datname)
FROM pg_database d, LATERAL aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a
WHERE d.datname = current_database() AND a.grantee = 0
UNION ALL
SELECT format('everybody has %s on the schema %s', a.privilege_type, n.nspname),
       format('REVOKE %s ON SCHEMA %I FROM PUBLIC', a.privilege_type, n.nspname)
FROM pg_namespace n, LATERAL aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) a
WHERE a.grantee = 0 AND (a.privilege_type = 'CREATE' OR {_OURS})
UNION ALL
SELECT format('everybody has %s on %s', a.privilege_type, c.oid::regclass),
       format('REVOKE %s ON %s FROM PUBLIC', a.privilege_type, c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL aclexplode(c.relacl) a
WHERE a.grantee = 0 AND (a.privilege_type <> 'SELECT' OR {_OURS})
UNION ALL
SELECT format('everybody may execute what %s makes from now on', '{OWNER}'),
       'ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC'
WHERE NOT EXISTS (SELECT 1 FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole
                  WHERE r.rolname = '{OWNER}' AND d.defaclnamespace = 0 AND d.defaclobjtype = 'f'
                    AND NOT EXISTS (SELECT 1 FROM aclexplode(d.defaclacl) a WHERE a.grantee = 0))
ORDER BY 1
"""
