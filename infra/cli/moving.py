"""`weft tenant move`."""

from typing import Any

import click

from core.cells.servers import HOME
from infra.cli.connect import Hands, refuse, with_hands
from infra.cli.output import UNWELL, Output, with_output
from tenants.cells.moving import KEPT, Moved, move, undo


@click.command("move")
@click.argument("slug")
@click.option("--to", "target", default="", help="The cell it is to live in; `weft cells list` shows them.")
@click.option("--undo", "back", is_flag=True, help="Take back what a command that was killed has begun.")
@with_output
def move_tenant(output: Output, slug: str, target: str, back: bool) -> None:
    """Move a business to another server while its people work.

    Its rows are copied and followed by logical replication; then requests wait for a moment (told at the end) while the last of them and
    what is queued are taken along. Sign-ins, tokens, jobs and files go on there. Every table is compared, and what lies where it lived is
    kept for a week. Killed at any moment, say the same again. Open invitations and links to new passwords must be sent anew. Both servers
    need wal_level = logical, and the file that WEFT_CELLS names an admin_url for each.

    \b
    Examples:
      weft tenant move acme --to east
      weft tenant move acme --undo
    """
    if back == bool(target):
        raise click.UsageError("Say either --to CELL or --undo.")

    async def work(held: Hands) -> Moved | str:
        if held.settings.cell != HOME or not held.settings.cells:
            raise refuse("Moving is done from the home cell, with WEFT_CELLS naming the file of all cells, and without WEFT_CELL.")
        if back:
            return await undo(held.settings, held.modules, slug, output.say)
        return await move(held.settings, held.modules, slug, target, output.say)

    found = with_hands(work, say=output.say, prepared=False)
    if isinstance(found, str):
        output.answer({"slug": slug, "cell": found}, f"{slug} lives in {found}.")
        return
    output.answer(_facts(found), _told(found))
    raise SystemExit(UNWELL if found.differing or not found.tables else 0)


def _facts(moved: Moved) -> dict[str, Any]:
    return {name: getattr(moved, name) for name in ("slug", "source", "target", "held_ms", "tables", "rows", "differing")}


def _told(moved: Moved) -> str:
    waited = f" Requests waited for {moved.held_ms} ms." if moved.held_ms is not None else ""
    told = f"{moved.slug} lives in {moved.target} now.{waited}"
    if moved.differing:
        return f"{told} THE TWO DIFFER in {', '.join(moved.differing)}: what lies in {moved.source} is kept until somebody has looked."
    if not moved.tables:
        return f"{told} A command that was killed had begun it, so nothing was compared; what lies in {moved.source} is kept."
    return f"{told} {moved.tables} tables with {moved.rows:,} rows are the same; what lies in {moved.source} is kept for {KEPT.days} days."
