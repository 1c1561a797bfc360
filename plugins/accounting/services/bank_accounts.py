"""Accounts at banks, and the accounts of the books that stand for them."""

from decimal import Decimal
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Invalid, Missing, RecordRef, Secret, Tenant, is_currency, new_id

from ..domain.accounts import Account
from ..domain.bank.stored import StoredBankAccount
from ..domain.bank.wording import plain
from ..queries import accounts as chart
from ..queries import balances
from ..queries import bank as stored
from ..records import ACCOUNT, BANK_ACCOUNT
from ..sealed import ACCOUNT_NUMBER


class BankAccountDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account as somebody writes it; `code` is the account of the books."""

    name: Annotated[str, Meta(max_length=100)]
    code: str
    number: Annotated[str, Meta(max_length=50)] = ""
    bank: Annotated[str, Meta(max_length=20)] = ""
    currency: str = ""
    active: bool = True


class BankAccountChanged(Conflict):
    """Somebody else changed the bank account; `current` is how it is now."""

    def __init__(self, current: StoredBankAccount) -> None:
        super().__init__("This bank account was changed by somebody else meanwhile: look at both and save again.")
        self.current = current


class Standing(NamedTuple):
    """How far a bank account is: what the bank and the books say of it, and what is still between them."""

    account: StoredBankAccount
    bank_balance: Decimal | None
    bank_day: object
    book_balance: Decimal
    open_lines: int
    open_amount: Decimal
    parked: int


def ref(account: StoredBankAccount) -> RecordRef:
    """Return a link to a bank account."""
    return RecordRef(BANK_ACCOUNT, account.id, account.name)


async def all_accounts(tenant: Tenant) -> list[StoredBankAccount]:
    """Return every bank account."""
    async with tenant.transaction() as db:
        return await stored.accounts(db)


async def get(tenant: Tenant, account_id: UUID) -> StoredBankAccount:
    """Return a bank account; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await stored.account(db, account_id)
    if found is None:
        raise Missing("There is no such bank account.")
    return found


async def standings(tenant: Tenant) -> list[Standing]:
    """Return how far each bank account is."""
    async with tenant.transaction() as db:
        by_id = {each.id: each for each in await stored.accounts(db)}
        found = []
        for account_id, closing, last, lines, amount, parked in await stored.overview(db):
            account = by_id[account_id]
            held = await balances.held(db, tenant.today(), [account.account])
            books = sum((each.amount for each in held if each.currency == account.currency), Decimal(0))
            found.append(Standing(account, closing, last, books, lines, amount, parked))
    return found


async def save(tenant: Tenant, draft: BankAccountDraft, account_id: UUID | None = None, version: int = 0) -> StoredBankAccount:
    """Make a bank account, or change one; raises `Invalid` by field, `Missing`, `BankAccountChanged`."""
    async with tenant.transaction() as db:
        before = await stored.account(db, account_id, lock=True) if account_id else None
        if account_id and before is None:
            raise Missing("There is no such bank account.")
        if before and before.version != version:
            raise BankAccountChanged(before)
        currency = (draft.currency or tenant.currency).upper()
        account = await chart.by_code(db, draft.code.split(" ")[0])
        number = _typed(draft, before)
        _check(draft, currency, account, tenant.currency)
        assert account is not None
        made = StoredBankAccount(
            id=before.id if before else new_id(),
            name=" ".join(draft.name.split()),
            number=number,
            bank=plain(draft.bank),
            currency=currency,
            account=account.id,
            code=account.code,
            account_name=account.name,
            mappings=before.mappings if before else {},
            active=draft.active,
            version=version + 1 if before else 1,
        )
        await stored.put_account(db, made)
        # Money at a bank is in one currency; with it the books know what a payment in another one came to.
        if await stored.keep_currency(db, account.id, currency):
            about = RecordRef(ACCOUNT, account.id, f"{account.code} {account.name}")
            await tenant.record(Change(about, "changed", {"currency": account.currency}, {"currency": currency}))
        told = Change.between(ref(made), "changed" if before else "created", _told(before) if before else {}, _told(made))
        await tenant.record(told)
    return made


async def show_number(tenant: Tenant, account_id: UUID) -> str:
    """Return the number of a bank account for somebody to read, which is recorded; raises `Missing`, `Refused`."""
    async with tenant.transaction():
        account = await get(tenant, account_id)
        return (await tenant.reveal(ACCOUNT_NUMBER, ref(account), account.number))[0]


def _typed(draft: BankAccountDraft, before: StoredBankAccount | None) -> Secret:
    try:
        return (before.number if before else Secret()).typed(draft.number, plain)
    except ValueError as wrong:
        raise Invalid.field("number", str(wrong)) from wrong


def _check(draft: BankAccountDraft, currency: str, account: Account | None, base: str) -> None:
    wrong: dict[str, str] = {}
    if not draft.name.strip():
        wrong["name"] = "Give the account a name, such as “Current account at the savings bank”."
    if not is_currency(currency):
        wrong["currency"] = f"“{currency}” is no currency: enter its code, such as EUR."
    if account is None or not account.posting or account.closed:
        wrong["code"] = f"There is no open account {draft.code} in the books: choose the one that stands for this bank account."
    elif account.type not in {"bank", "credit_card", "current_liability", "noncurrent_liability", "current_asset"}:
        wrong["code"] = f"{account.code} {account.name} is no account for money: choose one of type bank or credit card."
    elif (account.currency or base) != currency:
        held = account.currency or base
        wrong["code"] = f"{account.code} {account.name} is kept in {held}: choose or make an account of the books in {currency}."
    if wrong:
        raise Invalid(fields=wrong)


def _told(account: StoredBankAccount) -> dict[str, object]:
    return {"name": account.name, "number": account.number, "currency": account.currency, "account": account.code, "active": account.active}
