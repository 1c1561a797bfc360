"""Groups of commands whose modules are imported when a command is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import click


class Lazy(click.Group):
    """A group that knows its commands by where they are, ``module:name``, in the order in which they are shown."""

    places: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return them in their order."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one of them."""
        if cmd_name not in self.places:
            return None
        module, _, name = self.places[cmd_name].partition(":")
        command: Any = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command
