"""Makes the database fit for many tenants: roles, grants and, above all, what nobody may do. Run again, it changes nothing.

PostgreSQL lets every role execute most functions. A few of those would lead out of a tenant's scope (`set_config('role', …)` inside an
expression), leave something on the session behind (`setseed`, advisory locks) or run SQL of their own (`query_to_xml`, `ts_stat`). Instead
of naming only those known today, every volatile function is taken from PUBLIC, and the few that tenants need are given back.
"""

from dataclasses import dataclass

import asyncpg

from core.runtime import app_login
from core.settings import PLATFORM_LOGIN, Settings

OWNER = "weft_owner"
PROVISIONER = "weft_provisioner"
TENANTS = "weft_tenants"
BUCKETS = 1

# Volatile functions of pg_catalog that a tenant's SQL may use.
ALLOWED = (
    "random",
    "random_normal",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "clock_timestamp",
    "timeofday",
    "nextval",
    "currval",
    "lastval",
    "array_sample",
    "array_shuffle",
)
# Not volatile, and refused all the same: they read whole tables or schemas by name.
REFUSED = ("schema_to_xml", "schema_to_xmlschema", "schema_to_xml_and_xmlschema", "database_to_xml", "database_to_xmlschema",
           "database_to_xml_and_xmlschema", "table_to_xml", "table_to_xmlschema", "table_to_xml_and_xmlschema")  # fmt: skip
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")


class BootstrapRefused(RuntimeError):
    """The login that was given may not do what a bootstrap must."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function as a GRANT or REVOKE names it."""

    signature: str


# Functions that PUBLIC can execute and should not. Handlers and triggers cannot be called, so they are left alone.
OPEN_FUNCTIONS = """
SELECT p.oid::regprocedure::text AS signature
FROM pg_proc p, LATERAL aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'
  AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'language_handler'::regtype, 'index_am_handler'::regtype,
                           'table_am_handler'::regtype, 'tsm_handler'::regtype, 'internal'::regtype)
  AND (
      (p.pronamespace = 'pg_catalog'::regnamespace AND (p.provolatile = 'v' AND p.proname <> ALL ($1::text[]) OR p.proname = ANY
      ($2::text[]))) OR (p.pronamespace = 'extensions'::regnamespace AND p.provolatile = 'v')
  )
ORDER BY 1
"""


async def bootstrap(admin: "asyncpg.Connection[asyncpg.Record]", settings: Settings) -> list[str]:
    """Make roles, schemas, extensions, grants and revokes; returns what was changed, in words. Needs a superuser.

    Raises `BootstrapRefused` with a sentence when the login may not.
    """
    if not await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        if problems := await standing_problems(admin):
            raise BootstrapRefused(
                f"The database is not prepared ({problems[0]}), and this login may not prepare it: run `weft migrate` once with "
                "WEFT_PROVISIONER_URL set to a superuser's URL."
            )
        return []
    done: list[str] = []
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock(7731, 1)")
        done += await _make_roles(admin, settings)
        done += await _make_schemas(admin)
        done += await _close(admin)
    return done


async def _make_roles(admin: "asyncpg.Connection[asyncpg.Record]", settings: Settings) -> list[str]:
    existing = {row["rolname"] for row in await admin.fetch("SELECT rolname FROM pg_roles")}
    logins = [PLATFORM_LOGIN, *(app_login(bucket) for bucket in range(BUCKETS))]
    done = []
    for role, options in [
        (OWNER, "NOLOGIN"),
        (TENANTS, "NOLOGIN"),
        (PROVISIONER, "LOGIN CREATEROLE NOINHERIT"),
        *((login, "LOGIN NOINHERIT NOCREATEROLE NOCREATEDB") for login in logins),
    ]:
        if role not in existing:
            await admin.execute(f"CREATE ROLE {role} {options}")
            done.append(f"role {role}")
    for login in logins:
        await admin.execute(f"ALTER ROLE {login} PASSWORD '{settings.role_password(login)}'")  # hexadecimal, so it needs no quoting
    await admin.execute(
        f"GRANT {OWNER} TO {PROVISIONER} WITH INHERIT FALSE, SET TRUE; GRANT {TENANTS} TO {PROVISIONER} WITH ADMIN TRUE, INHERIT FALSE;"
    )
    return done


async def _make_schemas(admin: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    database = await admin.fetchval("SELECT quote_ident(current_database())")
    await admin.execute(f"""
        CREATE SCHEMA IF NOT EXISTS platform AUTHORIZATION {OWNER};
        CREATE SCHEMA IF NOT EXISTS extensions;
        GRANT USAGE ON SCHEMA platform TO {PLATFORM_LOGIN}, {TENANTS}, {PROVISIONER};
        GRANT USAGE ON SCHEMA extensions TO PUBLIC;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        REVOKE ALL ON DATABASE {database} FROM PUBLIC;
        GRANT CONNECT ON DATABASE {database} TO {PLATFORM_LOGIN}, {PROVISIONER}, {
        ", ".join(app_login(bucket) for bucket in range(BUCKETS))
    }; GRANT CREATE ON DATABASE {database} TO {OWNER}, {PROVISIONER}; REVOKE USAGE ON LANGUAGE sql, plpgsql FROM PUBLIC;
        GRANT USAGE ON LANGUAGE sql, plpgsql TO {OWNER}, {PROVISIONER};
    """)
    done = []
    for extension in EXTENSIONS:
        if not await admin.fetchval("SELECT 1 FROM pg_extension WHERE extname = $1", extension):
            await admin.execute(f"CREATE EXTENSION {extension} SCHEMA extensions")
            done.append(f"extension {extension}")
    return done


async def _close(admin: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    open_now = [row["signature"] for row in await admin.fetch(OPEN_FUNCTIONS, list(ALLOWED), list(REFUSED))]
    if open_now:
        await admin.execute(";".join(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC" for signature in open_now))
    await admin.execute(f"GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) TO {PLATFORM_LOGIN}, {OWNER}, {PROVISIONER}")
    return [f"{len(open_now)} functions taken from PUBLIC"] if open_now else []


async def standing_problems(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """Return what of the bootstrap does not hold (any more), one sentence each; nothing when all is well. Needs no special rights."""
    problems = []
    roles = {
        row["rolname"]: row
        for row in await connection.fetch("SELECT * FROM pg_roles WHERE rolname LIKE 'weft%' OR rolname ~ '^t_[a-z0-9]{10}$'")
    }
    logins = [PLATFORM_LOGIN, *(app_login(bucket) for bucket in range(BUCKETS))]
    problems += [f"the role {role} is missing" for role in (OWNER, TENANTS, PROVISIONER, *logins) if role not in roles]
    if problems:
        return problems
    for name, role in roles.items():
        if role["rolsuper"] or role["rolbypassrls"] or role["rolreplication"] or (role["rolcreaterole"] and name != PROVISIONER):
            problems.append(f"the role {name} has more power than it may have")
        if role["rolcanlogin"] and name not in (*logins, PROVISIONER):
            problems.append(f"the role {name} can log in and should not")
        if role["rolinherit"] and name in logins:
            problems.append(f"the login {name} inherits what it is a member of")
    problems += [f"everybody may {row['what']}" for row in await connection.fetch(_PUBLIC_RIGHTS)]
    still_open = await connection.fetch(OPEN_FUNCTIONS, list(ALLOWED), list(REFUSED))
    problems += [f"everybody may execute {row['signature']}" for row in still_open]
    problems += [f"{row['login']} owns {row['what']}" for row in await connection.fetch(_OWNED, logins)]
    problems += [f"{row['role']} is a member of {row['member_of']}" for row in await connection.fetch(_MEMBERSHIPS, logins)]
    return problems


_PUBLIC_RIGHTS = """
SELECT 'use the language ' || lanname AS what FROM pg_language
WHERE lanname IN ('sql', 'plpgsql') AND EXISTS (SELECT 1 FROM aclexplode(COALESCE(lanacl, acldefault('l', lanowner))) a WHERE a.grantee = 0)
UNION ALL
SELECT CASE a.privilege_type WHEN 'TEMPORARY' THEN 'make temporary tables' ELSE lower(a.privilege_type) || ' on this database' END
FROM pg_database d, LATERAL aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a
WHERE d.datname = current_database() AND a.grantee = 0
UNION ALL
SELECT 'create in the schema ' || n.nspname FROM pg_namespace n, LATERAL aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) a
WHERE a.grantee = 0 AND a.privilege_type = 'CREATE'
"""
_OWNED = """
SELECT r.rolname AS login, c.relname AS what FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = ANY ($1)
UNION ALL SELECT r.rolname, n.nspname FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE r.rolname = ANY ($1)
"""
# A login of the application is a member of tenants' roles only, a tenant's role of the group only.
_MEMBERSHIPS = """
SELECT m.rolname AS role, g.rolname AS member_of FROM pg_auth_members a
JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
WHERE (m.rolname = ANY ($1) AND g.rolname !~ '^t_[a-z0-9]{10}$')
   OR (m.rolname = ANY ($1) AND a.inherit_option)
   OR (m.rolname ~ '^t_[a-z0-9]{10}$' AND (g.rolname <> 'weft_tenants' OR a.set_option))
   OR (m.rolname = 'weft_platform')
"""
