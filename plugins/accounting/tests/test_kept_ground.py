"""What a process has read of the books for one entry serves the next, and only as long as it stands."""

import pytest

from plugins.accounting.services import posting
from weft import Invalid

from .conftest import Books, entry, line

NEW = entry(line("1000", "1"), line("4000", "-1"))
# As another process would write it: nothing in this one is told.
CHANGES = {
    "an account is closed": ("UPDATE accounting_account SET closed = true WHERE code = '4000'", "4000"),
    "an account takes another's code": ("UPDATE accounting_account SET code = '4009' WHERE code = '4000'", "4000"),
    "the journal rests": ("UPDATE accounting_journal SET active = false WHERE code = 'GEN'", "GEN"),
    "the period is locked": ("INSERT INTO accounting_lock (kind, through, changed_at) VALUES ('all', '2026-03-31', now())", "locked"),
}


async def behind(books: Books, sql: str) -> None:
    async with books.tenant.transaction(unaudited="another process did it") as db:
        await db.execute(sql)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_made_elsewhere_holds_for_the_next_entry(books: Books, change: str) -> None:
    sql, named = CHANGES[change]
    await behind(books, "DELETE FROM accounting_lock WHERE kind = 'all'")
    await books.put(NEW)
    await books.put(NEW)
    await behind(books, sql)
    with pytest.raises(Exception, match=named):
        await books.put(NEW)
    count = await books.figures("SELECT count(*) AS n FROM accounting_entry")
    assert count[0]["n"] == 2


async def test_what_was_refused_before_is_accepted_once_it_may_be(books: Books) -> None:
    await books.put(NEW)
    await behind(books, CHANGES["an account is closed"][0])
    with pytest.raises(Invalid):
        await books.put(NEW)
    await behind(books, "UPDATE accounting_account SET closed = false WHERE code = '4000'")
    assert (await books.put(NEW)).reference == "GEN/2026/00002"


async def test_a_change_that_was_rolled_back_is_forgotten(books: Books) -> None:
    await books.put(NEW)

    async def rename_and_fail() -> None:
        async with books.tenant.transaction() as db:
            await db.execute("UPDATE accounting_account SET name = 'Another name' WHERE code = '4000'")
            made = await posting.post(books.tenant, NEW)
            assert made.lines[1].name == "Another name"
            raise RuntimeError("afterwards")

    with pytest.raises(RuntimeError, match="afterwards"):
        await rename_and_fail()
    await behind(books, "UPDATE accounting_account SET tags = tags WHERE code = '1000'")
    assert (await books.put(NEW)).lines[1].name != "Another name"
