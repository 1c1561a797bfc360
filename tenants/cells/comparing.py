"""Compares a business on two servers at one moment, row by row: what each said of every table when nobody wrote."""

from dataclasses import dataclass

import asyncpg

from tenants.archive.tables import tables_of
from tenants.cells.belongings import MARK, PUBLISHED, row_filter
from tenants.cells.sides import Connection, Side, Trip


@dataclass(frozen=True, slots=True)
class Compared:
    """How many tables and rows were compared, and the tables in which the two differ."""

    tables: int
    rows: int
    differing: tuple[str, ...]


async def look(trip: Trip) -> None:
    """Have both servers remember this moment, in which nobody writes: what is compared later is compared as of now."""
    for side in (trip.source, trip.target):
        await side.witness.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        await side.witness.fetchval("SELECT 1")  # which takes the snapshot, and no lock on any table


async def compare(trip: Trip) -> Compared:
    """Compare counts and checksums of every table that was replicated, the audit log and its seals among them."""
    found = [each for each in await tables_of(trip.source.witness, trip.schema) if each.name != MARK]
    tables = {each.name: f'{trip.schema}."{each.name}"' for each in found}
    tables |= {f"platform.{name}": f"platform.{name} WHERE {row_filter(name, trip.schema)}" for name in PUBLISHED}
    rows, differing = 0, []
    for name, which in tables.items():
        here, there = await _sum(trip.source.witness, which), await _sum(trip.target.witness, which)
        rows += here[0]
        if here != there:
            differing.append(f"{name} ({here[0]} rows here, {there[0]} there)")
    await forget(trip.source, trip.target)
    return Compared(len(tables), rows, tuple(differing))


async def forget(*sides: Side) -> None:
    """End what `look` began."""
    for side in sides:
        if side.witness.is_in_transaction():
            await side.witness.execute("ROLLBACK")


async def _sum(connection: "Connection[asyncpg.Record]", which: str) -> tuple[int, str]:
    table, _, where = which.partition(" WHERE ")
    row = await connection.fetchrow(
        f"SELECT count(*) AS n, COALESCE(sum(hashtextextended(to_jsonb(x)::text, 0)::numeric), 0)::text AS s FROM {table} x"
        + (f" WHERE {where}" if where else "")
    )
    assert row is not None
    return row["n"], row["s"]
