"""Brings members in: a new code makes one, a known one changes it; as a plugin would, with one statement per batch and kind."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from weft import Importer, Invalid, Numbered, Outcome, Permission, RowProblem, Tenant, Written, new_id, read_fields

IMPORT = Permission("club.member.import", "Import members")
BORN = date(1900, 1, 1)


class MemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a file."""

    code: Annotated[str, msgspec.Meta(title="Member number", max_length=20)]
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=80)]
    email: Annotated[str, msgspec.Meta(title="E-mail")] = ""
    born: Annotated[date, msgspec.Meta(title="Date of birth")] | None = None
    credit: Annotated[Decimal, msgspec.Meta(title="Credit", description="What the club owes the member")] | None = None


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked once per import."""

    existing: Annotated[Literal["update", "skip", "refuse"], msgspec.Meta(title="When a member exists already")] = "update"


async def write(tenant: Tenant, rows: Sequence[Numbered[MemberRow]], options: Mapping[str, str]) -> Outcome:
    existing = read_fields(Options, {name: [value] for name, value in options.items()}).existing
    written: list[Written] = []
    problems: list[RowProblem] = []
    async with tenant.transaction() as db:
        known = {
            row["code"]: dict(row.items())
            for row in await db.fetch(
                "SELECT id, code, name, email, born, credit, version FROM club_member WHERE code = ANY ($1) FOR UPDATE",
                [row.value.code for row in rows],
            )
        }
        fresh: dict[str, dict[str, Any]] = {}
        changed: dict[str, dict[str, Any]] = {}
        for row in rows:
            if wrong := _wrong(row, existing, known):
                problems.append(wrong)
            else:
                written.append(_decide(row, existing, known, fresh, changed))
        await _insert(db, list(fresh.values()))
        await _update(db, list(changed.values()))
    return Outcome(written, problems)


def _wrong(row: Numbered[MemberRow], existing: str, known: Mapping[str, Any]) -> RowProblem | None:
    member = row.value
    if member.name == "boom":
        raise Invalid.field("name", "This name makes the importer fail.")
    if member.email and "@" not in member.email:
        return RowProblem(row.row, "email", f"“{member.email}” is not an e-mail address.", member.email)
    if existing == "refuse" and member.code in known:
        return RowProblem(row.row, "code", f"There is a member with the number “{member.code}” already.", member.code)
    return None


def _decide(
    row: Numbered[MemberRow], existing: str, known: dict[str, dict[str, Any]], fresh: dict[str, Any], changed: dict[str, Any]
) -> Written:
    member = row.value
    values = {"name": member.name, "email": member.email, "born": member.born, "credit": member.credit or Decimal(0)}
    found = known.get(member.code)
    if found is None:
        known[member.code] = fresh[member.code] = {"id": new_id(), "code": member.code, "version": 1, **values}
        return Written(row.row, fresh[member.code]["id"], "created")
    before = {name: found[name] for name, value in values.items() if found[name] != value}
    if existing == "skip" or not before:
        return Written(row.row, found["id"], "unchanged", found["version"])
    found |= values | {"version": found["version"] + 1}
    if member.code not in fresh:
        changed[member.code] = found
    return Written(row.row, found["id"], "updated", found["version"], before)


async def _insert(db: Any, members: Sequence[Mapping[str, Any]]) -> None:
    if members:
        await db.execute(
            "INSERT INTO club_member (id, code, name, email, born, credit, version) SELECT * FROM "
            "unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::integer[])",
            *_columns(members, "id", "code", "name", "email", "born", "credit", "version"),
        )


async def _update(db: Any, members: Sequence[Mapping[str, Any]]) -> None:
    if members:
        await db.execute(
            "UPDATE club_member m SET name = r.name, email = r.email, born = r.born, credit = r.credit, version = r.version FROM "
            "unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::numeric[], $6::integer[]) "
            "AS r (id, name, email, born, credit, version) WHERE m.id = r.id",
            *_columns(members, "id", "name", "email", "born", "credit", "version"),
        )


def _columns(rows: Sequence[Mapping[str, Any]], *names: str) -> list[list[Any]]:
    return [[row[name] for row in rows] for name in names]


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What an update replaced, as JSON has it."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType = msgspec.UNSET
    born: date | msgspec.UnsetType | None = msgspec.UNSET
    credit: Decimal | msgspec.UnsetType = msgspec.UNSET


async def undo(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    problems = []
    async with tenant.transaction() as db:
        ids = [each.id for each in written]
        versions = {row["id"]: row["version"] for row in await db.fetch("SELECT id, version FROM club_member WHERE id = ANY ($1)", ids)}
        gone: list[UUID] = []
        for each in written:
            if versions.get(each.id) != each.version:
                problems.append(RowProblem(each.row, "", "This member was changed since the import, and is left as it is."))
            elif each.action == "created":
                gone.append(each.id)
            else:
                before = msgspec.structs.asdict(msgspec.convert(each.before, Before))
                for name, value in before.items():
                    if value is not msgspec.UNSET:
                        await db.execute(f"UPDATE club_member SET {name} = $2 WHERE id = $1", each.id, value)
                await db.execute("UPDATE club_member SET version = version + 1 WHERE id = $1", each.id)
        await db.execute("DELETE FROM club_member WHERE id = ANY ($1)", gone)
    return problems


MEMBERS: Importer[MemberRow] = Importer(
    name="club.members",
    title="Members",
    permission=IMPORT,
    row=MemberRow,
    write=write,
    undo=undo,
    aliases={"code": ("no", "id", "Mitgliedsnummer"), "name": ("Name des Mitglieds",), "born": ("birthday", "Geburtstag")},
    options=Options,
)
