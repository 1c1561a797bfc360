"""What a manager does with stores, tills and operators, and how a device becomes a till."""

import asyncio
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordKind, RecordRef, Refused, Tenant, new_id

from ..domain.setup import (
    PAIRING_TIME,
    Operator,
    OperatorDraft,
    Store,
    StoreDraft,
    Till,
    TillDraft,
    good_pin,
    hash_pin,
    kept,
    new_key,
    new_pairing_code,
    typed_code,
)
from ..queries import inbox, setup
from ..records import OPERATOR, STORE, TILL

_HIDDEN = ("id", "version", "pin_hash", "chain_seq", "chain_hash", "last_seq", "seen_at", "store_title", "location", "price_list")


def _told(record: Store | Till | Operator) -> dict[str, object]:
    left_out = _HIDDEN if isinstance(record, Till) else ("id", "version", "pin_hash")
    return {name: value for name, value in msgspec.structs.asdict(record).items() if name not in left_out}


def _ref(record: Store | Till | Operator) -> RecordRef:
    kind: RecordKind = TILL if isinstance(record, Till) else OPERATOR if isinstance(record, Operator) else STORE
    return RecordRef(kind, record.id, record.name if isinstance(record, Operator) else record.title)


async def all_stores(tenant: Tenant) -> list[Store]:
    """Return all stores; the first one is made when there is none."""
    async with tenant.transaction() as db:
        found = await setup.stores(db)
        if not found:
            made = await setup.add_store(db, StoreDraft(code="MAIN", title=tenant.name[:80] or "Store"))
            await tenant.record(Change(_ref(made), "created", {}, _told(made)))
            found = [made]
    return found


async def all_tills(tenant: Tenant) -> list[Till]:
    """Return all tills."""
    async with tenant.transaction() as db:
        return await setup.tills(db)


async def all_operators(tenant: Tenant) -> list[Operator]:
    """Return all operators."""
    async with tenant.transaction() as db:
        return await setup.operators(db)


async def find_store(tenant: Tenant, store_id: UUID) -> Store:
    """Return a store; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await setup.store(db, store_id)
    if found is None:
        raise Missing("There is no such store.")
    return found


async def find_till(tenant: Tenant, till_id: UUID) -> Till:
    """Return a till; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await setup.till(db, till_id)
    if found is None:
        raise Missing("There is no such till.")
    return found


async def find_operator(tenant: Tenant, operator_id: UUID) -> Operator:
    """Return an operator; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await setup.operator(db, operator_id)
    if found is None:
        raise Missing("There is no such operator.")
    return found


async def save_store(tenant: Tenant, draft: StoreDraft, store_id: UUID | None = None) -> Store:
    """Make or change a store; raises `Conflict`."""
    async with tenant.transaction() as db:
        if store_id is None:
            made = await setup.add_store(db, draft)
            await tenant.record(Change(_ref(made), "created", {}, _told(made)))
            return made
        before = await find_store(tenant, store_id)
        if not await setup.change(db, "retail_pos_store", {"id": store_id, **msgspec.structs.asdict(draft)}, draft.version):
            raise _changed(before.title)
        after = await find_store(tenant, store_id)
        await tenant.record(Change.between(_ref(after), "changed", _told(before), _told(after)))
    return after


async def save_till(tenant: Tenant, draft: TillDraft, till_id: UUID | None = None) -> Till:
    """Make or change a till. Its code stays once records of it are here, since they carry it. Raises `Invalid` and `Conflict`."""
    async with tenant.transaction() as db:
        if await setup.store(db, draft.store) is None:
            raise Invalid.field("store", "Choose one of the stores.")
        if till_id is None:
            made = await find_till(tenant, await setup.add_till(db, draft))
            await tenant.record(Change(_ref(made), "created", {}, _told(made)))
            return made
        before = await find_till(tenant, till_id)
        if before.last_seq and draft.code != before.code:
            raise Invalid.field("code", f"Receipts of this till say {before.code}, so the code stays. Make another till instead.")
        if not await setup.change(db, "retail_pos_till", {"id": till_id, **msgspec.structs.asdict(draft)}, draft.version):
            raise _changed(before.title)
        after = await find_till(tenant, till_id)
        await tenant.record(Change.between(_ref(after), "changed", _told(before), _told(after)))
    return after


async def save_operator(tenant: Tenant, draft: OperatorDraft, operator_id: UUID | None = None) -> Operator:
    """Make or change an operator; raises `Invalid` for a PIN that is too easy, and `Conflict`."""
    if draft.pin or operator_id is None:
        if not good_pin(draft.pin):
            raise Invalid.field("pin", "A PIN has four to eight digits, not all the same.")
        hashed = await asyncio.to_thread(hash_pin, draft.pin)
    else:
        hashed = ""
    facts = {name: value for name, value in msgspec.structs.asdict(draft).items() if name not in ("pin", "version")}
    async with tenant.transaction() as db:
        if operator_id is None:
            made = Operator(id=new_id(), pin_hash=hashed, **facts)
            await setup.add_operator(db, made)
            await tenant.record(Change(_ref(made), "created", {}, _told(made)))
            return made
        before = await find_operator(tenant, operator_id)
        values = {"id": operator_id, **facts, "pin_hash": hashed or before.pin_hash}
        if not await setup.change(db, "retail_pos_operator", values, draft.version):
            raise _changed(before.name)
        after = await find_operator(tenant, operator_id)
        pin = {"pin": "•••"} if hashed else {}
        await tenant.record(Change.between(_ref(after), "changed", _told(before), _told(after) | pin))
    return after


def _changed(title: str) -> Conflict:
    return Conflict(f"“{title}” was changed by somebody else meanwhile: look at it again before you save.")


async def offer_pairing(tenant: Tenant, till_id: UUID) -> str:
    """Return a code that turns a device into this till, once, within a quarter of an hour."""
    async with tenant.transaction() as db:
        till = await find_till(tenant, till_id)
        if not till.active:
            raise Conflict(f"“{till.title}” is switched off: switch it on first.")
        secret = new_pairing_code()
        await setup.offer_pairing(db, till_id, secret.kept, tenant.now() + PAIRING_TIME)
        await tenant.record(Change(_ref(till), "pairing code made"))
    return secret.shown


async def pair(tenant: Tenant, code: str, device: str) -> tuple[str, Till]:
    """Turn the device that sends a pairing code into its till: returns the key, which nobody sees again. Raises `Refused`."""
    secret = new_key()
    async with tenant.transaction() as db:
        found = await setup.pair(db, typed_code(code), secret.kept, device[:200], tenant.now())
        if found is None:
            raise Refused("This pairing code is wrong, was used, or is older than a quarter of an hour. Ask a manager for a new one.")
        till = await find_till(tenant, found)
        await tenant.record(Change(_ref(till), "paired", {}, {"device": device[:200]}))
    return secret.shown, till


async def end_of_chain(tenant: Tenant, till: Till) -> tuple[int, str]:
    """Return number and hash of the highest record of a till that arrived, after which a device that is paired anew goes on."""
    async with tenant.transaction() as db:
        found = await inbox.hash_at(db, till.id, till.last_seq) if till.last_seq else None
    return till.last_seq, found or till.chain_hash


async def revoke(tenant: Tenant, till_id: UUID) -> None:
    """Take the key of a till's device away: it can send and fetch nothing any more. Paired again, it sends what it holds."""
    async with tenant.transaction() as db:
        till = await find_till(tenant, till_id)
        if not await setup.revoke(db, till_id, tenant.now()):
            raise Conflict(f"No device is paired with “{till.title}”.")
        await tenant.record(Change(_ref(till), "unpaired"))


async def device(tenant: Tenant, authorization: str) -> tuple[Tenant, Till]:
    """Return the till that a device key belongs to, with the till acting; raises `Refused`."""
    scheme, _, key = authorization.partition(" ")
    found = None
    if scheme.lower() == "bearer" and key:
        async with tenant.transaction() as db:
            found = await setup.till_by_key(db, kept(key.strip()))
    if found is None:
        raise Refused("This device is not paired with a till, or its key was taken away. Ask a manager for a pairing code.")
    return tenant.known_as(f"Till {found.code}"), found
