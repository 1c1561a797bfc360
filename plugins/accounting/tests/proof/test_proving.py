"""The proof of the books finds what does not hold, names it, and links to it; its pages show it to those who may see the books."""

import json
import re
import zipfile
from io import BytesIO

import pytest

from plugins.accounting.permissions import DRAFT, READ
from plugins.accounting.services import proving
from plugins.accounting.tests.conftest import Books, line
from weft import Answer
from weft.testing import Client, Jobs, Visitors

from .conftest import Tamperer

FIRST = "(SELECT e.id FROM accounting_entry e WHERE e.reference = 'GEN/2026/00001')"


async def answer(books: Books, name: str) -> Answer:
    """Return what one question came to."""
    return next(each for each in await proving.prove(books.tenant) if each.name == f"accounting.{name}")


async def test_sound_books_hold_everywhere(sealed: Books) -> None:
    assert [each.name for each in await proving.prove(sealed.tenant) if not each.holds] == []


@pytest.mark.parametrize(
    ("name", "sql", "told", "link"),
    [
        (
            "entries",
            f"UPDATE accounting_line SET base = base + 1 WHERE position = 1 AND entry = {FIRST}",
            "GEN/2026/00001 does not balance.",
            r"/accounting/entries/[0-9a-f-]{36}",
        ),
        (
            "balances",
            f"UPDATE accounting_line SET amount = amount * 2, base = base * 2 WHERE position = 2 AND entry = {FIRST}",
            "Account 4000 in 2026-03 is not kept as its lines add up.",
            r"/reports/accounting.general_ledger\?account=[0-9a-f-]{36}&first=2026-03-01&last=2026-03-31",
        ),
        (
            "periods",
            f"UPDATE accounting_entry SET date = '2026-07-01' WHERE id = {FIRST}",
            "GEN/2026/00001 does not lie in its period.",
            r"/accounting/entries/[0-9a-f-]{36}",
        ),
        ("numbers", f"DELETE FROM accounting_entry WHERE id = {FIRST}", "Missing: GEN 2026: 1.", "/reports/accounting.numbers"),
        (
            "controls",
            f"UPDATE accounting_line SET residual = 0.50 WHERE position = 1 AND entry = {FIRST}",
            "1100 holds 1689.50 GBP, its open items are 1449.50 GBP.",
            r"/reports/accounting.general_ledger\?account=[0-9a-f-]{36}",
        ),
        (
            "seals",
            f"UPDATE accounting_entry SET description = 'x' WHERE id = {FIRST}",
            "GEN/2026/00001 was changed after it was sealed.",
            r"/accounting/entries/[0-9a-f-]{36}",
        ),
    ],
)
async def test_what_does_not_hold_is_named_and_linked(sealed: Books, tamperer: Tamperer, name: str, sql: str, told: str, link: str) -> None:
    assert not (await tamperer.run(sql)).endswith(" 0")
    found = (await answer(sealed, name)).findings
    assert [each.sentence for each in found][:1] == [told]
    assert re.fullmatch(link, found[0].link)


async def test_a_proof_is_asked_for_kept_and_shown(sealed: Books, client: Client, jobs: Jobs, tamperer: Tamperer) -> None:
    assert "Not proven yet" in (await client.get("/accounting/reports/proof")).text
    assert (await client.submit("/accounting/reports/proof", {})).status_code == 303
    await jobs.run_all()
    page = (await client.get("/accounting/reports/proof")).text
    assert "Proven" in page
    assert "Does not hold" not in page
    await tamperer.run(f"UPDATE accounting_entry SET description = 'x' WHERE id = {FIRST}")
    await client.submit("/accounting/reports/proof", {})
    await jobs.run_all()
    page = (await client.get("/accounting/reports/proof")).text
    assert "Does not hold" in page
    assert "GEN/2026/00001 was changed after it was sealed." in page
    assert "GEN/2026/00001 was changed after it was sealed." in (await client.get("/checks")).text


async def test_an_entry_shows_its_proof_and_gives_it_away(sealed: Books, client: Client) -> None:
    entry = (await sealed.figures("SELECT s.entry FROM accounting_sealed s WHERE s.position = 4"))[0]["entry"]
    page = (await client.get(f"/accounting/entries/{entry}/proof")).text
    proof = json.loads((await client.get(f"/accounting/entries/{entry}/proof.json")).text)
    assert (proof["proof"], proof["position"], proof["size"]) == ("ledger inclusion", 4, 7)
    assert f"Root 7:{proof['root']}" in page
    fresh = await sealed.post(line("1100", "10"), line("4000", "-10"))
    assert "is not sealed yet" in (await client.get(f"/accounting/entries/{fresh.id}/proof")).text
    assert (await client.get(f"/accounting/entries/{fresh.id}/proof.json")).status_code == 409


async def test_the_growth_of_the_books_is_given_away_or_refused_in_place(sealed: Books, client: Client) -> None:
    made = json.loads((await client.get("/accounting/reports/growth?older=3")).text)
    assert (made["proof"], made["older"], made["size"]) == ("ledger consistency", 3, 7)
    for older in ("8", "0", "-1", "x", ""):
        answered = await client.get(f"/accounting/reports/growth?older={older}")
        assert (answered.status_code, "Entries that were sealed then" in answered.text) == (422, True), older


async def test_a_bundle_is_made_by_one_click_and_downloaded(sealed: Books, client: Client, jobs: Jobs, visitors: Visitors) -> None:
    assert (await client.submit("/accounting/reports/bundles", {})).status_code == 303
    await jobs.run_all()
    page = (await client.get("/accounting/reports/proof")).text
    path = re.search(r"/accounting/reports/bundles/[0-9a-f-]{36}", page)
    assert path is not None
    sent = await client.get(path[0])
    with zipfile.ZipFile(BytesIO(sent.content)) as found:
        assert "ledger.jsonl" in found.namelist()
    assert (await (await visitors.sign_in(sealed.tenant, DRAFT)).get(path[0])).status_code == 403
    assert (await (await visitors.sign_in(sealed.tenant, READ)).get(path[0])).status_code == 200
