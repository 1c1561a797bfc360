"""The tree of categories stays a tree, whatever is moved."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalogue.domain.categories import (
    DEEPEST,
    SEPARATOR,
    Category,
    full_name_of,
    in_order,
    is_below,
    key_of,
    names_of,
    path_of,
    placed,
)
from weft import Conflict, Invalid, new_id


@dataclass(slots=True)
class Tree:
    """A tree as the database would hold it."""

    nodes: dict[UUID, Category] = field(default_factory=dict)

    def add(self, name: str, parent: UUID | None) -> UUID:
        above = self.nodes[parent] if parent else None
        category_id = new_id()
        self.nodes[category_id] = Category(
            id=category_id, parent=parent, name=name, path=path_of(above, category_id), full_name=full_name_of(above, name)
        )
        return category_id

    def check(self) -> None:
        """Every path leads through the parents to the top, and every full name too."""
        for node in self.nodes.values():
            parent = self.nodes[node.parent] if node.parent else None
            assert node.path == path_of(parent, node.id)
            assert node.full_name == full_name_of(parent, node.name)
            seen = {node.id}
            while parent:
                assert parent.id not in seen
                assert is_below(node, parent)
                seen.add(parent.id)
                parent = self.nodes[parent.parent] if parent.parent else None
            assert len(seen) <= DEEPEST


moves = st.lists(st.tuples(st.integers(0, 11), st.integers(-1, 11), st.integers(0, 99)), max_size=12)


@given(st.lists(st.integers(-1, 11), min_size=1, max_size=12), moves)
def test_moves_keep_the_tree_a_tree_and_lose_nobody(parents: list[int], wanted: list[tuple[int, int, int]]) -> None:
    tree = Tree()
    ids: list[UUID] = []
    for place, parent in enumerate(parents):
        ids.append(tree.add(f"c{place}", ids[parent] if 0 <= parent < place else None))
    for who, where, name in wanted:
        if who >= len(ids) or where >= len(ids):
            continue
        below = {each.id for each in tree.nodes.values() if is_below(each, tree.nodes[ids[who]])}
        try:
            changed = placed(list(tree.nodes.values()), ids[who], ids[where] if where >= 0 else None, f"n{name}")
        except Invalid:
            assert ids[where] in below or DEEPEST < 13
            continue
        except Conflict:
            continue
        assert {each.id for each in changed} <= below
        tree.nodes |= {each.id: each for each in changed}
        tree.check()
        assert {each.id for each in tree.nodes.values() if is_below(each, tree.nodes[ids[who]])} == below


def test_a_category_cannot_stand_below_itself() -> None:
    tree = Tree()
    food = tree.add("Food", None)
    chocolate = tree.add("Chocolate", food)
    for parent in (food, chocolate):
        with pytest.raises(Invalid, match="cannot stand below itself"):
            placed(list(tree.nodes.values()), food, parent, "Food")


def test_siblings_have_different_names_whatever_their_case_and_accents() -> None:
    tree = Tree()
    tree.add("Crème", None)
    other = tree.add("Other", None)
    with pytest.raises(Conflict, match="“Crème” already"):
        placed(list(tree.nodes.values()), other, None, "creme")
    with pytest.raises(Invalid, match="cannot hold"):
        placed(list(tree.nodes.values()), other, None, "A > B")


def test_a_path_of_names_is_read_however_it_is_written() -> None:
    assert names_of("Food > Chocolate") == names_of("Food>Chocolate") == names_of(" Food  ›  Chocolate ") == ("Food", "Chocolate")
    assert key_of(("FOOD", "Crème")) == key_of(("food", "creme"))


@pytest.mark.parametrize("text", ["Food >", "> Food", "Food > > Chocolate", SEPARATOR.join("abcdefghijk"), "x" * 81])
def test_a_path_with_holes_or_too_deep_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        names_of(text)


def test_the_order_puts_children_right_behind_their_parents() -> None:
    tree = Tree()
    food = tree.add("Food", None)
    tree.add("Food and more", None)
    tree.add("Chocolate", food)
    tree.add("Drinks", None)
    assert [each.full_name for each in in_order(list(tree.nodes.values()))] == ["Drinks", "Food", "Food > Chocolate", "Food and more"]
