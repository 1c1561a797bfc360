"""Which column of a bank's CSV is what: asked once, and remembered with the bank account."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Tenant

from ..domain.bank.csv_file import Sheet, guess, read_csv, read_sheet
from ..domain.bank.csv_mapping import CsvMapping, fingerprint
from ..domain.bank.proving import Proof, prove
from ..domain.bank.statement import Statement
from ..domain.bank.stored import StoredBankAccount, StoredFile
from ..queries import bank as stored
from ..records import BANK_ACCOUNT
from .bank_statements import READ, FileToRead, content_of

SHOWN = 5  # rows and entries of the preview


class Asked(NamedTuple):
    """A CSV whose columns are asked about: what it looks like, what was guessed or told, and what it would come to."""

    file: StoredFile
    accounts: Sequence[StoredBankAccount]
    sheet: Sheet
    mapping: CsvMapping
    questions: Sequence[str]
    statements: Sequence[tuple[Statement, Proof]]
    problem: str


async def ask(tenant: Tenant, file_id: UUID, mapping: CsvMapping | None = None, bank_account: UUID | None = None) -> Asked:
    """Return what a file would come to by a mapping, the guessed one unless told; raises `Missing`, `Conflict` when it was read already."""
    async with tenant.transaction() as db:
        row = await _find(db, file_id)
        accounts = [each for each in await stored.accounts(db) if each.active]
    content = await content_of(tenant, row)
    sheet = read_sheet(content)
    suggested = guess(sheet)
    chosen = next((each for each in accounts if each.id == (bank_account or row.bank_account)), None)
    told = mapping or suggested.mapping
    statements: list[tuple[Statement, Proof]] = []
    problem = ""
    try:
        read = read_csv(content, told, chosen.currency if chosen else tenant.currency)
        statements = [(each, prove(each)) for each in read.statements]
    except Invalid as wrong:
        problem = wrong.message
    row = replace(row, bank_account=bank_account or row.bank_account)
    return Asked(row, accounts, sheet, told, () if mapping else suggested.questions, statements, problem)


async def read_as(tenant: Tenant, file_id: UUID, mapping: CsvMapping, bank_account: UUID | None) -> None:
    """Remember how a bank account's CSV is read, and have the file read so.

    Raises `Missing`, `Conflict` when it was read already, `Invalid` without a bank account or for a mapping that finds no day or amount.
    """
    if bank_account is None:
        raise Invalid.field("account", "Choose whose statement it is.")
    async with tenant.transaction() as db:
        row = await _find(db, file_id, lock=True)
        account = await stored.account(db, bank_account, lock=True)
        if account is None:
            raise Missing("There is no such bank account.")
        content = await content_of(tenant, row)
        read_csv(content, mapping, account.currency)
        headings = read_sheet(content).headings
        kept = replace(account, mappings={**account.mappings, fingerprint(headings): mapping}, version=account.version + 1)
        await stored.put_account(db, kept)
        await stored.put_file(db, replace(row, bank_account=bank_account, state="waiting"))
        about = RecordRef(BANK_ACCOUNT, account.id, account.name)
        columns = {role: ", ".join(headings[at] for at in found) for role, found in mapping.columns.items()}
        await tenant.record(Change(about, "columns remembered", {}, msgspec.to_builtins(columns)))
        await tenant.enqueue(READ, FileToRead(row.id))


async def _find(db: Scope, file_id: UUID, *, lock: bool = False) -> StoredFile:
    row = await stored.file(db, file_id, lock=lock)
    if row is None:
        raise Missing("There is no such file.")
    if row.state != "asking":
        raise Conflict(f"{row.name} was read already.")
    return row
