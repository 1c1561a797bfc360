"""`weft tenant rewind` and `weft tenant moments`."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from core.audit.trail import write_entry
from core.people.tokens import COMMAND
from infra.cli.archive import PASSPHRASE, RECIPIENTS, Seal, business, sealing
from infra.cli.connect import Hands, with_hands
from infra.cli.output import Output, with_output
from infra.wal.here import past_here
from tenants.archive.importing import Target, Wanted
from tenants.backups.moments import moment_from
from tenants.backups.past import rewind, source_at
from tenants.life import KIND


@click.command("rewind")
@click.argument("slug")
@click.option("--at", "at", required=True, help="Such as 2026-11-22 14:03:05 Europe/Berlin; UTC where it names no zone.")
@click.option("--as", "new", default="", help="The address of the copy.")
@click.option("--keep", "file", type=click.Path(dir_okay=False, path_type=Path), help="Make no copy, but write the archive to this file.")
@click.option("--name", default="", help="The name of the copy.  [default: the one it had]")
@click.option("--people/--no-people", default=False, show_default=True, help="Let the members in, with the roles they had.")
@RECIPIENTS
@PASSPHRASE
@with_output
def rewind_tenant(output: Output, slug: str, at: str, new: str, file: Path | None, **rest: Any) -> None:
    """Make a copy of a business as it was at any moment, beside the one that works, which is not touched.

    Needs an installation that keeps WAL (WEFT_WAL_DAYS); `weft tenant moments` tells from when to when. Everything committed at the moment
    or before is in the copy, nothing later. A server of its own is brought to that moment and goes away again: that takes up to as long
    as a day's changes of all businesses, and room for all their data once more. The copy's schedules are paused.

    \b
    Examples:
      weft tenant rewind acme --at "2026-11-22 14:03:05 Europe/Berlin" --as acme-then
      weft tenant rewind acme --at 2026-11-22T13:03:05Z --keep acme-then.weft
    """
    if bool(new) == bool(file):
        raise click.UsageError("Say --as, the address of the copy, or --keep, the file for its archive: one of the two.")
    if file and file.exists():
        raise click.UsageError(f"{file} is there already: choose another name.")
    moment = moment_from(at)
    if file:
        seal = sealing(rest["recipients"], rest["passphrase_file"])
        facts, text = with_hands(lambda held: _keep(held, output, slug, moment, file, seal), say=output.say)
    else:
        wanted = Wanted(new, rest["name"], people=rest["people"], quiet=True)
        facts, text = with_hands(lambda held: _copy(held, output, slug, moment, wanted), say=output.say)
    output.answer(facts, text)


async def _copy(held: Hands, output: Output, slug: str, moment: datetime, wanted: Wanted) -> tuple[dict[str, Any], str]:
    record = await business(held, slug)
    target = Target(held.runtime, held.provisioner, held.modules)
    with output.progress(f"Going back with {slug}"):
        manifest, made = await rewind(target, past_here(held.settings, output.say), record, moment, wanted)
    after = {"moment": moment, "copy": wanted.slug, "rows": made.rows}
    async with held.runtime.platform.transaction() as db:
        await write_entry(db, record.schema, COMMAND, "copied as of a moment", KIND, record.name, record=record.id, after=after)
    url = held.settings.tenant_url(wanted.slug)
    facts = {"id": made.tenant_id, "slug": wanted.slug, "url": url, "at": moment, "rows": made.rows, "files": made.files}
    text = f"{slug} as it was at {moment:%Y-%m-%d %H:%M:%S} UTC is at {url}: {made.rows:,} rows and {made.files} files."
    return {**facts, "lost": list(manifest.lost)}, text + _lost(len(manifest.lost))


async def _keep(held: Hands, output: Output, slug: str, moment: datetime, file: Path, seal: Seal) -> tuple[dict[str, Any], str]:
    record = await business(held, slug)
    target = Target(held.runtime, held.provisioner, held.modules)
    keys = (await held.runtime.vault.keys_of(record.schema)).keys
    with output.progress(f"Going back with {slug}"):
        async with source_at(target, past_here(held.settings, output.say), record, moment) as (source, _):
            made = await seal(source, record.id, file, moment, keys)
    async with held.runtime.platform.transaction() as db:
        after = {"moment": moment, "rows": made.rows}
        await write_entry(db, record.schema, COMMAND, "exported as of a moment", KIND, record.name, record=record.id, after=after)
    size = file.stat().st_size  # noqa: ASYNC240  # there is nothing else to do meanwhile
    facts = {"file": str(file), "at": moment, "rows": made.rows, "bytes": size, "lost": list(made.lost)}
    return facts, f"{file}: {slug} as it was at {moment:%Y-%m-%d %H:%M:%S} UTC, {made.rows:,} rows.{_lost(len(made.lost))}"


def _lost(count: int) -> str:
    return f" {count} files that were there then are deleted, and in no backup either: of them there are only names." if count else ""


@click.command("moments")
@click.argument("slug")
@with_output
def moments(output: Output, slug: str) -> None:
    """Tell from when to when one can go back with a business (`weft tenant rewind`).

    \b
    Examples:
      weft tenant moments acme
    """

    async def work(held: Hands) -> list[dict[str, Any]]:
        record = await business(held, slug)
        since = await held.runtime.platform.fetchval("SELECT claimed_at FROM platform.tenant WHERE id = $1", record.id)
        spans = await past_here(held.settings, output.say).spans()
        return [{"from": max(first, since), "until": last} for first, last in spans if last > since]

    found = with_hands(work, say=output.say)
    lines = [f"From {each['from']:%Y-%m-%d %H:%M:%S} to {each['until']:%Y-%m-%d %H:%M:%S} UTC" for each in found]
    output.answer(found, "\n".join(lines) or "No moment can be had yet.")


COMMANDS = (rewind_tenant, moments)
