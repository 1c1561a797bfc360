"""`weft doctor`."""

import asyncio

import click

from infra.cli.connect import Hands, with_hands
from infra.cli.output import UNWELL, Output, with_output
from tenants.doctor import Finding, examine
from tenants.doctor.logins import logins
from tenants.doctor.wal import wal
from weft import WeftError

BUDGET = 3.0  # seconds for each thing that a module needs from outside


@click.command()
@with_output
def doctor(output: Output) -> None:
    """Check that the installation is as it should be: roles, rights, row security, tables, ledger, server settings, and what modules need.

    Changes nothing. Exit code 3 when something is not right; each line then says what, and `weft migrate` mends roles and rights.

    \b
    Examples:
      weft doctor
      weft doctor --json      for a monitor: {"ok": true, "findings": […]}
    """

    async def work(held: Hands) -> list[Finding]:
        return [
            *await examine(held.provisioner, held.modules),
            *await logins(held.runtime),
            *await wal(held.runtime),
            *await _outside(held),
        ]

    findings = with_hands(work, say=output.say, prepared=False)
    bad = [each for each in findings if not each.ok]
    rows = [{"ok": each.ok, "name": each.name, "sentence": each.sentence} for each in findings]
    lines = [f"{'✓' if each.ok else '✗'} {each.name}: {each.sentence}" for each in findings]
    output.answer({"ok": not bad, "findings": rows}, "\n".join(lines))
    raise SystemExit(UNWELL if bad else 0)


async def _outside(held: Hands) -> list[Finding]:
    """Ask whatever modules need from outside, one after the other."""
    findings = []
    for each in held.runtime.registry.health_checks():
        try:
            async with asyncio.timeout(BUDGET):
                await each.check()
        except Exception as wrong:
            sentence = wrong.message if isinstance(wrong, WeftError) else f"It does not answer: {type(wrong).__name__}: {wrong}"
            findings.append(Finding(each.name, False, sentence))
        else:
            findings.append(Finding(each.name, True, "It answers."))
    return findings
