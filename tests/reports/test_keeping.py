"""Reports on the dashboard, and by mail."""

import re
from datetime import UTC, datetime

from core.messaging.clock import Clock as Schedules
from core.reports.letters import SEND_REPORT, SendReport, letters_of
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from infra.testing_jobs import Jobs, Mailbox
from plugins.accounting.permissions import READ

PROFIT = "/reports/accounting.profit_and_loss"
NAME = "accounting.profit_and_loss"


async def test_a_pinned_report_is_a_card_of_ones_own_until_it_is_taken_off(books: LiveTenant, client: Browser, visitors: Visitors) -> None:
    assert "Pin it" in (await client.get(f"{PROFIT}/pin/new?when=this_year")).text
    assert (await client.submit(f"{PROFIT}/pins", {"query": "when=this_year", "title": "How we do"})).status_code == 303
    mine = (await client.get("/")).text
    assert "How we do" in mine
    assert f"{PROFIT}?when=this_year" in mine
    assert "could not be shown" not in mine
    assert "How we do" not in (await (await visitors.sign_in(books)).get("/")).text
    off = re.search(r'action="(/reports/pins/[^"]+/delete)"', mine)
    assert off
    assert (await client.submit(off[1])).status_code == 303
    assert "How we do" not in (await client.get("/")).text


async def test_a_report_is_sent_by_the_clock_to_those_who_may_see_it(
    books: LiveTenant, client: Browser, visitors: Visitors, installation: Installation, jobs: Jobs, mailbox: Mailbox
) -> None:
    form = (await client.get(f"{PROFIT}/letters/new?when=last_month")).text
    me = re.search(r'name="recipients" value="([^"]+)"', form) or re.search(r'value="([0-9a-f-]{36})"[^>]*name="recipients"', form)
    assert me
    asked = {
        "query": "when=last_month",
        "title": "Monthly figures",
        "recipients": me[1],
        "often": "on the first of every month",
        "hour": "6",
    }
    assert (await client.submit(f"{PROFIT}/letters", {**asked, "hour": "24", "format": "pdf"})).status_code == 422
    assert (await client.submit(f"{PROFIT}/letters", {**asked, "format": "xlsx"})).status_code == 303
    await Schedules(installation.runtime.platform, installation.runtime.registry).keep_up(datetime.now(UTC))  # does not sweep it away
    async with books.transaction() as db:
        [schedule] = await db.fetch("SELECT name, cron, job FROM platform.schedule WHERE job = 'core.send_report'")
    assert schedule["cron"] == "0 6 1 * *"
    [letter] = await letters_of(books, NAME)
    async with books.transaction():
        await books.enqueue(SEND_REPORT, SendReport(letter.id))
    await jobs.run_all()
    address = await installation.runtime.platform.fetchval("SELECT email FROM platform.person WHERE id = $1", letter.person_id)
    [mail] = await mailbox.to(address)
    assert mail.subject == "Monthly figures"
    assert "Profit and loss" in mail.text
    assert (await client.submit(f"{PROFIT}/letters/{letter.id}/delete")).status_code == 303
    async with books.transaction() as db:
        assert not await db.fetch("SELECT 1 FROM platform.schedule WHERE job = 'core.send_report'")


async def test_nobody_gets_a_report_by_mail_who_may_not_see_it(
    books: LiveTenant, client: Browser, visitors: Visitors, installation: Installation
) -> None:
    await visitors.sign_in(books, "core.audit", name="Blind Person")
    await visitors.sign_in(books, READ, name="Seeing Person")
    form = (await client.get(f"{PROFIT}/letters/new")).text
    assert "Seeing Person" in form
    assert "Blind Person" not in form
    blind = await installation.runtime.platform.fetchval(
        "SELECT id FROM platform.person WHERE name = 'Blind Person' ORDER BY id DESC LIMIT 1"
    )
    asked = {"title": "Figures", "recipients": str(blind), "often": "every day", "hour": "6", "format": "pdf"}
    refused = await client.submit(f"{PROFIT}/letters", asked)
    assert refused.status_code == 422
    assert "may see the report" in refused.text
