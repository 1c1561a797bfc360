"""`weft wal show` and `weft wal base`."""

from typing import Any

import click

from core.files.store import told as told_size
from infra.cli.connect import Hands, with_hands
from infra.cli.output import UNWELL, Output, with_output
from infra.wal.bases import make_base
from infra.wal.here import past_here
from tenants.backups.moments import kept_now
from tenants.turns import only_one
from weft.errors import Conflict


@click.command("show")
@with_output
def show(output: Output) -> None:
    """Tell what is kept of the server's WAL, and what keeps it from being kept (exit code 3).

    \b
    Examples:
      weft wal show
    """

    async def work(held: Hands) -> dict[str, Any]:
        past = past_here(held.settings, output.say)
        kept = await kept_now(held.runtime.platform)
        return {
            "folder": str(past.shelf.folder),
            "days": held.settings.wal_days,
            "moments": [{"from": first, "until": last} for first, last in await past.spans()],
            "bases": [each.ended for each in past.shelf.bases()],
            "segments": len(past.shelf.archived()),
            "bytes": past.shelf.bytes(),
            "operator": kept is not None,
            "trouble": kept.trouble if kept else "The operator has not looked after it for ten minutes: does it run, with WEFT_WAL_DAYS?",
        }

    found = with_hands(work, say=output.say)
    lines = [f"From {each['from']:%Y-%m-%d %H:%M:%S} to {each['until']:%Y-%m-%d %H:%M:%S} UTC" for each in found["moments"]]
    lines = lines or ["No moment can be had yet."]
    lines += [f"{len(found['bases'])} base backups and {found['segments']} segments, {told_size(found['bytes'])}, in {found['folder']}"]
    output.answer(found, "\n".join([*lines, *([found["trouble"]] if found["trouble"] else [])]))
    raise SystemExit(UNWELL if found["trouble"] else 0)


@click.command("base")
@with_output
def base(output: Output) -> None:
    """Make a base backup of the server now, beside those that the operator makes once a day.

    \b
    Examples:
      weft wal base
    """

    async def work(held: Hands) -> dict[str, Any]:
        past = past_here(held.settings, output.say)
        async with only_one(held.provisioner, "wal") as mine:
            if not mine:
                raise Conflict("The operator is busy with the WAL right now, perhaps with a base backup: try again.")
            with output.progress("Making a base backup"):
                made = await make_base(past.shelf, past.live, past.binaries)
        return {"name": made.name, "ended": made.ended, "bytes": made.size}

    made = with_hands(work, say=output.say)
    output.answer(made, f"Every moment from {made['ended']:%Y-%m-%d %H:%M:%S} UTC on can be had ({told_size(made['bytes'])} of data).")
