"""Tax categories of the business: which taxes stand on what items say of themselves."""

import re
from collections.abc import Sequence

import msgspec

from weft import Conflict, Invalid, Missing, Tenant

from ..domain.tax.determination import TaxCategory
from ..domain.tax.jurisdiction import Jurisdiction, problems_of
from ..queries import taxes as stored
from .taxes import replace_system


async def system_and_version(tenant: Tenant) -> tuple[Jurisdiction, int]:
    """Return the taxes of the business with their version; raises `Missing` when it has chosen none."""
    async with tenant.transaction() as db:
        found = await stored.system(db)
    if found is None:
        raise Missing("Choose the taxes of the business first, under Accounting, Taxes.")
    return found


async def save(tenant: Tenant, category: TaxCategory, version: int, *, new: bool = False) -> Jurisdiction:
    """Add a tax category, or change which taxes stand on one; documents that stand keep theirs.

    Raises `Invalid` by field, `Missing`, and `Conflict` when somebody changed the taxes since `version`.
    """
    system, _ = await system_and_version(tenant)
    title = " ".join(category.title.split())
    if not title:
        raise Invalid.field("title", "Give the category a name.")
    if not re.fullmatch(r"[a-z0-9_]{0,40}", category.key) or (new and not category.key):
        raise Invalid.field("key", "A key has small letters, digits and underscores, at most 40: it is what items say, such as “reduced”.")
    made = msgspec.structs.replace(category, title=title)
    there = [each.key for each in system.categories]
    if new and made.key in there:
        raise Invalid.field("key", f"There is a category “{made.key}” already.")
    if not new and made.key not in there:
        raise Missing(f"There is no tax category “{made.key}”: it may have been removed.")
    rows = [*system.categories, made] if new else [made if each.key == made.key else each for each in system.categories]
    return await _put(tenant, system, rows, version)


async def remove(tenant: Tenant, key: str, version: int) -> Jurisdiction:
    """Remove a tax category; items that name it are refused on new documents until they name another. Raises as `save`."""
    system, _ = await system_and_version(tenant)
    if not key:
        raise Conflict("The usual category stays: it is that of all items that name none.")
    return await _put(tenant, system, [each for each in system.categories if each.key != key], version)


async def _put(tenant: Tenant, system: Jurisdiction, rows: Sequence[TaxCategory], version: int) -> Jurisdiction:
    made = msgspec.structs.replace(system, categories=tuple(rows))
    if wrong := problems_of(made):
        raise Invalid(" ".join(wrong))
    return await replace_system(tenant, made, version)
