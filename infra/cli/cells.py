"""`weft cells …`."""

from typing import Any

import click

from core.cells.directory import businesses_in, closed_cells
from core.cells.servers import HOME
from core.outages import OUTAGES
from core.platform.database import Platform
from core.settings import PLATFORM_LOGIN, Settings
from infra.cli.connect import Hands, refuse, with_hands
from infra.cli.output import InOrder, Output, with_output
from tenants.provisioner import Provisioner

COLUMNS = (("name", "Cell"), ("state", "State"), ("businesses", "Businesses"), ("size", "Size"), ("moving", "On their way"))


@click.group(cls=InOrder)
def cells() -> None:
    """Servers that hold whole businesses: list, open, close.

    The file that WEFT_CELLS names tells where they are. The home cell, main, has the directory of all.

    \b
    Examples:
      weft cells list
      weft cells close main
    """


@cells.command("list")
@with_output
def list_(output: Output) -> None:
    """Show every cell: whether it takes new businesses, how many live there, and how large its database is.

    A new business goes to the open cell that has the fewest. WEFT_CELL=NAME before a command has it work for that cell.

    \b
    Examples:
      weft cells list
      weft cells list --json
    """

    async def work(held: Hands) -> list[dict[str, Any]]:
        closed = await closed_cells(held.runtime.directory)
        moving = {row["source"]: row["n"] for row in await held.runtime.directory.fetch(_MOVING)}
        return [await _cell(held, name, name not in closed, moving.get(name, 0)) for name in held.settings.cell_names]

    output.table(with_hands(work, say=output.say), COLUMNS, empty="There is no cell.")


@cells.command("open")
@click.argument("name")
@with_output
def open_(output: Output, name: str) -> None:
    """Let a cell take new businesses.

    \b
    Examples:
      weft cells open east
    """
    with_hands(lambda held: _set(held, name, open_now=True), say=output.say)
    output.answer({"name": name, "open": True}, f"New businesses may go to {name}.")


@cells.command("close")
@click.argument("name")
@with_output
def close(output: Output, name: str) -> None:
    """Let a cell take no new businesses; those that live there stay, and go on as they did.

    \b
    Examples:
      weft cells close main
    """
    with_hands(lambda held: _set(held, name, open_now=False), say=output.say)
    output.answer({"name": name, "open": False}, f"No new businesses go to {name}.")


async def _cell(held: Hands, name: str, is_open: bool, moving: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": name, "state": "open" if is_open else "closed", "businesses": None, "size": None, "moving": moving}
    settings: Settings = held.settings if name == held.settings.cell else held.settings.of_cell(name)
    try:
        platform = await Platform.open(settings.login(PLATFORM_LOGIN), size=1, name="weft command")
    except OUTAGES:
        return {**facts, "state": "does not answer"}
    try:
        size = await platform.fetchval(_SIZE)
        return {**facts, "businesses": await businesses_in(platform), "size": size}
    finally:
        await platform.close()


async def _set(held: Hands, name: str, *, open_now: bool) -> None:
    if name not in held.settings.cell_names:
        raise refuse(f"There is no cell “{name}”, only {', '.join(held.settings.cell_names)}.")
    if held.settings.cell != HOME:
        raise refuse("The directory is in the home cell: say it without WEFT_CELL.")
    await set_open(held.provisioner, name, open_now=open_now)


async def set_open(provisioner: Provisioner, name: str, *, open_now: bool) -> None:
    """Say whether a cell takes new businesses."""
    async with provisioner.as_owner() as db:
        await db.execute(_SET, name, open_now)


# As the last vacuum saw it; who may log in as the platform may not ask the disk.
_SIZE = "SELECT pg_size_pretty(sum(relpages::bigint) * 8192) FROM pg_class"
_MOVING = "SELECT source, count(*) AS n FROM platform.move WHERE state IN ('moving', 'arrived') GROUP BY source"
_SET = """
INSERT INTO platform.cell (name, open) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET open = excluded.open, changed_at = now()
"""
