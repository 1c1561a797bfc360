"""Cards from another system's file: new people become contacts, known cards get the points of the file."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct
from weft import Change, Importer, Invalid, Numbered, Outcome, RowProblem, Tenant, Written, new_id
from weft.contracts import NewParty, Parties

from . import domain, queries
from .domain import Member
from .permissions import GIVE
from .records import ref


class CardRow(Struct, frozen=True, kw_only=True):
    """A line of a file."""

    card: Annotated[str, Meta(title="Card number", min_length=1, max_length=40)]
    name: Annotated[str, Meta(title="Name", min_length=1, max_length=200)]
    points: Annotated[int, Meta(title="Points", ge=0, le=1_000_000)] = 0


async def write(tenant: Tenant, rows: Sequence[Numbered[CardRow]], _: Mapping[str, str]) -> Outcome:
    """Store a batch of rows, in the import's own transaction."""
    written, problems = list[Written](), list[RowProblem]()
    for row in rows:
        try:
            written.append(await _write_one(tenant, row.row, row.value))
        except Invalid as wrong:
            problems += [RowProblem(row.row, field, sentence, row.value.card) for field, sentence in wrong.fields.items()]
    return Outcome(written, problems)


async def _write_one(tenant: Tenant, number: int, row: CardRow) -> Written:
    db, card = tenant.scope(), domain.card_number(row.card)
    before = await queries.by_card(db, card)
    if before and before.points == row.points:
        return Written(number, before.id, "unchanged", before.version)
    if before:
        after = domain.given(before, row.points - before.points)
        await queries.save(db, after)
        await queries.book(db, after.id, tenant.today(), row.points - before.points, "Import")
        await tenant.record(Change.between(ref(after), "updated", {"points": before.points}, {"points": after.points}))
        return Written(number, after.id, "updated", after.version, {"points": before.points})
    party = await tenant.service(Parties).add(NewParty(kind="person", name=row.name))
    member = Member(new_id(), party.id, card, party.name, row.points)
    await queries.add(db, member)
    if row.points:
        await queries.book(db, member.id, tenant.today(), row.points, "Import")
    await tenant.record(Change(ref(member), "created", after={"card": card, "points": row.points}))
    return Written(number, member.id, "created")


async def undo(tenant: Tenant, records: Sequence[Written]) -> Sequence[RowProblem]:
    """Delete cards that an import made and restore the points it changed, unless they were used since; contacts it made stay."""
    db, problems = tenant.scope(), list[RowProblem]()
    for record in records:
        member = await queries.find(db, record.id)
        if member.version != record.version:
            problems.append(RowProblem(record.row, "card", f"The card {member.card} was used since: it stays."))
        elif record.action == "created":
            await queries.remove(db, member.id)
            await tenant.record(Change(ref(member), "removed", before={"points": member.points}))
        else:
            restored = domain.given(member, record.before["points"] - member.points)
            await queries.save(db, restored)
            await queries.book(db, member.id, tenant.today(), restored.points - member.points, "Import undone")
            await tenant.record(Change.between(ref(restored), "restored", {"points": member.points}, {"points": restored.points}))
    return problems


MEMBERS = Importer(
    name="acme_loyalty.members",
    title="Loyalty cards",
    permission=GIVE,
    row=CardRow,
    write=write,
    undo=undo,
    aliases={"card": ("card number", "loyalty number", "kundenkarte"), "points": ("balance", "punkte")},
    record="acme_loyalty.member",
)
