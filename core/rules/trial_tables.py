"""Rules about what migrations make, tried in a business."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from piccolo.columns import ForeignKey
from piccolo.table import Table

from core.rules.reflection import Reference, Standing, reflect
from core.rules.rule import Problem, TrialRule
from core.rules.trial import Trial

_ON_DELETE = {"CASCADE": "c", "RESTRICT": "r", "NO ACTION": "a", "SET NULL": "n", "SET DEFAULT": "d"}


def _declared(trial: Trial) -> dict[str, type[Table]]:
    return {table._meta.tablename: table for app in trial.subject.declared("storage") for table in app.table_classes}


async def exact(trial: Trial) -> AsyncIterator[Problem]:
    """From nothing, migrations reach the declared tables and no others."""
    declared = _declared(trial)
    made = set(trial.after.tables) - set(trial.before.tables) - {"migration"}
    for name in sorted(made - set(declared)):
        yield Problem(
            trial.subject.hook_place("storage"), f"The migrations make the table {name}, which table_classes does not list: list it."
        )
    types = await _types(trial, declared)
    for name, table in declared.items():
        where = trial.subject.place(table)
        if name not in made:
            yield Problem(where, f"No migration makes the table {name}: make one, `piccolo migrations new {trial.key} --auto`.")
            continue
        for sentence in (*_columns(trial.after, table, types), *_references(trial.after, table)):
            yield Problem(where, f"{name}{sentence}")


async def _types(trial: Trial, declared: dict[str, type[Table]]) -> dict[tuple[str, str], str]:
    """Return the declared types in PostgreSQL's own words: it is asked to make such columns, and forgets them again."""
    found: dict[tuple[str, str], str] = {}
    async with trial.tables(trial.here) as db:
        undo = db.transaction()
        await undo.start()
        for number, (name, table) in enumerate(declared.items()):
            columns = ", ".join(f'"{column._meta.db_column_name}" {column.column_type}' for column in table._meta.columns)
            columns = columns.replace("BIGSERIAL", "BIGINT").replace("SERIAL", "INTEGER")
            await db.execute(f"CREATE TABLE weft_shadow_{number} ({columns})")
            shadow = (await reflect(db)).of(f"weft_shadow_{number}")
            found |= {(name, column): fact.type for column, fact in shadow.items()}
        await undo.rollback()
    return found


def _columns(standing: Standing, table: type[Table], types: dict[tuple[str, str], str]) -> Iterator[str]:
    facts, name = standing.of(table._meta.tablename), table._meta.tablename
    declared = {column._meta.db_column_name: column for column in table._meta.columns}
    for column in facts.keys() - declared.keys():
        yield f".{column} is made by the migrations, and the table class does not declare it."
    for column, each in declared.items():
        fact = facts.get(column)
        if fact is None:
            yield f".{column} is declared, and no migration makes it."
            continue
        if fact.type != types[name, column]:
            yield f".{column} is declared as {types[name, column]}, and the migrations make it {fact.type}."
        if fact.required == each._meta.null and not each._meta.primary_key:
            words = ("nullable", "NOT NULL") if each._meta.null else ("NOT NULL", "nullable")
            yield f".{column} is declared {words[0]}, and the migrations make it {words[1]}."
        if each._meta.primary_key != fact.in_primary_key:
            yield f".{column}: the class and the migrations disagree on the primary key."


def _references(standing: Standing, table: type[Table]) -> Iterator[str]:
    made = {each.column: each for each in standing.references if each.table == table._meta.tablename}
    for column in table._meta.foreign_key_columns:
        yield from _reference(column, made.get(column._meta.db_column_name))


def _reference(column: "ForeignKey[Any]", made: Reference | None) -> Iterator[str]:
    meta, name = column._foreign_key_meta, column._meta.db_column_name
    target = meta.resolved_references._meta.tablename
    if made is None:
        yield f".{name} refers to {target}, and the migrations make no foreign key."
        return
    if made.to != target:
        yield f".{name} refers to {target}, and the migrations' foreign key to {made.to}."
    if made.on_delete != _ON_DELETE[meta.on_delete.value]:
        yield f".{name} is declared ON DELETE {meta.on_delete.value}, and the migrations say something else."


async def again(trial: Trial) -> AsyncIterator[Problem]:
    """Run again, migrations change nothing; in another business they make the same."""
    ran = await trial.laboratory.migrate(trial.here, trial.key)
    if ran:
        yield Problem(trial.subject.hook_place("storage"), f"Run a second time, the migration {ran[0]} ran again.")
    async with trial.tables(trial.here) as db:
        now = await reflect(db)
    if changed := now.definitions ^ trial.after.definitions:
        yield Problem(trial.subject.hook_place("storage"), f"Run a second time, the migrations changed: {min(changed)}")
    async with trial.tables(trial.there) as db:
        other = await reflect(db)
    if different := other.definitions ^ trial.after.definitions:
        yield Problem(trial.subject.hook_place("storage"), f"Two businesses have different tables: {min(different)}")


async def inside(trial: Trial) -> AsyncIterator[Problem]:
    """What the plugin leaves, when it is uninstalled, is told by its name."""
    where, prefix = trial.subject.hook_place("storage"), f"{trial.key}_"
    for name in sorted(set(trial.after.relations) - set(trial.before.relations)):
        if not name.startswith(prefix) and name not in ("migration", "migration_pkey"):
            yield Problem(where, f"The migrations make “{name}”, whose name does not begin with “{prefix}”: give it one that does.")
    for what in sorted(trial.after.others - trial.before.others):
        own_trigger = what.startswith("the trigger ") and f" on {prefix}" in what.replace(f"{trial.here.schema}.", "")
        # A trigger's function runs with the rights of whoever writes, and nobody can call it.
        if not own_trigger and not what.startswith(f"the trigger function {prefix}"):
            yield Problem(
                where,
                f"The migrations make {what}: tables, indexes, CHECKs and triggers with their functions (not SECURITY DEFINER) "
                "are all that a plugin may leave in a business.",
            )
    for definition in sorted(trial.before.definitions - trial.after.definitions):
        yield Problem(where, f"The migrations change what another plugin made: {definition}")
    added = trial.after.definitions - trial.before.definitions
    foreign = [each for each in added if each.startswith(tuple(f"{table} " for table in trial.before.tables)) and "FOREIGN KEY" not in each]
    for definition in sorted(foreign):
        yield Problem(where, f"The migrations add to another plugin's table: {definition}")


async def lifecycle(trial: Trial) -> AsyncIterator[Problem]:
    """Off and on again, a module has what it had."""
    await trial.plant()
    before = await _counts(trial)
    try:
        trial.here = await trial.laboratory.disable(trial.here, trial.key)
        hidden = await _counts(trial)
        trial.here = await trial.laboratory.enable(trial.here, trial.key)
    except Exception as wrong:
        yield Problem(trial.subject.plugin_place, f"Switched off and on again, it fails: {type(wrong).__name__}: {wrong}")
        return
    after = await _counts(trial)
    for table, count in before.items():
        if hidden.get(table) != count:
            yield Problem(
                trial.subject.plugin_place, f"Switched off, {table} has {hidden.get(table)} rows where it had {count}: keep them."
            )
        if after.get(table) != count:
            yield Problem(
                trial.subject.plugin_place,
                f"Switched off and on again, {table} has {after.get(table)} rows where it had {count}: on_enable must add nothing twice.",
            )


async def _counts(trial: Trial) -> dict[str, int]:
    async with trial.tables(trial.here) as db:
        tables = [table for table in trial.after.tables if table.startswith(f"{trial.key}_")]
        return {table: await db.fetchval(f'SELECT count(*) FROM "{table}"') for table in tables}


async def nothing(_: Trial) -> AsyncIterator[Problem]:
    """Find nothing: a plugin that cannot be switched on has no trial."""
    problems: tuple[Problem, ...] = ()
    for problem in problems:
        yield problem


RULES = (
    TrialRule("migrations-exact", "From nothing, migrations reach exactly the declared tables, columns and foreign keys", exact),
    TrialRule("migrations-again", "Migrations run twice change nothing, and make the same in every business", again),
    TrialRule("stays-inside", "Nothing but tables, indexes, CHECKs and triggers named <key>_… is left in a business", inside),
    TrialRule("off-and-on", "Switched off and on again, a module has the rows it had", lifecycle),
)
