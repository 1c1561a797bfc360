"""Banks for programs."""

import base64
from decimal import Decimal
from uuid import UUID

from plugins.accounting.services import bank_statements
from plugins.accounting.services.bank_statements import FileToRead
from plugins.accounting.tests.trade import line
from weft.testing import Visitors

from .test_story import Bank, bank

__all__ = ["bank"]
HOME = "/api/v1/accounting/bank"


async def test_a_program_brings_a_statement_and_reconciles_its_lines(bank: Bank, visitors: Visitors) -> None:
    program = await visitors.program(bank.tenant, "accounting.ledger.read", "accounting.bank.import", "accounting.bank.reconcile")
    invoice = await bank.trade.invoice(line(1, 240))
    content = bank.mt940("0", "160", ("240", f"Invoice {invoice.number}"), ("-80", "rent"))
    sent = {"name": "march.sta", "content": base64.b64encode(content).decode()}
    brought = await program.request("POST", f"{HOME}/files", json=sent)
    assert (brought.status_code, brought.json()["state"]) == (201, "waiting")
    await bank_statements.read_file(bank.tenant, FileToRead(UUID(brought.json()["id"])))
    read = (await program.get(f"{HOME}/files/{brought.json()['id']}")).json()
    assert (read["state"], read["lines"]) == ("read", 2)

    first, second = await bank.lines()
    shown = (await program.get(f"{HOME}/lines/{first.id}")).json()
    assert shown["suggestions"][0]["documents"] == {str(invoice.id): "240.00"}
    accepted = await program.request("POST", f"{HOME}/lines/{first.id}/accept", json={"version": shown["version"]})
    assert (accepted.status_code, accepted.json()["state"], len(accepted.json()["entries"])) == (200, "matched", 1)
    again = await program.request("POST", f"{HOME}/lines/{first.id}/accept", json={"version": shown["version"]})
    assert again.status_code == 409
    splits = [{"amount": "-70", "account": "6100"}]
    wrong = await program.request("POST", f"{HOME}/lines/{second.id}/settle", json={"version": 1, "splits": splits})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "splits")
    splits.append({"amount": "-10", "account": "6110"})
    assert (await program.request("POST", f"{HOME}/lines/{second.id}/settle", json={"version": 1, "splits": splits})).status_code == 200
    (account,) = (await program.get(f"{HOME}/accounts")).json()
    assert (Decimal(account["bank_balance"]), Decimal(account["book_balance"]), account["open_lines"]) == (Decimal(160), Decimal(160), 0)
    undone = await program.request("POST", f"{HOME}/lines/{second.id}/undo", json={"version": 2, "reason": "Wrong"})
    assert (undone.status_code, undone.json()["state"]) == (200, "open")


async def test_what_is_no_statement_is_refused_with_its_field(bank: Bank, visitors: Visitors) -> None:
    program = await visitors.program(bank.tenant, "accounting.bank.import")
    refused = await program.request("POST", f"{HOME}/files", json={"name": "x", "content": base64.b64encode(b"%PDF-1.7").decode()})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "file")
