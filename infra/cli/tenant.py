"""`weft tenant …`."""

import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import click

from core.limits.allowance import Allowance, agree, allowance_of
from core.people.tokens import COMMAND
from infra.cli import archive, restoring, rewinding
from infra.cli.connect import Hands, with_hands
from infra.cli.isolation import isolate_tenant
from infra.cli.moving import move_tenant
from infra.cli.output import InOrder, Output, with_output
from tenants import life
from tenants.found import Founder, found_tenant
from weft.errors import Missing

COLUMNS = (
    ("slug", "Address"),
    ("name", "Name"),
    ("state", "State"),
    ("isolation", "Connections"),
    ("modules", "Modules"),
    ("schema", "Schema"),
    ("since", "Since"),
)


@click.group(cls=InOrder)
def tenant() -> None:
    """Businesses: create, list, suspend, resume, delete, undelete, move, export, import, backup, restore, rewind.

    SLUG is the first part of a business's address: acme of http://acme.localhost:8000.

    \b
    Examples:
      weft tenant create acme --name "Acme Ltd" --country GB --currency GBP --owner ada@acme.example
      weft tenant list
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
    """Make a business with an owner, at an address that begins with SLUG.

    It gets a schema and a role of its own, with contacts and catalogue switched on. An owner who is new gets a password, which is printed
    once; somebody known by the e-mail keeps theirs. Go on with `weft module enable`, or in the browser under People.

    \b
    Examples:
      weft tenant create acme --name "Acme Ltd" --owner ada@acme.example
      weft tenant create acme-de --name "Acme GmbH" --owner ada@acme.example \\
          --country DE --currency EUR --timezone Europe/Berlin --locale de_DE
    """

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
    known = f" with the password {made['password']}" if made["password"] else " with their own password"
    output.answer(made, f"{name} is at {made['url']}. {email} may sign in{known if not password else ''}.")


@tenant.command("list")
@with_output
def list_(output: Output) -> None:
    """Show every business: its address, the state it is in, and its modules.

    States: active, suspended, deleting (closed, erased when the time of grace is over), moved (what is left of one that lives in another
    cell now). Schema is its name in PostgreSQL.
    """

    async def work(held: Hands) -> list[dict[str, Any]]:
        rows = await held.runtime.platform.fetch(
            "SELECT t.id, t.slug, t.name, CASE t.moving WHEN 'gone' THEN 'moved' ELSE t.state END AS state, t.isolation, t.schema::text, "
            "COALESCE(t.claimed_at, t.created_at) AS since, "
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
    """Close a business to people, programs and jobs; its data stays.

    People see the reason on a page (HTTP 402), programs get the same as a problem, and jobs are held until `weft tenant resume`.

    \b
    Examples:
      weft tenant suspend acme --reason "The bill of May is open."
    """
    _moved(output, slug, with_hands(lambda held: _do(held, slug, life.suspend, reason), say=output.say))


@tenant.command("resume")
@click.argument("slug")
@with_output
def resume(output: Output, slug: str) -> None:
    """Open a suspended business again; its held jobs go on.

    \b
    Examples:
      weft tenant resume acme
    """
    _moved(output, slug, with_hands(lambda held: _do(held, slug, life.resume), say=output.say))


@tenant.command("delete")
@click.argument("slug")
@click.option("--reason", default="", help="What people are told.")
@click.option("--grace", default=life.GRACE.days, type=click.IntRange(0, 3650), show_default=True, help="Days until everything is erased.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_output
def delete(output: Output, slug: str, reason: str, grace: int, yes: bool) -> None:
    """Close a business, and have everything of it erased after a time of grace.

    Until then `weft tenant undelete` brings it back. Afterwards the operator drops its schema, its role, its files and its rows in the
    shared tables, and nothing brings those back but a backup.

    \b
    Examples:
      weft tenant delete acme
      weft tenant delete acme --grace 0 --yes
    """
    if not yes:
        if output.as_json or not sys.stdin.isatty():
            raise click.UsageError(f"This closes {slug}, and erases all of it in {grace} days: say --yes to do it unasked.")
        click.confirm(f"Close {slug}, and erase everything of it in {grace} days?", abort=True, err=True)
    state = with_hands(lambda held: _do(held, slug, life.delete, reason, timedelta(days=grace)), say=output.say)
    text = f"{slug} is closed, and will be erased in {grace} days. Until then `weft tenant undelete {slug}` brings it back."
    output.answer({"slug": slug, "state": state, "days": grace}, text)


@tenant.command("undelete")
@click.argument("slug")
@with_output
def undelete(output: Output, slug: str) -> None:
    """Take a deletion back within its time of grace.

    A business that was suspended before it was deleted is so again.

    \b
    Examples:
      weft tenant undelete acme
    """
    _moved(output, slug, with_hands(lambda held: _do(held, slug, life.undelete), say=output.say))


@tenant.command("limit")
@click.argument("slug")
@click.option("--token", type=click.IntRange(0, 1_000_000), help="Requests a minute for each API token; 0: no limit.")
@click.option("--business", type=click.IntRange(0, 1_000_000), help="The same for all of its tokens together.")
@with_output
def limit(output: Output, slug: str, token: int | None, business: int | None) -> None:
    """Say how many requests of programs a business may send; what is left out is as the installation says.

    \b
    Examples:
      weft tenant limit acme --token 6000 --business 12000
      weft tenant limit acme
    """

    async def work(held: Hands) -> Allowance:
        tenant_id = await by_slug(held, slug)
        record = await held.runtime.catalogue.by_id(tenant_id)
        assert record is not None
        async with held.runtime.platform.transaction() as db:
            await agree(db, record, COMMAND, token, business)
        changed = await held.runtime.catalogue.by_id(tenant_id)
        assert changed is not None
        return allowance_of(changed, held.settings)

    allowed = with_hands(work, say=output.say)
    text = f"{slug} may send {allowed.token or 'any number of'} requests a minute per token, {allowed.business or 'any number'} in all."
    output.answer({"slug": slug, "token": allowed.token, "business": allowed.business}, text)


async def _do(held: Hands, slug: str, action: Any, *args: Any) -> str:
    """Change the state of a business; returns the one it is in afterwards."""
    tenant_id = await by_slug(held, slug)
    await action(held.runtime, tenant_id, *args)
    return str(await held.runtime.platform.fetchval("SELECT state FROM platform.tenant WHERE id = $1", tenant_id))


def _moved(output: Output, slug: str, state: str) -> None:
    output.answer({"slug": slug, "state": state}, f"{slug} is {state}." + (" Its people can work again." if state == "active" else ""))


for _each in (*archive.COMMANDS, *restoring.COMMANDS, *rewinding.COMMANDS):
    tenant.add_command(_each)


for _each in (isolate_tenant, move_tenant, *archive.COMMANDS):
    tenant.add_command(_each)
