"""`weft plugin …`."""

import click

from core.plugins.registry import Registry
from infra.cli.output import Output, with_output


@click.group()
def plugin() -> None:
    """Plugins: those installed, a new one, and whether one keeps the rules."""


@plugin.command("list")
@with_output
def list_(output: Output) -> None:
    """Show the installed plugins."""
    rows = [
        {"key": key, "title": each.title, "version": each.version, "vendor": each.vendor or "Weft", "needs": list(each.requires)}
        for key, each in Registry.installed().plugins.items()
    ]
    columns = (("key", "Key"), ("title", "Title"), ("version", "Version"), ("vendor", "Vendor"), ("needs", "Needs"))
    output.table(rows, columns, empty="No plugins are installed.")
