"""`weft module …`."""

import sys
from collections.abc import Callable
from typing import Any

import click
import msgspec

from infra.cli.connect import Hands, with_hands
from infra.cli.output import InOrder, Output, with_output
from infra.cli.tenant import by_slug
from tenants import modules
from tenants.trash import removing
from tenants.trial.running import preview
from tenants.trial.sheet import Change, Sheet

VERBS: dict[Change, str] = {"enable": "Switch on", "upgrade": "Upgrade", "remove": "Remove"}
Command = Callable[..., Any]


@click.group(cls=InOrder)
def module() -> None:
    """Modules of one business: list, preview, enable, upgrade, disable, remove, undo.

    SLUG is the first part of the business's address, KEY the module's, as `weft plugin list` tells it.

    \b
    Examples:
      weft module list acme
      weft module enable acme catalogue      with everything it needs; shows first what it comes to, and asks
      weft module disable acme catalogue     hidden; its data stays
      weft module preview acme catalogue     what would change, tried on a copy
      weft module remove acme catalogue      out, with its data, which is kept for 30 days
      weft module undo acme catalogue        back, with its data
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


def _agree(output: Output, slug: str, key: str, change: Change) -> None:
    """Show what a change comes to on a copy, and ask; raises `UsageError` where nobody can be asked, and ends with 1 when it fails."""
    if output.as_json or not sys.stdin.isatty():
        raise click.UsageError(f"Say --yes to do it unasked. What it comes to: weft module preview {slug} {key} --change {change}")

    async def work(held: Hands) -> Sheet | None:
        at = await by_slug(held, slug)
        record, plugin = await held.runtime.catalogue.by_id(at), held.modules.plugin(key)
        if change == "enable" and record and record.modules.get(key) == plugin.version:
            return None  # there is nothing to agree to
        return await preview(held.provisioner, held.runtime, held.modules, at, key, change)

    with output.progress(f"Trying it on a copy of {slug}"):
        sheet = with_hands(work, say=output.say)
    if sheet is None:
        return
    for line in _words(sheet):
        output.say(line)
    if sheet.problem:
        raise click.exceptions.Exit(1)
    click.confirm(f"{VERBS[change]} {sheet.title} at {slug}?", abort=True, err=True)


def _asked(command: Command) -> Command:
    """Give a command that shows what it comes to the word that keeps it from asking."""
    return click.option("--yes", is_flag=True, help="Do not try it on a copy first, and do not ask.")(command)


@module.command("enable")
@click.argument("slug")
@click.argument("key")
@_asked
@with_output
def enable(output: Output, slug: str, key: str, yes: bool) -> None:
    """Switch a module on, and what it needs.

    Tries it on a copy that is thrown away, shows what it comes to, and asks. Then it makes the module's tables in the business's schema and
    its roles from their templates, in one transaction; people see it at their next page. One that was switched off before finds its data
    again.

    \b
    Examples:
      weft module enable acme catalogue
      weft module enable acme catalogue --yes     in a script
    """
    if not yes:
        _agree(output, slug, key, "enable")

    async def work(held: Hands) -> list[str]:
        return await modules.enable(held.provisioner, held.runtime, held.modules, await by_slug(held, slug), key)

    done = with_hands(work, say=output.say)
    output.answer({"enabled": done}, f"Switched on: {', '.join(done)}." if done else f"{key} was on already.")


@module.command("upgrade")
@click.argument("slug")
@click.argument("key")
@_asked
@with_output
def upgrade(output: Output, slug: str, key: str, yes: bool) -> None:
    """Bring a business's module to the installed version, after showing what that comes to on a copy.

    `weft migrate` does it for all businesses at once, and asks nothing.

    \b
    Examples:
      weft module upgrade acme catalogue
    """
    if not yes:
        _agree(output, slug, key, "upgrade")

    async def work(held: Hands) -> tuple[str, str]:
        before = await modules.upgrade(held.provisioner, held.runtime, held.modules, await by_slug(held, slug), key)
        return before, held.modules.plugin(key).version

    before, now = with_hands(work, say=output.say)
    text = f"{key} is {now} as it was." if before == now else f"Upgraded {key} from {before or 'nothing'} to {now}."
    output.answer({"upgraded": key, "before": before, "now": now}, text)


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


@module.command("preview")
@click.argument("slug")
@click.argument("key")
@click.option("--change", type=click.Choice(["enable", "upgrade", "remove"]), default="enable", help="What to try.")
@with_output
def preview_(output: Output, slug: str, key: str, change: Change) -> None:
    """Try a change on a copy that is thrown away, and show what it comes to.

    Copied is the structure of what the module touches, and up to 2,000 rows of each table. Ends with 1 when the change fails on the copy.

    \b
    Examples:
      weft module preview acme catalogue
      weft module preview acme catalogue --change remove --json
    """

    async def work(held: Hands) -> Sheet:
        return await preview(held.provisioner, held.runtime, held.modules, await by_slug(held, slug), key, change)

    sheet = with_hands(work, say=output.say)
    output.answer(
        {**msgspec.to_builtins(sheet), "rows": sheet.rows, "touched": sheet.touched, "deleted": sheet.deleted}, "\n".join(_words(sheet))
    )
    if sheet.problem:
        raise click.exceptions.Exit(1)


def _words(sheet: Sheet) -> list[str]:
    """Return a sheet for people."""
    if sheet.problem:
        return [f"{sheet.title} cannot be changed so ({sheet.change}): {sheet.problem}"]
    lines = [f"{sheet.title} {sheet.version}: {sheet.change}, {sheet.seconds:g} s on the copy."]
    if sheet.with_it:
        lines.append(f"With it: {', '.join(sheet.with_it)}")
    lines += [
        f"  {each.name}: {each.change}, {each.rows:,} rows"
        + (f", {each.touched:,} of the copy written" if each.touched else "")
        + (f", {each.deleted:,} of the copy deleted" if each.deleted else "")
        for each in sheet.tables
    ]
    parts = (
        ("Menus", sheet.menus),
        ("Permissions", sheet.permissions),
        ("Roles", sheet.roles),
        ("Jobs", sheet.jobs),
        ("Cards", sheet.cards),
    )
    lines += [f"{name}: {', '.join(titles)}" for name, titles in parts if titles]
    return [*lines, *(f"Only 2,000 rows of {each} were copied." for each in sheet.parts)]


@module.command("remove")
@click.argument("slug")
@click.argument("key")
@_asked
@with_output
def remove(output: Output, slug: str, key: str, yes: bool) -> None:
    """Take a module out of a business. Its tables are moved where nobody can read them, and erased after 30 days.

    Tries it on a copy first, shows what it comes to, and asks. Refused while another module needs it. `weft module undo` brings everything
    back until then.

    \b
    Examples:
      weft module remove acme catalogue
    """
    if not yes:
        _agree(output, slug, key, "remove")

    async def work(held: Hands) -> dict[str, int]:
        return await removing.remove(held.provisioner, held.runtime, held.modules, await by_slug(held, slug), key)

    gone = with_hands(work, say=output.say)
    rows = sum(gone.values())
    output.answer(
        {"removed": key, "tables": gone}, f"Removed {key}: {rows:,} rows of {len(gone)} tables are kept for {removing.KEPT.days} days."
    )


@module.command("undo")
@click.argument("slug")
@click.argument("key")
@with_output
def undo(output: Output, slug: str, key: str) -> None:
    """Bring a removed module back, with every row, setting, view and permission it had.

    \b
    Examples:
      weft module undo acme catalogue
    """

    async def work(held: Hands) -> list[str]:
        return await removing.undo(held.provisioner, held.runtime, held.modules, await by_slug(held, slug), key)

    notes = with_hands(work, say=output.say)
    output.answer({"restored": key, "notes": notes}, " ".join([f"{key} is back as it was.", *notes]))
