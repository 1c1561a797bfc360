"""`weft module …`."""

from typing import Any

import click

from infra.cli.connect import Hands, with_hands
from infra.cli.output import InOrder, Output, with_output
from infra.cli.tenant import by_slug
from tenants import modules


@click.group(cls=InOrder)
def module() -> None:
    """Modules of one business: list, enable, disable.

    SLUG is the first part of the business's address, KEY the module's, as `weft plugin list` tells it.

    \b
    Examples:
      weft module list acme
      weft module enable acme catalogue      with everything it needs
      weft module disable acme catalogue     hidden; its data stays
    """


@module.command("list")
@click.argument("slug")
@with_output
def list_(output: Output, slug: str) -> None:
    """Show the installed modules, and which are switched on.

    One whose versions differ is brought to the installed one by `weft migrate`.
    """

    async def work(held: Hands) -> list[dict[str, Any]]:
        record = await held.runtime.catalogue.by_id(await by_slug(held, slug))
        on = record.modules if record else {}
        return [
            {"key": key, "title": plugin.title, "installed": plugin.version, "on": on.get(key), "needs": list(plugin.requires)}
            for key, plugin in held.modules.registry.plugins.items()
        ]

    columns = (("key", "Key"), ("title", "Title"), ("installed", "Installed"), ("on", "Switched on"), ("needs", "Needs"))
    output.table(with_hands(work, say=output.say), columns, empty="No plugins are installed.")


@module.command("enable")
@click.argument("slug")
@click.argument("key")
@with_output
def enable(output: Output, slug: str, key: str) -> None:
    """Switch a module on, and what it needs.

    Makes the module's tables in the business's schema and its roles from their templates, in one transaction; people see it at their next
    page. One that was switched off before finds its data again.

    \b
    Examples:
      weft module enable acme catalogue
    """

    async def work(held: Hands) -> list[str]:
        return await modules.enable(held.provisioner, held.runtime, held.modules, await by_slug(held, slug), key)

    done = with_hands(work, say=output.say)
    output.answer({"enabled": done}, f"Switched on: {', '.join(done)}." if done else f"{key} was on already.")


@module.command("disable")
@click.argument("slug")
@click.argument("key")
@with_output
def disable(output: Output, slug: str, key: str) -> None:
    """Hide a module: its pages, jobs and events are off, its data stays. Refused while another module needs it.

    \b
    Examples:
      weft module disable acme catalogue
    """

    async def work(held: Hands) -> list[str]:
        return await modules.disable(held.provisioner, held.runtime, held.modules, await by_slug(held, slug), key)

    done = with_hands(work, say=output.say)
    output.answer({"disabled": done}, f"Switched off: {', '.join(done)}." if done else f"{key} was off already.")
