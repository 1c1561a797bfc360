"""Closings and archives through the doors, and the program that checks an archive without us."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugins.retail_pos.services import fiscal
from plugins.retail_pos.tests.server.conftest import D, Shop, Till, goods
from weft.testing import Clock, Jobs, Visitors

ROOT = Path(__file__).parents[4]
VERIFIER = ROOT / "docs" / "verify_till.py"


async def day(shop: Shop, till: Till, date: str, *prices: str) -> None:
    """Let a till sell on a day, and close it."""
    item = await shop.item(f"Coffee of {date}", stock=100)
    facts = {"business_date": date, "made_at": f"{date}T10:00:00.000Z"}
    till.open("0.00", **facts)
    for price in prices:
        told = till.receipt(goods(item, 1, price))
        till.write("receipt", told, **facts)
    till.write("event", {"kind": "no_sale", "about": "Change for a customer"}, **facts)
    taken = sum(map(D, prices), D(0))
    till.write("count", {"counted": f"{taken:.2f}", "expected": f"{taken:.2f}"}, **facts)
    answer = await till.send()
    assert {each["state"] for each in answer["results"]} <= {"applied", "duplicate"}, answer


@pytest.fixture
async def quarter(shop: Shop) -> Till:
    """Return a till that sold in February and in March."""
    till = await shop.till()
    await day(shop, till, "2026-02-27", "11.00", "22.00")
    await day(shop, till, "2026-03-02", "33.00")
    await day(shop, till, "2026-03-30", "44.00", "5.50")
    return till


def moment(year: int, month: int, day: int) -> datetime:
    """Return a morning."""
    return datetime(year, month, day, 10, tzinfo=UTC)


async def test_months_close_by_themselves_and_the_perpetual_total_goes_on(shop: Shop, quarter: Till, clock: Clock) -> None:
    clock.set(moment(2026, 4, 2))  # the tills still have a day for March
    assert [(each.kind, each.number, each.grand_total) for each in await fiscal.close_due(shop.tenant)] == [("month", 1, D("33.00"))]
    clock.set(moment(2026, 4, 4))
    [march] = await fiscal.close_due(shop.tenant)
    assert (march.grand_total, march.perpetual_total, march.receipts) == (D("82.50"), D("115.50"), 3)
    assert await fiscal.close_due(shop.tenant) == []
    clock.set(moment(2027, 1, 4))
    [year] = await fiscal.close_due(shop.tenant)
    assert (year.kind, year.grand_total, year.perpetual_total) == ("year", D("115.50"), D("115.50"))
    for check in fiscal.CHECKS:
        found = await check.run(shop.tenant)
        assert found.findings == ()
    assert "14 records" in (await fiscal.CHECKS[0].run(shop.tenant)).note


async def test_a_record_that_does_not_follow_is_found_by_the_check(shop: Shop, quarter: Till) -> None:
    quarter.previous = "a" * 64
    quarter.write("event", {"kind": "no_sale"}, business_date="2026-03-30", made_at="2026-03-30T11:00:00.000Z")
    await quarter.send(quarter.records[-1])
    [found] = (await fiscal.CHECKS[0].run(shop.tenant)).findings
    assert "does not follow from the record before" in found.sentence


async def test_a_missing_record_is_found_by_the_check_until_it_arrives(shop: Shop, quarter: Till) -> None:
    missing = quarter.write("event", {"kind": "offline"}, business_date="2026-03-30", made_at="2026-03-30T11:00:00.000Z")
    last = quarter.write("event", {"kind": "online"}, business_date="2026-03-30", made_at="2026-03-30T11:01:00.000Z")
    await quarter.send(last)
    [found] = (await fiscal.CHECKS[0].run(shop.tenant)).findings
    assert f"record {missing['seq']} did not arrive" in found.sentence
    await quarter.send(missing)
    assert (await fiscal.CHECKS[0].run(shop.tenant)).findings == ()


async def archive(shop: Shop, jobs: Jobs, clock: Clock) -> tuple[bytes, str]:
    """Make an archive of the quarter by the page; returns it, and the hash that the page shows."""
    clock.set(moment(2026, 4, 4))
    assert (await shop.person.submit("/retail_pos/fiscal/close")).status_code == 303
    asked = await shop.person.submit("/retail_pos/fiscal/archives", {"first": "2026-02-01", "last": "2026-03-31"})
    assert asked.status_code == 303, asked.text
    await jobs.run_all()
    page = (await shop.person.get("/retail_pos/fiscal")).text
    found, digest = re.search(r"/files/[0-9a-f-]{36}", page), re.search(r"\b[0-9a-f]{64}\b", page)
    assert found, page
    assert digest
    return (await shop.person.get(found[0])).content, digest[0]


def verified(tmp_path: Path, content: bytes, *options: str) -> tuple[int, str]:
    """Let the program check an archive, as a stranger would; returns its exit code and what it says."""
    file = tmp_path / "archive.zip"
    file.write_bytes(content)
    done = subprocess.run([sys.executable, "-I", VERIFIER, file, *options], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def rewritten(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return an archive with its files changed, and a manifest that says nothing of it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    files["manifest.json"] = json.dumps(
        {name: hashlib.sha256(each).hexdigest() for name, each in files.items() if name != "manifest.json"}
    ).encode()
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return told.getvalue()


async def test_an_archive_proves_itself_to_a_stranger_and_every_change_shows(
    shop: Shop, quarter: Till, jobs: Jobs, clock: Clock, tmp_path: Path
) -> None:
    content, digest = await archive(shop, jobs, clock)
    assert hashlib.sha256(content).hexdigest() == digest
    code, told = verified(tmp_path, content, "--sha256", digest, "--head", f"T1:{quarter.records[5]['hash']}")
    assert code == 0, told
    assert "14 records of 1 tills" in told
    assert "5 closings add up" in told
    assert verified(tmp_path, content, "--sha256", "0" * 64)[0] == 1
    assert verified(tmp_path, content, "--head", f"T1:{'0' * 64}")[0] == 1
    assert verified(tmp_path, b"no archive")[0] == 2
    for change, sentence in _CHANGES:
        code, told = verified(tmp_path, rewritten(content, change))
        assert code == 1, sentence
        assert sentence in told


def _lines(files: dict[str, bytes], name: str) -> list[Any]:
    return [json.loads(line) for line in files[name].splitlines()]


def _back(files: dict[str, bytes], name: str, lines: list[Any]) -> None:
    files[name] = b"".join(json.dumps(each, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n" for each in lines)


def _cheaper(files: dict[str, bytes]) -> None:
    lines = _lines(files, "records/T1.jsonl")
    next(each for each in lines if "receipt" in each)["receipt"]["total"] = "1.00"
    _back(files, "records/T1.jsonl", lines)


def _forgotten(files: dict[str, bytes]) -> None:
    lines = _lines(files, "records/T1.jsonl")
    _back(files, "records/T1.jsonl", [each for each in lines if each["seq"] != 3])


def _smaller(files: dict[str, bytes]) -> None:
    lines = _lines(files, "closings.jsonl")
    lines[0]["facts"]["grand_total"] = "1.00"
    _back(files, "closings.jsonl", lines)


def _cut(files: dict[str, bytes]) -> None:
    lines = _lines(files, "records/T1.jsonl")
    _back(files, "records/T1.jsonl", lines[:-1])


_CHANGES: tuple[tuple[Callable[[dict[str, bytes]], None], str], ...] = (
    (_cheaper, "is not what its hash was taken over"),
    (_forgotten, "stands where record 3 should"),
    (_smaller, "Closing 1 of the day of till T1 is not what its hash was taken over"),
    (_cut, "ended at 14"),
)


async def test_days_that_cannot_be_archived_are_refused_in_place(shop: Shop) -> None:
    for first, last, sentence in (
        ("2026-03-02", "2026-03-01", "The last day comes before the first."),
        ("2026-03-01", "2026-03-31", "Only days that are over"),
        ("2020-01-01", "2026-03-01", "two years at most"),
        ("", "2026-03-01", "This field is required."),
    ):
        answer = await shop.person.submit("/retail_pos/fiscal/archives", {"first": first, "last": last})
        assert answer.status_code == 422
        assert sentence in answer.text


async def test_the_journal_lists_what_happened_besides_sales(shop: Shop, quarter: Till) -> None:
    page = await shop.person.get("/retail_pos/fiscal/journal")
    assert page.text.count("Change for a customer") >= 3
    assert "Drawer opened without a sale" in page.text


async def test_who_may_only_look_cannot_close_or_archive(shop: Shop, visitors: Visitors) -> None:
    reader = await visitors.sign_in(shop.tenant, "retail_pos.sales.read")
    assert (await reader.get("/retail_pos/fiscal")).status_code == 200
    assert (await reader.submit("/retail_pos/fiscal/close")).status_code == 403
    assert (await reader.submit("/retail_pos/fiscal/archives", {"first": "2026-02-01", "last": "2026-02-28"})).status_code == 403


def test_the_program_in_the_archive_is_the_one_in_the_documents() -> None:
    assert (ROOT / "plugins" / "retail_pos" / "papers" / "verify_till.txt").read_bytes() == VERIFIER.read_bytes()
