"""What commands print: sentences for people, or one JSON document for programs."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import update_wrapper
from typing import Any, TypeVar
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

F = TypeVar("F", bound=Callable[..., Any])

# Exit codes: 0 done; 1 refused or failed, the text says why; 2 the call's words are off (click's own); 3 something is not as it should
# be (doctor, checks); 78 the configuration cannot work (EX_CONFIG of sysexits.h).
UNWELL = 3
CONFIGURATION = 78


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's answer goes. Everything but the answer goes to standard error."""

    as_json: bool

    @property
    def console(self) -> Console:
        """Where people read how it goes."""
        return Console(stderr=True, highlight=False)

    def say(self, sentence: str) -> None:
        """Tell a person how it goes."""
        self.console.print(sentence, markup=False)

    def answer(self, data: Any, text: str = "") -> None:
        """Print the answer: `data` as JSON, or `text`."""
        if self.as_json:
            json.dump(data, sys.stdout, default=_plain, ensure_ascii=False, indent=2)
            sys.stdout.write("\n")
        elif text:
            click.echo(text)

    def table(self, data: Sequence[dict[str, Any]], columns: Sequence[tuple[str, str]], *, empty: str) -> None:
        """Print rows: as JSON, or as a table of the named columns (key, heading)."""
        if self.as_json or not data:
            self.answer(list(data), empty)
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for _, heading in columns:
            table.add_column(heading)
        for row in data:
            table.add_row(*(_cell(row.get(key)) for key, _ in columns))
        Console(highlight=False).print(table)

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Callable[[int, int], None]]:
        """Show how far something is, on a terminal; yields the function to tell it."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not sys.stderr.isatty()) as shown:
            task = shown.add_task(what, total=total)
            yield lambda done, of: shown.update(task, completed=done, total=of)


def _plain(value: Any) -> str:
    if isinstance(value, (datetime, UUID)):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    return str(value)


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def with_output(command: F) -> F:
    """Give a command ``--json`` and its `Output` as first argument."""

    def wrapped(*args: Any, json_: bool, **kwargs: Any) -> Any:
        return command(Output(json_), *args, **kwargs)

    decorated: Any = click.option("--json", "json_", is_flag=True, help="Print exactly one JSON document on standard output.")(
        update_wrapper(wrapped, command)
    )
    return decorated  # type: ignore[no-any-return]
