"""Posted entries are sealed once, in batches; whatever somebody with all rights does to them is found, and the entry is named."""

import asyncio

import asyncpg
import pytest

from plugins.accounting.services import sealing
from plugins.accounting.tests.conftest import Books, line
from weft import Conflict, Invalid, merkle

from .conftest import Tamperer, findings

THIRD = "(SELECT e.id FROM accounting_entry e WHERE e.reference = 'GEN/2026/00003')"


async def test_entries_are_sealed_once_and_later_ones_later(books: Books) -> None:
    for _ in range(5):
        await books.post(line("1100", "10"), line("4000", "-10"))
    assert await sealing.seal_entries(books.tenant, batch=2) == 5
    assert [head.size for head in await sealing.heads(books.tenant)] == [5, 4, 2]
    assert await sealing.seal_entries(books.tenant) == 0
    await books.post(line("1100", "10"), line("4000", "-10"))
    assert await sealing.seal_entries(books.tenant, whole=True) == 1
    assert await findings(books) == []


async def test_two_that_seal_at_once_seal_each_entry_once(books: Books) -> None:
    for _ in range(6):
        await books.post(line("1100", "10"), line("4000", "-10"))
    done = await asyncio.gather(*(sealing.seal_entries(books.tenant, batch=1) for _ in range(3)))
    await sealing.seal_entries(books.tenant, whole=True)
    rows = await books.figures("SELECT s.position FROM accounting_sealed s ORDER BY s.position")
    assert [row["position"] for row in rows] == list(range(6))
    assert sum(done) <= 6
    assert await findings(books, together=1) == []


async def test_seals_stand_for_those_who_work_in_the_tenant(sealed: Books) -> None:
    for sql in ("UPDATE accounting_seal SET root = ''", "DELETE FROM accounting_sealed", "DELETE FROM accounting_seal"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with sealed.tenant.transaction(unaudited="an attack") as db:
                await db.execute(sql)


@pytest.mark.parametrize(
    "change",
    [
        "accounting_entry SET description = 'x' WHERE id =",
        "accounting_entry SET date = date + 1 WHERE id =",
        "accounting_entry SET number = 99 WHERE id =",
        "accounting_entry SET total = total + 1 WHERE id =",
        "accounting_entry SET posted_by = gen_random_uuid() WHERE id =",
        "accounting_entry SET posted_at = posted_at + interval '1 microsecond' WHERE id =",
        "accounting_entry SET source_kind = 'shop.invoice', source_id = '1' WHERE id =",
        "accounting_line SET amount = amount * 10, base = base * 10 WHERE entry =",
        "accounting_line SET account = (SELECT a.id FROM accounting_account a WHERE a.code = '6100') WHERE position = 2 AND entry =",
        "accounting_line SET description = '' WHERE position = 1 AND entry =",
        "accounting_line SET party = gen_random_uuid() WHERE position = 1 AND entry =",
        "accounting_line SET due = date WHERE position = 1 AND entry =",
        "accounting_line SET currency = 'XXX' WHERE entry =",
    ],
)
async def test_a_change_to_an_entry_or_a_line_names_the_entry(sealed: Books, tamperer: Tamperer, change: str) -> None:
    assert await tamperer.run(f"UPDATE {change} {THIRD}") != "UPDATE 0"
    found = await findings(sealed)
    entry = await sealed.figures("SELECT e.id FROM accounting_entry e WHERE e.reference = 'GEN/2026/00003'")
    assert [each.sentence for each in found] == ["GEN/2026/00003 was changed after it was sealed."]
    assert found[0].link == f"/accounting/entries/{entry[0]['id']}"
    with pytest.raises(Conflict):
        await sealing.prove_entry(sealed.tenant, entry[0]["id"])


@pytest.mark.parametrize(
    ("sqls", "told"),
    [
        ((f"DELETE FROM accounting_line WHERE position = 1 AND entry = {THIRD}",), "GEN/2026/00003 was changed"),
        (
            (f"DELETE FROM accounting_line WHERE entry = {THIRD}", f"DELETE FROM accounting_entry WHERE id = {THIRD}"),
            "GEN/2026/00003 is gone",
        ),
        (("DELETE FROM accounting_sealed WHERE position = 2",), "The entry at place 2 of the seals is gone"),
        (("UPDATE accounting_seal SET root = root || ''::bytea, leaves = ''::bytea WHERE size = 4",), "The seal over"),
        (("UPDATE accounting_seal SET root = decode(repeat('00', 32), 'hex') WHERE size = 4",), "The seal over 4 entries does not fit"),
        (("DELETE FROM accounting_seal WHERE size = 4",), "The seal over"),
        (("DELETE FROM accounting_seal WHERE size = 7",), "GEN/2026/00005 claims place 4, which no seal has given"),
    ],
)
async def test_what_is_gone_is_named(sealed: Books, tamperer: Tamperer, sqls: tuple[str, ...], told: str) -> None:
    for sql in sqls:
        assert not (await tamperer.run(sql)).endswith(" 0")
    for together in (1, 5000):
        assert (await findings(sealed, together=together))[0].sentence.startswith(told)


async def test_what_is_paid_of_an_entry_does_not_touch_its_seal(sealed: Books) -> None:
    async with sealed.tenant.transaction(unaudited="a payment") as db:
        assert await db.execute("UPDATE accounting_line SET residual = 1 WHERE residual > 1") > 0
    assert await findings(sealed) == []


async def test_an_account_may_be_renamed_after_its_entries_were_sealed(sealed: Books) -> None:
    async with sealed.tenant.transaction(unaudited="a new name") as db:
        await db.execute("UPDATE accounting_account SET code = '4001', name = 'Sales' WHERE code = '4000'")
    assert await findings(sealed) == []


async def test_every_entry_and_every_growth_can_be_proven(sealed: Books) -> None:
    rows = await sealed.figures("SELECT s.entry, s.position FROM accounting_sealed s")
    roots = set()
    for row in rows:
        proof = await sealing.prove_entry(sealed.tenant, row["entry"])
        path = [bytes.fromhex(each) for each in proof.path]
        assert merkle.includes(bytes.fromhex(proof.fingerprint), row["position"], 7, path, bytes.fromhex(proof.root))
        roots.add(proof.root)
    assert len(roots) == 1
    for size in range(1, 8):
        for older in range(1, size + 1):
            grown = await sealing.prove_growth(sealed.tenant, older, size)
            path = [bytes.fromhex(each) for each in grown.path]
            assert merkle.consistent(older, size, bytes.fromhex(grown.older_root), bytes.fromhex(grown.root), path)


async def test_an_entry_that_waits_for_its_seal_and_a_size_that_never_was_are_told(sealed: Books) -> None:
    fresh = await sealed.post(line("1100", "10"), line("4000", "-10"))
    with pytest.raises(Conflict, match=r"GEN/2026/00008 is not sealed yet"):
        await sealing.prove_entry(sealed.tenant, fresh.id)
    for older, size in ((0, None), (8, None), (5, 4), (1, 8)):
        with pytest.raises(Invalid, match="7 entries are sealed"):
            await sealing.prove_growth(sealed.tenant, older, size)
