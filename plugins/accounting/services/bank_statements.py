"""Statements: brought as a file, read by a worker, proved, parked where they do not tie out, let pass by a person."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from weft import Change, Conflict, Invalid, Job, Missing, RecordRef, Scope, Secret, Tenant, new_id

from ..domain.bank.csv_file import guess, is_complete, read_sheet
from ..domain.bank.csv_mapping import fingerprint
from ..domain.bank.duplicates import new_entries, statement_key
from ..domain.bank.proving import Proof, prove
from ..domain.bank.reading import ReadOptions, read_statements, sniff
from ..domain.bank.statement import Entry, Statement, Unreadable
from ..domain.bank.stored import (
    FileOutcome,
    FileState,
    KeptProof,
    StatementState,
    StoredBankAccount,
    StoredBankLine,
    StoredFile,
    StoredStatement,
)
from ..domain.bank.wording import account_plain
from ..permissions import BANK
from ..queries import bank as stored
from ..queries import bank_lines as lines
from ..records import BANK_ACCOUNT, BANK_STATEMENT
from .posting import by_whom

LARGEST = 100 * 1024 * 1024  # bytes of one file: about 170,000 lines of camt.053
_STATES: dict[str, StatementState] = {"verified": "verified", "unproven": "imported", "discrepancy": "discrepancy"}
# Reports within a day and notifications say nothing of where the statement before ended.
_OF_A_DAY = frozenset({"camt.052", "camt.054", "mt942", "csv"})


class FileToRead(msgspec.Struct, frozen=True):
    """Which file a worker shall read."""

    file: UUID


class StatementChanged(Conflict):
    """Somebody else changed the statement; `current` is how it is now."""

    def __init__(self, current: StoredStatement) -> None:
        super().__init__(f"{current.name} was changed by somebody else meanwhile: look again.")
        self.current = current


def ref(statement: StoredStatement) -> RecordRef:
    """Return a link to a statement."""
    return RecordRef(BANK_STATEMENT, statement.id, statement.name)


async def upload(tenant: Tenant, name: str, content: bytes, bank_account: UUID | None = None) -> StoredFile:
    """Keep a file and have a worker read it; raises `Invalid` for what is no statement, or is too large."""
    if len(content) > LARGEST:
        raise Invalid.field("file", f"The file is larger than {LARGEST // 1024 // 1024} MB. Export a shorter period.")
    async with tenant.transaction() as db:
        chosen = await stored.account(db, bank_account) if bank_account else None
    if bank_account and chosen is None:
        raise Missing("There is no such bank account.")
    try:
        unclear = await asyncio.to_thread(_is_unclear, content, chosen)
    except Unreadable as refused:
        raise Invalid.field("file", refused.message) from refused
    state: FileState = "asking" if unclear else "waiting"
    async with tenant.transaction() as db:
        kept = await tenant.files.put(name, "application/octet-stream", content, limit=LARGEST)
        made = StoredFile(id=new_id(), file=kept.id, name=name, at=tenant.now(), bank_account=bank_account, by=by_whom(tenant), state=state)
        await stored.put_file(db, made)
        await tenant.record(Change(RecordRef(BANK_ACCOUNT, bank_account or made.id, name), "statement brought", {}, {"file": name}))
        if state == "waiting":
            await tenant.enqueue(READ, FileToRead(made.id))
    return made


def _is_unclear(content: bytes, chosen: StoredBankAccount | None) -> bool:
    """Tell whether a person has to say which column of a CSV is what: it was never said, and the guess leaves a question."""
    if sniff(content) != "csv":
        return False
    sheet = read_sheet(content)
    if chosen is not None and fingerprint(sheet.headings) in chosen.mappings:
        return False
    suggested = guess(sheet)
    return bool(suggested.questions) or not is_complete(suggested.mapping) or (chosen is None and suggested.mapping.at("account") is None)


async def read_file(tenant: Tenant, wanted: FileToRead) -> None:
    """Read a file that was brought, all or nothing, and tell who brought it; a second time it does nothing."""
    async with tenant.transaction() as db:
        row = await stored.file(db, wanted.file)
    if row is None or row.state != "waiting":
        return
    content = await content_of(tenant, row)
    try:
        await _take(tenant, row, content)
    except Invalid as refused:
        outcome = FileOutcome(sentence=refused.message)
        async with tenant.transaction() as db:
            await stored.set_outcome(db, row.id, "refused", outcome)
            await tenant.record(
                Change(RecordRef(BANK_ACCOUNT, row.bank_account or row.id, row.name), "statement refused", {}, {"why": refused.message})
            )
            await _tell(tenant, row, f"{row.name} was refused: {refused.message}")


async def content_of(tenant: Tenant, row: StoredFile) -> bytes:
    """Return the bytes of a file that was brought."""
    return b"".join([chunk async for chunk in tenant.files.read(row.file)])


async def _take(tenant: Tenant, row: StoredFile, content: bytes) -> None:
    """Read what a file holds, in a thread so that others' jobs go on, and store it in one transaction."""
    async with tenant.transaction() as db:
        accounts = await stored.accounts(db)
    chosen = next((each for each in accounts if each.id == row.bank_account), None)
    read = await asyncio.to_thread(lambda: read_statements(content, _options(content, chosen)))
    placed = [(each, _account_of(each, accounts, chosen)) for each in read.statements]
    async with tenant.transaction() as db:
        current = await stored.file(db, row.id, lock=True)
        if current is None or current.state != "waiting":
            return
        # Two files of one account read at the same time would each take the lines of the other for new.
        for account_id in sorted({account.id for _, account in placed}):
            await stored.account(db, account_id, lock=True)
        outcome = FileOutcome(format=read.format, notes=tuple(each.sentence for each in read.notes))
        for statement, account in placed:
            outcome = await _store(tenant, db, row, statement, account, outcome)
        await stored.set_outcome(db, row.id, "read", outcome)
        about = RecordRef(BANK_ACCOUNT, placed[0][1].id, row.name)
        await tenant.record(Change(about, "statements read", {}, msgspec.to_builtins(replace(outcome, notes=()))))
        await _tell(tenant, row, f"{row.name}: {said(outcome)}")


def said(outcome: FileOutcome) -> str:
    """Return in words what a file came to."""
    parts = [f"{outcome.statements} statement{'s' * (outcome.statements != 1)} with {outcome.lines:,} new line{'s' * (outcome.lines != 1)}"]
    if outcome.known_statements or outcome.known_lines:
        parts.append(f"{outcome.known_statements} statements and {outcome.known_lines:,} lines were there already")
    if outcome.parked:
        parts.append(f"{outcome.parked} parked because {'it does' if outcome.parked == 1 else 'they do'} not tie out")
    return "; ".join(parts) + "."


async def _tell(tenant: Tenant, row: StoredFile, text: str) -> None:
    await tenant.notify(text, link="/accounting/bank", to=row.by or BANK)


def _options(content: bytes, chosen: StoredBankAccount | None) -> ReadOptions:
    """Return what is known of a file beforehand: the account's currency, and the mapping it was read with last."""
    if chosen is None:
        return ReadOptions()
    mapping = chosen.mappings.get(fingerprint(read_sheet(content).headings)) if chosen.mappings and sniff(content) == "csv" else None
    return ReadOptions(currency=chosen.currency, mapping=mapping)


def _account_of(statement: Statement, accounts: Sequence[StoredBankAccount], chosen: StoredBankAccount | None) -> StoredBankAccount:
    """Return whose statement it is; raises `Invalid` for an account that is not known, not the one chosen, or in another currency."""
    number, currency = statement.account.number, statement.account.currency
    own = account_plain(number)
    if chosen is not None:
        theirs = account_plain(chosen.number.clear)
        if own and theirs and own != theirs and not theirs.endswith(own) and statement.format not in {"csv", "qif"}:
            raise Invalid(f"The statement is of account {Secret(number)}, not of {chosen.name} ({chosen.number}).")
        found: StoredBankAccount | None = chosen
    else:
        fitting = [
            each
            for each in accounts
            if own and (each_number := account_plain(each.number.clear)) and (each_number == own or each_number.endswith(own))
        ]
        found = next((each for each in fitting if each.currency == currency), fitting[0] if fitting else None)
    if found is None:
        what = f"account {Secret(number)}" if number else "an account it does not name"
        raise Invalid(f"The statement is of {what}, which is none of your bank accounts: add it first, or choose one for the file.")
    if currency and currency != found.currency:
        raise Invalid(f"The statement is in {currency}, but {found.name} is kept in {found.currency}.")
    return found


async def _store(
    tenant: Tenant, db: Scope, row: StoredFile, statement: Statement, account: StoredBankAccount, so_far: FileOutcome
) -> FileOutcome:
    """Store one statement with the lines that are new, unless it is there already."""
    key = statement_key(statement)
    if await stored.known_keys(db, account.id, [key]):
        return replace(so_far, known_statements=so_far.known_statements + 1, known_lines=so_far.known_lines + len(statement.booked))
    booked = replace(statement, entries=tuple(statement.booked))
    known = await lines.known(db, account.id, [each.digest for _, each in new_entries(booked, ())])
    fresh = new_entries(booked, known)
    proof = await _proved(db, statement, account, [entry for entry, _ in fresh])
    state = _STATES[proof.verdict]
    made = _kept(tenant, row, statement, account, proof, state, key)
    await stored.put_statement(db, made)
    kept = [
        StoredBankLine(
            id=new_id(),
            bank_account=account.id,
            statement=made.id,
            position=place,
            booked=entry.booked_on,
            amount=entry.amount,
            currency=entry.currency or account.currency,
            told=entry,
            digest=each.digest,
            occurrence=each.occurrence,
            state="parked" if state == "discrepancy" else "open",
        )
        for place, (entry, each) in enumerate(fresh, 1)
    ]
    await lines.add(db, kept)
    told = {"lines": len(kept), "state": state, "opening": made.opening, "closing": made.closing, "differences": len(proof.differences)}
    await tenant.record(Change(ref(made), "imported", {}, told))
    return replace(
        so_far,
        statements=so_far.statements + 1,
        lines=so_far.lines + len(kept),
        known_lines=so_far.known_lines + len(booked.entries) - len(kept),
        parked=so_far.parked + (state == "discrepancy"),
    )


async def _proved(db: Scope, statement: Statement, account: StoredBankAccount, fresh: Sequence[Entry]) -> Proof:
    """Return the proof of a statement, which goes on from the one before where its format says that it does.

    Without an opening balance of its own, only what is new can lie between that one and this.
    """
    if statement.format in _OF_A_DAY:
        return prove(statement)
    previous = await stored.closing_before(db, account.id, statement.starts_on or statement.ends_on)
    if statement.balance("opening") is None and previous is not None:
        return prove(replace(statement, entries=tuple(fresh)), previous)
    return prove(statement, previous)


def _kept(
    tenant: Tenant, row: StoredFile, statement: Statement, account: StoredBankAccount, proof: Proof, state: StatementState, key: str
) -> StoredStatement:
    name = f"{account.name} {statement.sequence or statement.id or f'to {statement.ends_on or tenant.today()}'}"
    return StoredStatement(
        id=new_id(),
        bank_account=account.id,
        source=row.id,
        format=statement.format,
        key=key,
        name=name,
        at=tenant.now(),
        proof=KeptProof(
            verdict=proof.verdict,
            checks=proof.checks,
            differences=proof.differences[:100],
            notes=tuple(f"{each.sentence} (line {each.line})" if each.line else each.sentence for each in statement.notes[:100]),
        ),
        first=statement.starts_on,
        last=statement.ends_on,
        opening=None if proof.opening is None else proof.opening.amount,
        closing=None if proof.closing is None else proof.closing.amount,
        state=state,
    )


async def get(tenant: Tenant, statement_id: UUID) -> StoredStatement:
    """Return a statement; raises `Missing`."""
    async with tenant.transaction() as db:
        return await _find(db, statement_id)


async def _find(db: Scope, statement_id: UUID, *, lock: bool = False) -> StoredStatement:
    found = await stored.statement(db, statement_id, lock=lock)
    if found is None:
        raise Missing("There is no such statement.")
    return found


async def _parked(db: Scope, statement_id: UUID, version: int) -> StoredStatement:
    found = await _find(db, statement_id, lock=True)
    if found.version != version:
        raise StatementChanged(found)
    if found.state != "discrepancy":
        raise Conflict(f"{found.name} is not parked.")
    return found


async def let_pass(tenant: Tenant, statement_id: UUID, version: int, reason: str) -> StoredStatement:
    """Take a statement that does not tie out, with the reason why; its lines can be reconciled then.

    Raises `Missing`, `StatementChanged`, `Conflict`, `Invalid` without a reason.
    """
    if not reason.strip():
        raise Invalid.field("reason", "Say why the statement is right all the same: it stays beside the difference.")
    async with tenant.transaction() as db:
        found = await _parked(db, statement_id, version)
        await stored.set_state(db, statement_id, "imported", reason.strip())
        await lines.release(db, statement_id)
        await tenant.record(Change(ref(found), "let pass", {"state": "discrepancy"}, {"state": "imported", "reason": reason.strip()}))
        return await _find(db, statement_id)


async def discard(tenant: Tenant, statement_id: UUID, version: int) -> StoredStatement:
    """Forget a parked statement with its lines; the file stays. Raises `Missing`, `StatementChanged`, `Conflict`."""
    async with tenant.transaction() as db:
        found = await _parked(db, statement_id, version)
        await stored.remove_statement(db, statement_id)
        await tenant.record(Change(ref(found), "discarded", {"state": "discrepancy", "lines": found.lines}, {}))
    return found


READ = Job(name="accounting.read_bank_file", title="Read bank statements", payload=FileToRead, run=read_file, timeout=900, attempts=2)
