"""`weft wal …`: its commands, each loaded when it is asked for, since the server asks for one with every segment."""

from importlib import import_module

import click

COMMANDS = {"show": "infra.cli.wal_kept:show", "base": "infra.cli.wal_kept:base", "put": "infra.cli.wal_put:put"}


class Lazy(click.Group):
    """A group whose commands are loaded one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one of them."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Lazy)
def wal() -> None:
    """What the server writes before anything else, kept to go back to any moment: show, base, put."""
