"""The tree of categories, kept as materialised paths: a category's path holds the ids of all above it and its own."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import msgspec

from weft.errors import Conflict, Invalid

from .naming import folded, tidy

DEEPEST = 10
SEPARATOR = " > "
_BETWEEN = re.compile(r"\s*[>›»→]\s*")

CategoryName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the tree; `full_name` names all above it, such as “Food > Chocolate”."""

    id: UUID
    parent: UUID | None
    name: str
    path: str
    full_name: str
    version: int = 1
    products: int = 0

    @property
    def depth(self) -> int:
        """How many categories stand above it."""
        return self.path.count("/") - 2


class CategoryDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A category as somebody describes it."""

    name: CategoryName
    parent: UUID | None = None


def path_of(parent: Category | None, category_id: UUID) -> str:
    """Return the path of a category below another, or at the top."""
    return f"{parent.path if parent else '/'}{category_id.hex}/"


def full_name_of(parent: Category | None, name: str) -> str:
    """Return a name with those of all categories above it."""
    return f"{parent.full_name}{SEPARATOR}{name}" if parent else name


def lineage_of(full_name: str) -> list[str]:
    """Return the full names of all above a category and its own.

    >>> lineage_of("Food > Chocolate")
    ['Food', 'Food > Chocolate']
    """
    names = full_name.split(SEPARATOR)
    return [SEPARATOR.join(names[: depth + 1]) for depth in range(len(names))]


def is_below(one: Category, other: Category) -> bool:
    """Tell whether `one` is `other` or stands somewhere below it."""
    return one.path.startswith(other.path)


def names_of(text: str) -> tuple[str, ...]:
    """Read a path of names such as “Food > Chocolate”; raises `Invalid` with a sentence."""
    names = tuple(tidy(part) for part in _BETWEEN.split(text.strip()))
    if any(not name for name in names):
        raise Invalid(f"“{text}” has a category without a name in it: write them as “Food > Chocolate”.")
    if len(names) > DEEPEST:
        raise Invalid(f"“{text}” has {len(names)} levels; categories may be {DEEPEST} deep.")
    if too_long := next((name for name in names if len(name) > 80), None):
        raise Invalid(f"“{too_long[:40]}…” is too long for a category: use at most 80 characters.")
    return names


def key_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return what decides whether two paths of names are the same: case and accents do not count."""
    return tuple(folded(name) for name in names)


def by_names(categories: Sequence[Category]) -> dict[tuple[str, ...], Category]:
    """Return categories by their path of names."""
    return {key_of(each.full_name.split(SEPARATOR)): each for each in categories}


def placed(categories: Sequence[Category], moved: UUID, parent_id: UUID | None, name: str) -> list[Category]:
    """Return what a category and all below it become when it gets a name and a parent; only those that change.

    Raises `Invalid` where it would stand below itself, be too deep, or have a sibling of its name.
    """
    known: Mapping[UUID, Category] = {each.id: each for each in categories}
    category, parent = known[moved], known[parent_id] if parent_id else None
    if parent and is_below(parent, category):
        raise Invalid.field("parent", f"“{category.name}” cannot stand below itself: choose a category that is not in it.")
    check_sibling(categories, parent_id, name, but=moved)
    path, full_name = path_of(parent, category.id), full_name_of(parent, name)
    changed = []
    for each in categories:
        if not is_below(each, category):
            continue
        new_path = path + each.path[len(category.path) :]
        if new_path.count("/") - 1 > DEEPEST:
            raise Invalid.field("parent", f"“{each.name}” would stand more than {DEEPEST} levels deep.")
        new = msgspec.structs.replace(each, path=new_path, full_name=full_name + each.full_name[len(category.full_name) :])
        if each.id == moved:
            new = msgspec.structs.replace(new, parent=parent_id, name=name)
        if new != each:
            changed.append(new)
    return changed


def check_sibling(categories: Sequence[Category], parent_id: UUID | None, name: str, but: UUID | None = None) -> None:
    """Raise `Conflict` when a category with this name stands at the same place."""
    same = next((each for each in categories if each.parent == parent_id and each.id != but and folded(each.name) == folded(name)), None)
    if same:
        raise Conflict(f"There is a category “{same.full_name}” already.")
    if _BETWEEN.search(name):
        raise Invalid.field("name", "A category's name cannot hold “>” or an arrow, which stand between names.")


def in_order(categories: Sequence[Category]) -> list[Category]:
    """Return the tree as a list: each category after its parent, siblings by name."""
    return sorted(categories, key=lambda each: [folded(name) for name in each.full_name.split(SEPARATOR)])
