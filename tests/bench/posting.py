"""Posting two-line entries through the service, beside bare asyncpg on the same tables: ``python -m tests.bench.posting [SECONDS]``.

Sixteen at a time, one entry a transaction, over eight journals, and over one alone (where entries wait for each other's number). The
baseline writes the same rows by the same statements, their values made beforehand, on connections of its own: BEGIN, number, entry, lines
and balances, audit entry, COMMIT; the deferred trigger looks at each. Beside it stands, promised to nobody, the ratio to a baseline that
keeps no audit log. Bulk posting is told by entry, two bulks at a time, beside posting them one by one.
"""

import asyncio
import itertools
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

import asyncpg
import uvloop

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.tenancy.pending import Pending
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from plugins.accounting.domain.checking import ReadyEntry
from plugins.accounting.queries import posting as statements
from plugins.accounting.records import entry_ref
from plugins.accounting.services import journals, posting, setup, years
from plugins.accounting.services.journals import JournalDraft
from tests.bench.figures import Hold, tell
from tests.bench.ground import ground
from weft import Change
from weft.contracts import NewEntry, NewLine
from weft.ids import new_id

AT_ONCE = 16
JOURNALS = tuple(f"J{number}" for number in range(8))
BULK = 20_000
TOGETHER = 2_000


def entry(number: int, journal: str) -> NewEntry:
    """Return a two-line entry."""
    amount = Decimal(100 + number % 90_000) / 100
    day = date(2026, 1, 1) + timedelta(days=number % 300)
    lines = (NewLine(code="1000", debit=amount), NewLine(code="4000", credit=amount))
    return NewEntry(journal=journal, date=day, description=f"Sale {number}", lines=lines)


async def rate(seconds: float, work: Callable[[int], Awaitable[None]]) -> float:
    """Return how often work is done a second, sixteen at a time."""
    counter, until = itertools.count(), perf_counter() + seconds
    done = 0

    async def hand() -> None:
        nonlocal done
        while perf_counter() < until:
            await work(next(counter))
            done += 1

    begun = perf_counter()
    await asyncio.gather(*(hand() for _ in range(AT_ONCE)))
    return done / (perf_counter() - begun)


def service(tenant: LiveTenant, names: tuple[str, ...]) -> Callable[[int], Awaitable[None]]:
    """Return what posts one entry as a plugin does."""
    ready = [entry(number, names[number % len(names)]) for number in range(400)]

    async def work(number: int) -> None:
        async with tenant.transaction():
            await posting.post(tenant, ready[number % len(ready)])

    return work


async def bare(made: Installation, tenant: LiveTenant, names: tuple[str, ...], seconds: float, *, audited: bool) -> float:
    """Return the rate of the same statements on connections of its own, their values made beforehand."""
    async with tenant.transaction():
        ready = await posting.check_many(tenant, [entry(number, names[number % len(names)]) for number in range(400)])
        told = await said(tenant, ready[0])
    captured = [statements.arguments(each, {}, new_id(), tenant.now(), None) for each in ready]
    pool = await asyncpg.create_pool(
        made.superuser_url,
        min_size=AT_ONCE,
        max_size=AT_ONCE,
        connection_class=WeftConnection,
        server_settings={"search_path": tenant.schema},
    )

    async def work(number: int) -> None:
        arguments = list(captured[number % len(captured)])
        arguments[0], arguments[4] = new_id(), new_id()
        arguments[23:25] = [[new_id(), new_id()], [arguments[4], arguments[4]]]
        arguments[36] = [new_id(), new_id()]
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetchval(statements.POST, *arguments)
            if audited:
                await connection.execute(told[0], [new_id()], *told[1:])

    found = await rate(seconds, work)
    await pool.close()
    return found


async def said(tenant: LiveTenant, ready: ReadyEntry) -> tuple[Any, ...]:
    """Return the statement that tells the audit log of an entry, and its values but the id."""
    seen: list[tuple[Any, ...]] = []

    class Watched:
        async def internal(self, sql: str, *args: object) -> None:
            seen.append((sql, *args[1:]))

    pending = Pending()
    pending.changes.append(Change(entry_ref(new_id(), "GEN/2026/00001"), "posted", {}, posting.told(ready)))
    await pending.flush(Watched(), tenant.actor)
    return seen[0]


async def analyse(made: Installation) -> None:
    """Gather statistics now, as the server does by itself within a minute: a business at work is measured."""
    connection = await asyncpg.connect(made.superuser_url)
    await connection.execute("ANALYZE")
    await connection.close()


async def bulk(tenant: LiveTenant) -> float:
    """Return how many entries a second are posted in bulk, by two at a time on journals of their own: as many as there are processors."""

    async def hand(names: tuple[str, ...]) -> None:
        for first in range(0, BULK // 2, TOGETHER):
            async with tenant.transaction():
                await posting.post_many(tenant, [entry(number, names[number % 4]) for number in range(first, first + TOGETHER)])

    begun = perf_counter()
    await asyncio.gather(hand(JOURNALS[:4]), hand(JOURNALS[4:]))
    return BULK / (perf_counter() - begun)


async def main(seconds: float) -> None:
    """Measure on servers of its own, and print."""
    async with ground(Registry.installed(), pool_size=AT_ONCE) as made:
        tenant = await made.new_tenant()
        await setup.set_up(tenant, "generic")
        await years.ensure_year(tenant, date(2026, 1, 1))
        for name in JOURNALS:
            await journals.save(tenant, JournalDraft(code=name, name=f"Till {name}", kind="sales", active=True))
        await rate(1, service(tenant, JOURNALS))  # warm
        await analyse(made)
        one = 0.0
        for names, words in ((JOURNALS, "eight journals"), (JOURNALS[:1], "one journal")):
            baseline = await bare(made, tenant, names, seconds, audited=True)
            found = await rate(seconds, service(tenant, names))
            hold = Hold(0.5, at_most=False, of_ratio=True)
            tell(f"posting, one a transaction, {words}", found, "entries/s", baseline=baseline, baseline_is="bare asyncpg", hold=hold)
            baseline = await bare(made, tenant, names, seconds, audited=False)
            tell(f"the same, {words}", found, "entries/s", baseline=baseline, baseline_is="bare asyncpg without an audit log")
            one = one or found
        many = await bulk(tenant)
        tell(
            "posting in bulk", many, "entries/s", baseline=one, baseline_is="one a transaction", hold=Hold(5, at_most=False, of_ratio=True)
        )


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 8))
