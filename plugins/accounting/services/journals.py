"""What a person can do with journals and dimensions."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Invalid, Missing, RecordRef, Tenant, new_id
from weft.contracts import JournalKind

from ..domain.ground import Dimension, DimensionValue, Journal
from ..domain.numbering import DEFAULT, check_format
from ..queries import setup
from ..records import DIMENSION, JOURNAL


class JournalDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a journal."""

    code: Annotated[str, Meta(min_length=1, max_length=10)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    kind: JournalKind = "general"
    number_format: Annotated[str, Meta(max_length=60)] = DEFAULT
    active: bool = False


class DimensionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a dimension."""

    title: Annotated[str, Meta(min_length=1, max_length=60)]
    key: Annotated[str, Meta(max_length=40, pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    active: bool = False


class ValueDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a value of a dimension."""

    code: Annotated[str, Meta(min_length=1, max_length=40)]
    title: Annotated[str, Meta(min_length=1, max_length=100)]
    active: bool = True


def _ref(record: Journal | Dimension) -> RecordRef:
    return RecordRef(JOURNAL, record.id, record.name) if isinstance(record, Journal) else RecordRef(DIMENSION, record.id, record.title)


def _told(record: msgspec.Struct) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(record).items() if name not in ("id", "version", "values", "dimension")}


async def all_journals(tenant: Tenant) -> list[Journal]:
    """Return every journal by code."""
    async with tenant.transaction() as db:
        return await setup.journals(db)


async def get(tenant: Tenant, journal_id: UUID) -> Journal:
    """Return a journal; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await setup.journal(db, journal_id)
    if found is None:
        raise Missing("There is no such journal.")
    return found


async def save(tenant: Tenant, draft: JournalDraft, journal_id: UUID | None = None, version: int = 0) -> Journal:
    """Make or change a journal; its kind stays once it has entries. Raises `Invalid` by field, `Conflict`."""
    check_format(draft.number_format)
    code = "".join(draft.code.split()).upper()
    if not code.isalnum():
        raise Invalid.field("code", "Use letters and digits only.")
    draft = msgspec.structs.replace(draft, code=code, name=" ".join(draft.name.split()))
    async with tenant.transaction() as db:
        if journal_id is None:
            made = Journal(id=new_id(), **msgspec.structs.asdict(draft))
            await setup.put_journal(db, made)
            await tenant.record(Change(_ref(made), "created", {}, _told(made)))
            return made
        stored = await setup.journal(db, journal_id, lock=True)
        if stored is None:
            raise Missing("There is no such journal.")
        if stored.version != version:
            raise Conflict(f"“{stored.name}” was changed by somebody else meanwhile: look at it again.")
        if draft.kind != stored.kind and await setup.has_entries(db, journal_id):
            raise Invalid.field("kind", "The journal has entries: its kind stays.")
        changed = Journal(id=journal_id, version=version + 1, **msgspec.structs.asdict(draft))
        if _told(changed) == _told(stored):
            return stored
        await setup.put_journal(db, changed)
        await tenant.record(Change.between(_ref(changed), "changed", _told(stored), _told(changed)))
    return changed


async def delete(tenant: Tenant, journal_id: UUID) -> str:
    """Delete a journal without entries; returns its name. Raises `Conflict`."""
    async with tenant.transaction() as db:
        stored = await get(tenant, journal_id)
        await setup.delete_journal(db, journal_id)
        await tenant.record(Change(_ref(stored), "deleted", _told(stored), {}))
    return stored.name


async def all_dimensions(tenant: Tenant) -> list[Dimension]:
    """Return every dimension with its values."""
    async with tenant.transaction() as db:
        return await setup.dimensions(db)


async def dimension(tenant: Tenant, dimension_id: UUID) -> Dimension:
    """Return a dimension; raises `Missing`."""
    found = next((each for each in await all_dimensions(tenant) if each.id == dimension_id), None)
    if found is None:
        raise Missing("There is no such dimension.")
    return found


async def save_dimension(tenant: Tenant, draft: DimensionDraft, dimension_id: UUID | None = None, version: int = 0) -> Dimension:
    """Make or rename a dimension; its key stays. Raises `Invalid` by field, `Conflict`."""
    async with tenant.transaction() as db:
        if dimension_id is None:
            key = draft.key or "_".join("".join(c if c.isalnum() else " " for c in draft.title.lower()).split())
            if not key.isascii() or not key[:1].isalpha():
                raise Invalid.field("key", "Enter a key of small letters without accents, such as cost_centre.")
            made = Dimension(id=new_id(), key=key, title=draft.title)
            await setup.put_dimension(db, made)
            await tenant.record(Change(_ref(made), "created", {}, _told(made)))
            return made
        stored = await dimension(tenant, dimension_id)
        if stored.version != version:
            raise Conflict(f"“{stored.title}” was changed by somebody else meanwhile: look at it again.")
        changed = msgspec.structs.replace(stored, title=draft.title, active=draft.active, version=version + 1)
        await setup.put_dimension(db, changed)
        await tenant.record(Change.between(_ref(changed), "changed", _told(stored), _told(changed)))
    return changed


async def save_value(tenant: Tenant, dimension_id: UUID, draft: ValueDraft, value_id: UUID | None = None) -> DimensionValue:
    """Add a value to a dimension, or change one; raises `Invalid` by field."""
    async with tenant.transaction() as db:
        of = await dimension(tenant, dimension_id)
        stored = next((each for each in of.values if each.id == value_id), None)
        if value_id is not None and stored is None:
            raise Missing("There is no such value.")
        made = DimensionValue(id=value_id or new_id(), dimension=of.key, **msgspec.structs.asdict(draft))
        if made == stored:
            return made
        await setup.put_value(db, dimension_id, made)
        before = {f"{stored.code}": f"{stored.title}{'' if stored.active else ' (off)'}"} if stored else {}
        await tenant.record(Change(_ref(of), "changed", before, {made.code: f"{made.title}{'' if made.active else ' (off)'}"}))
    return made
