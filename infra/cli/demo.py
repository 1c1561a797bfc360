"""`weft demo …`."""

import click

from infra.cli.connect import Hands, with_hands
from infra.cli.output import InOrder, Output, with_output
from tenants.demo.businesses import PASSWORD
from tenants.demo.load import load_demo, sign_ins


@click.group(cls=InOrder)
def demo() -> None:
    """The demo businesses: a shop, a clinic, a manufacturer, on real data."""


@demo.command("load")
@with_output
def load(output: Output) -> None:
    """Make the demo businesses that are not there yet, and print who may sign in.

    A shop with some 2,900 products and a year of books, a clinic with patients and services, a manufacturer with suppliers and parts,
    brought in through the same doors that people use. Those that are there stay as they are.

    \b
    Examples:
      weft demo load
    """

    async def work(held: Hands) -> list[tuple[str, str, str]]:
        with output.progress("Loading the demo businesses") as tell:
            await load_demo(held.runtime, held.provisioner, held.modules, progress=tell)
        return await sign_ins(held.runtime)

    people = with_hands(work, say=output.say)
    rows = [{"business": slug, "email": email, "role": role} for slug, email, role in people]
    if output.as_json:
        output.answer({"password": PASSWORD, "people": rows})
        return
    output.table(rows, (("business", "Business"), ("email", "E-mail"), ("role", "Role")), empty="")
    output.answer({}, f"The password of each is: {PASSWORD}")
