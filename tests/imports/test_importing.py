"""From a file to records: what is shown before anything is saved, what is saved, and what is taken back."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from core.imports import services
from core.imports.batch import ImportJob
from core.imports.jobs import run_import
from core.imports.mapping import Mapped
from core.platform.connection import WeftConnection
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tests.imports.club import families
from tests.imports.club.importer import IMPORT
from tests.imports.conftest import Desk
from weft.errors import Conflict, Invalid, Missing, Refused

GOOD = "no,name,e-mail\nA1,Ann,ann@x.example\nB2,Ben,ben@x.example\nC3,Cleo,\n"
MIXED = (
    "no,name,e-mail,born\nA1,Ann,ann@x.example,31/01/1990\nB2,B,ben@x.example,01/02/1991\nC3,Cleo,nowhere,40/01/1990\n,Dan,,\nE5,Eve,,\n"
)


async def history(tenant: LiveTenant) -> list[str]:
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT action FROM platform.audit_entry WHERE record_kind = 'core.import' ORDER BY at, id")
    return [row["action"] for row in rows]


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
    assert await history(desk.tenant) == ["uploaded", "started", "imported", "undo started", "undone"]


async def test_good_rows_are_saved_and_bad_ones_are_told_by_row_and_field(desk: Desk) -> None:
    found = await desk.check(await desk.upload(MIXED))
    assert (found.expected.created, found.expected.refused) == (2, 3)
    assert [(each.row, each.field, each.value) for each in await desk.problems(found)] == [
        (3, "name", "B"),
        (4, "born", "40/01/1990"),
        (5, "code", ""),
    ]
    found = await desk.save(found)
    assert (found.counts.created, found.counts.refused) == (2, 3)
    assert await desk.members("code, born") == [("A1", date(1990, 1, 31)), ("E5", None)]
    assert [each.row for each in await desk.problems(found, "import")] == [3, 4, 5]


async def test_the_importers_own_problems_are_told_like_those_of_the_platform(desk: Desk) -> None:
    found = await desk.check(await desk.upload("no,name,e-mail\nA1,Ann,nowhere\nB2,Ben,\n"))
    assert [(each.row, each.field, each.sentence) for each in await desk.problems(found)] == [
        (2, "email", "“nowhere” is not an e-mail address.")
    ]
    assert (found.expected.created, found.expected.refused) == (1, 1)


async def test_a_row_that_makes_the_importer_fail_is_refused_alone(desk: Desk) -> None:
    rows = [f"X{number},Member {number}" for number in range(40)]
    rows[13] = "X13,boom"
    rows[31] = "X31,boom"
    found = await desk.import_("no,name\n" + "\n".join(rows) + "\n")
    assert (found.counts.created, found.counts.refused) == (38, 2)
    assert [(each.row, each.sentence) for each in await desk.problems(found, "import")] == [
        (15, "This name makes the importer fail."),
        (33, "This name makes the importer fail."),
    ]


async def test_what_the_database_itself_refuses_is_a_problem_of_that_row(desk: Desk, installation: Installation) -> None:
    admin = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    await admin.execute(f"ALTER TABLE {desk.tenant.schema}.club_member ADD CHECK (credit < 1000)")
    await admin.close()
    found = await desk.import_("no,name,credit\nA1,Ann,5\nB2,Ben,5000\nC3,Cleo,7\n")
    assert (found.counts.created, found.counts.refused) == (2, 1)
    assert [(each.row, each.sentence[:45]) for each in await desk.problems(found, "import")] == [
        (3, "The database does not take a value of this ro")
    ]


async def test_known_records_are_changed_left_or_refused_as_the_person_chose(desk: Desk) -> None:
    await desk.import_(GOOD)
    again = "no,name,e-mail\nA1,Anna,ann@x.example\nB2,Ben,ben@x.example\nD4,Dora,\n"
    found = await desk.check(await desk.upload(again))
    assert (found.expected.created, found.expected.updated, found.expected.unchanged) == (1, 1, 1)
    found = await desk.check(await desk.upload(again), existing="skip")
    assert (found.expected.created, found.expected.updated, found.expected.unchanged) == (1, 0, 2)
    found = await desk.check(await desk.upload(again), existing="refuse")
    assert (found.expected.created, found.expected.refused) == (1, 2)
    with pytest.raises(Invalid) as wrong:
        await desk.check(await desk.upload(again), existing="burn")
    assert "option.existing" in wrong.value.fields


async def test_the_same_record_twice_in_a_file_is_foreseen_by_the_check(desk: Desk) -> None:
    rows = [f"X{number % 1500},Member {number},,{number}" for number in range(3000)]  # the second half repeats the first, batches away
    found = await desk.check(await desk.upload("no,name,e-mail,credit\n" + "\n".join(rows) + "\n"))
    assert (found.expected.created, found.expected.updated) == (1500, 1500)
    found = await desk.save(found)
    assert (found.counts.created, found.counts.updated) == (1500, 1500)


async def test_an_undo_brings_back_what_was_replaced_however_often(desk: Desk) -> None:
    await desk.import_("no,name,e-mail,born,credit\nA1,Ann,ann@x.example,1990-01-31,12.50\n")
    found = await desk.import_("no,name,e-mail,born,credit\nA1,Anna,,1990-01-31,13\nA1,Annika,a@x.example,,14\nB2,Ben,,,\nB2,Benno,,,\n")
    assert (found.counts.created, found.counts.updated) == (1, 3)
    found = await desk.undo(found)
    assert (found.undone, found.kept) == (2, 0)
    assert await desk.members("code, name, email, born, credit") == [("A1", "Ann", "ann@x.example", date(1990, 1, 31), Decimal("12.50"))]


async def test_an_undo_keeps_and_lists_what_was_changed_since(desk: Desk) -> None:
    found = await desk.import_(GOOD)
    await desk.change("UPDATE club_member SET name = 'Benjamin', version = version + 1 WHERE code = 'B2'")
    found = await desk.undo(found)
    assert (found.state, found.undone, found.kept) == ("undone", 2, 1)
    assert await desk.members("code, name") == [("B2", "Benjamin")]
    assert [(each.row, each.sentence) for each in await desk.problems(found, "undo")] == [
        (3, "This member was changed since the import, and is left as it is.")
    ]


async def test_more_records_than_a_batch_are_taken_back(desk: Desk) -> None:
    found = await desk.import_("no,name\n" + "".join(f"X{number},Member {number}\n" for number in range(1234)))
    assert found.counts.created == 1234
    found = await desk.undo(found)
    assert (found.undone, await desk.members()) == (1234, [])


async def test_what_was_chosen_is_remembered_for_the_next_file(desk: Desk) -> None:
    found = await desk.upload("Kennung;Wer;Notiz\nA1;Ann;x\n")
    mapping = (Mapped(field="code", column=0), Mapped(field="name", column=1))
    with pytest.raises(Invalid, match="“Member number”"):
        await desk.check(found)
    await services.check(desk.tenant, found.id, found.version, mapping, {"existing": "skip"})
    await desk.jobs.run_all()
    found = await desk.check(await desk.upload("Notiz;Kennung;Neu;Wer\ny;B2;z;Ben\n"))
    assert (found.state, found.expected.created) == ("checked", 1)


async def test_a_check_can_be_left_for_the_columns_and_made_again(desk: Desk) -> None:
    found = await desk.check(await desk.upload(MIXED))
    found = await services.back_to_columns(desk.tenant, found.id)
    without_dates = tuple(each for each in found.mapping if each.field != "born")
    await services.check(desk.tenant, found.id, found.version, without_dates)
    await desk.jobs.run_all()
    found = await desk.now(found)
    assert (found.expected.created, found.expected.refused) == (2, 3)
    assert {each.field for each in await desk.problems(found)} == {"name", "email", "code"}


async def test_two_people_at_one_import_are_told_of_each_other(desk: Desk) -> None:
    found = await desk.upload(GOOD)
    await services.read_again(desk.tenant, found.id, found.version, delimiter=";")
    with pytest.raises(Conflict, match="Somebody else"):
        await services.read_again(desk.tenant, found.id, found.version, delimiter="|")
    with pytest.raises(Conflict, match="Somebody else"):
        await services.check(desk.tenant, found.id, found.version, found.mapping)


async def test_a_file_is_read_differently_when_the_person_says_so(desk: Desk) -> None:
    found = await desk.upload("no,name\n1,Müller\n".encode("mac_roman"))
    found = await services.read_again(desk.tenant, found.id, found.version, encoding="mac_roman")
    assert found.columns[1].samples == ("Müller",)
    found = await services.read_again(desk.tenant, found.id, found.version, heading=0)
    assert ([each.heading for each in found.columns], found.total) == (["Column A", "Column B"], 2)
    for wrong in ({"encoding": "klingon"}, {"delimiter": "x"}, {"sheet": "One"}, {"heading": 5000}):
        with pytest.raises(Invalid):
            await services.read_again(desk.tenant, found.id, found.version, **wrong)


async def test_a_file_that_cannot_be_read_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(Invalid, match="a PDF"):
        await desk.upload(b"%PDF-1.7", "price list.csv")
    async with desk.tenant.transaction() as db:
        for table in ("file", "file_waste", "import_batch", "audit_entry"):
            assert await db.fetchval(f"SELECT count(*) FROM platform.{table}") == 0, table


async def test_a_large_file_is_looked_at_by_a_worker(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 5)
    staged = await desk.tenant.files.stage(GOOD.encode())
    found = await services.start(desk.tenant, "club.members", staged, "members.csv")
    assert found.state == "reading"
    await desk.jobs.run_all()
    found = await desk.now(found)
    assert (found.state, found.total) == ("mapping", 3)
    found = await desk.upload(b"%PDF-1.7", "price list.csv")
    assert (found.state, found.note) == ("failed", "This file is a PDF, which has no rows and columns to read.")


async def test_nothing_is_checked_saved_or_undone_out_of_turn(desk: Desk) -> None:
    found = await desk.upload(GOOD)
    for step in (services.run, services.undo, services.stop, services.back_to_columns, services.retry):
        with pytest.raises(Conflict):
            await step(desk.tenant, found.id)
    found = await desk.save(await desk.check(found))
    for step in (services.run, services.stop, services.back_to_columns, services.retry):
        with pytest.raises(Conflict):
            await step(desk.tenant, found.id)
    with pytest.raises(Conflict):
        await services.discard(desk.tenant, found.id)
    found = await desk.undo(found)
    with pytest.raises(Conflict):
        await services.undo(desk.tenant, found.id)


async def test_a_job_that_is_delivered_twice_saves_nothing_twice(desk: Desk) -> None:
    found = await desk.import_(GOOD)
    await run_import(desk.tenant, ImportJob(found.id))
    assert (await desk.now(found)).counts.created == 3


async def test_what_is_thrown_away_is_gone_with_its_file(desk: Desk) -> None:
    found = await desk.check(await desk.upload(MIXED))
    await services.discard(desk.tenant, found.id)
    with pytest.raises(Missing):
        await desk.now(found)
    with pytest.raises(Missing):
        await desk.tenant.files.find(found.file)


async def test_a_stopped_check_goes_back_to_the_columns(desk: Desk) -> None:
    found = await desk.upload(GOOD)
    await services.check(desk.tenant, found.id, found.version, (Mapped(field="code", column=0), Mapped(field="name", column=1)))
    await services.stop(desk.tenant, found.id)
    await desk.jobs.run_all()
    found = await desk.now(found)
    assert (found.state, found.note, found.stop) == ("mapping", "The check was stopped.", False)


async def test_a_file_of_nothing_but_bad_rows_is_given_up_early(desk: Desk) -> None:
    found = await desk.check(await desk.upload("no,name\n" + "".join(f"X{number},x\n" for number in range(60_000))))
    assert found.expected.saved == 0
    assert 5_000 <= found.expected.refused < 60_000
    assert "the rest was not tried" in found.note
    with pytest.raises(Conflict, match="None of the rows"):
        await services.run(desk.tenant, found.id)


async def test_rows_that_belong_together_are_never_torn_apart(desk: Desk) -> None:
    families.calls.clear()
    rows = [f"Family {number // 3},Person {number}" for number in range(2500)]
    found = await desk.check(await desk.upload("family,name\n" + "\n".join(rows) + "\n", into="club.families"))
    assert found.expected.created == 2500
    ends = [(before[-1][1], after[0][1]) for before, after in zip(families.calls, families.calls[1:], strict=False)]
    assert len(families.calls) == 3
    assert all(before != after for before, after in ends)


async def test_a_problem_in_one_row_of_a_group_refuses_the_group(desk: Desk) -> None:
    text = "family,name,age\nSmith,Ann,40\nSmith,Ben,old\nSmith,Cleo,5\nKing,Dan,7\n"
    found = await desk.check(await desk.upload(text, into="club.families"))
    assert (found.expected.created, found.expected.refused) == (1, 3)
    assert [(each.row, each.sentence) for each in await desk.problems(found)] == [
        (2, "Row 3, which belongs to the same record, has a problem."),
        (3, "“old” is not a whole number."),
        (4, "Row 3, which belongs to the same record, has a problem."),
    ]


async def test_a_group_as_large_as_a_file_is_refused_without_being_held_in_memory(desk: Desk) -> None:
    text = "family,name\n" + "".join(f"Smith,Person {number}\n" for number in range(6000))
    found = await desk.check(await desk.upload(text, into="club.families"))
    assert "More than 5,000 rows in a row have the same “Family”" in (await desk.problems(found))[0].sentence


async def test_an_importers_own_format_is_read_with_its_own_problems(desk: Desk) -> None:
    found = await desk.check(
        await desk.upload("family=Smith name=Ann\nfamily=? name=x\nfamily=King name=Dan age=7\n", "all.fam", "club.families")
    )
    assert (found.expected.created, found.expected.refused) == (2, 1)
    assert [(each.row, each.sentence) for each in await desk.problems(found)] == [(2, "This line holds a question mark.")]
    with pytest.raises(Invalid, match="no family file"):
        await desk.upload("name,x\n", "other.fam", "club.families")
    with pytest.raises(Invalid, match=r"cannot be read as \.fam"):
        await desk.upload(b"family=\xff", "broken.fam", "club.families")


async def test_one_business_knows_nothing_of_the_imports_of_another(desk: Desk, other_tenant: LiveTenant) -> None:
    found = await desk.import_(GOOD)
    with pytest.raises(Missing):
        await services.find(other_tenant, found.id)
    with pytest.raises(Missing):
        await services.undo(other_tenant, found.id)
    assert await services.newest(other_tenant) == []
    async with other_tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM platform.import_row") == 0


async def test_who_may_import_but_not_this_kind_sees_none_of_it(desk: Desk, installation: Installation) -> None:
    found = await desk.import_(GOOD)
    clerk = installation.runtime.tenant(desk.tenant.catalogue_entry, Actor("session", "Clerk", permissions=frozenset({"core.import"})))
    with pytest.raises(Refused, match="Import members"):
        await services.find(clerk, found.id)
    assert await services.newest(clerk) == []
    chief = installation.runtime.tenant(desk.tenant.catalogue_entry, Actor("session", "Chief", permissions=frozenset({IMPORT.name})))
    assert [each.id for each in await services.newest(chief)] == [found.id]


async def test_an_import_of_a_module_that_is_off_is_missing(desk: Desk) -> None:
    with pytest.raises(Missing, match="switched off"):
        await desk.upload(GOOD, into="nobody.things")
    with pytest.raises(Missing):
        await services.find(desk.tenant, UUID(int=5))
