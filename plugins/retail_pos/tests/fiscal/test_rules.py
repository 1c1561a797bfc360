"""Chains and closings: whatever is changed, left out or moved is found."""

import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plugins.retail_pos.domain.canonical import digest
from plugins.retail_pos.domain.fiscal import NO_HASH, add_up, check_chain, check_periods, hash_of, ready, signature
from plugins.retail_pos.domain.records import FIRST
from plugins.retail_pos.domain.sessions import Period, TaxSum, Totals
from weft import new_id

D = Decimal
TILL = UUID("01931c60-0000-7000-8000-000000000001")


def chain(length: int) -> list[dict[str, Any]]:
    """Return the records of a till: each third one is an event, the others are receipts."""
    found: list[dict[str, Any]] = []
    previous, number = FIRST, 0
    for seq in range(1, length + 1):
        record: dict[str, Any] = {"id": str(new_id()), "till": "T1", "seq": seq, "previous": previous}
        if seq % 3:
            number += 1
            record["receipt"] = {"kind": "sale", "number": number, "reference": f"T1-{number}", "total": "11.00"}
        else:
            record["event"] = {"kind": "no_sale", "about": "Change “é” \u0001"}
        record["hash"] = previous = digest(record)
        found.append(record)
    return found


def test_a_chain_as_it_was_written_holds() -> None:
    report = check_chain("T1", chain(20))
    assert report.holds
    assert (report.count, report.receipts, report.seq) == (20, 14, 20)


@given(st.integers(2, 12), st.data())
def test_whatever_is_changed_in_a_chain_is_found(length: int, data: st.DataObject) -> None:
    records = copy.deepcopy(chain(length))
    place = data.draw(st.integers(0, length - 1))
    record = records[place]
    match data.draw(st.sampled_from(["content", "hash", "sealed anew", "left out", "swapped", "number"])):
        case "content":
            record["made_at"] = "2026-01-01T00:00:00.000Z"
        case "hash":
            record["hash"] = digest({**record, "x": "y"})
        case "sealed anew" if place < length - 1:
            record["made_at"] = "2026-01-01T00:00:00.000Z"
            record["hash"] = digest(record)
        case "left out" if 0 < place < length - 1:
            del records[place]
        case "swapped" if place:
            records[place - 1], records[place] = records[place], records[place - 1]
        case _:
            record["seq"] += 100
    assert not check_chain("T1", records).holds


def test_what_is_wrong_is_told_in_words() -> None:
    records = chain(6)
    del records[2]
    [gap] = check_chain("T1", records).breaks
    assert gap.sentence == "Till T1, record 4: record 3 did not arrive."
    records = chain(6)
    del records[1:3]
    assert "records 2 to 3 did not arrive" in check_chain("T1", records).breaks[0].sentence
    assert any("does not have the number after 1" in each.sentence for each in check_chain("T1", records).breaks)


def totals(gross: str, receipts: int = 1) -> Totals:
    """Return what a day came to."""
    return Totals(
        receipts=receipts,
        gross=D(gross),
        taxes={"A": TaxSum(rate=D(20), net=D(gross), tax=D(0), gross=D(gross))},
        tenders={"cash": D(gross)},
    )


def closing(kind: str, number: int, day: date, of: Totals, before: Period | None, parts: list[Period] | None = None) -> Period:
    """Return a closing that follows from the one before."""
    draft = Period(
        id=new_id(),
        till=TILL,
        kind=kind,  # type: ignore[arg-type]
        number=number,
        first=day,
        last=day,
        session=new_id() if kind == "day" else None,
        receipts=of.receipts,
        grand_total=of.gross,
        perpetual_total=(before.perpetual_total if before else D(0)) + of.gross,
        totals=of,
        previous=before.hash if before else NO_HASH,
        hash="",
        made_at=datetime(2026, 4, 1, tzinfo=UTC),
        made_by=None,
    )
    return msgspec.structs.replace(draft, hash=hash_of(draft, "T1", [each.number for each in parts or []]))


def month() -> tuple[list[Period], Period]:
    """Return three days and their month."""
    days: list[Period] = []
    for number, gross in enumerate(("100.00", "-20.50", "0.01"), 1):
        days.append(closing("day", number, date(2026, 3, number), totals(gross), days[-1] if days else None))
    return days, closing("month", 1, date(2026, 3, 3), add_up(each.totals for each in days), None, days)


def test_a_month_sums_its_days_and_their_perpetual_totals_agree() -> None:
    days, whole = month()
    assert (whole.grand_total, whole.receipts, whole.perpetual_total) == (D("79.51"), 3, days[-1].perpetual_total)
    assert whole.totals.taxes["A"].gross == whole.totals.tenders["cash"] == D("79.51")
    assert check_periods("T1", days, {}) == []
    assert check_periods("T1", [whole], {whole.id: days}) == []


@given(st.sampled_from(["grand_total", "perpetual_total", "number", "first", "totals", "hash", "previous"]), st.integers(0, 2))
def test_whatever_is_changed_in_a_closing_is_found(name: str, place: int) -> None:
    days, _ = month()
    others = {"number": 7, "first": date(2026, 3, 9), "totals": totals("5.00"), "hash": "a" * 64, "previous": "b" * 64}
    days[place] = msgspec.structs.replace(days[place], **{name: others.get(name, D("1.23"))})
    assert check_periods("T1", days, {}) != []


def test_a_day_closed_late_goes_with_the_days_it_was_closed_among() -> None:
    days = [closing("day", number, day, totals("1.00"), None) for number, day in ((1, date(2026, 3, 31)), (2, date(2026, 4, 1)))]
    late = closing("day", 3, date(2026, 3, 30), totals("1.00"), None)
    assert [each.number for each in ready([late, *days], date(2026, 3, 31))] == [1]
    assert [each.number for each in ready([late, days[1]], date(2026, 4, 30))] == [2, 3]


def test_the_signature_on_paper_is_the_3rd_7th_13th_and_19th_sign_of_the_hash() -> None:
    assert signature("0123456789abcdefghijklmnopqrstuvwxyz") == "26ci"
