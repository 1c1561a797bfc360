"""Entries from files: whole ones or none of each, posted in bulk, and taken back by reversal."""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Annotated

import msgspec
from msgspec import Meta

from weft import Conflict, Invalid, Numbered, Outcome, RowProblem, Tenant, WeftError, Written, read_fields
from weft.contracts import NewEntry, NewLine, Source

from ..domain.accounts import Account, AccountDraft
from ..domain.checking import ReadyEntry, check
from ..domain.rules import EVENTS
from ..queries import accounts, posting
from ..queries import entries as entry_queries
from ..queries.ground import standing
from . import posting as posting_service
from .accounts import create
from .years import ensure_year

ZERO = Decimal(0)
KIND = "accounting.import"
_TYPES = {"asset": "current_asset", "liability": "current_liability", "equity": "equity", "income": "income", "expense": "expense"}
_DIGIT = {"asset": "1", "liability": "2", "equity": "3", "income": "4", "expense": "6", "": "9"}
_BANK = frozenset({"checking", "savings", "saving", "bank", "cash", "wallet", "current"})


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an entry; the lines of one entry stand together and have the same `entry`."""

    entry: Annotated[str, Meta(title="Entry", description="The same in all lines of one entry, such as its number.", max_length=100)]
    date: Annotated[datetime.date, Meta(title="Date")]
    account: Annotated[str, Meta(title="Account", description="Its code, or its name.", min_length=1, max_length=300)]
    debit: Annotated[Decimal | None, Meta(title="Debit")] = None
    credit: Annotated[Decimal | None, Meta(title="Credit")] = None
    amount: Annotated[Decimal | None, Meta(title="Amount", description="Instead of debit and credit: credits are negative.")] = None
    currency: Annotated[str, Meta(title="Currency", max_length=3)] = ""
    base: Annotated[Decimal | None, Meta(title="Amount in base currency")] = None
    journal: Annotated[str, Meta(title="Journal", max_length=20)] = ""
    description: Annotated[str, Meta(title="Description", max_length=500)] = ""
    text: Annotated[str, Meta(title="Text", max_length=500)] = ""
    due: Annotated[datetime.date | None, Meta(title="Due")] = None
    dimensions: Annotated[str, Meta(title="Dimensions", description="Such as cost_centre=N; project=X.", max_length=300)] = ""
    class_: Annotated[str, Meta(title="Class", max_length=20)] = msgspec.field(default="", name="class")


class EntryOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a file of entries is taken."""

    journal: Annotated[str, Meta(title="Journal", description="For lines without one: its code.", max_length=20)] = "GEN"
    create_accounts: Annotated[
        bool, Meta(title="Make accounts that are missing", description="With codes of their own; check their types afterwards.")
    ] = False
    open_years: Annotated[bool, Meta(title="Open fiscal years that are missing")] = True


@dataclass(slots=True)
class _Batch:
    """What is known while a batch is written."""

    tenant: Tenant
    options: EntryOptions
    by_code: dict[str, Account] = field(default_factory=dict)
    by_name: dict[str, Account] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def learn(self, chart: Sequence[Account]) -> None:
        """Take in accounts; a name that two of them have means neither."""
        names: dict[str, list[Account]] = {}
        for each in chart:
            self.by_code[each.code] = each
            names.setdefault(each.name.casefold(), []).append(each)
        self.by_name = {name: found[0] for name, found in names.items() if len(found) == 1}

    def refuse(self, rows: Sequence[Numbered[EntryRow]], place: int, name: str, sentence: str) -> None:
        """Refuse an entry for one of its lines; the others say so."""
        for number, row in enumerate(rows):
            mine = number == place
            told = sentence if mine else f"Row {rows[place].row} of the same entry is wrong: {sentence}"
            self.problems.append(RowProblem(row.row, name if mine else "", told))


async def write(tenant: Tenant, rows: Sequence[Numbered[EntryRow]], options: Mapping[str, str]) -> Outcome:
    """Bring a batch of lines in; see `weft.Importer.write`."""
    async with tenant.transaction() as db:
        try:
            asked = read_fields(EntryOptions, {name: [text] for name, text in options.items()})
        except Invalid as wrong:
            return Outcome((), [RowProblem(row.row, "", wrong.message) for row in rows])
        batch = _Batch(tenant, asked)
        batch.learn(await accounts.all_accounts(db))
        groups = [list(found) for _, found in groupby(rows, key=lambda row: row.value.entry)]
        made = [(group, new) for group in groups if (new := await _entry(batch, group))]
        await _post(batch, made)
    return Outcome(batch.written, batch.problems)


async def _entry(batch: _Batch, rows: list[Numbered[EntryRow]]) -> NewEntry | None:
    """Return the entry that some lines make, or refuse them."""
    head = rows[0].value
    if batch.options.open_years:
        await ensure_year(batch.tenant, head.date)
    lines = []
    for place, row in enumerate(rows):
        try:
            if row.value.date != head.date:
                raise Invalid.field("date", "The lines of one entry have one date.")
            lines.append(await _line(batch, row.value))
        except Invalid as wrong:
            name, sentence = next(iter(wrong.fields.items()), ("", wrong.message))
            batch.refuse(rows, place, name, sentence)
            return None
    content = msgspec.json.encode([msgspec.structs.replace(row.value, class_="") for row in rows])
    source = Source(KIND, hashlib.sha256(content).hexdigest()[:40], f"Import, entry {head.entry}")
    journal = head.journal or batch.options.journal
    return NewEntry(journal=journal, date=head.date, description=head.description, lines=tuple(lines), source=source)


async def _line(batch: _Batch, row: EntryRow) -> NewLine:
    amount = row.amount if row.amount is not None else (row.debit or ZERO) - (row.credit or ZERO)
    if row.amount is not None and (row.debit or row.credit):
        raise Invalid.field("amount", "Give an amount, or debit and credit, not both.")
    dimensions = dict(_pair(part) for part in row.dimensions.split(";") if part.strip())
    event = row.account.removeprefix("event:") if row.account.startswith("event:") else ""
    if event and event not in EVENTS:
        raise Invalid.field("account", f"There is no event “{event}”.")
    account = None if event else await _account(batch, row)
    return NewLine(
        account_id=account.id if account else None,
        event=event,
        debit=max(amount, ZERO),
        credit=max(-amount, ZERO),
        currency=row.currency,
        base=row.base,
        description=row.text,
        due=row.due,
        dimensions=dimensions,
    )


def _pair(part: str) -> tuple[str, str]:
    key, sign, code = part.partition("=")
    if not sign:
        raise Invalid.field("dimensions", f"“{part.strip()}” is no dimension: write cost_centre=N.")
    return key.strip(), code.strip()


async def _account(batch: _Batch, row: EntryRow) -> Account:
    text = row.account.strip()
    found = batch.by_code.get(text) or batch.by_name.get(text.casefold()) or batch.by_code.get(text.split(" ")[0])
    if found is not None:
        return found
    if not batch.options.create_accounts:
        raise Invalid.field("account", f"There is no account “{text}”: use its code, or let missing accounts be made.")
    digit = _DIGIT.get(row.class_, "9")
    number = 1
    while f"{digit}.{number:03}" in batch.by_code:
        number += 1
    kind = _TYPES.get(row.class_, "expense")
    if row.class_ == "asset" and _BANK & {word for part in text.lower().split(":") for word in part.split()}:
        kind = "bank"
    draft = AccountDraft(code=f"{digit}.{number:03}", name=text, type=kind, posting=True, note="Made by an import.")
    made = await create(batch.tenant, draft)
    batch.by_code[made.code] = batch.by_name[made.name.casefold()] = made
    return made


async def _post(batch: _Batch, made: list[tuple[list[Numbered[EntryRow]], NewEntry]]) -> None:
    """Check every entry by itself, and post those that hold together."""
    if not made:
        return
    tenant, db = batch.tenant, batch.tenant.scope()
    ground = await posting_service.ground_for(tenant, db, [new for _, new in made])
    there = await standing(db, [new.source for _, new in made if new.source])
    ready: list[tuple[list[Numbered[EntryRow]], ReadyEntry]] = []
    seen: set[str] = set()
    for rows, new in made:
        assert new.source is not None
        if found := there.get((KIND, new.source.id)):
            batch.written += [Written(row.row, found.id, "unchanged") for row in rows]
            continue
        if new.source.id in seen:
            batch.refuse(rows, 0, "entry", "The same entry comes twice in this file.")
            continue
        try:
            ready.append((rows, check(new, ground)))
            seen.add(new.source.id)
        except (Invalid, Conflict) as wrong:
            _refuse(batch, rows, wrong)
    if not ready:
        return
    entries = [each for _, each in ready]
    sets = await posting.dimension_sets(db, entries)
    done = await posting.post_many(db, entries, sets, tenant.now(), posting_service.by_whom(tenant))
    for (rows, _), numbered in zip(ready, done, strict=True):
        batch.written += [Written(row.row, numbered.id, "created") for row in rows]
    await posting_service.tell_many(tenant, done)


def _refuse(batch: _Batch, rows: list[Numbered[EntryRow]], wrong: WeftError) -> None:
    fields = wrong.fields if isinstance(wrong, Invalid) else {}
    for name, sentence in fields.items():
        parts = name.split(".")
        if parts[0] == "lines" and len(parts) == 3:
            batch.refuse(rows, int(parts[1]), {"code": "account"}.get(parts[2], parts[2]), sentence)
        else:
            batch.refuse(rows, 0, name, sentence)
        return
    batch.refuse(rows, 0, "", wrong.message)


async def undo(tenant: Tenant, written: Sequence[Written]) -> list[RowProblem]:
    """Take entries back: each is reversed on its own day. One that is reversed, settled or locked stays, and is told."""
    problems = []
    for each in written:
        if each.action != "created":
            continue
        try:
            async with tenant.transaction() as db:
                found = await entry_queries.entry(db, each.id)
                if found is None or found[1].reversed_by:
                    continue
                await posting_service.reverse(tenant, each.id, found[0].date, "The import was undone")
        except WeftError as wrong:
            problems.append(RowProblem(each.row, "", wrong.message))
    return problems
