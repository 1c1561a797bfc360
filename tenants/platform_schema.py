"""Brings the schema `platform` up to date: numbered SQL files, each run once, in one transaction."""

import hashlib
from importlib.resources import files

import asyncpg

from tenants.facts import keep_facts
from tenants.roles import OWNER


class SchemaChanged(RuntimeError):
    """A file that has been run was edited afterwards."""


async def migrate_platform(admin: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """Run the files that have not been run; returns their names. Raises `SchemaChanged`."""
    async with admin.transaction():
        await admin.execute(f"SET LOCAL ROLE {OWNER}")
        await admin.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        await admin.execute(
            "CREATE TABLE IF NOT EXISTS platform.schema_step"
            " (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())"
        )
        await admin.execute("LOCK TABLE platform.schema_step")
        known = {row["name"]: row["sha256"] for row in await admin.fetch("SELECT name, sha256 FROM platform.schema_step")}
        done = []
        for file in sorted(files("core.platform").joinpath("schema").iterdir(), key=lambda each: each.name):
            if not file.name.endswith(".sql"):
                continue
            text = file.read_text()
            digest = hashlib.sha256(text.encode()).hexdigest()
            if file.name not in known:
                await admin.execute(text)
                await admin.execute("INSERT INTO platform.schema_step (name, sha256) VALUES ($1, $2)", file.name, digest)
                done.append(file.name)
            elif known[file.name] != digest:
                raise SchemaChanged(f"{file.name} was edited after it had been run here: put the change into a new file instead.")
        if done:
            await keep_facts(admin)
        return done
