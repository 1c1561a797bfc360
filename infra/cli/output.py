"""What commands print: sentences for people, or one JSON document for programs; and how far something is, on standard error."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import update_wrapper
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID

import click

F = TypeVar("F", bound=Callable[..., Any])

# Exit codes, told in `weft --help`.
REFUSED = 1
USAGE = 2  # click's own
UNWELL = 3
INTERNAL = 70  # EX_SOFTWARE of sysexits.h
CONFIGURATION = 78  # EX_CONFIG of sysexits.h
INTERRUPTED = 130  # as a shell tells of a program that SIGINT ended
FIRST_WORD_SECONDS = 1.0
NEXT_WORD_SECONDS = 5.0


class InOrder(click.Group):
    """A group that lists its commands in the order in which they are written: as somebody needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return them."""
        return list(self.commands)


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's answer goes. Everything but the answer goes to standard error."""

    as_json: bool

    def say(self, sentence: str) -> None:
        """Tell a person how it goes."""
        click.echo(sentence, err=True)

    def answer(self, data: Any, text: str = "") -> None:
        """Print the answer: `data` as JSON, or `text`."""
        if self.as_json:
            print_json(data)
        elif text:
            click.echo(text)

    def table(self, data: Sequence[dict[str, Any]], columns: Sequence[tuple[str, str]], *, empty: str) -> None:
        """Print rows: as JSON, or as a table of the named columns (key, heading), one line each, so that they can be searched."""
        if self.as_json or not data:
            self.answer(list(data), empty)
            return
        lines = [[heading for _, heading in columns], *([_cell(row.get(key)) for key, _ in columns] for row in data)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
        for line in lines:
            click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Callable[[int, int], None]]:
        """Show how far something is once it takes longer than a second; yields the function to tell it: steps done, and in all.

        On a terminal that is a line which moves and goes away, elsewhere a line now and then.
        """
        shown = _Steps(what, total)
        with _moving(shown) if sys.stderr.isatty() else _lines(shown, self.say):
            yield shown.tell


def print_json(data: Any) -> None:
    """Print one JSON document on standard output."""
    json.dump(data, sys.stdout, default=_plain, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    sys.stdout.flush()


@dataclass(slots=True)
class _Steps:
    """How far something is."""

    what: str
    total: int | None
    done: int = 0
    changed: Callable[[], None] = field(default=lambda: None)

    @property
    def far(self) -> str:
        return f"{self.done} of {self.total}" if self.total else ""

    def tell(self, done: int, of: int) -> None:
        self.done, self.total = done, of
        self.changed()


@contextmanager
def _moving(steps: _Steps) -> Iterator[None]:
    console, progress = import_module("rich.console"), import_module("rich.progress")  # a tenth of a second, only here
    columns = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
        progress.TextColumn("{task.fields[far]}"),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=console.Console(stderr=True, highlight=False), transient=True) as shown:
        task = shown.add_task(steps.what, total=None, far="")
        steps.changed = lambda: shown.update(task, far=steps.far)
        yield


@contextmanager
def _lines(steps: _Steps, say: Callable[[str], None]) -> Iterator[None]:
    over, begun = threading.Event(), time.monotonic()

    def speak() -> None:
        wait = FIRST_WORD_SECONDS
        while not over.wait(wait):
            far = f"{steps.far}, " if steps.far else ""
            say(f"{steps.what} … {far}{time.monotonic() - begun:.0f} s")
            wait = NEXT_WORD_SECONDS

    speaking = threading.Thread(target=speak, name="weft-progress", daemon=True)
    speaking.start()
    try:
        yield
    finally:
        over.set()
        speaking.join()


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
