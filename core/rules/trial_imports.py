"""Rules about importers, tried with rows that a person's file could hold."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from core.listing.page import read_page
from core.listing.query import Query
from core.rules.rule import Problem, TrialRule
from core.rules.samples import Unfit, sample_struct
from core.rules.trial import Trial
from weft import ColumnKind, Importer, Numbered, Outcome, RowProblem, Tenant, Written

# What fields of these names hold in people's files; the first word that is in a field's name counts.
_LIKELY = (
    *(("email", "ada@example.com"), ("mail", "ada@example.com"), ("phone", "+44 20 7946 0018"), ("country", "GB"), ("currency", "GBP")),
    *(("barcode", "4006381333931"), ("gtin", "4006381333931"), ("url", "https://example.com/"), ("website", "https://example.com/")),
    *(("card", "1000#"), ("sku", "SKU-#"), ("code", "1000#"), ("number", "1000#"), ("reference", "R-#"), ("handle", "handle-#")),
    *(("language", "en"), ("postcode", "SW1A 1AA"), ("unit", ""), ("vat", ""), ("iban", "")),
)


def likely_row(importer: Importer[Any], number: int, *, full: bool) -> Any:
    """Return a row as a person's file could hold it; raises `Unfit`."""
    row = sample_struct(importer.row, full=full)
    changes = {}
    for field in msgspec.structs.fields(importer.row):
        value = getattr(row, field.name)
        if isinstance(value, str) and value:
            guess = next((text for word, text in _LIKELY if word in field.name), f"{value} #")
            changes[field.name] = guess.replace("#", str(number))
    changed = msgspec.structs.replace(row, **changes)
    try:  # limits that the guess does not keep
        return msgspec.convert(msgspec.to_builtins(changed, builtin_types=(bytes,)), importer.row, strict=False)
    except (msgspec.ValidationError, TypeError):
        return row


def junk_row(importer: Importer[Any]) -> Any:
    """Return a row whose texts are nothing that any check lets through; raises `Unfit`."""
    row = sample_struct(importer.row)
    texts = {name: "≠" for name in importer.row.__struct_fields__ if isinstance(getattr(row, name), str)}
    return msgspec.structs.replace(row, **texts)


async def accounts(trial: Trial) -> AsyncIterator[Problem]:
    """Of every row it is said what became of it, and nothing is raised."""
    for importer in trial.subject.declared("importers"):
        where = trial.subject.place(importer.write)
        for what, rows in _batches(importer):
            try:
                outcome = await _write(trial.there, importer, rows)
            except Exception as wrong:
                yield Problem(
                    where,
                    f"The importer “{importer.name}” raises on {what}: {type(wrong).__name__}: {str(wrong).partition(chr(10))[0]}. "
                    "It must return a RowProblem for what it refuses.",
                )
                continue
            told = [each.row for each in outcome.written] + [each.row for each in outcome.problems]
            if missing := {each.row for each in rows} - set(told):
                yield Problem(where, f"The importer “{importer.name}” says nothing of row {min(missing)} of {what}.")
            if both := {each.row for each in outcome.written} & {each.row for each in outcome.problems}:
                yield Problem(where, f"The importer “{importer.name}” says of row {min(both)} that it was written and that it was refused.")
            for problem in outcome.problems:
                if not problem.sentence.strip():
                    yield Problem(where, f"The importer “{importer.name}” refuses row {problem.row} without a sentence.")


def _batches(importer: Importer[Any]) -> list[tuple[str, list[Numbered[Any]]]]:
    try:
        good = [Numbered(number + 2, likely_row(importer, number, full=number % 2 == 0)) for number in range(4)]
        return [
            ("likely rows", good),
            ("a row that comes twice", [good[0], Numbered(9, good[0].value)]),
            ("rows of nonsense", [Numbered(2, junk_row(importer)), Numbered(3, junk_row(importer))]),
            ("no rows", []),
        ]
    except (Unfit, msgspec.MsgspecError, TypeError, ValueError):
        return []  # the rule on an importer's rows tells of that


class _Undone(Exception):  # it carries an outcome out of a transaction, and is no error
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


async def _write(tenant: Tenant, importer: Importer[Any], rows: Sequence[Numbered[Any]]) -> Outcome:
    """Hand rows to an importer as a dry run does: in a transaction that is rolled back."""
    try:
        async with tenant.transaction(unaudited="a trial of an importer"):
            raise _Undone(await importer.write(tenant, rows, {}))
    except _Undone as done:
        return done.outcome


async def undoes(trial: Trial) -> AsyncIterator[Problem]:
    """What was imported can be taken back: what it made is gone, what it changed is as it was."""
    for importer in trial.subject.declared("importers"):
        rows = dict(_batches(importer)).get("likely rows", [])
        where, before = trial.subject.place(importer.undo), await _shown(trial, importer)
        try:
            problems = [*await _undo(trial, importer, await _import(trial, importer, rows))]
            after = await _shown(trial, importer)
            await _import(trial, importer, rows)
            made = await _shown(trial, importer)
            changed = await _import(trial, importer, [Numbered(row.row, varied(row.value)) for row in rows])
            problems += await _undo(trial, importer, changed)
            restored = await _shown(trial, importer)
        except Exception as wrong:
            yield Problem(
                where, f"What “{importer.name}” imported cannot be undone: {type(wrong).__name__}: {str(wrong).partition(chr(10))[0]}"
            )
            continue
        if problems:
            yield Problem(where, f"“{importer.name}” does not undo what nobody changed since: {problems[0].sentence}")
        if after != before:
            yield Problem(where, f"After “{importer.name}” was undone, its listing has {len(after)} rows where it had {len(before)}.")
        if restored != made:
            yield Problem(
                where, f"After an import of “{importer.name}” that updated records was undone, they are not as they were before it."
            )


def varied(row: Any) -> Any:
    """Return a row of the same record with other facts: what looks like a note, an amount or a day is changed, names are not."""
    changes: dict[str, Any] = {}
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if isinstance(value, str) and any(word in name for word in ("note", "description", "comment")):
            changes[name] = f"{value} changed"
        elif isinstance(value, date) and not isinstance(value, datetime):
            changes[name] = value + timedelta(days=1)
        elif isinstance(value, Decimal):
            changes[name] = value + 1
    return msgspec.structs.replace(row, **changes)


async def _import(trial: Trial, importer: Importer[Any], rows: Sequence[Numbered[Any]]) -> Sequence[Written]:
    async with trial.there.transaction(unaudited="a trial of an importer"):
        return (await importer.write(trial.there, rows, {})).written


async def _undo(trial: Trial, importer: Importer[Any], written: Sequence[Written]) -> Sequence[RowProblem]:
    async with trial.there.transaction(unaudited="a trial of an importer"):
        return await importer.undo(trial.there, _latest_first(written))


def _latest_first(written: Sequence[Written]) -> list[Written]:
    """Return each record once, as the import centre hands them over: its first action, its last version, and what it was before as JSON."""
    first: dict[Any, Written] = {}
    last: dict[Any, Written] = {}
    for each in written:
        if each.action != "unchanged":
            first.setdefault(each.id, each)
            last[each.id] = each
    return [
        Written(last[key].row, key, each.action, last[key].version, msgspec.json.decode(msgspec.json.encode(each.before)))
        for key, each in reversed(list(first.items()))
    ]


async def _shown(trial: Trial, importer: Importer[Any]) -> list[dict[str, Any]]:
    """Return what the listing of an importer's kind shows, but for times; nothing where there is none."""
    for listing in trial.subject.declared("listings"):
        if listing.record and listing.record.name == importer.record:
            keys = [column.key for column in listing.columns if column.kind is not ColumnKind.DATETIME]
            page = await read_page(trial.there, listing, Query(size=200, columns=tuple(keys)))
            return sorted(({key: row[key] for key in ("id", *keys)} for row in page.rows), key=lambda row: str(row["id"]))
    return []


async def furnish(trial: Trial) -> None:
    """Leave likely rows in the business `there`, once, so that pages of records have something to show."""
    if trial.furnished:
        return
    trial.furnished = True
    for importer in trial.subject.declared("importers"):
        rows = dict(_batches(importer)).get("likely rows", [])
        with suppress(Exception):  # the rule that tries importers tells of that
            async with trial.there.transaction(unaudited="a trial of an importer"):
                await importer.write(trial.there, rows, {})


RULES = (
    TrialRule("importer-accounts", "An importer says of every row what became of it, and raises nothing", accounts),
    TrialRule("importer-undoes", "What an importer wrote, it can take back", undoes),
)
