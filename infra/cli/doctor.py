"""`weft doctor`."""

import click

from infra.cli.connect import Hands, with_hands
from infra.cli.output import UNWELL, Output, with_output
from tenants.doctor import Finding, examine


@click.command()
@with_output
def doctor(output: Output) -> None:
    """Check that the installation is as it should be: roles, rights, row security, tables, ledger, server settings.

    Changes nothing. Exit code 3 when something is not right; each line then says what, and `weft migrate` mends roles and rights.

    \b
    Examples:
      weft doctor
      weft doctor --json      for a monitor: {"ok": true, "findings": […]}
    """

    async def work(held: Hands) -> list[Finding]:
        return await examine(held.provisioner, held.modules)

    findings = with_hands(work, say=output.say, prepared=False)
    bad = [each for each in findings if not each.ok]
    rows = [{"ok": each.ok, "name": each.name, "sentence": each.sentence} for each in findings]
    lines = [f"{'✓' if each.ok else '✗'} {each.name}: {each.sentence}" for each in findings]
    output.answer({"ok": not bad, "findings": rows}, "\n".join(lines))
    raise SystemExit(UNWELL if bad else 0)
