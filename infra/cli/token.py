"""`weft token …`."""

from datetime import timedelta
from typing import Any

import click

from core.people.tokens import create_token
from infra.cli.connect import Hands, with_hands
from infra.cli.output import InOrder, Output, with_output
from infra.cli.tenant import by_slug


@click.group(cls=InOrder)
def token() -> None:
    """Tokens for programs that use a business's API."""


@token.command("create")
@click.argument("slug")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@click.option(
    "--permission", "permissions", multiple=True, required=True, help="What it may do, such as catalogue.product.read; repeat it."
)
@click.option("--days", default=90, type=click.IntRange(1, 3650), show_default=True, help="How long it is valid.")
@with_output
def create(output: Output, slug: str, name: str, permissions: tuple[str, ...], days: int) -> None:
    """Make a token and print it; it cannot be shown again, since only a hash of it is kept.

    Programs send it as `Authorization: Bearer TOKEN` to the business's /api/v1/…; what there is to ask for is told by
    /api/schema/openapi.json. It ends by itself after --days, or when somebody revokes it under Settings.

    \b
    Examples:
      weft token create acme --permission catalogue.product.read
      weft token create acme --name "web shop" --permission catalogue.product.read --permission contacts.party.read --days 30
    """

    async def work(held: Hands) -> dict[str, Any]:
        tenant_id = await by_slug(held, slug)
        made = await create_token(held.runtime, tenant_id, name, frozenset(permissions), held.runtime.now() + timedelta(days=days))
        return {"token": made, "permissions": list(permissions), "days": days}

    made = with_hands(work, say=output.say)
    output.answer(made, made["token"])
