"""Reads all that posting asks about, in one statement."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from weft import Scope
from weft.contracts import NewEntry, Source

from ..domain.ground import Ground, Stood, ground_of
from .taxes import standing_system

_ACCOUNT = """jsonb_build_object('id', a.id, 'code', a.code, 'name', a.name, 'type', a.type, 'currency', a.currency, 'parent', a.parent,
    'posting', a.posting, 'closed', a.closed, 'reconcile', a.reconcile, 'tags', to_jsonb(a.tags))"""
_BY_RULES = "OR a.id IN (SELECT r.account FROM accounting_posting_rule r WHERE r.event = ANY ($3))"
_RULES = """(SELECT jsonb_agg(jsonb_build_object('event', r.event, 'detail', r.detail, 'account', r.account))
        FROM accounting_posting_rule r WHERE r.event = ANY ($3::text[]))"""
_EXCEPTIONS = """(SELECT jsonb_agg(jsonb_build_object('id', e.id, 'kind', e.kind, 'person', e.person, 'through', e.through, 'until',
        e.until, 'reason', e.reason)) FROM accounting_lock_exception e
        WHERE e.person = $7::uuid AND e.revoked_at IS NULL AND e.until > $8::timestamptz)"""
_DIMENSIONS = """(SELECT jsonb_agg(jsonb_build_object('id', v.id, 'dimension', d.key, 'code', v.code, 'title', v.title,
        'active', v.active AND d.active)) FROM accounting_dimension_value v JOIN accounting_dimension d ON d.id = v.dimension
        WHERE d.key = ANY ($9::text[]))"""
_TAXES = ",\n    (SELECT t.id FROM accounting_tax_system t)::text AS taxes"


@lru_cache
def _sql(rules: bool, dimensions: bool, taxes: bool) -> str:
    """Return the statement; what an entry does not ask about is not planned either, which is half of what it costs."""
    return f"""
SELECT
    (SELECT jsonb_agg({_ACCOUNT}) FROM accounting_account a
        WHERE a.id = ANY ($1::uuid[]) OR a.code = ANY ($2::text[]) {_BY_RULES if rules else ""})::text AS accounts,
    {_RULES if rules else "CASE WHEN $3::text[] IS NULL THEN NULL END"}::text AS rules,
    (SELECT jsonb_agg(jsonb_build_object('id', j.id, 'code', j.code, 'name', j.name, 'kind', j.kind, 'number_format', j.number_format,
        'active', j.active) ORDER BY j.code) FROM accounting_journal j
        WHERE j.code = ANY ($4::text[]) OR j.kind = ANY ($4))::text AS journals,
    (SELECT jsonb_agg(jsonb_build_object('id', y.id, 'code', y.code, 'first', y.first, 'last', y.last, 'state', y.state,
        'periods', jsonb_build_array(jsonb_build_object('id', p.id, 'fiscal_year', y.id, 'number', p.number, 'first', p.first,
            'last', p.last)))) FROM accounting_period p JOIN accounting_fiscal_year y ON y.id = p.fiscal_year
        WHERE p.last >= $5::date AND p.first <= $6::date)::text AS years,
    (SELECT jsonb_object_agg(l.kind, l.through) FROM accounting_lock l)::text AS locks,
    {_EXCEPTIONS}::text AS exceptions,
    (SELECT g.version FROM accounting_ground g)::text AS version,
    {_DIMENSIONS if dimensions else "CASE WHEN $9::text[] IS NULL THEN NULL END"}::text AS dimensions{_TAXES if taxes else ""}
"""


_KEPT: OrderedDict[tuple[object, ...], Ground] = OrderedDict()
_MOST = 1024


def kept_ground(business: UUID, base: str, entry: NewEntry, person: UUID | None, now: datetime) -> Ground | None:
    """Return the ground that this process read last for such an entry; posting tells whether it still stands, by its version."""
    key = _key(business, entry, person)
    found = _KEPT.get(key)
    if found is None or found.base != base or found.year_of(entry.date) is None:
        return None
    _KEPT.move_to_end(key)
    return replace(found, now=now)


def keep_ground(business: UUID, entry: NewEntry, ground: Ground) -> None:
    """Keep a ground for the next entry like this one; not where somebody has leave to pass a lock, which ends by itself."""
    if ground.version is None or ground.exceptions:
        return
    _KEPT[_key(business, entry, ground.person)] = ground
    if len(_KEPT) > _MOST:
        _KEPT.popitem(last=False)


def _key(business: UUID, entry: NewEntry, person: UUID | None) -> tuple[object, ...]:
    lines = frozenset((line.account_id or line.code, line.event, bool(line.currency), *line.dimensions) for line in entry.lines)
    return business, person, entry.journal, entry.date.year, entry.date.month, bool(entry.taxes), lines


async def read_ground(db: Scope, entries: Sequence[NewEntry], base: str, person: UUID | None, now: datetime) -> Ground:
    """Return the ground of some entries."""
    lines = [line for entry in entries for line in entry.lines]
    days = [entry.date for entry in entries]
    events = {line.event for line in lines if line.event}
    if any(line.currency for line in lines):
        events.add("currency_conversion")
    dimensions = {key for line in lines for key in line.dimensions}
    row = await db.fetchrow(
        _sql(bool(events), bool(dimensions), any(entry.taxes for entry in entries)),
        list({line.account_id for line in lines if line.account_id}),
        list({line.code for line in lines if line.code}),
        list(events),
        list({entry.journal for entry in entries}),
        min(days, default=date.min),
        max(days, default=date.min),
        person,
        now,
        list(dimensions),
    )
    assert row is not None
    read = dict(row.items())
    system = read.pop("taxes", None)
    taxes = await standing_system(db, UUID(system)) if system else None
    return ground_of(read, base, person, now, taxes)


async def standing(db: Scope, sources: Sequence[Source]) -> dict[tuple[str, str], Stood]:
    """Return the entries that some documents have already."""
    if not sources:
        return {}
    rows = await db.fetch(
        "SELECT e.source_kind, e.source_id, e.id, e.digest, e.reference FROM accounting_entry e "
        "JOIN unnest($1::text[], $2::text[]) AS s (kind, id) ON e.source_kind = s.kind AND e.source_id = s.id WHERE e.source_kind <> ''",
        [each.kind for each in sources],
        [each.id for each in sources],
    )
    return {(row["source_kind"], row["source_id"]): Stood(row["id"], row["digest"], row["reference"]) for row in rows}
