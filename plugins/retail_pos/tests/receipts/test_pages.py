"""Receipts outside, through the doors: PDF, printer, mail, and the page for whoever holds one."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from plugins.retail_pos.domain.escpos import read
from plugins.retail_pos.domain.printers import PORTS, Address, may_reach
from plugins.retail_pos.domain.printers import read as read_address
from plugins.retail_pos.domain.records import ReceiptKind
from plugins.retail_pos.domain.setup import TillDraft
from plugins.retail_pos.services import copies, privacy, setup, slips
from weft import Invalid, Tenant, Unavailable
from weft.contracts import Fiscal, FiscalMark, FiscalReceipt
from weft.testing import Client, Jobs, Mailbox, Visitors

from .conftest import Counter, counter_of
from .making import receipt


async def test_a_receipt_is_a_pdf_and_bytes_for_a_printer(client: Client, counter: Counter) -> None:
    record, _ = await counter.sells(receipt())
    pdf = await client.get(f"/retail_pos/receipts/{record}/pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert 'filename="T1-000123.pdf"' in pdf.headers["content-disposition"]
    sent = await client.get(f"/retail_pos/receipts/{record}/escpos")
    text = b"".join(each.told for each in read(sent.content) if not each.name).decode("cp858")
    assert "Served by Ann Archer" in text
    assert "See you soon" in text
    codes = [each.told for each in read(sent.content) if each.name == "GS ("]
    assert any(b"/public/retail_pos/r/" in each for each in codes)


async def test_whoever_holds_a_receipt_sees_it_without_signing_in_and_without_names(
    tenant: Tenant, visitors: Visitors, counter: Counter
) -> None:
    _, address = await counter.sells(receipt())
    stranger = visitors.visit(tenant)
    page = await stranger.get(address)
    assert page.status_code == 200
    assert "T1-000123" in page.text
    assert "12.53" in page.text
    assert "Earl Grey" in page.text
    assert "Ann Archer" not in page.text
    assert page.headers["x-robots-tag"] == "noindex"
    pdf = await stranger.get(f"{address}/pdf")
    assert pdf.content.startswith(b"%PDF-")


@pytest.mark.parametrize("end", ["0" * 32, "x", "0" * 31 + "'", "a" * 200])
async def test_an_address_that_is_none_is_told_kindly_and_tells_nothing(
    tenant: Tenant, visitors: Visitors, counter: Counter, end: str
) -> None:
    await counter.sells(receipt())
    page = await visitors.visit(tenant).get(f"/public/retail_pos/r/{end}")
    assert page.status_code == 404
    assert "not here yet" in page.text


async def test_another_business_does_not_show_the_receipt(other_tenant: Tenant, visitors: Visitors, counter: Counter) -> None:
    _, address = await counter.sells(receipt())
    assert (await visitors.visit(other_tenant).get(address)).status_code == 404


async def test_a_returned_or_trained_receipt_says_so_on_its_page(tenant: Tenant, visitors: Visitors, counter: Counter) -> None:
    _, address = await counter.sells(receipt(kind=ReceiptKind.TRAINING))
    assert "this is not a receipt" in (await visitors.visit(tenant).get(address)).text


async def test_a_receipt_goes_by_mail_with_its_pdf_and_is_counted(client: Client, counter: Counter, mailbox: Mailbox) -> None:
    record, address = await counter.sells(receipt())
    wrong = await client.submit(f"/retail_pos/receipts/{record}/mail", {"to": "nobody"})
    assert wrong.status_code == 422
    assert "is not one e-mail address" in wrong.text
    sent = await client.submit(f"/retail_pos/receipts/{record}/mail", {"to": "eve@example.org"})
    assert sent.status_code == 303
    [letter] = await mailbox.to("eve@example.org")
    assert "T1-000123" in letter.subject
    assert address in letter.text
    page = await client.get(f"/retail_pos/receipts/{record}/send")
    assert "eve@example.org" in page.text
    assert "Mailed" in page.text


async def test_where_a_receipt_was_mailed_to_can_be_told_and_erased(tenant: Tenant, client: Client, counter: Counter) -> None:
    record, _ = await counter.sells(receipt())
    for to in ("eve@example.org", "Eve@example.org", "bob@example.org"):
        assert (await client.submit(f"/retail_pos/receipts/{record}/mail", {"to": to})).status_code == 303
    told = await privacy.collect(tenant, "eve@example.org")
    assert [each["receipt"] for each in told["receipts"]] == ["T1-000123"] * 2
    assert await privacy.erase(tenant, "eve@example.org") == 2
    assert await privacy.collect(tenant, "eve@example.org") == {"receipts": []}
    assert [each.target for each in await copies.copies_of(tenant, record)] == ["erased", "erased", "bob@example.org"]


def own_address() -> str:
    """Return this machine's address in its network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect(("192.0.2.254", 9))  # nothing is sent: it only tells which address would be used
        return str(asked.getsockname()[0])


@asynccontextmanager
async def printer() -> AsyncIterator[tuple[str, asyncio.Queue[bytes]]]:
    """Listen as a printer does; yields its address and what it was sent."""
    got: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await got.put(await reader.read())
        writer.close()

    host = own_address()
    for port in PORTS:
        try:
            server = await asyncio.start_server(take, host, port)
        except OSError:  # another test run listens there
            continue
        async with server:
            yield f"{host}:{port}", got
        return
    raise AssertionError("Every port of a printer is taken on this machine.")


async def test_a_copy_is_printed_at_the_tills_printer_and_says_which_it_is(tenant: Tenant, client: Client, jobs: Jobs) -> None:
    async with printer() as (address, got):
        counter = await counter_of(tenant, printer=address)
        record, _ = await counter.sells(receipt())
        for number in (1, 2):
            assert (await client.submit(f"/retail_pos/receipts/{record}/print")).status_code == 303
            await jobs.run_all()
            sent = got.get_nowait()
            assert f"COPY {number}".encode() in sent
            assert read(sent)[-1].name == "GS V"
        page = await client.get(f"/retail_pos/receipts/{record}/send")
    assert page.text.count("Printed") == 2


async def test_a_till_prints_its_own_receipts_first_as_they_are_then_as_copies(tenant: Tenant, visitors: Visitors, jobs: Jobs) -> None:
    async with printer() as (address, got):
        counter = await counter_of(tenant, printer=address)
        record, _ = await counter.sells(receipt())
        device, code = visitors.visit(tenant), await setup.offer_pairing(tenant, counter.till)
        key = (await device.request("POST", "/public/retail_pos/api/pair", json={"code": code})).json()["key"]
        keyed, path = {"authorization": f"Bearer {key}"}, f"/public/retail_pos/api/receipts/{record}"
        for number in (0, 1):
            answer = await device.request("POST", f"{path}/print", headers=keyed)
            assert (answer.status_code, answer.json()) == (200, {"copy": number, "printer": str(read_address(address))}), answer.text
            await jobs.run_all(tenant)
            sent = got.get_nowait()
            assert (b"COPY" in sent, b"\x1bp0" in sent) == (number > 0, number == 0)
        assert b"12.53" in (await device.request("GET", f"{path}/escpos", headers=keyed)).content
        assert (await device.request("POST", f"{path}/print")).status_code == 403
        other = await setup.save_till(tenant, TillDraft(code="T2", title="Other", store=(await setup.all_stores(tenant))[0].id))
        code = await setup.offer_pairing(tenant, other.id)
        key = (await device.request("POST", "/public/retail_pos/api/pair", json={"code": code})).json()["key"]
        assert (await device.request("GET", f"{path}/escpos", headers={"authorization": f"Bearer {key}"})).status_code == 404


async def test_a_till_without_a_printer_says_where_to_set_one(client: Client, counter: Counter) -> None:
    record, _ = await counter.sells(receipt())
    answer = await client.submit(f"/retail_pos/receipts/{record}/print")
    assert answer.status_code == 409
    assert "Stores and tills" in answer.text
    assert (await client.get(f"/retail_pos/receipts/{uuid4()}/pdf")).status_code == 404


async def test_a_printer_that_is_off_is_told_and_tried_again() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        await copies.send(Address(own_address(), PORTS[-1]), b"\x1b@")


async def test_bytes_never_go_to_this_machine_itself_whatever_name_it_is_given() -> None:
    for name in ("localhost", "127.0.0.1", "::1"):
        with pytest.raises(Invalid, match="no printer in a network"):
            await copies.send(Address(name, PORTS[0]), b"\x1b@")
    assert not any(map(may_reach, ["127.0.0.1", "::1", "169.254.169.254", "0.0.0.0", "::ffff:127.0.0.1", "224.0.0.1", "fe80::1"]))
    assert all(map(may_reach, ["192.168.1.50", "10.0.0.7", "fd00::7", "203.0.113.9"]))


@pytest.mark.parametrize("typed", ["", "printer local", "192.168.1.5:22", "http://192.168.1.5", "a" * 200, "x:99999", "-a"])
def test_what_is_no_address_of_a_printer_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"not the address|listen at port"):
        read_address(typed)


def test_addresses_of_printers_are_read_as_people_write_them() -> None:
    assert [str(read_address(each)) for each in (" 192.168.1.50 ", "till.local:9101", "[fd00::7]:9102", "[fd00::7]")] == [
        "192.168.1.50",
        "till.local:9101",
        "[fd00::7]:9102",
        "fd00::7",
    ]


class German(Fiscal):
    """A module for a country with a signing device."""

    async def fiscalize(self, receipt: FiscalReceipt) -> Sequence[FiscalMark]:
        """Return what the device says."""
        return [FiscalMark("TSE", f"{receipt.till}/{receipt.number}/{receipt.total}"), FiscalMark("Serial", "ABC123")]


async def test_fiscal_rules_of_a_country_put_their_marks_on_receipts(tenant: Tenant, counter: Counter) -> None:
    record, _ = await counter.sells(receipt())
    assert (await slips.show(tenant, record)).facts.marks == ()
    tenant.country = "FR"
    french = await slips.show(tenant, record)
    digest = french.sent.hash
    assert dict(french.facts.marks)["Signature"] == digest[2] + digest[6] + digest[12] + digest[18]
    assert dict(french.facts.marks)["Lignes"] == "2"
    held: Any = tenant
    held._services[Fiscal] = German()  # as a module that is switched on provides it
    german = await slips.show(tenant, record)
    assert dict(german.facts.marks) == {"TSE": "T1/123/12.53", "Serial": "ABC123"}
    assert b"ABC123" in await slips.escpos(tenant, german)
