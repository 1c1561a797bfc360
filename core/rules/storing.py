"""Rules about tables and migrations, as they are written; what they make is tried in a business."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from piccolo.columns import Column

from core.rules.rule import Problem, Rule
from core.rules.subject import Subject

# What PostgreSQL brings itself; a type that a migration makes would have to be made in every tenant, and would outlive cached statements.
BUILT_IN = frozenset(
    (
        *("BIGINT", "BIGSERIAL", "BOOLEAN", "BYTEA", "CHAR", "DATE", "DOUBLE PRECISION", "INTEGER", "INTERVAL", "JSON", "JSONB", "NUMERIC"),
        *("REAL", "SERIAL", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "UUID", "VARCHAR"),
        *("DATERANGE", "TSTZRANGE", "NUMRANGE", "INT4RANGE", "INT8RANGE", "INET", "TSVECTOR", "ARRAY"),
    )
)


def app_name(subject: Subject) -> Iterator[Problem]:
    """Piccolo knows the app by the plugin's key."""
    for app in subject.declared("storage"):
        if app.app_name != subject.key:
            yield Problem(subject.hook_place("storage"), f"The Piccolo app is called “{app.app_name}”: call it “{subject.key}”.")
        if not (subject.folder / "piccolo_app.py").is_file():
            yield Problem(
                subject.hook_place("storage"),
                "The app does not stand in piccolo_app.py beside plugin.py, as APP_CONFIG: Piccolo and other plugins look there.",
            )


def tables(subject: Subject) -> Iterator[Problem]:
    """A table can be told to be the plugin's, and lies in no schema but the tenant's."""
    for app in subject.declared("storage"):
        for table in app.table_classes:
            meta, where = table._meta, subject.place(table)
            if not meta.tablename.startswith(f"{subject.key}_") or not meta.tablename.isidentifier():
                yield Problem(where, f"The table “{meta.tablename}” must begin with “{subject.key}_”.")
            if meta.schema:
                yield Problem(
                    where, f"The table “{meta.tablename}” names the schema “{meta.schema}”: each tenant has its own, so name none."
                )
            if meta.default_columns:
                yield Problem(
                    where, f"The table “{meta.tablename}” has no primary key of its own: write id = UUID(primary_key=True, default=None)."
                )
            for column in meta.columns:
                if _base(column) not in BUILT_IN:
                    yield Problem(
                        where,
                        f"{meta.tablename}.{column._meta.name} is of the type {column.column_type}: take one that PostgreSQL brings, "
                        "and a CHECK for the values it may have.",
                    )


def _base(column: Column) -> str:
    return str(column.column_type).partition("(")[0].removesuffix("[]").strip().upper()


def migration_files(subject: Subject) -> Iterator[Problem]:
    """Files of migrations are named, and run in the order of their names."""
    for app in subject.declared("storage"):
        files = sorted(path for path in Path(app.resolved_migrations_folder_path).glob("*.py") if path.stem != "__init__")
        if not files:
            yield Problem(
                subject.hook_place("storage"), "There are no migrations: nobody makes the tables. Add one to the migrations folder."
            )
        if files and not (files[0].parent / "__init__.py").exists():
            yield Problem(subject.shown(files[0].parent), "The folder of migrations has no __init__.py: add an empty one.")
        for path in files:
            yield from _migration(subject, path)


def _migration(subject: Subject, path: Path) -> Iterator[Problem]:
    where, text = subject.shown(path), path.read_text(encoding="utf-8")
    if not path.stem.startswith(f"{subject.key}_"):
        yield Problem(where, f"The file's name must begin with “{subject.key}_”: equal names of two plugins would hide one of them.")
    if not re.fullmatch(r"[a-z0-9_]+_\d{4}[a-z0-9_]*", path.stem):
        yield Problem(where, "The file's name must hold its number or day, four digits first, since migrations run in the order of names.")
    if "async def forwards" not in text:
        yield Problem(where, "It has no `async def forwards()`: it would never run.")
    try:
        import_module(f"{subject.package}.{path.parent.name}.{path.stem}")
    except Exception as wrong:
        yield Problem(where, f"It cannot be imported: {type(wrong).__name__}: {wrong}")


RULES = (
    Rule("app-name", "The Piccolo app is called by the plugin's key, and stands in piccolo_app.py", app_name),
    Rule("tables", "Tables begin with the key, name no schema, have a primary key of their own and only PostgreSQL's types", tables),
    Rule("migration-files", "Files of migrations begin with the key, are named in order, and have a forwards()", migration_files),
)
