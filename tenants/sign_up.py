"""Signing a business up: a spare, its owner, their session, the audit entry and the mail, in one transaction."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec

from core.audit.trail import write_entry
from core.auth.secrets import make_secret, new_token, token_hash
from core.auth.sessions import Visitor, open_session
from core.people import letters
from core.people.accounts import account_by_email, account_by_id, new_account, send
from core.people.members import add_member, owner_role
from core.people.proving import Stale, confirm_url
from core.platform.database import Db
from core.runtime import Runtime
from core.tenancy.pending import Actor
from tenants.life import NewTenant, ask_operator, claim_spare
from weft.tenant import Person

WAITS = timedelta(hours=1)  # for a spare


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A business to sign up, and who will own it.

    `person_id` is somebody who has shown who they are. Nobody: then `name`, `email` and `password_hash` make an account, whose address is
    yet to be proven.
    """

    business: str
    slug: str
    country: str
    currency: str
    timezone: str
    locale: str
    person_id: UUID | None = None
    signed_in: bool = False  # in this browser already
    name: str = ""
    email: str = ""
    password_hash: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a sign-up came to; `session` is the cookie's value, empty for somebody who was signed in."""

    tenant_id: UUID
    slug: str
    session: str


async def sign_up(runtime: Runtime, wanted: Wanted, visitor: Visitor, request_id: str) -> Signed | None:
    """Sign a business up; returns nothing when no spare is left. Raises `Invalid` for an address that is taken."""
    with suppress(_NoSpare):
        async with runtime.reserving(wanted.slug), runtime.platform.transaction() as db:
            if signed := await _found(db, runtime, wanted, visitor, request_id):
                return signed
            raise _NoSpare
    return None


class _NoSpare(Exception):
    """There is no schema to claim: what was taken for it is given back."""


async def wait_for_spare(runtime: Runtime, wanted: Wanted) -> str:
    """Keep what was typed until there is a spare, ask the operator for one, and return the secret to ask again with."""
    token, now = new_token(), runtime.now()
    async with runtime.platform.transaction() as db:
        await db.execute("DELETE FROM platform.sign_up WHERE expires_at <= $1", now)
        await db.execute(
            "INSERT INTO platform.sign_up (token_hash, wanted, created_at, expires_at) VALUES ($1, $2::jsonb, $3, $4)",
            token_hash(token),
            msgspec.json.encode(wanted).decode(),
            now,
            now + WAITS,
        )
        if await db.fetchval(_TOO_FEW_ASKED):
            await ask_operator(db, "make_spare", None, wanted.person_id)
    return token


_TOO_FEW_ASKED = """
SELECT (SELECT count(*) FROM platform.operation WHERE kind = 'make_spare' AND state IN ('waiting', 'running'))
     < (SELECT count(*) FROM platform.sign_up)
"""


async def what_waits(runtime: Runtime, token: str) -> Wanted:
    """Return a sign-up that waits for a spare; raises `Missing` when it is done or was given up."""
    row = await runtime.platform.fetchrow(
        "SELECT wanted::text FROM platform.sign_up WHERE token_hash = $1 AND expires_at > $2", token_hash(token), runtime.now()
    )
    if row is None:
        raise Stale
    return msgspec.json.decode(row["wanted"], type=Wanted)


async def go_on(runtime: Runtime, token: str, visitor: Visitor, request_id: str) -> Signed | None:
    """Complete a sign-up that waits, if there is a spare by now.

    Raises `Invalid` when its address was taken meanwhile, and `Missing` when it is done already.
    """
    async with runtime.platform.transaction() as db:
        row = await db.fetchrow(
            "SELECT wanted::text FROM platform.sign_up WHERE token_hash = $1 AND expires_at > $2 FOR UPDATE",
            token_hash(token),
            runtime.now(),
        )
        if row is None:
            raise Stale
        wanted = msgspec.json.decode(row["wanted"], type=Wanted)
        with suppress(_NoSpare):
            async with runtime.reserving(wanted.slug):
                signed = await _found(db, runtime, wanted, visitor, request_id)
                if signed is None:
                    raise _NoSpare
                await db.execute("DELETE FROM platform.sign_up WHERE token_hash = $1", token_hash(token))
                return signed
    return None


async def give_up(runtime: Runtime, token: str) -> None:
    """Forget a sign-up that waits."""
    await runtime.platform.execute("DELETE FROM platform.sign_up WHERE token_hash = $1", token_hash(token))


async def _found(db: "Db[asyncpg.Record]", runtime: Runtime, wanted: Wanted, visitor: Visitor, request_id: str) -> Signed | None:
    new = NewTenant(wanted.slug, wanted.business, wanted.country, wanted.currency, wanted.timezone, wanted.locale)
    tenant_id = await claim_spare(db, new)
    if tenant_id is None:
        return None
    owner = await _owner(db, wanted)
    await add_member(db, tenant_id, owner.id, [await owner_role(db, tenant_id)])
    schema = await db.fetchval("SELECT schema::text FROM platform.tenant WHERE id = $1", tenant_id)
    facts = {"slug": wanted.slug, "country": wanted.country, "currency": wanted.currency, "time zone": wanted.timezone}
    actor = Actor("session", owner.name, owner, None, request_id)
    await write_entry(db, schema, actor, "signed up", "core.business", wanted.business, record=tenant_id, after=facts)
    await _write(db, runtime, wanted, owner)
    session = "" if wanted.signed_in else await open_session(db, owner.id, None, runtime.now(), visitor)
    return Signed(tenant_id, wanted.slug, session)


async def _owner(db: "Db[asyncpg.Record]", wanted: Wanted) -> Person:
    if wanted.person_id:
        account = await account_by_id(db, wanted.person_id)
        if account is None:
            raise Stale
        return account.person
    person_id = await new_account(db, wanted.name, wanted.password_hash, pending_email=wanted.email)
    return Person(person_id, wanted.name, wanted.email)


async def _write(db: "Db[asyncpg.Record]", runtime: Runtime, wanted: Wanted, owner: Person) -> None:
    """Mail the owner. Whether the address has an account already is told there and nowhere else: only who has the address may know."""
    if wanted.person_id:
        url = runtime.settings.tenant_url(wanted.slug, "/")
        await send(db, owner.email, letters.added_business(owner.name, wanted.business, url))
        return
    url = confirm_url(runtime, await make_secret(db, "confirm_email", owner.id, runtime.now(), email=owner.email))
    known = await account_by_email(db, owner.email)
    draft = letters.welcome_known(wanted.business, url) if known else letters.welcome(owner.name, wanted.business, url)
    await send(db, owner.email, draft)
