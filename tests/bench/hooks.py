"""What the firewall costs an undisturbed part of a page beside a bare await: ``python -m tests.bench.hooks [ROUNDS]``.

Microseconds of processor time of one call, medians over rounds in which both take turns; the part itself does nothing but wait once.
"""

import asyncio
import sys
from statistics import median
from time import process_time

import uvloop
from markupsafe import Markup

from core.firewall.calls import Spot
from core.plugins.registry import Registry
from infra.laboratory.installation import Installation
from tests.bench.figures import Hold, tell
from tests.bench.ground import ground
from tests.sample.plugin import plugin as notes

TOGETHER = 2000  # calls in a round
SPOT = Spot("notes", "panels", "Notes")


async def part() -> Markup:
    """Stand for a panel."""
    await asyncio.sleep(0)
    return Markup("a part")


async def measure(made: Installation, rounds: int) -> None:
    """Take turns; print."""
    tenant, firewall = await made.new_tenant(), made.runtime.firewall
    bare, held = list[float](), list[float]()
    for _ in range(rounds):
        begun = process_time()
        for _ in range(TOGETHER):
            await part()
        bare.append((process_time() - begun) * 1e6 / TOGETHER)
        begun = process_time()
        for _ in range(TOGETHER):
            await firewall.call(tenant, SPOT, part)
        held.append((process_time() - begun) * 1e6 / TOGETHER)
    extra = median(held) - median(bare)
    tell("what the firewall adds to a part that is sound", extra, "µs", hold=Hold(30))
    tell("a part through the firewall", median(held), "µs", baseline=median(bare), baseline_is="a bare await")


async def main(rounds: int) -> None:
    """Measure on a database of its own."""
    async with ground(Registry([notes])) as made:
        await measure(made, rounds)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
