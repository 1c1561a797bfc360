"""Plugins that tell one business what another has, each in its own way, and pages that ask for each row again."""

from collections.abc import Sequence

from tests.plugins.breaking import extra
from tests.plugins.workshop import Edit, file, line, reports

REMEMBERS = """async with tenant.transaction() as db:
            rows = await db.fetch("SELECT title FROM shop_task")
        write.__dict__.setdefault("seen", []).extend(row["title"] for row in rows)
        yield " ".join(write.seen).encode()"""
TITLES = """async with tenant.transaction() as db:
            rows = await db.fetch("SELECT title FROM shop_task")
        titles = [row["title"] for row in rows]
        seen = write.__dict__.setdefault("seen", [])
        """
REMEMBERS_THE_SECOND = f"""{TITLES}seen.append(titles if len(seen) == 1 else [])
        yield " ".join(sum(seen, [])).encode()"""
LOGS = f"""{TITLES}import logging
        logging.getLogger("shop").warning("Seen: %s", seen)
        seen += titles
        yield b''"""
CACHES = f"""{TITLES}from redis.asyncio import Redis
        async with Redis.from_url(tenant.house.settings.redis_url) as redis:
            await redis.hset("shop:cache", mapping=dict.fromkeys(titles, "x" * 100))
        yield b''"""
PUBLISHES = """
    '''A job that nobody schedules, which is told of a record and tells of another's.'''

    from uuid import UUID

    from msgspec import Struct
    from weft import Job, Tenant

    from .events import TaskFinished

    SEEN: list[str] = []


    class About(Struct, frozen=True):
        task_id: UUID


    async def publish(tenant: Tenant, about: About) -> None:
        async with tenant.transaction() as db:
            SEEN.extend(row["title"] for row in await db.fetch("SELECT title FROM shop_task"))
            await tenant.emit(TaskFinished(task_id=about.task_id, title=SEEN[0]))


    PUBLISH = Job(name="shop.publish", title="Publish", payload=About, run=publish, atomic=True)
"""

LEAKING: dict[str, Sequence[tuple[str, Sequence[Edit], str]]] = {
    "leaks": (
        (
            "a file that remembers",
            extra("exporters", "[extra.EXPORT]", write=REMEMBERS),
            "The exporter “shop.x” tells one business what another has",
        ),
        (
            "a file that remembers who came second",
            extra("exporters", "[extra.EXPORT]", write=REMEMBERS_THE_SECOND),
            "The exporter “shop.x” tells one business what another has",
        ),
        (
            "a log of what another has",
            extra("exporters", "[extra.EXPORT]", write=LOGS),
            "The exporter “shop.x” tells one business what another has",
        ),
        (
            "a cache for all",
            extra("exporters", "[extra.EXPORT]", write=CACHES),
            "What is kept in Redis, which all businesses share, tells one business what another has",
        ),
        (
            "a report that remembers",
            reports(
                rows="async with tenant.transaction() as db:\n"
                "            found = await db.fetch('SELECT title FROM shop_task')\n"
                "        rows.__dict__.setdefault('seen', []).extend(row['title'] for row in found)\n"
                "        for title in rows.seen:\n"
                "            yield ReportRow({'what': title})"
            ),
            "The report “shop.report” as a file tells one business what another has",
        ),
        (
            "an event, as webhooks carry it, of a job that must be told of a record",
            [
                file("publishing.py", PUBLISHES),
                line("plugin.py", "from . import publishing"),
                Edit("plugin.py", "return [jobs.REMIND]", "return [jobs.REMIND, publishing.PUBLISH]"),
            ],
            "A letter, notification, event, webhook or job tells one business what another has",
        ),
        (
            "a job that writes to everybody",
            [
                Edit("jobs.py", "async def remind(", "_SEEN = []\n\n\nasync def remind("),
                Edit("jobs.py", "        if tasks:", "        _SEEN.extend(tasks)\n        tasks = _SEEN\n        if tasks:"),
                Edit(
                    "jobs.py",
                    "        tasks = await queries.due_by(db, tenant.today() + ahead)",
                    "        tasks = await queries.search(db, 'Kan', 3)",
                ),
            ],
            "A letter, notification, event, webhook or job tells one business what another has",
        ),
    ),
    "query-budget": (
        (
            "asks for each row again, of which one business has few",
            [
                Edit(
                    "routes.py",
                    '    return await ui.listing(TASKS, template="shop/tasks.html")',
                    "    async with ui.door.tenant.transaction() as db:\n"
                    '        for row in await db.fetch("SELECT id FROM shop_task"):\n'
                    '            await db.fetchval("SELECT title FROM shop_task WHERE id = $1", row["id"])\n'
                    '    return await ui.listing(TASKS, template="shop/tasks.html")',
                )
            ],
            "GET /shop sends this 51 times where there are 50 rows, and 2 times where there are few: “SELECT title FROM shop_task WHERE id",
        ),
        (
            "sends more than it says",
            [
                Edit("routes.py", '@get("/", guards=[needs(READ)])', '@get("/", guards=[needs(READ)], opt=query_budget(1))'),
                line("routes.py", "from weft import query_budget"),
            ],
            "more than the 1 it may",
        ),
        (
            "asks for each row again",
            [
                Edit(
                    "routes.py",
                    '    return await ui.listing(TASKS, template="shop/tasks.html")',
                    "    async with ui.door.tenant.transaction() as db:\n"
                    "        for _ in range(70):\n"
                    '            await db.fetchval("SELECT count(*) FROM shop_task")\n'
                    '    return await ui.listing(TASKS, template="shop/tasks.html")',
                )
            ],
            "statements, more than the 60 it may (most often, 70 times: “SELECT count(*) FROM shop_task”)",
        ),
    ),
}
