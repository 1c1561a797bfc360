"""The description of the API is true: every operation is tried as it says, and answers as it says."""

import asyncio
import os
from datetime import date
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from schemathesis import GenerationMode

from core.limits.allowance import KEY
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from plugins.accounting.services import setup, years
from tests.api.trying import Known, Trial

SEARCHING = os.environ.get("WEFT_SEARCH") == "1"
TRIES = int(os.environ.get("WEFT_SEARCH_TRIES", "60")) if SEARCHING else 2


SIDES = {"1000": {"debit": "5.00"}, "4000": {"credit": "5.00"}}  # account → what is posted there


@pytest.fixture
def modules() -> tuple[str, ...]:
    return ("contacts", "catalogue", "accounting", "inventory", "purchasing", "retail_pos")


@pytest.fixture
async def program(tenant: LiveTenant, visitors: Visitors, installation: Installation) -> Browser:
    """Return a program of a business that may ask as often as it likes."""
    async with installation.runtime.platform.transaction() as db:
        unlimited = msgspec.json.encode({KEY: {"token": 0, "business": 0}}).decode()
        await db.execute("UPDATE platform.tenant SET settings = $2::text::jsonb WHERE id = $1", tenant.id, unlimited)
    await installation.runtime.changes.catch_up(installation.runtime.platform)
    return await visitors.program(tenant)


async def made(program: Browser, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await program.post(f"/api/v1/{path}", json=body)
    assert answer.status_code in (200, 201), (path, answer.text)
    found: dict[str, Any] = answer.json()
    return found


async def ground(program: Browser, tenant: LiveTenant) -> Known:
    """Make one of everything, and return the ids by the names that refer to them."""
    await setup.set_up(tenant, "generic")
    await years.ensure_year(tenant, date(2026, 3, 1))
    party = await made(program, "contacts/parties", {"kind": "organisation", "name": "Kettle Works"})
    product = await made(program, "catalogue/products", {"name": "Kettle", "variants": [{"sku": "K-1"}]})
    variant = product["variants"][0]["id"]
    line = {"description": "Work", "quantity": "2", "unit_price": "10.00"}
    draft = {"kind": "invoice", "party": party["id"], "issued": "2026-03-01", "lines": [line]}
    drafts = [await made(program, "accounting/documents", draft) for _ in range(2)]
    posted = await made(program, f"accounting/documents/{drafts[1]['id']}/post", {"version": drafts[1]["version"]})
    payment = await made(program, "accounting/payments", {"incoming": True, "day": "2026-03-02", "amount": "5.00", "party": party["id"]})
    posted_entry = await made(
        program,
        "accounting/entries",
        {"journal": "general", "date": "2026-03-03", "lines": [{"code": code, **each} for code, each in SIDES.items()]},
    )
    order_id = "01920a4e-7c1b-7d3a-9f00-2b6d5c8e4a10"
    order = await made(
        program,
        "purchasing/orders",
        {"id": order_id, "supplier": party["id"], "lines": [{"item": variant, "quantity": "3", "unit_price": "4.00"}], "submit": True},
    )
    return Known(
        {
            **{name: [party["id"]] for name in ("party", "party_id", "supplier")},
            **{name: [variant] for name in ("item", "variant", "variant_id")},
            **{name: [each["id"] for each in (*drafts, posted)] for name in ("document", "document_id")},
            "product_id": [product["id"]],
            "payment_id": [payment["id"]],
            "entry_id": [posted_entry["id"]],
            "code": list(SIDES),
            "order_id": [order["id"]],
            "order_line": [each["id"] for each in order["lines"]],
            "sku": ["K-1"],
        }
    )


async def test_every_operation_answers_as_the_description_says(program: Browser, tenant: LiveTenant) -> None:
    described = (await program.get("/api/schema/openapi.json")).json()
    known = await ground(program, tenant)
    schema = schemathesis.openapi.from_dict(described)
    tester = Trial(program, asyncio.get_running_loop(), known)
    wrong: list[str] = []
    operations: list[Any] = [each.ok() for each in schema.get_all_operations()]  # type: ignore[union-attr]  # one that is no operation fails here

    def everything() -> None:
        for operation in operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                try:
                    _try(tester, operation, mode)
                except (Exception, BaseExceptionGroup) as problem:
                    wrong.append(f"{operation.label} ({mode.value}): {problem}")

    await asyncio.to_thread(everything)
    assert not wrong, f"{len(wrong)} of {len(operations)} operations\n" + "\n\n".join(each[:900] for each in wrong)
    tried = {label for label, _ in tester.answers}
    assert tried == {each.label for each in operations}
    assert not [key for key in tester.answers if key[1] >= 500]
    succeeded = {label for label, status in tester.answers if status < 300}
    assert len(succeeded) >= 25, sorted(tried - succeeded)


def _try(tester: Trial, operation: Any, mode: GenerationMode) -> None:
    @settings(
        max_examples=TRIES if mode is GenerationMode.POSITIVE else max(1, TRIES // 2),
        deadline=None,
        database=None,
        derandomize=not SEARCHING,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def trying(case: Any) -> None:
        tester.try_out(case)

    trying()


async def test_the_description_has_all_that_a_program_needs(program: Browser) -> None:
    described = (await program.get("/api/schema/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    count = 0
    for path, item in described["paths"].items():
        assert path.startswith("/api/v1/")
        for method, operation in item.items():
            count += 1
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["description"], where
            assert {"401", "403", "404", "422", "429", "503"} <= set(operation["responses"]), where
            names = {each.get("name") or each["$ref"].rpartition("/")[2] for each in operation["parameters"]}
            assert ("IfNoneMatch" if method == "get" else "IdempotencyKey") in names, where
            for status, answer in operation["responses"].items():
                for kind, content in answer.get("content", {}).items():
                    assert "example" in content, (where, status)
                    assert content["schema"], (where, status)
                    assert kind == "application/json", (where, status)
            for content in operation.get("requestBody", {}).get("content", {}).values():
                assert "example" in content, where
    assert count >= 55
    assert {f"/api/v1/lists/{name}" for name in ("contacts.parties", "inventory.moves", "retail_pos.receipts")} <= set(described["paths"])


async def test_a_business_is_told_of_its_own_modules(installation: Installation, visitors: Visitors) -> None:
    program = await visitors.program(await installation.new_tenant("contacts"))
    paths = (await program.get("/api/schema/openapi.json")).json()["paths"]
    assert "/api/v1/contacts/parties" in paths
    assert not [path for path in paths if "accounting" in path]
