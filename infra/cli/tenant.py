"""`weft tenant …`."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import click

from infra.cli.connect import Hands, with_hands
from infra.cli.output import Output, with_output
from tenants import life
from tenants.found import Founder, found_tenant
from weft.errors import Missing

COLUMNS = (("slug", "Address"), ("name", "Name"), ("state", "State"), ("modules", "Modules"), ("schema", "Schema"), ("since", "Since"))


@click.group()
def tenant() -> None:
    """Businesses: create, list, suspend, resume, delete.

    \b
    weft tenant create acme --name "Acme Ltd" --country GB --owner ada@acme.example
    weft tenant suspend acme --reason "The bill of May is open."
    """


async def by_slug(held: Hands, slug: str) -> UUID:
    """Return the id of a tenant; raises `Missing`."""
    record = await held.runtime.catalogue.by_slug(slug)
    if record is None:
        raise Missing(f"There is no business “{slug}”. `weft tenant list` shows those that are.")
    return record.id


@tenant.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="The business's name.")
@click.option("--owner", "email", required=True, help="E-mail of the person who may do everything.")
@click.option("--person", default="", help="The owner's name.  [default: the part before the @]")
@click.option("--password", default="", help="The owner's password, if they are new.  [default: one is made and printed]")
@click.option("--country", default="US", show_default=True, help="ISO 3166-1 code.")
@click.option("--currency", default="USD", show_default=True, help="ISO 4217 code.")
@click.option("--timezone", default="UTC", show_default=True, help="IANA name, such as Europe/London.")
@click.option("--locale", default="en_US", show_default=True, help="Language and country, such as de_DE.")
@with_output
def create(output: Output, slug: str, name: str, email: str, person: str, password: str, **place: str) -> None:
    """Make a business with an owner; SLUG is the first part of its address."""

    async def work(held: Hands) -> dict[str, Any]:
        made = await found_tenant(
            held.runtime,
            held.provisioner,
            held.modules,
            life.NewTenant(slug, name, place["country"], place["currency"], place["timezone"], place["locale"]),
            Founder(email, person or email.partition("@")[0].title(), password),
        )
        return {"id": made.tenant_id, "url": held.settings.tenant_url(slug), "owner": email, "password": made.new_password or None}

    made = with_hands(work, say=output.say)
    text = f"{name} is at {made['url']}. {email} may sign in" + (f" with the password {made['password']}" if made["password"] else "") + "."
    output.answer(made, text)


@tenant.command("list")
@with_output
def list_(output: Output) -> None:
    """Show every business and the state it is in."""

    async def work(held: Hands) -> list[dict[str, Any]]:
        rows = await held.runtime.platform.fetch(
            "SELECT t.id, t.slug, t.name, t.state, t.schema::text, COALESCE(t.claimed_at, t.created_at) AS since, "
            "array(SELECT plugin FROM platform.tenant_module m WHERE m.tenant_id = t.id AND m.enabled ORDER BY 1) AS modules "
            "FROM platform.tenant t WHERE t.state <> 'spare' ORDER BY t.slug"
        )
        return [dict(row) for row in rows]

    output.table(with_hands(work, say=output.say), COLUMNS, empty="There are no businesses yet.")


@tenant.command("suspend")
@click.argument("slug")
@click.option("--reason", default="", help="What people are told.")
@with_output
def suspend(output: Output, slug: str, reason: str) -> None:
    """Close a business to people, programs and jobs; its data stays."""
    with_hands(lambda held: _do(held, slug, life.suspend, reason), say=output.say)
    output.answer({"slug": slug, "state": "suspended"}, f"{slug} is suspended.")


@tenant.command("resume")
@click.argument("slug")
@with_output
def resume(output: Output, slug: str) -> None:
    """Open a suspended business again; its held jobs go on."""
    with_hands(lambda held: _do(held, slug, life.resume), say=output.say)
    output.answer({"slug": slug, "state": "active"}, f"{slug} is open again.")


@tenant.command("delete")
@click.argument("slug")
@click.option("--reason", default="", help="What people are told.")
@click.option("--grace", default=life.GRACE.days, show_default=True, help="Days until everything is erased.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_output
def delete(output: Output, slug: str, reason: str, grace: int, yes: bool) -> None:
    """Close a business and have it erased after a time of grace; until then `weft tenant undelete` brings it back."""
    if not yes:
        click.confirm(f"Close {slug}, and erase everything of it in {grace} days?", abort=True, err=True)
    with_hands(lambda held: _do(held, slug, life.delete, reason, timedelta(days=grace)), say=output.say)
    output.answer({"slug": slug, "state": "deleting", "days": grace}, f"{slug} is closed, and will be erased in {grace} days.")


@tenant.command("undelete")
@click.argument("slug")
@with_output
def undelete(output: Output, slug: str) -> None:
    """Take a deletion back within its time of grace."""
    with_hands(lambda held: _do(held, slug, life.undelete), say=output.say)
    output.answer({"slug": slug, "state": "active"}, f"{slug} is back.")


async def _do(held: Hands, slug: str, action: Any, *args: Any) -> None:
    await action(held.runtime, await by_slug(held, slug), *args)
