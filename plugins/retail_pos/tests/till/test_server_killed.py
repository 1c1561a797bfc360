"""The server dies and comes back while the till sells, and so does its tab; the network says all the while that it is there."""

import asyncio
from random import Random

from playwright.async_api import expect

from .conftest import BISCUITS, COFFEE, TEA, TILL, Counter, browser, counter, shop

__all__ = ["browser", "counter", "shop"]

SALES = 14


class Line:
    """A line to the server that can be cut: connections that are open break in the middle, and no new one is made."""

    def __init__(self, server: int) -> None:
        self.server, self.port = server, 0
        self.open: set[asyncio.StreamWriter] = set()
        self.listening: asyncio.Server | None = None

    async def mend(self) -> None:
        """Answer at the same port as before."""
        self.listening = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self.listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break everything off."""
        if self.listening:
            self.listening.close()
            for writer in self.open:
                writer.transport.abort()
            self.listening = None

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.server)
        self.open |= {writer, far_writer}
        hosts = f"localhost:{self.port}".encode(), f"localhost:{self.server}".encode()

        async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, old: bytes, new: bytes) -> None:
            try:
                while some := await source.read(65_536):
                    target.write(some.replace(old, new))
                    await target.drain()
            except (ConnectionError, asyncio.CancelledError):
                pass
            finally:
                target.transport.abort()

        await asyncio.gather(pump(reader, far_writer, *hosts), pump(far_reader, writer, *reversed(hosts)))
        self.open -= {writer, far_writer}


async def test_sales_survive_a_server_and_a_tab_that_die_at_any_moment(counter: Counter) -> None:
    random = Random(20261122)
    line = Line(int(counter.home.rpartition(":")[2]))
    await line.mend()
    if len(str(line.port)) != len(str(line.server)):  # what is carried must not change its length
        raise AssertionError("The system gave ports of different lengths.")
    counter.of_its_own = (*counter.of_its_own, "net::ERR_CONNECTION", "net::ERR_EMPTY", "net::ERR_INCOMPLETE", "net::ERR_ABORTED")
    await counter.sent()
    code = (await counter.shop.person.submit(f"/retail_pos/tills/{(await till_ids(counter))[0]}/pairing")).text
    await counter.page.close()
    counter.home = counter.home.rpartition(":")[0] + f":{line.port}"  # another origin, so another device of the same till
    counter.page = await counter.context.new_page()
    await counter.begin(code.split("data-pairing-code>")[1].split("<")[0])
    await counter.open()
    total = 0
    for number in range(SALES):
        if random.random() < 0.5:
            await line.cut()
        for item in random.choices((COFFEE, TEA, BISCUITS), k=random.randint(1, 3)):
            await counter.scan(item)
        if number in (4, 9):  # the tab dies with goods in its basket, perhaps while it sends
            await expect(counter.page.locator(".line").first).to_be_visible()
            await counter.page.close()
            counter.page = await counter.context.new_page()
            await counter.page.goto(f"{counter.home}{TILL}")
            await expect(counter.page.locator(".line").first).to_be_visible()
        paid = await counter.pay_cash()
        total += round(float(paid.removeprefix("£")) * 100)
        if random.random() < 0.5 and line.listening is None:
            await line.mend()
    if line.listening is None:
        await line.mend()
    await counter.sent()
    rows = await counter.shop.ask("SELECT number, total FROM retail_pos_receipt ORDER BY number")
    assert [row["number"] for row in rows] == list(range(1, SALES + 1))
    assert sum(round(row["total"] * 100) for row in rows) == total
    states = await counter.shop.ask("SELECT DISTINCT state, chain FROM retail_pos_inbox")
    assert [(row["state"], row["chain"]) for row in states] == [("applied", "linked")]
    assert await counter.shop.problems() == []
    await line.cut()


async def till_ids(counter: Counter) -> list[str]:
    """Return the ids of all tills."""
    return [str(row["id"]) for row in await counter.shop.ask("SELECT id FROM retail_pos_till")]
