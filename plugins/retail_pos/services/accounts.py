"""Gift cards, store credit and points by a person's hand: issued, booked on, blocked, moved to another card."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from weft import Change, Conflict, Invalid, Missing, RecordRef, Scope, Tenant, minor_unit, new_id
from weft.contracts import Ledger, NewEntry, NewLine, Parties, Source

from ..domain.values import EVENTS, KINDS, WAYS, Account, Booking, Issue, Loyal, PointsBooking, ValueEntry
from ..queries import accounts
from ..records import LOYALTY, VALUE, value_ref

MOST = Decimal(1_000_000)
TWICE = "This was booked already: it is in the list below."


@dataclass(frozen=True, slots=True)
class CardPage:
    """A gift card or store credit with its ledger."""

    account: Account
    entries: list[ValueEntry]
    customer: str


@dataclass(frozen=True, slots=True)
class PointsPage:
    """A customer's points with their ledger."""

    account: Loyal
    entries: list[ValueEntry]
    customer: str


async def card(tenant: Tenant, account_id: UUID) -> CardPage:
    """Return a gift card or store credit; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await _held(db, account_id, lock=False)
        return CardPage(found, await accounts.value_entries(db, account_id), await _name(tenant, found.customer))


async def points(tenant: Tenant, account_id: UUID) -> PointsPage:
    """Return a customer's points; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await _loyal(db, account_id, lock=False)
        return PointsPage(found, await accounts.point_entries(db, account_id), await _name(tenant, found.customer))


async def loyal_customers(tenant: Tenant, words: str) -> list[tuple[Loyal, str]]:
    """Return the 200 customers with most points, or those whom words may mean, with their names."""
    async with tenant.transaction() as db:
        parties = tenant.service(Parties)
        meant = [each.id for each in await parties.find(words, limit=50)] if words else None
        found = await accounts.most_loyal(db, meant, 200)
        names = await parties.many([each.customer for each in found])
    return [(each, names[each.customer].name if each.customer in names else "Erased") for each in found]


async def of_customer(tenant: Tenant, customer: UUID) -> tuple[Loyal | None, list[Account]]:
    """Return a customer's points, and what they have on cards and credits."""
    async with tenant.transaction() as db:
        return await accounts.loyal_customer(db, customer), await accounts.of_customer(db, customer)


async def _name(tenant: Tenant, customer: UUID | None) -> str:
    known = await tenant.service(Parties).many([customer]) if customer else {}
    return known[customer].name if customer in known else ""


async def _held(db: Scope, account_id: UUID, *, lock: bool = True) -> Account:
    found = await accounts.value(db, account_id, lock=lock)
    if found is None:
        raise Missing("There is no such gift card or store credit.")
    return found


async def _loyal(db: Scope, account_id: UUID, *, lock: bool = True) -> Loyal:
    found = await accounts.loyal(db, account_id, lock=lock)
    if found is None:
        raise Missing("This customer has no points yet.")
    return found


def _amount(tenant: Tenant, amount: Decimal, way: str) -> None:
    wrong: dict[str, str] = {}
    if not 0 < abs(amount) <= MOST:
        wrong["amount"] = f"Enter an amount other than zero, at most {MOST:,}."
    elif amount % minor_unit(tenant.currency):
        wrong["amount"] = f"{amount} is no amount in {tenant.currency}."
    if way not in WAYS:
        wrong["way"] = "Choose where the money comes from."
    if wrong:
        raise Invalid(fields=wrong)


async def issue(tenant: Tenant, made: Issue) -> UUID:
    """Make a gift card or store credit with something on it; raises `Invalid` by field."""
    _amount(tenant, made.amount, made.way)
    if made.amount < 0:
        raise Invalid.field("amount", "Enter more than nothing.")
    if made.expires and made.expires < tenant.today():
        raise Invalid.field("expires", "That day is over already.")
    async with tenant.transaction() as db:
        if made.customer and made.customer not in await tenant.service(Parties).many([made.customer]):
            raise Invalid.field("customer", "Choose one of the contacts.")
        account_id = await accounts.open_value(db, made, tenant.currency, tenant.now())
        if account_id is None:
            raise Invalid.field("number", f"{KINDS[made.kind]} {made.number} is there already: put money on it on its page.")
        account = await _held(db, account_id)
        await _book(tenant, db, account, Booking(amount=made.amount, reason=made.reason, key=made.key, way=made.way), "issued")
    return account_id


async def book(tenant: Tenant, account_id: UUID, told: Booking) -> None:
    """Put money on a card or take it off; raises `Invalid` by field, and `Conflict` where it is blocked or booked already."""
    _amount(tenant, told.amount, told.way)
    async with tenant.transaction() as db:
        account = await _held(db, account_id)
        if account.state == "blocked":
            raise Conflict("It is blocked: let it be used again first.")
        if account.balance + told.amount < 0:
            raise Invalid.field("amount", f"It holds {account.balance}: no more can be taken off.")
        await _book(tenant, db, account, told, "put on" if told.amount > 0 else "taken off")


async def _book(tenant: Tenant, db: Scope, account: Account, told: Booking, done: str) -> None:
    by = tenant.person.id if tenant.person else None
    if not await accounts.book(db, told.key, account.id, told.amount, told.reason, tenant.now(), by):
        raise Conflict(TWICE)
    await post(tenant, account, told.amount, WAYS[told.way][1], (told.key, f"{account.title}: {told.reason}"))
    about = {"amount": told.amount, "reason": told.reason, "way": WAYS[told.way][0]}
    await tenant.record(Change(value_ref(account.id, account.number), done, {}, about))


async def post(tenant: Tenant, account: Account, amount: Decimal, other: str, entry: tuple[UUID, str]) -> None:
    """Post what an account grows by, against the account of another posting rule; nothing where the books have it already."""
    if not other:
        return
    more, less = max(amount, Decimal(0)), max(-amount, Decimal(0))
    lines = (NewLine(event=other, debit=more, credit=less), NewLine(event=EVENTS[account.kind], debit=less, credit=more))
    source = Source(VALUE.name, f"{account.id}/{entry[0]}", account.title)
    await tenant.service(Ledger).post(
        NewEntry(journal="general", date=tenant.today(), lines=lines, description=entry[1][:200], source=source)
    )


async def block(tenant: Tenant, account_id: UUID, reason: str, *, blocked: bool) -> None:
    """Block a card, such as one that was lost, or let it be used again; raises `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid.field("reason", "Say why: it stays in the audit log.")
    async with tenant.transaction() as db:
        account = await _held(db, account_id)
        if (account.state == "blocked") == blocked:
            raise Conflict("It is blocked already." if blocked else "It is not blocked.")
        await accounts.set_state(db, account_id, "blocked" if blocked else "active")
        done = "blocked" if blocked else "unblocked"
        await tenant.record(Change(value_ref(account_id, account.number), done, {}, {"reason": reason.strip()}))


async def transfer(tenant: Tenant, account_id: UUID, number: str, reason: str, key: UUID) -> UUID:
    """Move all that is on a card to another one of its kind, which is made where there is none, and block it; returns the other's id.

    Raises `Invalid` by field, and `Conflict` where there is nothing to move or it was moved already.
    """
    if not (number := number.strip()):
        raise Invalid.field("number", "Enter the number of the other card.")
    if not reason.strip():
        raise Invalid.field("reason", "Say why: it stays in the audit log.")
    async with tenant.transaction() as db:
        account = await _held(db, account_id)
        if number == account.number:
            raise Invalid.field("number", "That is this card itself.")
        if account.balance <= 0:
            raise Conflict("There is nothing on it to move.")
        fresh = Issue(
            kind=account.kind,
            number=number,
            amount=account.balance,
            reason=reason,
            key=key,
            customer=account.customer,
            expires=account.expires,
        )
        await accounts.open_value(db, fresh, account.currency, tenant.now())
        other = await accounts.by_number(db, account.kind, number)
        assert other is not None
        if other.state == "blocked":
            raise Conflict(f"{other.title} is blocked.")
        by, now = tenant.person.id if tenant.person else None, tenant.now()
        if not await accounts.book(db, key, account.id, -account.balance, f"To {number}: {reason.strip()}"[:200], now, by):
            raise Conflict(TWICE)
        await accounts.book(db, new_id(), other.id, account.balance, f"From {account.number}: {reason.strip()}"[:200], now, by)
        await accounts.set_state(db, account.id, "blocked")
        about = {"amount": account.balance, "reason": reason.strip()}
        await tenant.record(
            Change(value_ref(account.id, account.number), "moved", {}, about | {"to": number}),
            Change(value_ref(other.id, number), "moved", {}, about | {"from": account.number}),
        )
    return other.id


async def give(tenant: Tenant, account_id: UUID, told: PointsBooking) -> None:
    """Give a customer points, or take them; raises `Invalid` by field and `Conflict`."""
    if not told.points or abs(told.points) > 10_000_000:
        raise Invalid.field("points", "Enter a whole number other than zero.")
    async with tenant.transaction() as db:
        account = await _loyal(db, account_id)
        if account.balance + told.points < 0:
            raise Invalid.field("points", f"There are {account.balance}: no more can be taken.")
        by = tenant.person.id if tenant.person else None
        if not await accounts.give(db, told.key, account_id, told.points, ("adjusted", told.reason), tenant.now(), by):
            raise Conflict(TWICE)
        name = await _name(tenant, account.customer)
        await tenant.record(Change(loyalty_ref(account, name), "adjusted", {}, {"points": told.points, "reason": told.reason}))


def loyalty_ref(account: Loyal, name: str) -> RecordRef:
    """Return a link to a customer's points."""
    return RecordRef(LOYALTY, account.id, f"Points of {name}" if name else "Points")
