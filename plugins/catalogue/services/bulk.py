"""What a person can do with many chosen products at once."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from weft import Invalid, Tenant

from ..domain.naming import folded, tags_of
from ..domain.products import Facts, Product, Status
from ..queries import categories
from ..queries.loading import load_many
from ..queries.saving import Save, save
from .basics import basics
from .telling import tell

MOST = 5000  # products in one go

DONE: dict[Status, str] = {"active": "activated", "archived": "archived", "draft": "made a draft"}


def status_of(text: str) -> Status:
    """Read a status; raises `Invalid`."""
    found = next((status for status in DONE if status == text), None)
    if found is None:
        raise Invalid.field("status", f"“{text}” is not one of active, draft and archived.")
    return found


async def set_status(tenant: Tenant, product_ids: Sequence[UUID], status: Status) -> int:
    """Activate, archive or make drafts of products; returns how many were not so before."""
    return await _change(tenant, product_ids, lambda facts: msgspec.structs.replace(facts, status=status), DONE[status])


async def set_category(tenant: Tenant, product_ids: Sequence[UUID], category: UUID | None) -> int:
    """Put products into a category or into none; returns how many were elsewhere before."""
    async with tenant.transaction() as db:
        if category and all(each.id != category for each in await categories.names(db)):
            raise Invalid.field("category", "There is no such category: choose one of the list.")
        return await _change(tenant, product_ids, lambda facts: msgspec.structs.replace(facts, category=category), "moved")


async def tag(tenant: Tenant, product_ids: Sequence[UUID], add: str = "", remove: str = "") -> int:
    """Give products tags and take others away, both written with commas between; returns how many changed."""
    new, gone = tags_of(add), {folded(each) for each in tags_of(remove)}
    if not new and not gone:
        raise Invalid.field("add", "Write at least one tag to add or to take away.")
    if long := next((each for each in new if len(each) > 40), None):
        raise Invalid.field("add", f"“{long[:40]}…” is too long: a tag has at most 40 characters.")

    def tagged(facts: Facts) -> Facts:
        kept = [each for each in facts.tags if folded(each) not in gone]
        have = {folded(each) for each in kept}
        return msgspec.structs.replace(facts, tags=(*kept, *(each for each in new if folded(each) not in have)))

    return await _change(tenant, product_ids, tagged, "tagged")


async def _change(tenant: Tenant, product_ids: Sequence[UUID], change: Callable[[Facts], Facts], action: str) -> int:
    if len(product_ids) > MOST:
        raise Invalid(f"Choose at most {MOST} products at once.")
    async with tenant.transaction() as db:
        found = await load_many(db, product_ids, lock=True)
        saves = [Save(product, after) for product in found.values() if (after := _with(product, change, tenant)) is not product]
        if saves:
            await save(db, saves)
            await tell(tenant, db, saves, await basics(tenant), action)
    return len(saves)


def _with(product: Product, change: Callable[[Facts], Facts], tenant: Tenant) -> Product:
    facts = change(product.facts)
    if facts == product.facts:
        return product
    return msgspec.structs.replace(product, facts=facts, version=product.version + 1, updated_at=tenant.now())
