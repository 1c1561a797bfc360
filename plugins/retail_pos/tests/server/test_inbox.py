"""Each record once, whatever is repeated, shuffled, changed or lost on the way."""

from decimal import Decimal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from plugins.retail_pos.domain.canonical import canonical, digest
from plugins.retail_pos.domain.chain import Link, missing, walk

from .conftest import API, Shop, Till, goods


async def test_what_is_sent_twice_is_there_once(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=10)
    till.sell(goods(item, 2))
    assert await till.states() == ["applied", "applied"]
    assert await till.states() == ["duplicate", "duplicate"]
    assert await till.states(*till.records, *till.records) == ["duplicate"] * 4
    assert await shop.receipts() == ["T1-000001"]
    assert await shop.on_hand(item) == 8
    assert await shop.balance("cash") == Decimal("22.00")


async def test_a_record_that_is_repeated_within_one_upload_is_there_once(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()))
    assert await till.states(*till.records, *till.records) == ["applied", "applied", "duplicate", "duplicate"]
    assert await shop.receipts() == ["T1-000001"]


async def test_a_day_comes_in_whatever_order(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=100)
    for _ in range(6):
        till.sell(goods(item))
    for place in (3, 6, 1, 0, 5):
        assert await till.states(till.records[place]) == ["applied"]
    answer = await till.send(till.records[4])
    assert (answer["seq"], answer["missing"]) == (2, [[3, 3]])
    answer = await till.send(till.records[2])
    assert (answer["seq"], answer["hash"], answer["missing"]) == (7, till.previous, [])
    assert len(await shop.receipts()) == 6
    assert await shop.on_hand(item) == 94


async def test_a_gap_raises_an_alert_until_it_is_filled(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()))
    till.sell(goods(None))
    till.sell(goods(None))
    answer = await till.send(till.records[0], till.records[3])
    assert answer["missing"] == [[2, 3]]
    assert await shop.problems() == [("gap", "gap")]
    [told] = await shop.ask("SELECT sentence FROM retail_pos_problem")
    assert "Of till T1 these records have not arrived: 2 to 3." in told["sentence"]
    await till.send(till.records[1])
    [told] = await shop.ask("SELECT sentence FROM retail_pos_problem WHERE state = 'open'")
    assert "have not arrived: 3." in told["sentence"]
    await till.send(till.records[2])
    assert await shop.problems() == []
    assert len(await shop.receipts()) == 3


async def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item()))
    await till.send()
    changed = {**sale, "receipt": {**sale["receipt"], "note": "Changed"}}
    changed["hash"] = digest(changed)
    assert await till.states(changed) == ["conflict"]
    assert await till.states(changed) == ["conflict"]
    assert await shop.problems() == [("conflict", "content")]
    assert [row["note"] for row in await shop.ask("SELECT note FROM retail_pos_receipt")] == [""]


async def test_another_record_with_a_number_that_is_taken_is_a_conflict(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item()))
    await till.send()
    other = {**sale, "id": str(uuid4())}
    other["hash"] = digest(other)
    assert await till.states(other) == ["conflict"]
    assert await shop.problems() == [("conflict", "place")]
    assert await shop.receipts() == ["T1-000001"]


async def test_what_was_damaged_on_the_way_is_asked_for_again(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item()))
    await till.send(till.records[0])
    damaged = {**sale, "receipt": {**sale["receipt"], "total": "1.00"}}
    assert await till.states(damaged) == ["damaged"]
    assert await shop.problems() == [("corrupt", "damaged")]
    assert await till.states(sale) == ["applied"]
    assert await shop.problems() == []
    assert await till.states(damaged, sale) == ["damaged", "duplicate"]  # again, since the answer was lost: it is here whole
    assert await till.states(damaged) == ["damaged"]
    assert await shop.problems() == []
    second = till.sell(goods(await shop.item()))
    assert sorted(await till.states({**second, "previous": "0" * 64}, second)) == ["applied", "damaged"]
    assert await shop.problems() == []


async def test_what_cannot_be_read_keeps_nothing_else_from_arriving(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()))
    junk = [7, {"id": "no"}, {**till.records[1], "seq": -4}, {**till.records[1], "type": "cash"}, {**till.records[1], "till": "T9"}]
    answer = await till.send(*till.records, *junk)
    assert [each["state"] for each in answer["results"]] == ["applied", "applied", *["unreadable"] * 5]
    assert "of till T9" in answer["results"][-1]["reason"]
    assert await shop.receipts() == ["T1-000001"]


async def test_a_record_that_does_not_follow_the_one_before_is_parked(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()))
    till.previous = "ab" * 32
    till.sell(goods(None))
    till.sell(goods(None))
    answer = await till.send()
    assert [each["state"] for each in answer["results"]] == ["applied", "applied", "parked", "applied"]
    assert "does not name the hash of the record before it" in answer["results"][2]["reason"]
    assert await shop.receipts() == ["T1-000001", "T1-000003"]
    assert answer["seq"] == 4


async def test_a_broken_place_that_shows_later_is_told(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()))
    till.previous = "ab" * 32
    till.sell(goods(None))
    assert await till.states(till.records[0], till.records[2]) == ["applied", "applied"]
    await till.send(till.records[1])
    assert await shop.problems() == [("chain", "late_chain")]
    assert await shop.receipts() == ["T1-000001", "T1-000002"]


async def test_a_key_sends_and_fetches_and_does_nothing_else(shop: Shop, till: Till) -> None:
    assert (await till.device.request("GET", f"{API}/state", headers=till.keyed)).json()["till"] == "T1"
    for path in ("/retail_pos/tills", "/api/v1/lists/catalogue.products", "/people"):
        assert (await till.device.request("GET", path, headers=till.keyed)).status_code in (303, 401)
    for headers in ({}, {"authorization": "Bearer pos_wrong"}, {"authorization": "Basic x"}):
        answer = await till.device.request("POST", f"{API}/records", json={"records": []}, headers=headers)
        assert answer.status_code == 403
        assert "not paired" in answer.json()["detail"]


async def test_a_key_that_was_taken_away_opens_nothing_and_pairing_again_goes_on(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()))
    await till.send(till.records[0])
    await shop.person.submit(f"{till.path}/revoke")
    refused = await till.device.request("POST", f"{API}/records", json={"records": till.records}, headers=till.keyed)
    assert refused.status_code == 403
    assert await shop.receipts() == []
    shown = await shop.person.submit(f"{till.path}/pairing")
    code = shown.text.split("data-pairing-code>")[1].split("<")[0]
    paired = (await till.device.request("POST", f"{API}/pair", json={"code": code})).json()
    assert (paired["seq"], paired["hash"]) == (1, till.records[0]["hash"])
    till.key = paired["key"]
    assert await till.states() == ["duplicate", "applied"]
    again = await till.device.request("POST", f"{API}/pair", json={"code": code})
    assert again.status_code == 403


async def test_the_audit_log_names_the_till(shop: Shop, till: Till) -> None:
    till.sell(goods(await shop.item()))
    await till.send()
    page = (await shop.person.get("/audit")).text
    assert "Till T1" in page


@given(st.permutations(range(1, 12)), st.integers(1, 11))
def test_a_chain_ends_where_it_is_whole_in_whatever_order_it_comes(order: list[int], cut: int) -> None:
    links = {seq: Link(uuid4(), seq, f"h{seq}", f"h{seq - 1}") for seq in range(1, 12)}
    arrived = [links[seq] for seq in order[:cut]]
    found = walk(0, "h0", arrived)
    numbers = {each.seq for each in arrived}
    assert found.seq == next(seq for seq in range(12) if seq + 1 not in numbers)
    assert not found.broken
    spans = missing(found.seq, max(numbers), sorted(numbers))
    assert {number for first, last in spans for number in range(first, last + 1)} == set(range(1, max(numbers))) - numbers


def test_canonical_json_is_that_of_rfc_8785() -> None:
    assert canonical({"b": "€\u0007\n", "a": {"z": 1, "é": [True, None]}}) == '{"a":{"z":1,"é":[true,null]},"b":"€\\u0007\\n"}'.encode()
