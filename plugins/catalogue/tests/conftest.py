"""Products to test with, and files read as the import centre reads them."""

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from plugins.catalogue.domain.products import BarcodeDraft, Facts, Product, ProductDraft, VariantDraft
from plugins.catalogue.services import products
from weft import Importer, Numbered, Outcome, RowProblem, Tenant, Written, read_fields

R = TypeVar("R", bound=msgspec.Struct)

DEMO = Path(__file__).parents[1] / "demo"
PEN, SOAP = "4006381333931", "96385074"


def simple(name: str = "Ballpoint pen", *, barcode: str = "", **facts: Any) -> ProductDraft:
    """Return the draft of a product with one variant."""
    codes = (BarcodeDraft(code=barcode),) if barcode else ()
    return ProductDraft(facts=Facts(name=name, **facts), variants=(VariantDraft(barcodes=codes),))


class Make:
    """Makes products in a tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    async def __call__(self, name: str = "Ballpoint pen", *, barcode: str = "", **facts: Any) -> Product:
        """Add a product with one variant."""
        return await products.create(self.tenant, simple(name, barcode=barcode, **facts))


@pytest.fixture
def make(tenant: Tenant) -> Make:
    """Return a maker of products."""
    return Make(tenant)


def heading_of(field: msgspec.structs.FieldInfo) -> str:
    """Return what a field of an importer's row is called in files."""
    metas = getattr(field.type, "__metadata__", ())
    return next((meta.title for meta in metas if meta.title), field.name)


def read_rows(importer: Importer[R], content: bytes) -> list[Numbered[R]]:
    """Read a CSV file into typed rows: columns by title, name or alias."""
    known: dict[str, str] = {}
    for field in msgspec.structs.fields(importer.row):
        for heading in (heading_of(field), field.name, *importer.aliases.get(field.name, ())):
            known.setdefault(heading.casefold(), field.name)
    found = []
    for number, cells in enumerate(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")), start=2):
        values = {known[heading.casefold()]: [text] for heading, text in cells.items() if heading.casefold() in known}
        found.append(Numbered(number, read_fields(importer.row, values)))
    return found


async def bring_in(
    tenant: Tenant, importer: Importer[R], rows: Sequence[Numbered[R]], options: Mapping[str, str] | None = None, *, batch: int = 1000
) -> Outcome:
    """Import rows in batches, each in a transaction of its own, as the import centre does."""
    written: list[Written] = []
    problems: list[RowProblem] = []
    for first in range(0, len(rows), batch):
        async with tenant.transaction():
            outcome = await importer.write(tenant, rows[first : first + batch], options or {})
        written += outcome.written
        problems += outcome.problems
    told = [each.row for each in written] + [each.row for each in problems]
    assert set(told) == {each.row for each in rows}, "a row was forgotten"
    return Outcome(written, problems)


def once_each(written: Sequence[Written]) -> list[Written]:
    """Return what an importer's undo is handed: each record once, as it was before the first change, those made last first."""
    first: dict[Any, Written] = {}
    for each in written:
        if each.id not in first:
            first[each.id] = each
        else:
            kept = first[each.id]
            action = each.action if kept.action == "unchanged" else kept.action
            first[each.id] = Written(kept.row, kept.id, action, each.version, kept.before or each.before)
    return [each for each in reversed(first.values()) if each.action != "unchanged"]


async def count(tenant: Tenant, table: str, what: str = "count(*)") -> Any:
    """Return a figure about a table."""
    async with tenant.transaction() as db:
        return await db.fetchval(f"SELECT {what} FROM catalogue_{table}")


def money(text: str) -> Decimal:
    """Return an amount."""
    return Decimal(text)
