"""`weft migrate`."""

import click

from infra.cli.connect import Hands, with_hands
from infra.cli.output import UNWELL, Output, with_output
from tenants.fleet import Report, migrate_fleet, who_is_behind


@click.command()
@click.option("--workers", default=2, type=click.IntRange(1, 64), show_default=True, help="How many tenants to upgrade at once.")
@click.option("--check", is_flag=True, help="Only tell who is behind; exit code 3 when somebody is.")
@with_output
def migrate(output: Output, workers: int, check: bool) -> None:
    """Prepare the database, and bring every business's modules to the installed versions.

    Makes roles, grants and the platform's tables where they are missing (that needs a superuser in WEFT_PROVISIONER_URL or
    WEFT_DATABASE_URL), then upgrades every business. Run it once before the first `weft serve`, and after each upgrade of Weft or a
    plugin; `weft up` does it at every start. May be killed and run again at any time: what is done is not done twice, nobody is skipped.

    \b
    Examples:
      weft migrate
      weft migrate --check    for a deployment: who is behind, changing nothing
    """

    async def work(held: Hands) -> Report | list[str]:
        if check:
            return [f"{each.schema} {each.plugin}" for each in await who_is_behind(held.runtime, held.modules)]
        with output.progress("Upgrading businesses") as tell:
            return await migrate_fleet(held.provisioner, held.runtime, held.modules, workers=workers, progress=tell)

    found = with_hands(work, say=output.say, prepared=not check)
    if isinstance(found, list):
        output.answer({"behind": found}, "\n".join(found) or "Every business is up to date.")
        raise SystemExit(UNWELL if found else 0)
    text = f"{found.done} of {found.behind} businesses upgraded." if found.behind else "Every business is up to date."
    text += "".join(f"\n{schema}: {why}" for schema, why in found.failed.items())
    output.answer({"behind": found.behind, "done": found.done, "failed": found.failed}, text)
    raise SystemExit(1 if found.failed else 0)
