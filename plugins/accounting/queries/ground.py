"""Reads all that posting asks about, in one statement."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from weft import Scope
from weft.contracts import NewEntry, Source

from ..domain.ground import Ground, Stood, ground_of

_ACCOUNT = """jsonb_build_object('id', a.id, 'code', a.code, 'name', a.name, 'type', a.type, 'currency', a.currency, 'parent', a.parent,
    'posting', a.posting, 'closed', a.closed, 'reconcile', a.reconcile, 'tags', to_jsonb(a.tags))"""
_SQL = f"""
WITH rules AS (SELECT r.event, r.detail, r.account FROM accounting_posting_rule r WHERE r.event = ANY ($3::text[]))
SELECT
    (SELECT jsonb_agg({_ACCOUNT}) FROM accounting_account a
        WHERE a.id = ANY ($1::uuid[]) OR a.code = ANY ($2::text[]) OR a.id IN (SELECT account FROM rules))::text AS accounts,
    (SELECT jsonb_agg(jsonb_build_object('event', event, 'detail', detail, 'account', account)) FROM rules)::text AS rules,
    (SELECT jsonb_agg(jsonb_build_object('id', j.id, 'code', j.code, 'name', j.name, 'kind', j.kind, 'number_format', j.number_format,
        'active', j.active) ORDER BY j.code) FROM accounting_journal j
        WHERE j.code = ANY ($4::text[]) OR j.kind = ANY ($4))::text AS journals,
    (SELECT jsonb_agg(jsonb_build_object('id', y.id, 'code', y.code, 'first', y.first, 'last', y.last, 'state', y.state,
        'periods', jsonb_build_array(jsonb_build_object('id', p.id, 'fiscal_year', y.id, 'number', p.number, 'first', p.first,
            'last', p.last)))) FROM accounting_period p JOIN accounting_fiscal_year y ON y.id = p.fiscal_year
        WHERE daterange(p.first, p.last, '[]') && daterange($5, $6, '[]'))::text AS years,
    (SELECT jsonb_object_agg(l.kind, l.through) FROM accounting_lock l)::text AS locks,
    (SELECT jsonb_agg(jsonb_build_object('id', e.id, 'kind', e.kind, 'person', e.person, 'through', e.through, 'until', e.until,
        'reason', e.reason)) FROM accounting_lock_exception e
        WHERE e.person = $7 AND e.revoked_at IS NULL AND e.until > $8)::text AS exceptions,
    (SELECT jsonb_agg(jsonb_build_object('id', v.id, 'dimension', d.key, 'code', v.code, 'title', v.title,
        'active', v.active AND d.active)) FROM accounting_dimension_value v JOIN accounting_dimension d ON d.id = v.dimension
        WHERE d.key = ANY ($9::text[]))::text AS dimensions
"""


async def read_ground(db: Scope, entries: Sequence[NewEntry], base: str, person: UUID | None, now: datetime) -> Ground:
    """Return the ground of some entries."""
    lines = [line for entry in entries for line in entry.lines]
    days = [entry.date for entry in entries]
    row = await db.fetchrow(
        _SQL,
        list({line.account_id for line in lines if line.account_id}),
        list({line.code for line in lines if line.code}),
        list({line.event for line in lines if line.event} | {"currency_conversion"}),
        list({entry.journal for entry in entries}),
        min(days, default=date.min),
        max(days, default=date.min),
        person,
        now,
        list({key for line in lines for key in line.dimensions}),
    )
    assert row is not None
    return ground_of({name: json.loads(value) if value else None for name, value in row.items()}, base, person, now)


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
