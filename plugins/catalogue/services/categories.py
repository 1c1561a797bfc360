"""What a person can do with the tree of categories."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Tenant, new_id

from ..domain.categories import (
    DEEPEST,
    Category,
    CategoryDraft,
    by_names,
    check_sibling,
    full_name_of,
    in_order,
    key_of,
    path_of,
    placed,
)
from ..domain.naming import tidy
from ..queries import categories as queries
from ..records import CATEGORY


async def tree(tenant: Tenant) -> list[Category]:
    """Return all categories in order, each with its own number of products."""
    async with tenant.transaction() as db:
        return in_order(await queries.tree(db))


async def names(tenant: Tenant) -> list[Category]:
    """Return all categories in order, for a form to choose from."""
    async with tenant.transaction() as db:
        return in_order(await queries.names(db))


def _known(categories: Sequence[Category], category_id: UUID | None, field: str = "parent") -> Category | None:
    if category_id is None:
        return None
    found = next((each for each in categories if each.id == category_id), None)
    if found is None:
        if field:
            raise Invalid.field(field, "There is no such category: choose one of the list.")
        raise Missing("There is no such category. It may have been deleted.")
    return found


def ref(category: Category) -> RecordRef:
    """Return a link to a category."""
    return RecordRef(CATEGORY, category.id, category.full_name)


async def add(tenant: Tenant, draft: CategoryDraft) -> Category:
    """Make a category; raises `Conflict` for a name that a sibling has, `Invalid` for one too deep."""
    async with tenant.transaction() as db:
        known = await queries.locked_tree(db)
        made = _new(known, draft)
        await queries.add(db, [made])
        await tenant.record(Change(ref(made), "created", {}, {"name": made.full_name}))
    return made


def _new(known: Sequence[Category], draft: CategoryDraft) -> Category:
    name = tidy(draft.name)
    if not name:
        raise Invalid.field("name", "Give the category a name.")
    parent = _known(known, draft.parent)
    if parent and parent.depth + 1 >= DEEPEST:
        raise Invalid.field("parent", f"Categories may be {DEEPEST} deep.")
    check_sibling(known, draft.parent, name)
    category_id = new_id()
    return Category(id=category_id, parent=draft.parent, name=name, path=path_of(parent, category_id), full_name=full_name_of(parent, name))


async def place(tenant: Tenant, category_id: UUID, version: int, draft: CategoryDraft) -> Category:
    """Give a category a name and a place; all below it comes along. Raises `Invalid` where it would stand below itself, `Conflict` for a
    name that a sibling has or when another version stands.
    """
    async with tenant.transaction() as db:
        known = await queries.locked_tree(db)
        category = _known(known, category_id, field="")
        assert category is not None
        if category.version != version:
            raise Conflict(f"“{category.full_name}” was changed by somebody else meanwhile: look at it again.")
        _known(known, draft.parent)
        name = tidy(draft.name)
        if not name:
            raise Invalid.field("name", "Give the category a name.")
        changed = placed(known, category_id, draft.parent, name)
        if changed:
            await queries.change(db, changed)
            before, after = category.full_name, next(each.full_name for each in changed if each.id == category_id)
            moved = msgspec.structs.replace(category, full_name=after)
            await tenant.record(
                Change(ref(moved), "moved" if draft.parent != category.parent else "renamed", {"name": before}, {"name": after})
            )
    return next((each for each in changed if each.id == category_id), category)


async def delete(tenant: Tenant, category_id: UUID, version: int) -> tuple[Category, int]:
    """Delete a category without others below it; its products go to the one above. Returns it and how many they were."""
    async with tenant.transaction() as db:
        known = await queries.locked_tree(db)
        category = _known(known, category_id, field="")
        assert category is not None
        if category.version != version:
            raise Conflict(f"“{category.full_name}” was changed by somebody else meanwhile: look at it again.")
        if any(each.parent == category_id for each in known):
            raise Conflict(f"“{category.full_name}” has categories below it: move or delete those first.")
        moved = await queries.delete(db, category_id, category.parent)
        await tenant.record(Change(ref(category), "deleted", {"name": category.full_name, "products": moved}, {}))
    return category, moved


async def ensure(tenant: Tenant, db: Scope, paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], UUID]:
    """Return the ids of categories by their paths of names, and make those that are missing; keys are as `key_of` gives them."""
    wanted = {key_of(names): names for names in paths}
    known = by_names(await queries.names(db))
    if all(key in known for key in wanted):
        return {key: known[key].id for key in wanted}
    known = by_names(await queries.locked_tree(db))
    made: list[Category] = []
    for names in wanted.values():
        parent: Category | None = None
        for depth in range(1, len(names) + 1):
            key = key_of(names[:depth])
            if key not in known:
                category_id, name = new_id(), names[depth - 1]
                known[key] = Category(
                    id=category_id,
                    parent=parent.id if parent else None,
                    name=name,
                    path=path_of(parent, category_id),
                    full_name=full_name_of(parent, name),
                )
                made.append(known[key])
            parent = known[key]
    await queries.add(db, made)
    await tenant.record(*(Change(ref(each), "created", {}, {"name": each.full_name}) for each in made))
    return {key: known[key].id for key in wanted}
