"""What a person can do with the chart of accounts."""

from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Tenant, new_id

from ..domain.accounts import TYPES, Account, AccountDraft, checked, refuse_circle
from ..queries import accounts
from ..records import ACCOUNT


class AccountChanged(Conflict):
    """Somebody else changed the account; `current` is how it is now."""

    def __init__(self, current: Account) -> None:
        super().__init__(f"{current.label} was changed by somebody else meanwhile: look at both and save again.")
        self.current = current


def _told(account: Account, parents: dict[UUID, str]) -> dict[str, object]:
    values = msgspec.structs.asdict(account)
    told = {name: value for name, value in values.items() if name not in ("id", "version", "parent", "type", "tags")}
    return {
        **told,
        "type": TYPES[account.type].title,
        "below": parents.get(account.parent, "") if account.parent else "",
        "tags": [*account.tags],
    }


def _ref(account: Account) -> RecordRef:
    return RecordRef(ACCOUNT, account.id, account.label)


async def chart(tenant: Tenant) -> list[Account]:
    """Return every account by code."""
    async with tenant.transaction() as db:
        return await accounts.all_accounts(db)


async def find(tenant: Tenant, text: str, limit: int = 20) -> list[Account]:
    """Return open accounts that a text means, by code or name, best first."""
    async with tenant.transaction() as db:
        return await accounts.find(db, text[:100], limit)


async def get(tenant: Tenant, account_id: UUID) -> Account:
    """Return an account; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await accounts.account(db, account_id)
    if found is None:
        raise Missing("There is no such account. It may have been deleted.")
    return found


async def create(tenant: Tenant, draft: AccountDraft) -> Account:
    """Add an account; raises `Invalid` by field."""
    draft = checked(draft)
    async with tenant.transaction() as db:
        chart = await accounts.all_accounts(db)
        await _check_parent(db, chart, draft)
        made = Account(id=new_id(), **msgspec.structs.asdict(draft))
        await accounts.insert(db, [made])
        await tenant.record(Change(_ref(made), "created", {}, _told(made, {each.id: each.label for each in chart})))
    return made


async def update(tenant: Tenant, account_id: UUID, version: int, draft: AccountDraft) -> Account:
    """Change an account; what was posted forbids some changes. Raises `Invalid` by field, `AccountChanged`, `Missing`."""
    draft = checked(draft)
    async with tenant.transaction() as db:
        stored = await accounts.account(db, account_id, lock=True)
        if stored is None:
            raise Missing("There is no such account. It may have been deleted.")
        if stored.version != version:
            raise AccountChanged(stored)
        chart = await accounts.all_accounts(db)
        await _check_parent(db, chart, draft)
        refuse_circle(chart, account_id, draft.parent)
        await _check_use(db, stored, draft)
        changed = Account(id=account_id, version=version + 1, **msgspec.structs.asdict(draft))
        parents = {each.id: each.label for each in chart}
        if _told(changed, parents) == _told(stored, parents):
            return stored
        await accounts.update(db, changed)
        await tenant.record(Change.between(_ref(changed), "changed", _told(stored, parents), _told(changed, parents)))
    return changed


async def _check_parent(db: Scope, chart: list[Account], draft: AccountDraft) -> None:
    if draft.parent is None:
        return
    parent = next((each for each in chart if each.id == draft.parent), None)
    if parent is None:
        raise Invalid.field("parent", "There is no such account to stand below.")
    if parent.posting and await accounts.has_lines(db, parent.id):
        raise Invalid.field("parent", f"{parent.label} has entries of its own: nothing stands below it.")
    if parent.posting:
        await accounts.update(db, msgspec.structs.replace(parent, posting=False, version=parent.version + 1))


async def _check_use(db: Scope, stored: Account, draft: AccountDraft) -> None:
    """Refuse what would make lines that stand wrong."""
    used = await accounts.has_lines(db, stored.id)
    if used and not draft.posting:
        raise Invalid.field("posting", "The account has entries, so it cannot become a heading. Close it instead.")
    if used and TYPES[draft.type].of != stored.kind.of:
        raise Invalid.field("type", f"The account has entries as {stored.kind.of.value}: its type may change within that class only.")
    others = {*await accounts.currencies_of(db, stored.id)} - {draft.currency} if draft.currency else set()
    if used and draft.currency != stored.currency and others:
        raise Invalid.field("currency", f"The account has entries in {', '.join(sorted(others))}.")


async def delete(tenant: Tenant, account_id: UUID) -> str:
    """Delete an account that nothing uses; returns its label. Raises `Conflict` otherwise."""
    async with tenant.transaction() as db:
        stored = await get(tenant, account_id)
        await accounts.delete(db, account_id)
        await tenant.record(Change(_ref(stored), "deleted", _told(stored, {}), {}))
    return stored.label
