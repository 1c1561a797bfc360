"""Banks for programs: statements brought, lines read with their suggestions, reconciled and taken back."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from weft import Tenant, TheTenant, needs

from ..domain.bank.splits import Split
from ..domain.bank.stored import StoredFile
from ..permissions import BANK, NUMBERS, READ, RECONCILE
from ..services import bank_accounts, bank_desk, bank_statements, reconciling
from .bank_schemas import (
    AcceptBody,
    BankAccountOut,
    BankFileBody,
    BankFileOut,
    BankLineOut,
    BankNumberOut,
    SettleBody,
    SuggestionOut,
    UndoBody,
)
from .documents import CONFLICT, INVALID, MISSING


def _file(row: StoredFile) -> BankFileOut:
    told = row.outcome
    return BankFileOut(
        id=row.id,
        name=row.name,
        state=row.state,
        sentence=told.sentence,
        statements=told.statements,
        lines=told.lines,
        known_lines=told.known_lines,
        parked=told.parked,
    )


async def _line(tenant: Tenant, line_id: UUID) -> BankLineOut:
    found = await bank_desk.line_now(tenant, line_id)
    line = found.line
    suggestions = tuple(
        SuggestionOut(
            kind=each.kind,
            score=each.score,
            certain=each.certain,
            reasons=each.reasons,
            account=each.account,
            documents={str(part.item): part.amount for part in each.parts},
        )
        for each in found.suggestions
    )
    return BankLineOut(
        id=line.id,
        version=line.version,
        state=line.state,
        booked=line.booked,
        amount=line.amount,
        currency=line.currency,
        name=line.told.counterparty.name,
        text=line.told.remittance or line.told.text,
        suggestions=suggestions,
        entries=tuple(each.entry for each in found.matches),
    )


@get("/bank/accounts", guards=[needs(READ)], summary="List bank accounts")
async def list_bank_accounts(tenant: TheTenant) -> list[BankAccountOut]:
    """Return every bank account with what the bank and the books say; their lines are at ``/api/v1/lists/accounting.bank_lines``."""
    return [
        BankAccountOut(
            id=each.account.id,
            name=each.account.name,
            number=each.account.number.masked,
            currency=each.account.currency,
            account=each.account.code,
            bank_balance=each.bank_balance,
            book_balance=each.book_balance,
            open_lines=each.open_lines,
            open_amount=each.open_amount,
            parked_lines=each.parked,
        )
        for each in await bank_accounts.standings(tenant)
    ]


@post("/bank/accounts/{account_id:uuid}/number", guards=[needs(NUMBERS)], summary="Show a whole number", status_code=200, responses=MISSING)
async def show_bank_number(tenant: TheTenant, account_id: FromPath[UUID]) -> BankNumberOut:
    """Return the whole number of a bank account; the audit log keeps who asked for it."""
    return BankNumberOut(number=await bank_accounts.show_number(tenant, account_id))


@post("/bank/files", guards=[needs(BANK)], summary="Bring bank statements", responses={**INVALID, **MISSING})
async def bring_bank_file(tenant: TheTenant, data: JSONBody[BankFileBody]) -> BankFileOut:
    """Keep a file of camt, MT940, OFX, QIF, BAI2 or CSV; a worker reads it."""
    return _file(await bank_statements.upload(tenant, data.name, data.content, data.account))


@get("/bank/files/{file_id:uuid}", guards=[needs(READ)], summary="Read what became of a file", responses=MISSING)
async def read_bank_file(tenant: TheTenant, file_id: FromPath[UUID]) -> BankFileOut:
    """Return a file that was brought, with how much of it was new."""
    return _file(await bank_desk.file(tenant, file_id))


@get("/bank/lines/{line_id:uuid}", guards=[needs(READ)], summary="Read a bank line", responses=MISSING)
async def read_bank_line(tenant: TheTenant, line_id: FromPath[UUID]) -> BankLineOut:
    """Return a line with what it may be, best first, or with the entries it was reconciled with."""
    return await _line(tenant, line_id)


@post(
    "/bank/lines/{line_id:uuid}/accept",
    guards=[needs(RECONCILE)],
    summary="Accept a suggestion",
    status_code=200,
    responses={**INVALID, **CONFLICT, **MISSING},
)
async def accept_suggestion(tenant: TheTenant, line_id: FromPath[UUID], data: JSONBody[AcceptBody]) -> BankLineOut:
    """Reconcile a line as a suggestion says."""
    await reconciling.accept(tenant, line_id, data.version, data.choice)
    return await _line(tenant, line_id)


@post(
    "/bank/lines/{line_id:uuid}/settle",
    guards=[needs(RECONCILE)],
    summary="Reconcile a line",
    status_code=200,
    responses={**INVALID, **CONFLICT, **MISSING},
)
async def settle_line(tenant: TheTenant, line_id: FromPath[UUID], data: JSONBody[SettleBody]) -> BankLineOut:
    """Reconcile a line with documents, accounts and parties, all of it or nothing."""
    splits = [
        Split(
            amount=each.amount,
            document=each.document,
            line=each.line,
            settles=each.settles,
            early=each.early,
            code=each.account,
            party=each.party,
            description=each.description,
        )
        for each in data.splits
    ]
    await reconciling.settle(tenant, line_id, data.version, splits)
    return await _line(tenant, line_id)


@post(
    "/bank/lines/{line_id:uuid}/undo",
    guards=[needs(RECONCILE)],
    summary="Take a reconciliation back",
    status_code=200,
    responses={**INVALID, **CONFLICT, **MISSING},
)
async def undo_line(tenant: TheTenant, line_id: FromPath[UUID], data: JSONBody[UndoBody]) -> BankLineOut:
    """Reverse what a line was reconciled with; it is open again."""
    await reconciling.undo(tenant, line_id, data.version, data.reason)
    return await _line(tenant, line_id)


BANK_API = (
    *(list_bank_accounts, show_bank_number, bring_bank_file, read_bank_file),
    *(read_bank_line, accept_suggestion, settle_line, undo_line),
)
