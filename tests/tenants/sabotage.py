"""Ways to break an installation, each alone; ``{t}`` is a tenant's schema, ``{o}`` another's, ``{db}`` the database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sabotage:
    """A change by hand; the doctor's check that must notice it and what it must name; how to mend what the bootstrap does not."""

    sql: str
    check: str
    names: str
    repair: str = ""


def function(signature: str) -> Sabotage:
    """Return the sabotage that gives a function back to everybody."""
    return Sabotage(f"GRANT EXECUTE ON FUNCTION pg_catalog.{signature} TO PUBLIC", "functions", signature.partition("(")[0])


SABOTAGES = (
    function("set_config(text, text, boolean)"),
    function("query_to_xml(text, boolean, boolean, text)"),
    function("schema_to_xml(name, boolean, boolean, text)"),
    function("ts_stat(text)"),
    function("setseed(double precision)"),
    function("lo_get(oid)"),
    function("pg_advisory_lock(bigint)"),
    function("pg_notify(text, text)"),
    function("pg_read_file(text)"),
    function("pg_prepared_statement()"),
    Sabotage("GRANT EXECUTE ON FUNCTION extensions.set_limit(real) TO PUBLIC", "functions", "set_limit"),
    Sabotage("CREATE EXTENSION dblink SCHEMA public", "functions", "dblink", "DROP EXTENSION dblink"),
    Sabotage(
        "CREATE FUNCTION public.way_out() RETURNS int LANGUAGE sql IMMUTABLE SECURITY DEFINER AS 'SELECT 1'",
        *("functions", "way_out", "DROP FUNCTION public.way_out"),
    ),
    Sabotage("GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC", "everybody", "plpgsql"),
    Sabotage("GRANT TEMPORARY ON DATABASE {db} TO PUBLIC", "everybody", "TEMPORARY"),
    Sabotage("GRANT CREATE ON SCHEMA public TO PUBLIC", "everybody", "CREATE on the schema public"),
    Sabotage("GRANT USAGE ON SCHEMA {t} TO PUBLIC", "everybody", "USAGE on the schema {t}"),
    Sabotage("GRANT SELECT ON {t}.shop_item TO PUBLIC", "everybody", "SELECT on {t}.shop_item"),
    Sabotage("GRANT UPDATE ON pg_settings TO PUBLIC", "everybody", "UPDATE on pg_settings"),
    Sabotage("ALTER DEFAULT PRIVILEGES FOR ROLE weft_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC", "everybody", "makes from now on"),
    Sabotage("ALTER ROLE weft_app_00 INHERIT", "roles", "weft_app_00 inherits"),
    Sabotage("ALTER ROLE weft_app_00 SUPERUSER", "roles", "weft_app_00 has more power"),
    Sabotage("ALTER ROLE weft_platform BYPASSRLS", "roles", "weft_platform has more power"),
    Sabotage("ALTER ROLE weft_owner LOGIN", "roles", "weft_owner can log in"),
    Sabotage("ALTER ROLE {t} LOGIN", "homes", "{t} can log in"),
    Sabotage("ALTER ROLE {t} CREATEROLE", "roles", "{t} has more power"),
    Sabotage("GRANT {t} TO {o}", "memberships", "{o} is a member of {t}"),
    Sabotage("GRANT {t} TO weft_platform", "memberships", "weft_platform is a member of {t}"),
    Sabotage("GRANT weft_owner TO weft_app_00", "memberships", "weft_app_00 is a member of weft_owner"),
    Sabotage("GRANT weft_tenants TO weft_platform", "memberships", "weft_platform is a member of weft_tenants"),
    Sabotage("GRANT weft_platform TO {t}", "memberships", "{t} is a member of weft_platform"),
    Sabotage("GRANT pg_read_all_data TO weft_app_00", "memberships", "weft_app_00 is a member of pg_read_all_data"),
    Sabotage("GRANT {t} TO weft_app_00 WITH INHERIT TRUE", "memberships", "weft_app_00 is a member of {t}"),
    Sabotage("GRANT {t} TO weft_app_00 WITH ADMIN TRUE", "memberships", "weft_app_00 is a member of {t}"),
    Sabotage("REVOKE {t} FROM weft_app_00 GRANTED BY weft_provisioner", "homes", "weft_app_00 is no member of {t}"),
    Sabotage("REVOKE weft_tenants FROM {t} GRANTED BY weft_provisioner", "homes", "{t} is no member of weft_tenants"),
    Sabotage("ALTER TABLE {t}.shop_item OWNER TO {t}", "owners", "{t}.shop_item is owned by {t}"),
    Sabotage("ALTER TABLE platform.operation OWNER TO postgres", "owners", "platform.operation is owned by postgres"),
    Sabotage("ALTER SCHEMA {t} OWNER TO {t}", "owners", "schema {t} is owned by {t}"),
    Sabotage("CREATE TABLE public.mine (x int); ALTER TABLE public.mine OWNER TO {t}", "owners", "{t} owns", "DROP TABLE public.mine"),
    Sabotage("ALTER TABLE platform.outbox DISABLE ROW LEVEL SECURITY", "row security", "platform.outbox is off"),
    Sabotage("ALTER TABLE platform.dashboard DISABLE ROW LEVEL SECURITY", "row security", "platform.dashboard is off"),
    Sabotage(
        "GRANT SELECT ON platform.person TO weft_tenants",
        "platform",
        "weft_tenants may SELECT on person",
        "REVOKE ALL ON platform.person FROM weft_tenants",
    ),
    Sabotage(
        "GRANT UPDATE (at) ON platform.audit_entry TO weft_platform",
        *("platform", "UPDATE on audit_entry.at"),
    ),
    Sabotage("REVOKE INSERT ON platform.operation FROM weft_platform", "platform", "weft_platform may INSERT on operation"),
    Sabotage(
        "CREATE POLICY generous ON platform.job TO weft_tenants USING (true)",
        *("platform", "generous", "DROP POLICY generous ON platform.job"),
    ),
    Sabotage(
        "ALTER TABLE platform.audit_entry DISABLE TRIGGER sealed",
        *("platform", "trigger sealed of audit_entry", "ALTER TABLE platform.audit_entry ENABLE TRIGGER sealed"),
    ),
    Sabotage("GRANT SELECT ON {t}.shop_item TO {o}", "homes", "{o} may SELECT {t}.shop_item"),
    Sabotage("GRANT TRUNCATE ON {t}.shop_item TO {t}", "homes", "{t} may TRUNCATE {t}.shop_item"),
    Sabotage("GRANT SELECT ON {t}.migration TO {t}", "homes", "{t} may SELECT {t}.migration"),
    Sabotage("GRANT CREATE ON SCHEMA {t} TO {t}", "homes", "{t} may CREATE the schema {t}"),
    Sabotage("GRANT USAGE ON SCHEMA {t} TO weft_platform", "homes", "weft_platform may USAGE the schema {t}"),
    Sabotage("REVOKE USAGE ON SCHEMA {t} FROM {t}", "homes", "{t} may not use its schema"),
    Sabotage("REVOKE DELETE ON {t}.shop_item FROM {t}", "homes", "{t} may not do everything to {t}.shop_item"),
    Sabotage("ALTER DEFAULT PRIVILEGES FOR ROLE weft_owner IN SCHEMA {t} REVOKE UPDATE ON TABLES FROM {t}", "homes", "ew tables of {t}"),
    Sabotage(
        "ALTER DEFAULT PRIVILEGES FOR ROLE weft_owner IN SCHEMA {t} GRANT SELECT ON TABLES TO {o}",
        "homes",
        "ew objects of {t} will be {o}'s",
    ),
    Sabotage(
        "CREATE FUNCTION {t}.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; REVOKE ALL ON FUNCTION {t}.f() FROM PUBLIC",
        *("homes", "may execute {t}.f()", "DROP FUNCTION {t}.f()"),
    ),
    Sabotage("CREATE ROLE t_0000000000", "orphans", "role t_0000000000", "DROP ROLE t_0000000000"),
    Sabotage("CREATE SCHEMA t_0000000000 AUTHORIZATION weft_owner", "orphans", "schema t_0000000000", "DROP SCHEMA t_0000000000"),
    Sabotage("ALTER TABLE {t}.shop_item RENAME TO gone", "tables", "{t}.shop_item is missing", "ALTER TABLE {t}.gone RENAME TO shop_item"),
    Sabotage(
        "DELETE FROM {t}.migration WHERE name = 'shop_0001'",
        *("bookkeeping", "{t} and the ledger differ in shop_0001", "INSERT INTO {t}.migration VALUES ('shop_0001', 'shop')"),
    ),
    Sabotage(
        "INSERT INTO {t}.migration VALUES ('shop_0009', 'shop')",
        *("bookkeeping", "differ in shop_0009", "DELETE FROM {t}.migration WHERE name = 'shop_0009'"),
    ),
    Sabotage(
        "UPDATE platform.tenant_module SET version = '0.9' WHERE tenant_id = (SELECT id FROM platform.tenant WHERE schema = '{t}')",
        *("modules", "“shop” is to be upgraded for 1 tenant", "UPDATE platform.tenant_module SET version = '1.0' WHERE version = '0.9'"),
    ),
    Sabotage(
        "INSERT INTO platform.tenant_module (tenant_id, plugin, version) SELECT id, 'gone', '1' FROM platform.tenant",
        *("modules", "“gone” is in use by 2 tenants", "DELETE FROM platform.tenant_module WHERE plugin = 'gone'"),
    ),
    Sabotage(
        "INSERT INTO platform.operation (id, kind, created_at) VALUES (uuidv7(), 'x', now() - interval '1 hour')",
        *("operations", "1 operation", "DELETE FROM platform.operation"),
    ),
    Sabotage(
        "INSERT INTO platform.outbox (id, tenant, kind, name, payload, created_at)"
        " VALUES (uuidv7(), '{t}', 'job', 'x', '{}', now() - interval '1 hour')",
        *("outbox", "more than ten minutes", "DELETE FROM platform.outbox"),
    ),
)
