"""A person's own account: found, made, signed in to, and its name, password and theme."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import asyncpg
import structlog

from core.auth import limits, passwords
from core.auth.limits import network
from core.auth.sessions import Visitor, open_session, sign_out_everywhere
from core.messaging.mail import read_address, send_platform_mail
from core.people import letters
from core.people.letters import Draft
from core.people.strength import check_strength
from core.platform.database import Db
from weft.errors import Invalid
from weft.ids import new_id
from weft.tenant import Person

if TYPE_CHECKING:
    from core.runtime import Runtime

Log = structlog.get_logger("weft.people")
Theme = Literal["light", "dark", "system"]
DO_NOT_FIT = (
    "This address and this password do not belong together. Have you just signed up? Then confirm your address first, by the link "
    "in our mail."
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the platform knows them; `email` is empty until they have proven that an address is theirs."""

    id: UUID
    name: str
    email: str
    pending_email: str
    password_hash: str
    disabled: bool

    @property
    def confirmed(self) -> bool:
        """Whether they can sign in with an address."""
        return bool(self.email)

    @property
    def person(self) -> Person:
        """The person as the face shows them."""
        return Person(self.id, self.name, self.email or self.pending_email)


_ACCOUNT = """
SELECT id, name, COALESCE(email, '') AS email, COALESCE(pending_email, '') AS pending_email, password_hash,
       disabled_at IS NOT NULL AS disabled
FROM platform.person
"""


async def account_by_email(db: "Db[asyncpg.Record]", email: str) -> Account | None:
    """Return who has proven that an address is theirs."""
    row = await db.fetchrow(_ACCOUNT + "WHERE email = $1", email)
    return Account(**dict(row)) if row else None


async def account_by_id(db: "Db[asyncpg.Record]", person_id: UUID) -> Account | None:
    """Return a person's account."""
    row = await db.fetchrow(_ACCOUNT + "WHERE id = $1", person_id)
    return Account(**dict(row)) if row else None


async def account_waiting_for(db: "Db[asyncpg.Record]", email: str) -> Account | None:
    """Return who signed up with an address last and has not proven yet that it is theirs."""
    row = await db.fetchrow(_ACCOUNT + "WHERE email IS NULL AND pending_email = $1 ORDER BY created_at DESC, id DESC LIMIT 1", email)
    return Account(**dict(row)) if row else None


async def new_account(db: "Db[asyncpg.Record]", name: str, password_hash: str, *, email: str = "", pending_email: str = "") -> UUID:
    """Make an account: of somebody whose address is proven, or who has yet to prove it. Returns the person's id."""
    person_id = new_id()
    await db.execute(
        "INSERT INTO platform.person (id, email, pending_email, name, password_hash) VALUES ($1, $2, $3, $4, $5)",
        person_id,
        email or None,
        pending_email or None,
        name,
        password_hash,
    )
    return person_id


def clean_email(text: str, field: str = "email") -> str:
    """Return an e-mail address as it is kept: small letters, and nothing around it. Raises `Invalid` for what is none."""
    wrong = Invalid.field(field, "Enter an e-mail address, such as ada@company.com.")
    try:
        address = read_address(text.strip())
    except Invalid:
        raise wrong from None
    email = f"{address.username}@{address.domain}".lower()
    if address.display_name or "<" in text or "." not in address.domain or len(email) > 254 or not re.fullmatch(r"[!-~]+", email):
        raise wrong
    return email


def clean_name(text: str, field: str = "name") -> str:
    """Return a person's name on one line; raises `Invalid` for none, and for one that would read as a link in a letter of ours."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 100:
        raise Invalid.field(field, "Enter your name." if not name else "Use at most 100 characters.")
    if "://" in name or "www." in name.lower():
        raise Invalid.field(field, "A name does not hold a web address.")
    return name


async def send(db: "Db[asyncpg.Record]", to: str, draft: Draft) -> None:
    """Mail a letter once the caller's transaction commits."""
    await send_platform_mail(db, to, draft.subject, draft.text, draft.html)


async def sign_in(runtime: "Runtime", email: str, password: str, visitor: Visitor, *, kept: bool) -> str:
    """Open a session for who knows the password; returns the cookie's value.

    Raises `Invalid` when it does not fit, in the same words and the same time whether there is such an account or not, and `TooManyTries`.
    """
    platform, now, email = runtime.platform, runtime.now(), email.strip().lower()
    place = network(visitor.address)
    await limits.spend(platform, limits.ADDRESS, place, now)
    await limits.spend(platform, limits.SIGN_IN, f"{email} {place}", now)
    await limits.spend(platform, limits.ACCOUNT, email, now)
    row = await platform.fetchrow(_ACCOUNT + "WHERE email = $1", email)
    account = Account(**dict(row)) if row else None
    if not await passwords.matches(account.password_hash if account else None, password) or account is None or account.disabled:
        Log.info("a sign-in failed", address=visitor.address)
        raise Invalid.field("password", DO_NOT_FIT)
    stale = passwords.needs_rehash(account.password_hash)
    fresh = await passwords.hash_password(password) if stale else ""
    async with platform.transaction() as db:
        if fresh:
            await db.execute(
                "UPDATE platform.person SET password_hash = $2 WHERE id = $1 AND password_hash = $3",
                account.id,
                fresh,
                account.password_hash,
            )
        token = await open_session(db, account.id, None, now, visitor, kept=kept)
    await limits.give_back(platform, limits.ADDRESS, place)
    await limits.forget(platform, limits.SIGN_IN, f"{email} {place}")
    await limits.forget(platform, limits.ACCOUNT, email)
    Log.info("signed in", person=str(account.id))
    return token


async def prove(runtime: "Runtime", account: Account, password: str, field: str = "password") -> None:
    """Raise `Invalid` unless a password is the account's own, and `TooManyTries` when it was guessed too often."""
    await limits.spend(runtime.platform, limits.PROVING, str(account.id), runtime.now())
    if not await passwords.matches(account.password_hash, password):
        raise Invalid.field(field, "This is not your present password.")
    await limits.forget(runtime.platform, limits.PROVING, str(account.id))


async def rename(runtime: "Runtime", person_id: UUID, name: str) -> None:
    """Store a person's name; raises `Invalid`."""
    await runtime.platform.execute("UPDATE platform.person SET name = $2 WHERE id = $1", person_id, clean_name(name))


async def choose_theme(runtime: "Runtime", person_id: UUID, theme: Theme) -> None:
    """Store the theme a person likes."""
    await runtime.platform.execute("UPDATE platform.person SET theme = $2 WHERE id = $1", person_id, theme)


async def change_password(runtime: "Runtime", account: Account, old: str, new: str, *, root: UUID | None) -> None:
    """Store a new password, and end every other sign-in than `root`.

    Raises `Invalid` unless the old one is right and the new one strong, and `TooManyTries`.
    """
    known = (account.name, account.email or account.pending_email)
    check_strength(new, known=known, field="new_password")
    await prove(runtime, account, old, "old_password")
    await store_password(runtime, account, await passwords.hash_password(new), but=root)


async def store_password(runtime: "Runtime", account: Account, hashed: str, *, but: UUID | None) -> None:
    """Store a hash, end every other sign-in, let every mailed link to a new password stop working, and tell the person by mail."""
    async with runtime.platform.transaction() as db:
        await db.execute("UPDATE platform.person SET password_hash = $2 WHERE id = $1", account.id, hashed)
        await end_everything(db, account.id, but)
        await send(
            db, account.email or account.pending_email, letters.password_changed(account.name, f"{runtime.settings.platform_url}/reset")
        )
    Log.info("a password was changed", person=str(account.id))


async def end_everything(db: "Db[asyncpg.Record]", person_id: UUID, but: UUID | None = None) -> None:
    """End all sign-ins of a person but one, and all links to a new password."""
    await sign_out_everywhere(db, person_id, but=but)
    await db.execute("DELETE FROM platform.one_time_secret WHERE person_id = $1 AND purpose = 'password_reset'", person_id)
