"""Units of measure, price lists and running numbers."""

from uuid import UUID

import asyncpg
import msgspec

from weft import Conflict, Missing, Scope, new_id

from ..domain.prices import PriceList, PriceListDraft
from ..domain.units import STANDARD, Unit, UnitDraft

_UNITS = "SELECT id, code, title, dimension, factor, rec20, is_default, active, version FROM catalogue_unit"
_LISTS = "SELECT id, code, title, currency, tax_included, is_default, active, version FROM catalogue_price_list"


async def units(db: Scope) -> list[Unit]:
    """Return all units, those of one dimension together and the default one's first."""
    rows = await db.fetch(f"{_UNITS} ORDER BY dimension, factor, code")
    return [Unit(**dict(row.items())) for row in rows]


async def price_lists(db: Scope) -> list[PriceList]:
    """Return all price lists, the default one first."""
    rows = await db.fetch(f"{_LISTS} ORDER BY is_default DESC, active DESC, lower(title), id")
    return [PriceList(**dict(row.items())) for row in rows]


async def add_standard_units(db: Scope) -> None:
    """Make the units that every tenant starts with; those that stand stay as they are."""
    rows = [{"id": new_id(), **msgspec.structs.asdict(each)} for each in STANDARD]
    await db.execute(
        """
        INSERT INTO catalogue_unit (id, code, title, dimension, factor, rec20, is_default)
        SELECT id, code, title, dimension, factor, rec20, code = 'pcs' AND NOT EXISTS (SELECT 1 FROM catalogue_unit WHERE is_default)
        FROM json_to_recordset($1::json) AS r (id uuid, code text, title text, dimension text, factor numeric, rec20 text)
        ON CONFLICT (code) DO NOTHING
        """,
        msgspec.json.encode(rows).decode(),
    )


async def add_price_list(db: Scope, draft: PriceListDraft, *, is_default: bool) -> PriceList:
    """Make a price list; raises `Conflict` for a code that is taken."""
    made = PriceList(id=new_id(), is_default=is_default, **msgspec.structs.asdict(draft))
    added = await db.execute(
        "INSERT INTO catalogue_price_list (id, code, title, currency, tax_included, is_default, active) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "ON CONFLICT (code) DO NOTHING",
        *(made.id, made.code, made.title, made.currency, made.tax_included, made.is_default, made.active),
    )
    if not added:
        raise Conflict(f"There is a price list with the code {made.code} already.")
    return made


async def change_price_list(db: Scope, changed: PriceList) -> None:
    """Write a price list's title, tax flag and state."""
    await db.execute(
        "UPDATE catalogue_price_list SET title = $2, tax_included = $3, active = $4, version = $5 WHERE id = $1",
        *(changed.id, changed.title, changed.tax_included, changed.active, changed.version),
    )


async def make_default(db: Scope, kind: str, record_id: UUID) -> None:
    """Make one unit (``unit``) or price list (``price_list``) the default, and no other."""
    table = {"unit": "catalogue_unit", "price_list": "catalogue_price_list"}[kind]
    await db.execute(f"UPDATE {table} SET is_default = false, version = version + 1 WHERE is_default AND id <> $1", record_id)
    await db.execute(f"UPDATE {table} SET is_default = true, version = version + 1 WHERE id = $1 AND NOT is_default", record_id)


async def add_unit(db: Scope, draft: UnitDraft) -> Unit:
    """Make a unit; raises `Conflict` for a code that is taken."""
    made = Unit(id=new_id(), **msgspec.structs.asdict(draft))
    added = await db.execute(
        "INSERT INTO catalogue_unit (id, code, title, dimension, factor, rec20, active) VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "ON CONFLICT (code) DO NOTHING",
        *(made.id, made.code, made.title, made.dimension, made.factor, made.rec20, made.active),
    )
    if not added:
        raise Conflict(f"There is a unit with the code {made.code} already.")
    return made


async def change_unit(db: Scope, changed: Unit) -> None:
    """Write a unit; raises `Conflict` for a code that is taken."""
    try:
        await db.execute(
            "UPDATE catalogue_unit SET code = $2, title = $3, dimension = $4, factor = $5, rec20 = $6, active = $7, version = $8 "
            "WHERE id = $1",
            *(changed.id, changed.code, changed.title, changed.dimension, changed.factor, changed.rec20, changed.active, changed.version),
        )
    except asyncpg.UniqueViolationError as taken:
        raise Conflict(f"There is a unit with the code {changed.code} already.") from taken


async def unit_is_used(db: Scope, unit_id: UUID) -> bool:
    """Tell whether a product is counted in a unit."""
    return bool(await db.fetchval("SELECT EXISTS (SELECT 1 FROM catalogue_product WHERE unit = $1)", unit_id))


async def price_counts(db: Scope) -> dict[UUID, int]:
    """Return how many variants have a price in each list, at any time."""
    rows = await db.fetch("SELECT price_list, count(DISTINCT variant) AS variants FROM catalogue_price GROUP BY price_list")
    return {row["price_list"]: row["variants"] for row in rows}


async def delete_setup(db: Scope, kind: str, record_id: UUID) -> None:
    """Delete a unit or a price list; raises `Conflict` while something uses it and `Missing` when it is gone."""
    table = {"unit": "catalogue_unit", "price_list": "catalogue_price_list"}[kind]
    try:
        if not await db.execute(f"DELETE FROM {table} WHERE id = $1", record_id):
            raise Missing("It has been deleted already.")
    except (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError) as used:
        raise Conflict("It is in use: switch it off instead, then nobody can choose it any more.") from used


async def take_numbers(db: Scope, name: str, count: int) -> int:
    """Take so many numbers from a counter; returns the first. Others wait until the transaction ends, so none is given twice."""
    last = await db.fetchval(
        "INSERT INTO catalogue_counter AS c (name, value) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET value = c.value + excluded.value RETURNING value",
        name,
        count,
    )
    return int(last) - count + 1


async def titles(db: Scope) -> dict[UUID, str]:
    """Return what units, price lists and categories are called, by their ids: how the audit log names them."""
    rows = await db.fetch(
        "SELECT id, code AS title FROM catalogue_unit UNION ALL SELECT id, title || ' (' || currency || ')' FROM catalogue_price_list "
        "UNION ALL SELECT id, full_name FROM catalogue_category"
    )
    return {row["id"]: row["title"] for row in rows}
