"""Makes the database fit for many tenants: roles, grants and, above all, what nobody may do. Run again, it mends what was changed.

PostgreSQL lets every role execute most functions. A few of those would lead out of a tenant's scope (`set_config('role', …)` inside an
expression), leave something on the session behind (`setseed`, advisory locks) or run SQL of their own (`query_to_xml`, `ts_stat`). Instead
of naming only those known today, every volatile function is taken from PUBLIC, and the few that tenants need are given back.
"""

import asyncpg

from core.settings import PLATFORM_LOGIN, Settings
from tenants.facts import changed_facts
from tenants.homes import homeless
from tenants.passwords import is_password, scram
from tenants.roles import APP_LOGINS, EXTENSIONS, GIVEN_BACK, OWNER, PROVISIONER, TENANTS
from tenants.standing import wrongs

Connection = asyncpg.Connection


class BootstrapRefused(RuntimeError):
    """The login that was given may not do what a bootstrap must."""


async def bootstrap(admin: "Connection[asyncpg.Record]", settings: Settings) -> list[str]:
    """Make roles, schemas, extensions, grants and revokes; returns what was changed, in words. Needs a superuser.

    Raises `BootstrapRefused` with a sentence when the login may not.
    """
    if not await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        if problems := await wrongs(admin):
            raise BootstrapRefused(
                f"The database is not prepared ({problems[0].what}), and this login may not prepare it: run `weft migrate` once with "
                "WEFT_PROVISIONER_URL set to a superuser's URL."
            )
        return []
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock(7731, 1)")
        await admin.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        roles = [await _mend(admin, "roles"), await _set_passwords(admin, settings)]
        schemas = await _make_schemas(admin)
        rest = [await _mend(admin, check) for check in ("memberships", "owners", "everybody", "functions")]
        await _grant(admin)
        rest += [await _restore_homes(admin, settings), await _restore_platform(admin)]
    return [each for part in (*roles, schemas, *rest) for each in part]


async def _mend(admin: "Connection[asyncpg.Record]", check: str) -> list[str]:
    """Put one kind of thing right; what stood open to everybody from the start is told in one line."""
    wrong = [each for each in await wrongs(admin) if each.check == check]
    for each in wrong:
        await admin.execute(each.mend)
    if len(wrong) > 20:
        return [f"{check}: {len(wrong)} mended, such as: {wrong[0].what}"]
    return [f"{check}: mended that {each.what}" for each in wrong]


async def _set_passwords(admin: "Connection[asyncpg.Record]", settings: Settings) -> list[str]:
    done = []
    for login in (PLATFORM_LOGIN, *APP_LOGINS):
        password = settings.role_password(login)  # hexadecimal, so it needs no quoting
        stored = await admin.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = $1", login)
        if not stored or not is_password(password, stored):
            await admin.execute(f"ALTER ROLE {login} PASSWORD '{password}'")
            done.append(f"the password of {login}")
    return done


async def _make_schemas(admin: "Connection[asyncpg.Record]") -> list[str]:
    done = []
    for schema, owner in (("platform", OWNER), ("extensions", "CURRENT_USER")):
        if not await admin.fetchval("SELECT 1 FROM pg_namespace WHERE nspname = $1", schema):
            await admin.execute(f"CREATE SCHEMA {schema} AUTHORIZATION {owner}")
            done.append(f"the schema {schema}")
    for extension in EXTENSIONS:
        if not await admin.fetchval("SELECT 1 FROM pg_extension WHERE extname = $1", extension):
            await admin.execute(f"CREATE EXTENSION {extension} SCHEMA extensions")
            done.append(f"the extension {extension}")
    return done


async def _grant(admin: "Connection[asyncpg.Record]") -> None:
    """Give our own roles what they need; a grant that stands already stays."""
    database = await admin.fetchval("SELECT quote_ident(current_database())")
    logins = ", ".join((PLATFORM_LOGIN, *APP_LOGINS, PROVISIONER))
    await admin.execute(f"""
        GRANT {OWNER} TO {PROVISIONER} WITH INHERIT FALSE, SET TRUE;
        GRANT {TENANTS} TO {PROVISIONER} WITH ADMIN TRUE, INHERIT FALSE;
        GRANT CONNECT ON DATABASE {database} TO {logins}, {TENANTS};
        GRANT CREATE ON DATABASE {database} TO {OWNER}, {PROVISIONER};
        GRANT USAGE ON SCHEMA platform TO {PLATFORM_LOGIN}, {TENANTS}, {PROVISIONER};
        GRANT USAGE ON SCHEMA extensions TO PUBLIC;
        GRANT USAGE ON LANGUAGE sql, plpgsql TO {OWNER}, {PROVISIONER};
    """)
    for function, roles in GIVEN_BACK:
        await admin.execute(f"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO {', '.join(roles)}")


async def _restore_homes(admin: "Connection[asyncpg.Record]", settings: Settings) -> list[str]:
    """Give tenants back the roles and rights they lack, and take what others have of theirs."""
    if not await admin.fetchval("SELECT to_regclass('platform.tenant') IS NOT NULL"):
        return []
    done = []
    for _ in range(3):  # a role that was made again has rights to be given back, and what was revoked is then granted anew
        wrong = [each for each in await homeless(admin) if each.mend]
        for each in wrong:
            await admin.execute(each.mend)
            done.append(f"homes: mended that {each.what}")
    for row in await admin.fetch(_ISOLATED):
        password = settings.role_password(row["schema"])
        if not row["stored"] or not is_password(password, row["stored"]):
            await admin.execute(f"ALTER ROLE {row['schema']} PASSWORD '{scram(password)}'")
            done.append(f"the password of {row['schema']}")
    return done


_ISOLATED = """
SELECT t.schema::text AS schema, a.rolpassword AS stored FROM platform.tenant t JOIN pg_authid a ON a.rolname = t.schema
WHERE to_jsonb(t) ->> 'isolation' = 'strict' ORDER BY 1
"""


async def _restore_platform(admin: "Connection[asyncpg.Record]") -> list[str]:
    """Take back what was granted or revoked by hand in the schema `platform`, and switch row security on again where it is off."""
    done = []
    for each in await changed_facts(admin):
        if each.mend:
            await admin.execute(each.mend)
            done.append(f"platform: mended {each.what}")
    for row in await admin.fetch(_POLICIES_ASLEEP):
        await admin.execute(f"ALTER TABLE {row['name']} ENABLE ROW LEVEL SECURITY")
        done.append(f"row security of {row['name']}")
    return done


_POLICIES_ASLEEP = """
SELECT c.oid::regclass::text AS name FROM pg_class c
WHERE c.relnamespace = 'platform'::regnamespace AND NOT c.relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
"""
