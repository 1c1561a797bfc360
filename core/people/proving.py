"""Proving that an address is one's own: after a sign-up, when it changes, and to set a forgotten password."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import structlog

from core.auth import limits, passwords
from core.auth.access import Access
from core.auth.limits import network
from core.auth.secrets import Secret, drop_secrets, look_at_secret, make_secret, take_secret
from core.auth.sessions import Visitor
from core.people import letters
from core.people.accounts import (
    Account,
    account_by_email,
    account_by_id,
    account_waiting_for,
    clean_email,
    end_everything,
    prove,
    send,
)
from core.people.members import hand_over
from core.people.strength import check_strength
from core.platform.database import Db
from weft.errors import Conflict, Invalid, Missing

if TYPE_CHECKING:
    from core.runtime import Runtime

Log = structlog.get_logger("weft.people")
ASKING_TAKES = 0.3  # seconds, whether somebody has the address or not


class Stale(Missing):
    """A link that was used, or is too old, or was followed by a newer one."""

    def __init__(self) -> None:
        super().__init__("This link has been used, or is too old. Ask for another one where you got it.")


@dataclass(frozen=True, slots=True)
class Confirming:
    """What a link to confirm an address is about. `known` is whose address it is already, if anybody's."""

    account: Account
    email: str
    known: Account | None

    @property
    def changes(self) -> bool:
        """Whether somebody changes the address they have, rather than proving the one they signed up with."""
        return self.account.confirmed


# --- a forgotten password ---


async def ask_reset(runtime: "Runtime", email: str, visitor: Visitor) -> None:
    """Mail a link to set a new password, if there is somebody with this address; nothing tells whether there is.

    Raises `Invalid` for what is no address, and `TooManyTries`.
    """
    email, now = clean_email(email), runtime.now()
    await limits.spend(runtime.platform, limits.ASKING, network(visitor.address), now)
    await limits.spend(runtime.platform, limits.MAIL, email, now)
    async with _taking(ASKING_TAKES), runtime.platform.transaction() as db:
        account = await account_by_email(db, email) or await account_waiting_for(db, email)
        if account is None or account.disabled:
            return
        secret = await make_secret(db, "password_reset", account.id, now, email=email)
        await send(db, email, letters.password_reset(account.name, f"{runtime.settings.platform_url}/reset/new?secret={secret}"))


@asynccontextmanager
async def _taking(seconds: float) -> AsyncIterator[None]:
    """Let something take as long as it may, however soon it is done: so that the time it took tells nothing."""
    started = time.perf_counter()
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, seconds - (time.perf_counter() - started)))


async def who_resets(runtime: "Runtime", token: str) -> Account:
    """Return whom a link to a new password is for; raises `Missing` when it no longer works."""
    async with runtime.platform.transaction() as db:
        secret = await look_at_secret(db, "password_reset", token, runtime.now())
        account = await account_by_id(db, secret.person_id) if secret else None
    if account is None or secret is None or secret.email not in (account.email, account.pending_email):
        raise Stale
    return account


async def reset_password(runtime: "Runtime", token: str, new: str) -> None:
    """Store a new password and end all sign-ins; who had yet to prove their address has done so by opening the link.

    Raises `Invalid` for a weak password, which leaves the link as it was, and `Missing` when it no longer works.
    """
    account = await who_resets(runtime, token)
    check_strength(new, known=(account.name, account.email or account.pending_email))
    hashed = await passwords.hash_password(new)
    async with runtime.platform.transaction() as db:
        secret = await take_secret(db, "password_reset", token, runtime.now())
        if secret is None:
            raise Stale
        if not account.confirmed:
            await _own(db, account, secret.email)
        await db.execute("UPDATE platform.person SET password_hash = $2 WHERE id = $1", account.id, hashed)
        await end_everything(db, account.id)
        await send(db, secret.email, letters.password_changed(account.name, f"{runtime.settings.platform_url}/reset"))
    for limit in (limits.ACCOUNT, limits.PROVING):
        await limits.forget(runtime.platform, limit, secret.email if limit is limits.ACCOUNT else str(account.id))
    Log.info("a password was reset", person=str(account.id))


# --- an address ---


async def ask_new_address(runtime: "Runtime", account: Account, email: str, password: str) -> None:
    """Mail a link to a person's new address; until it is opened, the one they have stays.

    Raises `Invalid` for what is no address and for a wrong password. An address of somebody else is not told apart: its link just will not
    work, and its owner is not written to.
    """
    email, now = clean_email(email), runtime.now()
    if email == account.email:
        raise Invalid.field("email", "This is the address you have already.")
    await prove(runtime, account, password)
    await limits.spend(runtime.platform, limits.MAIL, email, now)
    async with runtime.platform.transaction() as db:
        await db.execute("UPDATE platform.person SET pending_email = $2 WHERE id = $1", account.id, email)
        secret = await make_secret(db, "confirm_email", account.id, now, email=email)
        if await account_by_email(db, email) is None or not account.confirmed:
            await send(db, email, letters.confirm_new_address(account.name, confirm_url(runtime, secret)))


async def ask_again(runtime: "Runtime", account: Account) -> None:
    """Mail the link to confirm an address once more; raises `TooManyTries`, and `Conflict` when nothing is to be confirmed."""
    if not account.pending_email:
        raise Conflict("Your address is confirmed already.")
    await limits.spend(runtime.platform, limits.MAIL, account.pending_email, runtime.now())
    async with runtime.platform.transaction() as db:
        secret = await make_secret(db, "confirm_email", account.id, runtime.now(), email=account.pending_email)
        await send(db, account.pending_email, letters.confirm_again(account.name, confirm_url(runtime, secret)))


async def drop_new_address(runtime: "Runtime", account: Account) -> None:
    """Stay with the address one has; the link that was mailed stops working."""
    if account.confirmed:
        async with runtime.platform.transaction() as db:
            await db.execute("UPDATE platform.person SET pending_email = NULL WHERE id = $1", account.id)
            await drop_secrets(db, "confirm_email", account.id)


def confirm_url(runtime: "Runtime", secret: str) -> str:
    """Return the address that a mail leads to."""
    return f"{runtime.settings.platform_url}/confirm?secret={secret}"


async def who_confirms(runtime: "Runtime", token: str) -> Confirming:
    """Return what a link to confirm an address is about; raises `Missing` when it no longer works."""
    async with runtime.platform.transaction() as db:
        return await _confirming(db, await look_at_secret(db, "confirm_email", token, runtime.now()))


async def confirm(runtime: "Runtime", token: str, access: Access | None, password: str) -> str:
    """Make an address a person's own; returns what came of it: ``changed``, ``confirmed``, or ``joined`` to an account they had already.

    To have opened the mail is not enough for the first address of an account: a stranger may have signed up with somebody else's, and waits
    for them to confirm it. So whoever confirms must be signed in to that account in this browser or know its password; or, where the
    address is somebody's already, be signed in as them. Raises `Missing`, `Invalid`, `Conflict` and `TooManyTries`.
    """
    found = await who_confirms(runtime, token)
    here = access.person.id if access and access.person else None
    if not found.changes and found.known is None and here != found.account.id:
        await prove(runtime, found.account, password)
    if not found.changes and found.known and here != found.known.id:
        raise Conflict(f"{found.email} has an account already: sign in with it first, then open the link again.")
    async with runtime.platform.transaction() as db:
        found = await _confirming(db, await take_secret(db, "confirm_email", token, runtime.now()))
        if not found.changes and found.known and here == found.known.id:
            await hand_over(db, found.account.id, found.known.id)
            await db.execute("DELETE FROM platform.person WHERE id = $1", found.account.id)
            return "joined"
        await _own(db, found.account, found.email)
        if found.changes:
            await send(db, found.account.email, letters.address_changed(found.account.name, found.email))
    Log.info("an address was confirmed", person=str(found.account.id))
    return "changed" if found.changes else "confirmed"


async def _confirming(db: "Db[asyncpg.Record]", secret: Secret | None) -> Confirming:
    account = await account_by_id(db, secret.person_id) if secret else None
    if secret is None or account is None or account.pending_email != secret.email:
        raise Stale
    return Confirming(account, secret.email, await account_by_email(db, secret.email))


async def _own(db: "Db[asyncpg.Record]", account: Account, email: str) -> None:
    """Let an address be a person's; raises `Conflict` when it became somebody else's meanwhile."""
    try:
        async with db.transaction():
            await db.execute("UPDATE platform.person SET email = $2, pending_email = NULL WHERE id = $1", account.id, email)
    except asyncpg.UniqueViolationError:
        raise Conflict(f"{email} belongs to another account by now. Sign in with that one, or choose another address.") from None


async def prove_by_mail(db: "Db[asyncpg.Record]", person_id: UUID, email: str) -> None:
    """Let somebody who opened a link mailed to the address they wait for have it, unless somebody else has it."""
    account = await account_by_id(db, person_id)
    if account and not account.confirmed and account.pending_email == email and await account_by_email(db, email) is None:
        await _own(db, account, email)
