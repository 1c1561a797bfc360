"""Checks of what all tenants stand on: the server, roles and rights, and the schema `platform`."""

import asyncpg

from core.platform.database import Db
from tenants.doctor.findings import Finding, found, sentence
from tenants.facts import changed_facts
from tenants.roles import TENANTS
from tenants.standing import CHECKS, wrongs


async def server(db: "Db[asyncpg.Record]") -> list[Finding]:
    """Check the server's version and the settings that many tenants need."""
    version = int(await db.fetchval("SHOW server_version_num"))
    settings = {row["name"]: row["setting"] for row in await db.fetch(_SETTINGS)}
    problems = []
    if version < 170000:
        problems.append(f"PostgreSQL {version // 10000} is too old: 17 or newer is needed, since older ones slow down with every tenant.")
    if settings["wal_level"] != "logical":
        problems.append("wal_level should be logical: without it no tenant can be moved to another server while it works.")
    if int(settings["max_locks_per_transaction"]) < 256:
        problems.append("max_locks_per_transaction should be 256 or more: erasing or migrating a tenant locks every table of it at once.")
    if settings["fsync"] != "on" or settings["full_page_writes"] != "on":
        problems.append("fsync and full_page_writes must be on: a power cut would lose or tear what was saved.")
    return found("server", problems, f"PostgreSQL {version // 10000}.{version % 10000} has the settings that many tenants need.")


_SETTINGS = """
SELECT name, setting FROM pg_settings WHERE name IN ('wal_level', 'max_locks_per_transaction', 'fsync', 'full_page_writes')
"""


async def rights(db: "Db[asyncpg.Record]") -> list[Finding]:
    """Check roles, memberships, owners, and what everybody may do."""
    wrong = await wrongs(db)
    findings = []
    for check, fine in CHECKS.items():
        findings += found(check, [sentence(each.what, each.mend) for each in wrong if each.check == check], fine)
    return findings


async def row_security(db: "Db[asyncpg.Record]") -> list[Finding]:
    """Check that every table of the platform's with a tenant column shows each tenant its own rows alone."""
    rows = await db.fetch(_UNGUARDED, TENANTS)
    return found("row security", [row["what"] for row in rows], "Every shared table shows a tenant its own rows alone.")


_UNGUARDED = """
SELECT CASE WHEN NOT c.relrowsecurity THEN format('Row security of platform.%s is off: run `weft migrate`.', c.relname)
            ELSE format('platform.%s has no policy that confines tenants to their own rows.', c.relname) END AS what
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind IN ('r', 'p') AND (NOT c.relrowsecurity OR NOT EXISTS (
    SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polroles = ARRAY[to_regrole($1)::oid]
       AND pg_get_expr(COALESCE(p.polqual, p.polwithcheck), p.polrelid) = '(tenant = CURRENT_USER)'))
ORDER BY 1
"""


async def platform(db: "Db[asyncpg.Record]") -> list[Finding]:
    """Check that grants, policies, triggers and functions of the schema `platform` are as its SQL files made them."""
    changed = await changed_facts(db)
    return found(
        "platform", [f"The schema platform was changed by hand. {each}" for each in changed], "The schema platform is as its files made it."
    )
