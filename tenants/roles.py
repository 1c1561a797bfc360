"""The roles of PostgreSQL that the house knows, and what nobody may do: read by the bootstrap, which makes it so, and by the doctor."""

from dataclasses import dataclass

from core.runtime import app_login
from core.settings import PLATFORM_LOGIN

OWNER = "weft_owner"
PROVISIONER = "weft_provisioner"
TENANTS = "weft_tenants"
BUCKETS = 1
APP_LOGINS = tuple(app_login(bucket) for bucket in range(BUCKETS))
TENANT_ROLE = "^t_[a-z0-9]{10}$"


@dataclass(frozen=True, slots=True)
class Role:
    """One role of ours. None of them is a superuser, passes row security by, replicates or makes databases."""

    name: str
    login: bool = False
    creates_roles: bool = False

    @property
    def options(self) -> str:
        """What CREATE ROLE and ALTER ROLE are told. No login inherits what it is a member of: it has to say SET ROLE."""
        login = "LOGIN NOINHERIT" if self.login else "NOLOGIN INHERIT"
        creates = "CREATEROLE" if self.creates_roles else "NOCREATEROLE"
        return f"{login} {creates} NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS"


ROLES = (
    Role(OWNER),
    Role(TENANTS),
    Role(PROVISIONER, login=True, creates_roles=True),
    Role(PLATFORM_LOGIN, login=True),
    *(Role(login, login=True) for login in APP_LOGINS),
)

# Volatile functions of pg_catalog that a tenant's SQL may use. Every other one is taken from PUBLIC, known to be dangerous or not.
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
# Not volatile, and refused all the same: they read whole tables or schemas by name, or show what others ran on the same connection.
REFUSED = (
    *("schema_to_xml", "schema_to_xmlschema", "schema_to_xml_and_xmlschema"),
    *("database_to_xml", "database_to_xmlschema", "database_to_xml_and_xmlschema"),
    *("table_to_xml", "table_to_xmlschema", "table_to_xml_and_xmlschema"),
    *("pg_prepared_statement", "pg_cursor", "pg_listening_channels"),
)
# What our own logins are given back.
GIVEN_BACK = (
    ("pg_notify(text, text)", (PLATFORM_LOGIN, OWNER, PROVISIONER)),
    ("pg_try_advisory_xact_lock(integer, integer)", (PLATFORM_LOGIN, OWNER, PROVISIONER)),
    ("pg_get_backend_memory_contexts()", APP_LOGINS),  # of their own connection; a tenant's role may not ask
    ("pg_total_relation_size(regclass)", (OWNER, PROVISIONER)),
)
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")

# Functions that PUBLIC can execute and should not, in whatever schema; $1 and $2 are ALLOWED and REFUSED. What a trigger, an index or a
# language calls cannot be called from SQL and is left alone. Extensions in schemas of others count too: dblink is made of such functions.
OPEN_FUNCTIONS = """
SELECT p.oid::regprocedure::text AS signature
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, LATERAL aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'
  AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'language_handler'::regtype, 'index_am_handler'::regtype,
                           'table_am_handler'::regtype, 'tsm_handler'::regtype, 'fdw_handler'::regtype, 'internal'::regtype)
  AND (p.prosecdef
       OR CASE n.nspname WHEN 'pg_catalog' THEN p.provolatile = 'v' AND p.proname <> ALL ($1::text[]) OR p.proname = ANY ($2::text[])
                         ELSE p.provolatile = 'v' END)
ORDER BY 1
"""
