"""Printed documents: one place that lays them out, a style that a business chooses, an example that follows what is typed."""

import ast
import base64
import re
from pathlib import Path
from typing import Any

import pytest

from core.papers.house import preview, style_of
from core.papers.style import PaperStyle
from weft import Missing, PrintedDocument, Tenant
from weft.testing import Client, Visitors

ROOT = Path(__file__).parents[2]
PATH = "/settings/papers"
STYLE = {
    "accent": "#b91c1c",
    "address": "right",
    "sender": "1 High Street; Bristol",
    "tax_number": "",
    "bank": "IBAN GB00",
    "footer": "",
    "language": "de",
}
ONE = Path("core/papers/typesetting.py")


def importers() -> set[Path]:
    """The files of ours that import Typst, tests apart."""
    found = set()
    for path in [*ROOT.glob("core/**/*.py"), *ROOT.glob("plugins/**/*.py"), *ROOT.glob("web/**/*.py")]:
        if "tests" in path.parts or "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if "typst" in names or (isinstance(node, ast.ImportFrom) and node.module == "typst"):
                found.add(path.relative_to(ROOT))
    return found


def test_one_place_alone_calls_typst() -> None:
    assert importers() == {ONE}


def invoice(tenant: Any) -> PrintedDocument:
    found: PrintedDocument = next(each for each in tenant.house.registry.documents() if each.name == "accounting.invoice")
    return found


async def seen(client: Client) -> str:
    found = re.search(r'name="seen" value="(\w+)"', (await client.get(PATH)).text)
    assert found
    return found[1]


async def test_a_style_is_chosen_and_documents_are_printed_in_it(client: Client, tenant: Tenant) -> None:
    live: Any = tenant
    document = invoice(live)
    before = await tenant.pdf(document, await document.sample(tenant, "en"))
    assert before.startswith(b"%PDF-")
    assert (await client.submit(PATH, STYLE | {"seen": await seen(client)})).status_code == 303
    page = (await client.get(PATH)).text
    assert 'value="#b91c1c"' in page
    assert "1 High Street; Bristol" in page


async def test_the_example_follows_what_is_typed_and_nothing_is_kept(client: Client, tenant: Tenant) -> None:
    pictures = []
    for change in (
        {},
        {"accent": "#0000ff"},
        {"address": "left"},
        {"footer": "Registered in England"},
        {"document": "accounting.statement"},
    ):
        answer = await client.submit(f"{PATH}/preview", STYLE | change)
        found = re.search(r"data:image/png;base64,([^\"]+)", answer.text)
        assert found, answer.text
        pictures.append(base64.b64decode(found[1]))
    assert len(set(pictures)) == len(pictures)
    assert all(each.startswith(b"\x89PNG") for each in pictures)
    live: Any = tenant
    assert style_of(live) == PaperStyle()


async def test_what_cannot_be_is_told_at_its_field(client: Client) -> None:
    refused = await client.submit(PATH, STYLE | {"accent": "red", "seen": await seen(client)})
    assert refused.status_code == 422
    assert "expected form" in refused.text
    assert "expected form" in (await client.submit(f"{PATH}/preview", STYLE | {"accent": "red"})).text


async def test_two_who_change_the_style_are_told(client: Client) -> None:
    first = await seen(client)
    assert (await client.submit(PATH, STYLE | {"seen": first})).status_code == 303
    late = await client.submit(PATH, STYLE | {"accent": "#00ff00", "seen": first})
    assert late.status_code == 409
    assert "#b91c1c" in late.text


async def test_only_those_who_arrange_the_business_see_the_page(visitors: Visitors, tenant: Tenant) -> None:
    reader = await visitors.sign_in(tenant, "accounting.ledger.read")
    assert (await reader.get(PATH)).status_code == 403


async def test_a_document_that_nobody_declared_is_not_printed(tenant: Tenant) -> None:
    live: Any = tenant
    known = invoice(live)
    stranger = PrintedDocument("shop.label", "Label", known.layout, known.sample)
    with pytest.raises(Missing, match="not declared"):
        await tenant.pdf(stranger, {})


async def test_text_is_never_read_as_markup(tenant: Tenant) -> None:
    live: Any = tenant
    hostile = PaperStyle(sender="#panic(); $x$ *bold*", footer='"] #import "x"', accent="#123456")
    assert (await preview(live, invoice(live), hostile)).startswith(b"\x89PNG")


@pytest.mark.parametrize("language", ["en", "de", "fr", "xx"])
async def test_every_declared_document_has_an_example_in_each_language(tenant: Tenant, language: str) -> None:
    live: Any = tenant
    for document in live.house.registry.documents():
        assert (await tenant.pdf(document, await document.sample(tenant, language))).startswith(b"%PDF-")
