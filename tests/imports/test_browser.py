"""The import centre in a real Chromium: from a file on a person's disk to records and back, wide and narrow, with and without scripts."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from core.tenancy.tenant import LiveTenant
from infra.testing import Visitors
from infra.testing_jobs import Jobs
from tests.browsing import PATIENCE, WIDE, Visit
from tests.imports.conftest import Desk

MIXED = "no;name;e-mail;born;owed\nA1;Ann;ann@x.example;31/01/1990;1,234\nB2;B;;01/02/1991;5,678\nC3;Cleo;nowhere;;1,000\n"


async def visit(
    chromium: Browser, server: str, visitors: Visitors, tenant: LiveTenant, *, script: bool = True
) -> tuple[Visit, BrowserContext]:
    client = await visitors.sign_in(tenant, name="Maeve O’Connell")
    address = server.replace("//", f"//{tenant.slug}.")
    context = await chromium.new_context(
        base_url=address, viewport=WIDE, reduced_motion="reduce", locale="en-GB", java_script_enabled=script
    )
    context.set_default_timeout(PATIENCE)
    await context.add_cookies([{"name": each.name, "value": str(each.value), "url": address} for each in client.cookies.jar])
    page = await context.new_page()
    seen = Visit(page)
    return seen, context


@pytest.fixture
def members(tmp_path: Path) -> Path:
    """Return a file on the person's disk."""
    path = tmp_path / "Mitglieder 2026.csv"
    path.write_bytes(MIXED.encode())
    return path


async def test_a_person_brings_a_file_in_mends_what_was_refused_and_takes_it_back(
    chromium: Browser, server: str, visitors: Visitors, desk: Desk, jobs: Jobs, members: Path
) -> None:
    seen, context = await visit(chromium, server, visitors, desk.tenant)
    page = seen.page
    await page.goto("/imports")
    await seen.held()
    await page.keyboard.press("c")
    await page.wait_for_url("**/imports/new")
    await seen.held()

    await page.get_by_label("Members").check(force=True)
    await page.set_input_files("input[type=file]", members)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("heading", name="Match the columns")).to_be_visible()
    await expect(page.get_by_text("4 of 5 columns were recognised")).to_be_visible()
    await page.get_by_label("Field for owed").select_option(label="Credit")
    await page.get_by_role("button", name="Check the rows").click()
    await expect(page.get_by_role("link", name="Say what “1,234” in the column “owed” means.")).to_be_visible()
    await seen.held()
    await page.get_by_label("How numbers are written in owed").select_option(label="1,234 is 1234")
    await page.get_by_role("button", name="Check the rows").click()
    await expect(page.get_by_text("Checking the rows")).to_be_visible()
    await seen.held()

    await jobs.run_all()
    await expect(page.get_by_role("button", name="Save 1 row")).to_be_visible()
    await expect(page.get_by_text("“nowhere” is not an e-mail address.")).to_be_visible()
    await seen.held()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download these rows").click()
    refused = Path(await (await download.value).path())
    text = (await asyncio.to_thread(refused.read_bytes)).decode("utf-8-sig")
    assert text.splitlines()[0] == "Row;What is wrong;no;name;e-mail;born;owed"
    assert len(text.splitlines()) == 3

    await page.get_by_role("button", name="Save 1 row").click()
    await expect(page.get_by_text("Saving the rows")).to_be_visible()
    await jobs.run_all()
    await expect(page.get_by_text("Done", exact=True)).to_be_visible()
    assert await desk.members("code, name, credit::text") == [("A1", "Ann", "1234")]
    await seen.held()

    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Taking it back")).to_be_visible()
    await jobs.run_all()
    await expect(page.get_by_text("Taken back")).to_be_visible()
    assert await desk.members() == []
    await page.goto("/imports")
    await expect(page.get_by_role("link", name="Mitglieder 2026.csv")).to_be_visible()
    await seen.held()
    await context.close()


async def test_the_page_shows_how_far_it_is_and_then_what_was_found(
    chromium: Browser, server: str, visitors: Visitors, desk: Desk, jobs: Jobs, members: Path
) -> None:
    seen, context = await visit(chromium, server, visitors, desk.tenant)
    page = seen.page
    found = await desk.upload("no,name\n" + "".join(f"A{number},Ann {number}\n" for number in range(300)))
    await page.goto(f"/imports/{found.id}")
    await page.get_by_role("button", name="Check the rows").click()
    await expect(page.get_by_text("A worker takes it up in a moment.")).to_be_visible()
    async with page.expect_request("**/progress"):
        pass
    await jobs.run_all()
    await expect(page.get_by_role("button", name="Save 300 rows")).to_be_visible()
    assert seen.complaints == []
    await context.close()


async def test_what_is_no_table_is_told_beside_the_file_and_another_can_be_chosen(
    chromium: Browser, server: str, visitors: Visitors, tenant: LiveTenant, members: Path, tmp_path: Path
) -> None:
    seen, context = await visit(chromium, server, visitors, tenant)
    page = seen.page
    await page.goto("/imports/new?into=club.members")
    letter = tmp_path / "letter.csv"
    letter.write_bytes(b"%PDF-1.7 ...")
    await page.set_input_files("input[type=file]", letter)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("alert")).to_have_text("This file is a PDF, which has no rows and columns to read.")
    await seen.held()
    await page.set_input_files("input[type=file]", members)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("heading", name="Match the columns")).to_be_visible()
    assert seen.complaints == []
    await context.close()


async def test_everything_works_without_a_script(
    chromium: Browser, server: str, visitors: Visitors, desk: Desk, jobs: Jobs, members: Path
) -> None:
    seen, context = await visit(chromium, server, visitors, desk.tenant, script=False)
    page = seen.page
    await page.goto("/imports/new")
    await page.get_by_label("Members").check(force=True)
    await page.set_input_files("input[type=file]", members)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("heading", name="Match the columns")).to_be_visible()
    await page.get_by_role("button", name="Check the rows").click()
    await expect(page.get_by_text("Checking the rows")).to_be_visible()
    await jobs.run_all()
    await page.reload()
    await page.get_by_role("button", name="Save 1 row").click()
    await expect(page.get_by_text("Saving the rows")).to_be_visible()
    await jobs.run_all()
    await page.reload()
    await expect(page.get_by_text("Done", exact=True)).to_be_visible()
    assert await desk.members("code") == [("A1",)]
    await context.close()
