"""`weft audit …`."""

from typing import Any

import click

from core.audit.verify import Anchor, Verdict, verify_log
from infra.cli.connect import Hands, with_hands
from infra.cli.output import UNWELL, InOrder, Output, with_output
from infra.cli.tenant import by_slug
from weft.errors import Missing


@click.group(cls=InOrder)
def audit() -> None:
    """The audit log of a business: is it still what was sealed?"""


def _anchor(size: int, root: str) -> Anchor | None:
    if not size and not root:
        return None
    try:
        digest = bytes.fromhex(root)
    except ValueError:
        digest = b""
    if size < 1 or len(digest) != 32:
        raise click.UsageError("Give --size and --root together: a number of entries, and the 64 hexadecimal digits of the root they had.")
    return Anchor(size, digest)


@audit.command("verify")
@click.argument("slug")
@click.option("--size", type=int, default=0, help="A number of entries somebody wrote down …")
@click.option("--root", default="", help="… with the root the log had then, in hexadecimal: shows that all of it was rewritten.")
@with_output
def verify(output: Output, slug: str, size: int, root: str) -> None:
    """Check every sealed entry. Exit code 3 when one was changed, removed, inserted or moved.

    Entries are sealed into a Merkle tree (RFC 6962). Write size and root down somewhere else, on paper for one: given back later, they
    show that nothing before them was rewritten, not even by somebody who may do everything in the database.

    \b
    Examples:
      weft audit verify acme
      weft audit verify acme --size 1204 --root 9f2c…
    """
    anchor = _anchor(size, root)

    async def work(held: Hands) -> Verdict:
        record = await held.runtime.catalogue.by_id(await by_slug(held, slug))
        if record is None:
            raise Missing(f"There is no business “{slug}”.")
        with output.progress("Checking entries") as tell:
            return await verify_log(held.runtime.platform, record.schema, anchor=anchor, progress=tell)

    verdict = with_hands(work, say=output.say)
    found: dict[str, Any] = {
        "ok": verdict.tampering is None,
        "size": verdict.size,
        "root": verdict.root.hex(),
        "unsealed": verdict.unsealed,
    }
    if verdict.tampering:
        found["tampering"] = {
            "kind": verdict.tampering.kind,
            "position": verdict.tampering.position,
            "sentence": verdict.tampering.sentence,
        }
        text = f"Entry {verdict.tampering.position}: {verdict.tampering.sentence}"
    else:
        text = (
            f"{verdict.size} sealed entries are as they were sealed; {verdict.unsealed} wait for the next seal. Root {verdict.root.hex()}."
        )
    output.answer(found, text)
    raise SystemExit(0 if verdict.tampering is None else UNWELL)
