"""Whatever of a sealed entry is changed, its leaf is another; wherever somebody with all rights tampers, the proof finds it."""

import random
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.proof.leaf import LeafEntry, LeafLine, leaf_hash
from plugins.accounting.domain.proof.paths import BLOCK
from plugins.accounting.services import posting, sealing
from plugins.accounting.tests.conftest import Books, entry, line
from weft import Conflict, Invalid, merkle

from .conftest import Tamperer, findings

ids = st.uuids()
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
amounts = st.decimals(-(10**9), 10**9, places=2)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
LINE: dict[str, st.SearchStrategy[Any]] = {
    "position": st.integers(1, 9),
    "account": ids,
    "date": days,
    "currency": st.sampled_from(["EUR", "GBP", "USD"]),
    "amount": amounts,
    "base": amounts,
    "description": texts,
    "party": st.none() | ids,
    "due": st.none() | days,
    "dimensions": st.lists(ids, max_size=3, unique=True).map(tuple),
}
ENTRY: dict[str, st.SearchStrategy[Any]] = {
    "id": ids,
    "journal": ids,
    "year": ids,
    "number": st.integers(1, 10**6),
    "reference": texts,
    "date": days,
    "description": texts,
    "currency": st.sampled_from(["EUR", "GBP", "USD"]),
    "total": amounts,
    "source": st.none() | st.tuples(texts, texts, texts),
    "reverses": st.none() | ids,
    "reason": texts,
    "posted_at": st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    "posted_by": st.none() | ids,
}
lines = st.lists(st.builds(LeafLine, **LINE), min_size=1, max_size=4, unique_by=lambda each: each.position)
entries = st.builds(LeafEntry, **ENTRY, lines=lines)


def test_the_properties_are_of_every_field_that_is_sealed() -> None:
    assert {each.name for each in fields(LeafLine)} == LINE.keys()
    assert {each.name for each in fields(LeafEntry)} == ENTRY.keys() | {"lines"}


@given(entries, st.data())
def test_a_change_of_any_field_of_an_entry_or_a_line_makes_another_leaf(posted: LeafEntry, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*ENTRY, *(f"lines.{each}" for each in LINE), "lines"]))
    if name == "lines":
        changed = replace(posted, lines=posted.lines[:-1])
    elif name.startswith("lines."):
        field = name.removeprefix("lines.")
        at = data.draw(st.integers(0, len(posted.lines) - 1))
        line_ = replace(posted.lines[at], **{field: data.draw(_another(LINE[field], getattr(posted.lines[at], field)))})
        changed = replace(posted, lines=[line_ if place == at else each for place, each in enumerate(posted.lines)])
    else:
        changed = replace(posted, **{name: data.draw(_another(ENTRY[name], getattr(posted, name)))})
    assert leaf_hash(changed) != leaf_hash(posted)


def _another(values: st.SearchStrategy[Any], stored: object) -> st.SearchStrategy[Any]:
    """Return other values; dimensions in another order are the same."""

    def plain(value: object) -> object:
        return set(value) if isinstance(value, tuple) and all(isinstance(each, UUID) for each in value) else value

    return values.filter(lambda value: plain(value) != plain(stored))


@given(entries, st.randoms())
def test_the_order_in_which_lines_and_dimensions_come_changes_nothing(posted: LeafEntry, chance: random.Random) -> None:
    mixed = [replace(each, dimensions=tuple(chance.sample(each.dimensions, len(each.dimensions)))) for each in posted.lines]
    chance.shuffle(mixed)
    assert leaf_hash(replace(posted, lines=mixed)) == leaf_hash(posted)


WAYS = (
    "UPDATE accounting_line SET amount = amount + 0.01, base = base + 0.01 WHERE id = {line}",
    "UPDATE accounting_line SET account = (SELECT a.id FROM accounting_account a WHERE a.code = '6420') WHERE id = {line}",
    "UPDATE accounting_line SET date = date - 1 WHERE id = {line}",
    "DELETE FROM accounting_line WHERE id = {line}",
    "UPDATE accounting_entry SET description = description || '.' WHERE id = {entry}",
    "UPDATE accounting_entry SET number = number + 1000000 WHERE id = {entry}",
    "DELETE FROM accounting_entry WHERE id = {entry}",
    "UPDATE accounting_sealed SET position = position + 1000000 WHERE entry = {entry}",
    "DELETE FROM accounting_sealed WHERE entry = {entry}",
    "UPDATE accounting_seal SET root = set_byte(root, {byte}, (get_byte(root, {byte}) + 1) % 256) WHERE size = {size}",
    "UPDATE accounting_seal SET leaves = set_byte(leaves, {byte}, (get_byte(leaves, {byte}) + 1) % 256) WHERE size = {size}",
    "DELETE FROM accounting_seal WHERE size = {size}",
    "UPDATE accounting_seal_node SET hash = set_byte(hash, {byte}, (get_byte(hash, {byte}) + 1) % 256) WHERE id = {node}",
    "DELETE FROM accounting_seal_node WHERE id = {node}",
)


async def _fill(books: Books, chance: random.Random) -> int:
    """Post so many entries that subtrees are kept, and seal them in batches of any size."""
    count = 0
    for _ in range(chance.randint(2, 4)):
        many = chance.randint(400, 700)
        new = []
        for _ in range(many):
            amount = f"{chance.randint(1, 99999) / 100:.2f}"
            day = date(2026, 1, 1) + timedelta(days=chance.randint(0, 90))
            new.append(entry(line("1000", amount), line("4000", f"-{amount}"), day=day))
        async with books.tenant.transaction():
            await posting.post_many(books.tenant, new)
        count += many
        await sealing.seal_entries(books.tenant, batch=chance.randint(150, 900))
    if count < BLOCK:
        return count + await _fill(books, chance)
    return count


@pytest.mark.parametrize("way", WAYS)
async def test_wherever_somebody_tampers_it_is_found(books: Books, tamperer: Tamperer, way: str) -> None:
    chance = random.Random(way)
    await _fill(books, chance)
    assert await findings(books) == []
    places = {
        "line": f"(SELECT l.id FROM accounting_line l ORDER BY md5(l.id::text || '{chance.random()}') LIMIT 1)",
        "entry": f"(SELECT e.id FROM accounting_entry e ORDER BY md5(e.id::text || '{chance.random()}') LIMIT 1)",
        "size": f"(SELECT s.size FROM accounting_seal s WHERE s.size > 0 ORDER BY md5(s.size::text || '{chance.random()}') LIMIT 1)",
        "node": f"(SELECT n.id FROM accounting_seal_node n ORDER BY md5(n.id::text || '{chance.random()}') LIMIT 1)",
        "byte": str(chance.randint(0, 31)),
    }
    assert await tamperer.run(way.format(**places)) in {"UPDATE 1", "DELETE 1"}
    assert await findings(books, together=chance.choice([100, 1000, 5000]))


async def test_what_is_proven_of_entries_and_growth_holds_for_who_knows_only_the_roots(books: Books, tamperer: Tamperer) -> None:
    chance = random.Random(7)
    count = await _fill(books, chance)
    heads = {head.size: head.root.hex() for head in await sealing.heads(books.tenant)}
    rows = await books.figures("SELECT s.entry, s.position FROM accounting_sealed s ORDER BY s.position")
    for row in [rows[0], rows[-1], rows[BLOCK - 1], rows[BLOCK], *chance.sample(list(rows), 10)]:
        proof = await sealing.prove_entry(books.tenant, row["entry"])
        path = [bytes.fromhex(each) for each in proof.path]
        assert merkle.includes(merkle.leaf_hash(proof.leaf.encode()), row["position"], count, path, bytes.fromhex(heads[count]))
    pairs = [sorted((chance.randint(1, count), chance.randint(1, count))) for _ in range(10)]
    for older, size in [*pairs, (BLOCK, count), (BLOCK - 1, BLOCK), (1, 1), *((each, count) for each in heads)]:
        grown = await sealing.prove_growth(books.tenant, older, size)
        path = [bytes.fromhex(each) for each in grown.path]
        assert merkle.consistent(older, size, bytes.fromhex(grown.older_root), bytes.fromhex(grown.root), path)
        assert heads.get(size, grown.root) == grown.root
        assert heads.get(older, grown.older_root) == grown.older_root
    await tamperer.run("UPDATE accounting_seal_node SET hash = set_byte(hash, 3, (get_byte(hash, 3) + 1) % 256)")
    with pytest.raises(Conflict, match="nothing can be proven"):
        await sealing.prove_entry(books.tenant, rows[-1]["entry"])
    with pytest.raises(Invalid, match="do not fit each other"):
        await sealing.prove_growth(books.tenant, BLOCK + 1, count)


async def test_books_that_were_sealed_before_subtrees_were_kept_get_theirs(books: Books, tamperer: Tamperer) -> None:
    await _fill(books, random.Random(1))
    before = await books.figures("SELECT n.level, n.place, n.hash FROM accounting_seal_node n ORDER BY n.level, n.place")
    assert before
    await tamperer.run("DELETE FROM accounting_seal_node")
    assert await findings(books)
    await sealing.seal_entries(books.tenant)
    after = await books.figures("SELECT n.level, n.place, n.hash FROM accounting_seal_node n ORDER BY n.level, n.place")
    assert [dict(row.items()) for row in after] == [dict(row.items()) for row in before]
    assert await findings(books) == []
