"""Receipts of five lines through the inbox, beside bare asyncpg writing the same rows: ``python -m tests.bench.pos_sale [SECONDS]``.

Sixteen tills at a time, each receipt in a transaction of its own: kept in the inbox, judged, goods moved, entry posted, lines, taxes and
tenders written, audit log and outbox told. The baseline sends the statements that write the same rows, their values made beforehand, on
connections of its own; nothing is read, judged or numbered there. Then one till sends a day of 2,000 receipts while another sells.
"""

import asyncio
import itertools
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import uvloop
from asyncpg.connection import LoggedQuery

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from plugins.accounting.services import setup as books
from plugins.accounting.services import taxes, years
from plugins.retail_pos.domain.canonical import digest
from plugins.retail_pos.domain.records import FIRST
from plugins.retail_pos.domain.setup import StoreDraft, Till, TillDraft
from plugins.retail_pos.services import setup
from plugins.retail_pos.services.book import settings_for
from plugins.retail_pos.services.taking import take
from tests.bench.figures import Hold, tell
from tests.bench.ground import ground
from tests.bench.inventory import DAY, ITEMS, LINES, SEQ, fill
from tests.bench.posting import AT_ONCE, analyse, rate
from weft import new_id

OFFLINE = 2_000  # receipts of a day
UPLOAD = 200  # records of one request, as a till sends them
RUNNING = itertools.count(10**9)
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBERS = re.compile(r"(?<=:)5\d{6}\b")


class Chain:
    """A till that writes receipts of five lines; all sell by one book."""

    book = ""

    def __init__(self, till: Till, items: Sequence[UUID], seq: int = 0) -> None:
        self.till, self.items, self.seq, self.previous = till, items, seq, FIRST
        self.session = str(new_id())

    def receipt(self) -> dict[str, Any]:
        """Return the next receipt: five lines of 11.00, with 10 % in the price, paid in cash."""
        self.seq += 1
        tax = {"code": "sale_standard", "rate": "10", "kind": "percent"}
        lines = [
            {
                "position": place + 1,
                "name": "Coffee",
                "item": str(self.items[(self.seq * LINES + place) % len(self.items)]),
                "sku": "P-1",
                "category": "Food",
                "quantity": "1",
                "unit_price": "11.00",
                "base": "11.00",
                "amount": "11.00",
                "taxes": [tax],
            }
            for place in range(LINES)
        ]
        record: dict[str, Any] = {
            "id": str(new_id()),
            "till": self.till.code,
            "seq": self.seq,
            "type": "receipt",
            "made_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "business_date": str(DAY),
            "session": self.session,
            "operator": None,
            "previous": self.previous,
            "receipt": {
                "kind": "sale",
                "number": self.seq,
                "reference": f"{self.till.code}-{self.seq:06}",
                "currency": "GBP",
                "taxes_included": True,
                "lines": lines,
                "taxes": [{"code": "sale_standard", "rate": "10", "net": "50.00", "tax": "5.00", "gross": "55.00"}],
                "tenders": [{"type": "cash", "amount": "55.00", "given": "60.00", "change": "5.00"}],
                "total": "55.00",
                "book": self.book,
            },
        }
        record["hash"] = self.previous = digest(record)
        return record


async def send(tenant: LiveTenant, till: Till, records: Sequence[dict[str, Any]]) -> None:
    """Take records in, and see that each was applied."""
    taken = await take(tenant, till, records)
    assert all(each.state == "applied" for each in taken.results), taken.results[:2]


class Captured:
    """What receipts sent to the database to be written, and how to send it again as other receipts."""

    def __init__(self) -> None:
        self.since = str(new_id())
        self.sales: list[list[tuple[str, tuple[Any, ...]]]] = []

    async def watch(self, tenant: LiveTenant, chains: Sequence[Chain], rounds: int) -> None:
        """Let some tills sell in turn, and keep what they write."""
        seen: list[tuple[str, tuple[Any, ...]]] = []

        def query(record: LoggedQuery) -> None:
            reads = record.query.lstrip().startswith(("SELECT", "WITH locked", "WITH told AS (SELECT"))
            if record.args and not reads and "FOR UPDATE" not in record.query:
                seen.append((record.query, record.args))

        for chain in [each for _ in range(rounds) for each in chains]:
            seen.clear()
            async with tenant.transaction(unaudited="what is pending is written before the end") as db:
                connection = db.connection  # type: ignore[attr-defined]
                with connection.query_logger(query):
                    await send(tenant, chain.till, [chain.receipt()])
                    await db.pending.flush(db, db.actor)  # type: ignore[attr-defined]
                    db.pending.cut((0, 0, 0, 0))  # type: ignore[attr-defined]
            self.sales.append(list(seen))

    def again(self, number: int) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the statements of a sale with ids and numbers of their own."""
        fresh: dict[str, str] = {}

        def one(found: "re.Match[str]") -> str:
            return fresh.setdefault(found[0], str(new_id())) if found[0] > self.since else found[0]

        def count(found: "re.Match[str]") -> str:
            return fresh.setdefault(found[0], str(next(RUNNING)))

        def other(value: Any) -> Any:
            if isinstance(value, list | tuple):
                return [other(each) for each in value]
            if isinstance(value, UUID):
                return UUID(fresh.setdefault(str(value), str(new_id()))) if str(value) > self.since else value
            if isinstance(value, str):
                return _NUMBERS.sub(count, _IDS.sub(one, value))
            if isinstance(value, int) and not isinstance(value, bool) and value > SEQ:
                return int(fresh.setdefault(str(value), str(next(RUNNING))))
            return value

        return [(sql, tuple(other(each) for each in args)) for sql, args in self.sales[number % len(self.sales)]]


async def bare(made: Installation, tenant: LiveTenant, captured: Captured, seconds: float) -> float:
    """Return the rate of the statements that write, on connections of their own, their values made beforehand."""
    pool = await asyncpg.create_pool(
        made.superuser_url,
        min_size=AT_ONCE,
        max_size=AT_ONCE,
        connection_class=WeftConnection,
        server_settings={"search_path": f"{tenant.schema}, platform"},
    )
    ready = [captured.again(number) for number in range(int(seconds * 1500))]

    async def work(number: int) -> None:
        async with pool.acquire() as connection, connection.transaction():
            for sql, args in ready[number]:
                await connection.fetch(sql, *args)

    found = await rate(seconds, work)
    await pool.close()
    return found


async def shop(tenant: LiveTenant) -> tuple[list[Till], list[UUID]]:
    """Return a business with books, goods and tills."""
    await books.set_up(tenant, "generic")
    await years.ensure_year(tenant, DAY)
    await taxes.choose_system(tenant, "generic")
    items = await fill(tenant)
    store = await setup.save_store(tenant, StoreDraft(code="MAIN", title="Shop"))
    return [await setup.save_till(tenant, TillDraft(code=f"T{n}", title=f"Till {n}", store=store.id)) for n in range(AT_ONCE + 3)], items


async def day_offline(tenant: LiveTenant, away: Chain, live: Chain) -> tuple[float, list[float]]:
    """Return how long a day's receipts take to arrive, and how long each sale of another till took meanwhile, in milliseconds."""
    waiting, times = [away.receipt() for _ in range(OFFLINE)], list[float]()
    done = asyncio.Event()

    async def selling() -> None:
        while not done.is_set():
            record, begun = live.receipt(), perf_counter()
            await send(tenant, live.till, [record])
            times.append((perf_counter() - begun) * 1000)
            await asyncio.sleep(0.1)

    seller, begun = asyncio.create_task(selling()), perf_counter()
    for first in range(0, OFFLINE, UPLOAD):
        await send(tenant, away.till, waiting[first : first + UPLOAD])
    took = perf_counter() - begun
    done.set()
    await seller
    return took, times


def p95(times: Sequence[float]) -> float:
    """Return the time that 95 of 100 stay below."""
    return sorted(times)[int(len(times) * 0.95)]


async def main(seconds: float) -> None:
    """Measure on servers of its own, and print."""
    async with ground(Registry.installed(), pool_size=AT_ONCE) as made:
        tenant = await made.new_tenant()
        tills, items = await shop(tenant)
        Chain.book = (await settings_for(tenant, tills[0])).now.isoformat()
        chains = [Chain(till, items[place * ITEMS // (AT_ONCE + 3) :]) for place, till in enumerate(tills)]
        turns = itertools.cycle(range(AT_ONCE))
        busy = [asyncio.Lock() for _ in range(AT_ONCE)]

        async def sale(_: int) -> None:
            place = next(turns)
            async with busy[place]:
                await send(tenant, tills[place], [chains[place].receipt()])

        await rate(1, sale)  # warm
        await analyse(made)
        found = await rate(seconds, sale)
        away, live = chains[AT_ONCE + 1 :]
        alone = []
        for _ in range(30):
            record, begun = live.receipt(), perf_counter()
            await send(tenant, live.till, [record])
            alone.append((perf_counter() - begun) * 1000)
        took, times = await day_offline(tenant, away, live)
        tell("2,000 receipts after a day offline", took, "s", hold=Hold(60, at_most=True))
        tell("a live sale meanwhile, p95", p95(times), "ms", baseline=p95(alone), baseline_is="alone", hold=Hold(300, at_most=True))
        high, captured = [Chain(each.till, each.items, SEQ) for each in chains[:AT_ONCE]], Captured()
        async with tenant.transaction(unaudited="so that numbers of the chain are told from other whole numbers") as db:
            await db.execute("UPDATE retail_pos_till SET chain_seq = $1, last_seq = $1, chain_hash = $2", SEQ, FIRST)
            await db.execute("UPDATE inventory_item SET seq = seq + $1", SEQ)
        await captured.watch(tenant, high, 3)
        baseline = await bare(made, tenant, captured, seconds)
        hold = Hold(0.35, at_most=False, of_ratio=True)
        tell("receipt of five lines, through the inbox", found, "receipts/s", baseline=baseline, baseline_is="bare asyncpg", hold=hold)


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 8))
