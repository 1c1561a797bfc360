"""Invoices, bills and payments for programs."""

from typing import Any

import pytest

from weft.testing import Visitors

from .conftest import Books
from .trade import DAY, Trade, line, open_trade

PATH = "/api/v1/accounting"


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


@pytest.fixture
async def program(trade: Trade, visitors: Visitors) -> Any:
    return await visitors.program(trade.tenant)


def body(trade: Trade, **more: Any) -> dict[str, Any]:
    lines = [{"description": "Advice", "quantity": "5", "unit_price": "40", "taxes": ["sale_standard"]}, {"unit_price": "20"}]
    return {"kind": "invoice", "party": str(trade.customer), "issued": DAY.isoformat(), "lines": lines} | more


async def test_a_program_drafts_changes_posts_and_is_paid(trade: Trade, program: Any) -> None:
    preview = await program.post(f"{PATH}/documents/preview", json=body(trade))
    assert (preview.status_code, preview.json()["total"]) == (200, "240.00")
    made = (await program.post(f"{PATH}/documents", json=body(trade))).json()
    assert (made["status"], made["net"], made["taxes"][0]["amount"], made["lines"][0]["gross"]) == ("draft", "220.00", "20.00", "220.00")
    path = f"{PATH}/documents/{made['id']}"
    changed = (await program.put(path, json=body(trade, note="Thanks", version=1))).json()
    assert (changed["version"], changed["note"]) == (2, "Thanks")
    assert (await program.put(path, json=body(trade, version=1))).status_code == 409
    posted = (await program.post(f"{path}/post", json={"version": 2})).json()
    assert posted["number"].startswith("SAL/2026/")
    assert posted["open"] == "240.00"
    assert (await program.put(path, json=body(trade, version=3))).status_code == 409
    wish = {"document": made["id"], "amount": "239.00", "write_off": "1.00"}
    payment = {"incoming": True, "day": DAY.isoformat(), "amount": "240.00", "documents": [wish]}
    paid = (await program.post(f"{PATH}/payments", json=payment)).json()
    assert (paid["unused"], paid["documents"][0]["write_off"]) == ("1.00", "1.00")
    assert (await program.get(path)).json()["status"] == "paid"
    assert (await program.get(f"{PATH}/payments/{paid['id']}")).json() == paid
    back = await program.post(f"{PATH}/payments/{paid['id']}/take-back", json={"reason": "Bounced", "day": DAY.isoformat()})
    assert back.json()["state"] == "reversed"
    credit = await program.post(f"{path}/credit")
    assert (credit.status_code, credit.json()["kind"], credit.json()["credits"]) == (201, "credit_note", made["id"])


async def test_wrong_values_are_told_by_field_and_keep_nothing(trade: Trade, program: Any) -> None:
    wrong = await program.post(f"{PATH}/documents", json=body(trade, lines=[{"unit_price": "1"}, {"taxes": ["none"]}]))
    assert wrong.status_code == 422
    assert [each["field"] for each in wrong.json()["errors"]] == ["lines.1.taxes"]
    assert (await program.post(f"{PATH}/documents", json=body(trade, kind="letter"))).status_code == 422
    assert (await program.post(f"{PATH}/documents", json=body(trade, party="0197a0a0-0000-7000-8000-000000000000"))).status_code == 404
    assert (await program.post(f"{PATH}/payments", json={"incoming": True, "day": "2026-03-01", "amount": "-1"})).status_code == 422
    assert await trade.ask("SELECT count(*) FROM accounting_document") == 0


async def test_a_program_without_the_permission_is_refused(trade: Trade, visitors: Visitors) -> None:
    made = await trade.draft(line(1, 10))
    reader: Any = await visitors.program(trade.tenant, "accounting.ledger.read")
    assert (await reader.get(f"{PATH}/documents/{made.id}")).status_code == 200
    for path, data in ((f"documents/{made.id}/post", {"version": 1}), ("documents", body(trade)), ("payments", {})):
        assert (await reader.post(f"{PATH}/{path}", json=data)).status_code == 403


async def test_a_program_leaves_the_taxes_to_category_and_party_or_chooses_a_fiscal_position(trade: Trade, program: Any) -> None:
    lines = [{"description": "Tea", "unit_price": "100", "by_category": True, "tax_category": "reduced"}]
    made = await program.post(f"{PATH}/documents", json=body(trade, lines=lines))
    assert [each["taxes"] for each in made.json()["lines"]] == [["sale_reduced"]]
    abroad = await program.post(f"{PATH}/documents", json=body(trade, lines=lines, position="abroad"))
    assert [each["taxes"] for each in abroad.json()["lines"]] == [["sale_zero"]]
    wrong = await program.post(f"{PATH}/documents", json=body(trade, lines=lines, position="atlantis"))
    assert wrong.status_code == 422
    assert "no fiscal position" in wrong.text
