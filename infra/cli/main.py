"""The command's words, and how it ends."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType

import click

from core.ending import ToldToEnd
from infra.cli.lazy import Lazy

# Each command's module is imported when the command is asked for: `weft plugin list` need not wait for the web.
COMMANDS = {
    "up": "infra.cli.up:up",
    "setup": "infra.cli.setup:setup",
    "serve": "infra.cli.processes:serve",
    "worker": "infra.cli.processes:worker",
    "relay": "infra.cli.processes:relay",
    "operator": "infra.cli.processes:operator",
    "migrate": "infra.cli.migrate:migrate",
    "doctor": "infra.cli.doctor:doctor",
    "tenant": "infra.cli.tenant:tenant",
    "cells": "infra.cli.cells:cells",
    "module": "infra.cli.module:module",
    "plugin": "infra.cli.plugin:plugin",
    "token": "infra.cli.token:token",
    "audit": "infra.cli.audit:audit",
    "vault": "infra.cli.vault:vault",
    "wal": "infra.cli.wal:wal",
    "demo": "infra.cli.demo:demo",
}
# Told beside the commands, so that the list of them loads none.
SUMMARIES = {
    "up": "Start everything on this machine; Ctrl-C stops it.",
    "setup": "Fetch the front-end packages.",
    "serve": "Run the web, for containers and service managers.",
    "worker": "Run jobs, schedules and mail.",
    "relay": "Bring what was committed to the workers, in a process of its own.",
    "operator": "Make businesses and change their tables, as the web asks for it.",
    "migrate": "Prepare the database, and bring every business to the installed versions.",
    "doctor": "Check that the installation is as it should be.",
    "tenant": "Businesses: create, list, suspend, resume, delete, undelete, move, export, import, backup, restore, rewind.",
    "cells": "Servers that hold whole businesses: list, open, close.",
    "module": "Modules of one business: list, enable, disable.",
    "plugin": "Plugins: list, new, check.",
    "token": "Tokens for programs that use a business's API.",
    "audit": "The audit log of a business: verify.",
    "vault": "Keys that wrap those of businesses: show, rotate, seal.",
    "wal": "What the server wrote, kept to go back to any moment: show, base, put.",
    "demo": "Three demo businesses on real data: load.",
}


class Commands(Lazy):
    """The command's words, in the order in which a newcomer needs them."""

    places = COMMANDS

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="weft", message="Weft %(version)s")
def weft() -> None:
    """Weft: the back office a business runs on.

    \b
    Start everything on this machine:        weft up
    See whether the installation is well:    weft doctor
    Make a business:                         weft tenant create acme --name "Acme Ltd" --owner ada@acme.example
    Switch a module on for it:               weft module enable acme catalogue
    Begin a plugin of your own:              weft plugin new loyalty

    Without WEFT_DATABASE_URL and WEFT_REDIS_URL, Weft runs servers of its own, with their data in WEFT_DATA_DIR (.weft). A command
    uses those of a Weft that runs there already; else it starts them for as long as it takes.

    Answers go to standard output, everything else to standard error. With --json the answer is exactly one document; a failure is
    {"error": {"kind", "message", "exit_code"}}, with the same exit code.

    \b
    Exit codes:
      0    done
      1    refused or failed: the sentence says why
      2    the words of the call are wrong
      3    something is not as it should be (doctor, audit verify, plugin check, migrate --check)
      70   a fault of Weft's own: what follows the traceback belongs in a report
      78   the configuration cannot work: the sentence says which variable to change
      130  stopped by Ctrl-C
    """


def main(words: Sequence[str] | None = None) -> None:
    """Run the command and exit; an expected failure is a sentence on standard error and an exit code, never a traceback."""
    os.environ.setdefault("PICCOLO_CONF", "core.database")
    begun = time.monotonic()
    given = list(sys.argv[1:] if words is None else words)
    try:
        with _ending_when_told():
            code = weft(given, prog_name="weft", obj=begun, standalone_mode=False)
    except Exception as wrong:
        # Loaded now: it knows the errors of every part, and what succeeds need not wait for that.
        sys.exit(import_module("infra.cli.failures").tell(wrong, as_json="--json" in given))
    sys.exit(code if isinstance(code, int) else 0)


@contextmanager
def _ending_when_told() -> Iterator[None]:
    """Let a command that is told to end put away what it started; processes that serve do this in their own way."""

    def end(number: int, _: FrameType | None) -> None:
        raise ToldToEnd(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
