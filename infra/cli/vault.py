"""`weft vault …`."""

from typing import Any

import click

from core.sealing import Sealing, seal_readable
from infra.cli.archive import business
from infra.cli.connect import Hands, with_hands
from infra.cli.output import InOrder, Output, with_output
from tenants.rekeying import new_data_key, seal_anew

_BUSINESSES = "SELECT id FROM platform.tenant WHERE state IN ('active', 'suspended') ORDER BY id"


@click.group(cls=InOrder)
def vault() -> None:
    """Keys: which wrap those of businesses, and new ones for old."""


@vault.command("show")
@with_output
def show(output: Output) -> None:
    """Tell how many data keys each key of the installation's wraps; the one in use is marked.

    \b
    Examples:
      weft vault show
    """

    async def work(held: Hands) -> list[dict[str, Any]]:
        rows = await held.runtime.platform.fetch("SELECT wrapper, count(*) AS keys FROM platform.tenant_key GROUP BY 1 ORDER BY 1")
        current = held.runtime.vault.keyring.current.id
        found = {row["wrapper"]: row["keys"] for row in rows} | ({} if any(row["wrapper"] == current for row in rows) else {current: 0})
        return [{"key": key, "wraps": count, "use": "in use" if key == current else "old"} for key, count in sorted(found.items())]

    columns = (("key", "Key"), ("wraps", "Data keys"), ("use", "Use"))
    output.table(with_hands(work, say=output.say), columns, empty="There are no data keys yet.")


@vault.command("rotate")
@click.argument("slug", default="")
@click.option("--resume", is_flag=True, help="With SLUG: no new key, only go on with sealing anew.")
@with_output
def rotate(output: Output, slug: str, resume: bool) -> None:
    """Wrap every data key with the installation's key in use; with SLUG, give that business a new data key.

    To change the installation's key: set WEFT_VAULT_KEY to the new one and WEFT_VAULT_OLD_KEYS to the one before, start every process
    anew, run this, and drop WEFT_VAULT_OLD_KEYS. May be stopped at any moment and run again.

    \b
    Examples:
      weft vault rotate
      weft vault rotate acme
    """

    async def work(held: Hands) -> int:
        if not slug:
            return await held.runtime.vault.rewrap()
        record = await business(held, slug)
        change = seal_anew if resume else new_data_key
        return await change(held.runtime, held.runtime.tenant(record))

    done = with_hands(work, say=output.say)
    text = f"{done} values of {slug} are sealed with its newest key." if slug else f"{done} data keys are wrapped with the key in use."
    output.answer({"slug": slug or None, "done": done}, text)


@vault.command("seal")
@click.argument("slug", default="")
@with_output
def seal(output: Output, slug: str) -> None:
    """Seal at once what a version before kept readable; otherwise it is done in the night. Every business, or SLUG.

    After an upgrade, run it when no process of the version before is left: such a process shows a sealed number as none. May be stopped
    at any moment and run again.

    \b
    Examples:
      weft vault seal
      weft vault seal acme
    """

    async def work(held: Hands) -> int:
        runtime = held.runtime
        ids = [(await business(held, slug)).id] if slug else [row["id"] for row in await runtime.platform.fetch(_BUSINESSES)]
        done = 0
        for each in ids:
            tenant = await runtime.tenant_by_id(each)
            done += sum([await seal_readable(tenant, Sealing(key)) for key in runtime.registry.plugins])
        return done

    done = with_hands(work, say=output.say)
    output.answer({"slug": slug or None, "done": done}, f"{done} values were sealed.")
