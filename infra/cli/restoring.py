"""`weft tenant backup`, `weft tenant backups` and `weft tenant restore`."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from core.files.store import told
from infra.cli.archive import business
from infra.cli.connect import Hands, with_hands
from infra.cli.output import Output, with_output
from tenants.archive.importing import Target, Wanted
from tenants.backups.making import back_up
from tenants.backups.restoring import restore_as_of
from tenants.backups.shelf import backups_of
from tenants.turns import only_one
from weft.errors import Conflict

COLUMNS = (("made_at", "Made"), ("state", "State"), ("size", "Size"), ("rows", "Rows"), ("tested_at", "Tried"), ("trouble", "Trouble"))


@click.command("backup")
@click.argument("slug")
@with_output
def backup(output: Output, slug: str) -> None:
    """Make a backup of a business now, beside those that are made every day.

    \b
    Examples:
      weft tenant backup acme
    """

    async def work(held: Hands) -> dict[str, Any]:
        record = await business(held, slug)
        async with only_one(held.provisioner, f"backup of {record.schema}") as mine:
            if not mine:
                raise Conflict(f"A backup of {slug} is being made right now.")
            with output.progress(f"Backing {slug} up"):
                return asdict(await back_up(_target(held), record, "the command"))

    made = with_hands(work, say=output.say)
    output.answer(made, f"{slug} is backed up: {made['rows']:,} rows and {made['files']} files, {told(made['size'])}.")


@click.command("backups")
@click.argument("slug")
@with_output
def backups(output: Output, slug: str) -> None:
    """Show the backups of a business, the newest first; Tried is when one was restored as a trial, Trouble what that brought to light.

    \b
    Examples:
      weft tenant backups acme
    """

    async def work(held: Hands) -> list[dict[str, Any]]:
        return [asdict(each) for each in await backups_of(held.runtime.platform, (await business(held, slug)).schema)]

    output.table(with_hands(work, say=output.say), COLUMNS, empty=f"{slug} has no backup yet.")


@click.command("restore")
@click.argument("slug")
@click.option("--as", "new", required=True, help="The address of the copy.")
@click.option("--at", "at", default="", help="A moment, such as 2026-11-20T12:00 (UTC unless it says otherwise).  [default: now]")
@click.option("--name", default="", help="The name of the copy.  [default: the one it had]")
@click.option("--people/--no-people", default=False, show_default=True, help="Let the members in, with the roles they had.")
@with_output
def restore(output: Output, slug: str, new: str, at: str, name: str, people: bool) -> None:
    """Make a copy of a business as it was, beside the one that works, from its newest backup that is not younger than --at.

    The business itself is not touched, and the copy's schedules are paused. Backups are made every day: what changed after the one that is
    used is not in the copy, and the answer tells of when that is.

    \b
    Examples:
      weft tenant restore acme --as acme-then --at 2026-11-20T12:00
    """
    moment = _moment(at)

    async def work(held: Hands) -> dict[str, Any]:
        record = await business(held, slug)
        wanted = Wanted(new, name, people=people, quiet=True)
        with output.progress(f"Restoring {slug}"):
            used, made = await restore_as_of(_target(held), record, moment or held.runtime.now(), wanted)
        return {"slug": new, "url": held.settings.tenant_url(new), "as_of": used.made_at, "rows": made.rows, "files": made.files}

    made = with_hands(work, say=output.say)
    output.answer(made, f"{slug} as it was at {made['as_of']:%Y-%m-%d %H:%M:%S} UTC is at {made['url']}: {made['rows']:,} rows.")


def _target(held: Hands) -> Target:
    return Target(held.runtime, held.provisioner, held.modules)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        told_at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--at {text} is no moment: write it like 2026-11-20T12:00, or 2026-11-20T12:00+01:00.") from None
    return told_at if told_at.tzinfo else told_at.replace(tzinfo=UTC)


COMMANDS = (backup, backups, restore)
