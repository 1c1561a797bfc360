"""Rules about columns that are sealed: as they are declared, and what of them can be read in a business."""

import re
from collections.abc import AsyncIterator, Iterator

from piccolo.columns import Bytea, Column, Text, Varchar
from piccolo.table import Table

from core.rules.rule import Problem, Rule, TrialRule
from core.rules.subject import Subject
from core.rules.trial import Trial
from core.tenancy.tenant import LiveTenant
from weft import Listing, Sealed

_INDEXED = """
SELECT DISTINCT i.indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
WHERE i.indrelid = to_regclass($1) AND a.attname = ANY ($2::text[]) AND (
    a.attnum = ANY (i.indkey) OR pg_get_indexdef(i.indexrelid) ~ ('\\m' || a.attname || '\\M'))
"""
# What others than the module read: the audit log, events (which webhooks carry), jobs, letters, notifications.
_TOLD = """
SELECT DISTINCT what FROM (
    SELECT 'an audit entry' AS what, to_jsonb(x)::text AS told FROM platform.audit_entry x WHERE tenant = $1
    UNION ALL SELECT 'an event or a job', to_jsonb(x)::text FROM platform.outbox x WHERE tenant = $1
    UNION ALL SELECT 'a job', to_jsonb(x)::text FROM platform.job x WHERE tenant = $1
    UNION ALL SELECT 'a letter', to_jsonb(x)::text FROM platform.mail x WHERE tenant = $1
    UNION ALL SELECT 'a notification', to_jsonb(x)::text FROM platform.notification x WHERE tenant = $1
) AS everything WHERE strpos(told, $2) > 0
"""
TRIED = 200  # values of a column


def declared(subject: Subject) -> Iterator[Problem]:
    """A sealed column is one, can be found blindly, and shows nowhere by its SQL."""
    tables = {each._meta.tablename: each for app in subject.declared("storage") for each in app.table_classes}
    offered = set(subject.declared("permissions"))
    for sealed in subject.declared("sealed"):
        for sentence in (*_columns(sealed, tables.get(sealed.table)), *_permission(sealed, offered)):
            yield Problem(subject.hook_place("sealed"), f"The sealed column “{sealed.name}”: {sentence}")
        for listing in subject.declared("listings"):
            for name in _named(sealed, listing):
                sentence = f"it reads the column {name}, where “{sealed.title}” is sealed: leave it out, or keep a masked text."
                yield Problem(subject.hook_place("listings"), f"The listing “{listing.name}”: {sentence}")


def _columns(sealed: Sealed, table: type[Table] | None) -> Iterator[str]:
    if table is None:
        yield f"its table “{sealed.table}” is none of the plugin's: name one that storage() lists."
        return
    columns = {each._meta.db_column_name: each for each in table._meta.columns}
    wanted = ((sealed.column, (Bytea,), "Bytea(null=True, default=None)"), (sealed.blind, _TEXTS, "Text()"), (sealed.was, _TEXTS, "Text()"))
    for name, kinds, declaration in wanted:
        if name and not isinstance(columns.get(name), kinds):
            yield f"“{name}” is no column of {sealed.table} declared as {declaration}."
    for name in filter(None, (sealed.column, sealed.was)):
        column: Column | None = columns.get(name)
        if column is not None and column._meta.index:
            yield f"“{name}” has an index: what is sealed is found by its blind index; name that in blind=, and index it."


def _permission(sealed: Sealed, offered: set[object]) -> Iterator[str]:
    if sealed.permission not in offered:
        yield f"who may see it whole is said by “{sealed.permission.name}”, which permissions() does not list."


def _named(sealed: Sealed, listing: Listing) -> Iterator[str]:
    if not re.search(rf"\b{sealed.table}\b", listing.source):
        return
    told = " ".join([listing.search_sql, listing.where, *(f"{each.sql} {each.sort_sql}" for each in listing.columns)])
    yield from (name for name in (sealed.column, sealed.was) if name and re.search(rf"\b{name}\b", told))


async def unread(trial: Trial) -> AsyncIterator[Problem]:
    """Nothing that is sealed can be read in an index, or where the module tells of it."""
    place = trial.subject.hook_place("sealed")
    for sealed in trial.subject.declared("sealed"):
        async with trial.tables(trial.here) as db:
            for row in await db.fetch(_INDEXED, sealed.table, [name for name in (sealed.column, sealed.was) if name]):
                yield Problem(place, f"The index {row[0]} holds “{sealed.name}” or what it was before: index {sealed.blind or 'blind='}.")
        for tenant in (trial.here, trial.there):
            for text in await _clear(tenant, sealed):
                async with trial.tables(tenant) as db:
                    for row in await db.fetch(_TOLD, tenant.schema, text):
                        yield Problem(
                            place, f"There is {row['what']} with a readable value of “{sealed.name}”: give the `Secret`, or its mask."
                        )


async def _clear(tenant: LiveTenant, sealed: Sealed) -> list[str]:
    """Return values of a column that are long enough to be told from chance; planted rows hold nothing that was sealed."""
    async with tenant.transaction() as db:
        seals, found = await db.seals(), set()
        rows = await db.fetch(
            f"SELECT x.id, x.{sealed.column} AS stored FROM {sealed.table} x WHERE length(x.{sealed.column}) > 31 LIMIT {TRIED}"
        )
        for row in rows:
            found.add(seals.open(sealed, row["id"], row["stored"]).clear)
    return sorted(each for each in found if len(each) >= 8)


_TEXTS = (Text, Varchar)
RULES = (
    Rule("sealed", "Sealed columns are bytes with a blind index as text, their permission is offered, and no listing reads them", declared),
)
TRIAL_RULES = (
    TrialRule("sealed-unread", "What is sealed is in no index, and readable in no audit entry, event, job, letter or notification", unread),
)
