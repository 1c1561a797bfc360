"""Contacts brought in from spreadsheets and vCards: found again, told why not, taken back."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from plugins.contacts.domain.details import Address, Identifier, PartyRecord, Point
from plugins.contacts.exports import VCARDS
from plugins.contacts.imports import PARTIES
from plugins.contacts.services import links, parties
from plugins.contacts.services.parties import Asked
from weft import Numbered, Outcome, RowProblem, Tenant, Written, read_fields

from .conftest import ADA, BELVOIR, Make

DATA = Path(__file__).parent / "data"


def fields_by_heading() -> dict[str, str]:
    """Return which field each heading means, as the import centre is told."""
    known: dict[str, str] = {}
    for field in msgspec.structs.fields(PARTIES.row):
        for heading in (field.name, *PARTIES.aliases.get(field.name, ())):
            known.setdefault(heading.casefold(), field.name)
    return known


def numbered(rows: Sequence[Mapping[str, str]]) -> list[Numbered]:  # type: ignore[type-arg]
    """Type rows as the import centre does."""
    known = fields_by_heading()
    return [
        Numbered(
            number,
            read_fields(PARTIES.row, {known[key.casefold()]: text.split("\n") for key, text in row.items() if key.casefold() in known}),
        )
        for number, row in enumerate(rows, start=2)
    ]


async def rows_in(tenant: Tenant, *rows: Mapping[str, str], **options: str) -> Outcome:
    """Bring rows in."""
    async with tenant.transaction():
        return await PARTIES.write(tenant, numbered(rows), options)


async def file_in(tenant: Tenant, name: str, **options: str) -> Outcome:
    """Bring a file in."""
    raw = (DATA / name).read_bytes()
    reader = PARTIES.readers.get(Path(name).suffix)
    rows = list(reader(raw)) if reader else list(csv.DictReader(io.StringIO(raw.decode())))
    return await rows_in(tenant, *rows, **options)


async def take_back(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    """Undo an import as the import centre does: by what travelled as JSON, last first."""
    told = [msgspec.convert(msgspec.to_builtins(each), Written) for each in reversed(written) if each.action != "unchanged"]
    async with tenant.transaction():
        return await PARTIES.undo(tenant, told)


async def everyone(tenant: Tenant) -> list[PartyRecord]:
    return list(await parties.page(tenant, Asked(), None, 100))


async def test_a_clinics_patients_come_in_and_the_same_file_again_changes_nothing(tenant: Tenant) -> None:
    first = await file_in(tenant, "patients.csv", default_kind="person", default_country="US", tag="Patient")
    assert [each.action for each in first.written] == ["created"] * 12
    assert not first.problems
    anna = (await everyone(tenant))[0].details
    assert (anna.kind, anna.given_name, anna.family_name, anna.tags) == ("person", "ANNA", "ADAMS", ("Patient",))
    assert anna.identifiers == (Identifier("reference", "P001"),)
    assert (anna.address.postcode, anna.address.country) == ("12207", "US")
    again = await file_in(tenant, "patients.csv", default_kind="person", default_country="US", tag="Patient")
    assert {each.action for each in again.written} == {"unchanged"}
    assert len(await everyone(tenant)) == 12


async def test_a_row_finds_its_contact_by_number_else_by_address_and_name_and_leaves_what_it_does_not_tell(
    tenant: Tenant, make: Make
) -> None:
    belvoir, ada = await make(BELVOIR), await make(ADA)
    outcome = await rows_in(
        tenant,
        {"name": "Belvoir Farm", "reference": "C-1", "website": "belvoir.example"},
        {"given_name": "Ada", "family_name": "Lovelace", "email": "ADA@example.com", "tags": "Reader"},
        {"name": "Someone Else", "email": "ada@example.com"},
    )
    found = {each.id: each.action for each in outcome.written}
    assert (found[belvoir.id], found[ada.id]) == ("updated", "updated")
    assert list(found.values()).count("created") == 1
    after = (await parties.read_party(tenant, belvoir.id)).details
    assert (after.name, after.websites, after.emails) == ("Belvoir Farm", (Point("https://belvoir.example"),), belvoir.details.emails)
    assert after.identifiers == belvoir.details.identifiers


async def test_every_wrong_cell_of_a_row_is_told_by_its_column_and_the_others_come_in(tenant: Tenant) -> None:
    outcome = await rows_in(
        tenant,
        {"name": "Bad", "kind": "robot"},
        {"name": "Worse", "email": "nowhere", "vat": "GB 123", "country": "Atlantis"},
        {"name": "Good"},
    )
    assert [each.row for each in outcome.written] == [4]
    told = {(each.row, each.field): each.sentence for each in outcome.problems}
    assert told[2, "kind"] == "“robot” is neither an organisation nor a person."
    assert {field for row, field in told if row == 3} >= {"country"}
    assert [each.details.name for each in await everyone(tenant)] == ["Good"]


async def test_a_country_alone_is_kept_and_that_of_the_whole_file_is_no_address(tenant: Tenant) -> None:
    await rows_in(
        tenant, {"name": "Murata", "country": "Japan"}, {"name": "Nowhere"}, {"name": "Paris", "city": "Paris"}, default_country="FR"
    )
    assert [each.details.address.country for each in await everyone(tenant)] == ["JP", "", "FR"]


async def test_two_rows_of_one_contact_make_one(tenant: Tenant) -> None:
    outcome = await rows_in(
        tenant,
        {"reference": "7", "name": "Twice Ltd", "tags": "a"},
        {"reference": "7", "name": "Twice Ltd", "tags": "b"},
    )
    assert [each.action for each in outcome.written] == ["created", "updated"]
    (only,) = await everyone(tenant)
    assert only.details.tags == ("a", "b")


@pytest.mark.parametrize(
    ("file", "names"),
    [("computer_30.vcf", ["Harbour & Vine", "Dr. Maeve O'Connell"]), ("telephone_21.vcf", ["Jürgen Öztürk", "112", "René Café"])],
)
async def test_the_vcards_of_a_computer_and_of_an_old_telephone_come_in(tenant: Tenant, file: str, names: list[str]) -> None:
    assert not (await file_in(tenant, file)).problems
    assert [each.details.name for each in await everyone(tenant)] == names


async def test_what_is_written_as_vcards_is_read_again_as_the_same_contacts(tenant: Tenant, other_tenant: Tenant, make: Make) -> None:
    await make(BELVOIR)
    await make(ADA)
    for exporter in VCARDS:
        raw = b"".join([part async for part in exporter.write(tenant)])
        rows = list(PARTIES.readers[".vcf"](raw))
        assert {each.action for each in (await rows_in(tenant, *rows)).written} == {"unchanged"}, exporter.name
    assert len((await rows_in(other_tenant, *rows)).written) == 2
    assert [each.details.name for each in await everyone(other_tenant)] == [each.details.name for each in await everyone(tenant)]


async def test_an_import_is_taken_back_but_for_what_was_changed_or_used_since(tenant: Tenant, make: Make) -> None:
    belvoir = await make(BELVOIR)
    before = belvoir.details
    outcome = await rows_in(
        tenant,
        {"reference": "C-1", "name": "Belvoir Farm"},
        {"reference": "N-1", "name": "New One"},
        {"reference": "N-2", "name": "New Two"},
        {"reference": "N-3", "name": "New Three"},
    )
    by_row = {each.row: each.id for each in outcome.written}
    changed = await parties.read_party(tenant, by_row[4])
    moved = Address(lines=("Dock 1",), city="Hull", country="GB")
    await parties.update_party(tenant, changed.id, changed.version, msgspec.structs.replace(changed.details, addresses=(moved,)))
    await links.relate(tenant, by_row[5], "parent_of:forward", belvoir.id, "")
    problems = await take_back(tenant, outcome.written)
    assert {(each.row, each.sentence.split("”")[0].strip("“")) for each in problems} == {(4, "New Two"), (5, "New Three")}
    assert (await parties.read_party(tenant, belvoir.id)).details == before
    assert {each.details.name for each in await everyone(tenant)} == {before.name, "New Two", "New Three"}
