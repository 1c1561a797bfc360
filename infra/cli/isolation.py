"""`weft tenant isolate`."""

import click

from infra.cli.connect import Hands, with_hands
from infra.cli.output import Output, with_output
from tenants.isolation import isolate, share
from weft.errors import Missing


@click.command("isolate")
@click.argument("slug")
@click.option("--strict/--shared", "strict", default=True, help="Connections of its own, or those that others use too.  [default: strict]")
@with_output
def isolate_tenant(output: Output, slug: str, strict: bool) -> None:
    """Give a business database connections of its own, or let it share them again.

    Isolated strictly, its transactions log in as its own role, which can become no other, and which no other login can become: whatever SQL
    its modules send stays there. The first page after a pause takes about ten milliseconds longer, and each process of web and worker
    holds at most WEFT_OWN_POOL_SIZE such connections. A module may ask for it by itself when it is switched on. `weft doctor` tries
    every such login.

    \b
    Examples:
      weft tenant isolate acme
      weft tenant isolate acme --shared
    """

    async def work(held: Hands) -> str:
        record = await held.runtime.catalogue.by_slug(slug)
        if record is None:
            raise Missing(f"There is no business “{slug}”. `weft tenant list` shows those that are.")
        await (isolate if strict else share)(held.provisioner, held.runtime, record)
        return "strict" if strict else "shared"

    isolation = with_hands(work, say=output.say)
    told = "has database connections of its own" if strict else "shares database connections with others"
    output.answer({"slug": slug, "isolation": isolation}, f"{slug} {told}.")
