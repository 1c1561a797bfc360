"""From a file to records: what is shown before anything is saved, what is saved, and what is taken back."""

from tests.imports.conftest import Desk

GOOD = "no,name,e-mail\nA1,Ann,ann@x.example\nB2,Ben,ben@x.example\nC3,Cleo,\n"


async def test_a_file_is_read_mapped_checked_saved_and_taken_back(desk: Desk) -> None:
    found = await desk.upload(GOOD)
    assert (found.state, found.total) == ("mapping", 3)
    found = await desk.check(found)
    assert (found.state, found.expected.created, found.expected.refused) == ("checked", 3, 0)
    assert await desk.members() == [], "a dry run saves nothing"
    found = await desk.save(found)
    assert (found.state, found.counts.created) == ("done", 3)
    assert await desk.members() == [("A1", "Ann", "ann@x.example"), ("B2", "Ben", "ben@x.example"), ("C3", "Cleo", "")]
    found = await desk.undo(found)
    assert (found.state, found.undone, found.kept) == ("undone", 3, 0)
    assert await desk.members() == []
