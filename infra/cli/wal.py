"""`weft wal …`: its commands, each loaded when it is asked for, since the server asks for one with every segment."""

import click

from infra.cli.lazy import Lazy

COMMANDS = {"show": "infra.cli.wal_kept:show", "base": "infra.cli.wal_kept:base", "put": "infra.cli.wal_put:put"}


class Commands(Lazy):
    """What is said of the WAL."""

    places = COMMANDS


@click.group(cls=Commands)
def wal() -> None:
    """What the server writes before anything else, kept to go back to any moment: show, base, put."""
