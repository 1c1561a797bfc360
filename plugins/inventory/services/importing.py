"""Opening stock from files: what there is of each item where, and what it cost."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from weft import Conflict, Invalid, Numbered, Outcome, RowProblem, Tenant, WeftError, Written, new_id, read_fields
from weft.contracts import ADJUSTMENT, Items, NewMove, Source, StockDocument

from ..domain.accounts import OPENING
from ..queries import cards, setup
from . import moving

_FIELDS = {"item": "code", "quantity": "quantity", "unit": "unit", "unit_cost": "cost", "lot": "lot", "destination": "location"}


class OpeningRow(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of an item at a place."""

    code: Annotated[str, Meta(title="SKU or barcode", min_length=1, max_length=200)]
    quantity: Annotated[Decimal, Meta(title="Quantity", gt=0)]
    cost: Annotated[Decimal, Meta(title="Cost a piece", description="In your own currency.", ge=0)]
    location: Annotated[str, Meta(title="Location", description="Its code, such as main/shelf-3.", max_length=200)] = ""
    unit: Annotated[str, Meta(title="Unit", max_length=60)] = ""
    lot: Annotated[str, Meta(title="Lot or serial number", max_length=100)] = ""
    expires: Annotated[datetime.date | None, Meta(title="Expires")] = None


class OpeningOptions(msgspec.Struct, frozen=True, kw_only=True):
    """When the stock was counted, and where it lies unless a row says so."""

    day: Annotated[
        datetime.date | None, Meta(title="Counted on", description="The day your books begin to hold this stock; today if left empty.")
    ] = None
    location: Annotated[str, Meta(title="Location of rows without one", max_length=200)] = "main"


async def write(tenant: Tenant, rows: Sequence[Numbered[OpeningRow]], options: Mapping[str, str]) -> Outcome:
    """Bring a batch of rows in; see `weft.Importer.write`."""
    try:
        asked = read_fields(OpeningOptions, {name: [text] for name, text in options.items()})
    except Invalid as wrong:
        return Outcome((), [RowProblem(row.row, "", wrong.message) for row in rows])
    async with tenant.transaction() as db:
        places = {each.code for each in await setup.locations(db, "internal")}
        catalogue, problems = tenant.service(Items), list[RowProblem]()
        documents: list[tuple[Numbered[OpeningRow], StockDocument]] = []
        for row in rows:
            value = row.value
            location = value.location or asked.location
            try:
                scanned = await catalogue.by_barcode(value.code)
            except Invalid as wrong:
                problems.append(RowProblem(row.row, "code", wrong.message, value.code))
                continue
            if scanned is None:
                problems.append(RowProblem(row.row, "code", f"No product has the code “{value.code}”: import products first.", value.code))
            elif scanned.item.kind == "service":
                problems.append(RowProblem(row.row, "code", f"{scanned.item.name} is a service: there is no stock of it.", value.code))
            elif location not in places:
                problems.append(RowProblem(row.row, "location", f"There is no location “{location}”: see Stock, Locations.", location))
            else:
                move = NewMove(
                    key="1",
                    item=scanned.item.id,
                    quantity=value.quantity,
                    origin=ADJUSTMENT,
                    destination=location,
                    unit=value.unit,
                    unit_cost=value.cost,
                    lot=value.lot,
                    expires=value.expires,
                )
                source = Source(OPENING, str(new_id()), f"Opening stock of {scanned.item.name}")
                documents.append((row, StockDocument(source=source, date=asked.day or tenant.today(), moves=(move,))))
        return await _move(tenant, documents, problems)


async def _move(tenant: Tenant, documents: Sequence[tuple[Numbered[OpeningRow], StockDocument]], problems: list[RowProblem]) -> Outcome:
    """Move all at once; where one of them is refused, one by one, so that the others come in."""
    done: list[tuple[Numbered[OpeningRow], StockDocument]] = []
    try:
        async with tenant.transaction():
            await moving.move_many(tenant, [document for _, document in documents])
        done = list(documents)
    except (Invalid, Conflict):
        for row, document in documents:
            try:
                async with tenant.transaction():
                    await moving.move(tenant, document)
                done.append((row, document))
            except (Invalid, Conflict) as wrong:
                problems.append(_problem(row.row, wrong))
    db = tenant.scope()
    written = [Written(row.row, await cards.document_by_source(db, document.source), "created") for row, document in done]
    return Outcome(written, problems)


def _problem(row: int, wrong: WeftError) -> RowProblem:
    if isinstance(wrong, Invalid) and wrong.fields:
        name, sentence = next(iter(wrong.fields.items()))
        return RowProblem(row, _FIELDS.get(name.rpartition(".")[2], ""), sentence)
    return RowProblem(row, "", wrong.message)


async def undo(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    """Take opening stock back; what was undone by hand meanwhile stays as it is."""
    problems: list[RowProblem] = []
    for each in written:
        async with tenant.transaction() as db:
            facts = await cards.document(db, each.id)
            if facts is None:
                problems.append(RowProblem(each.row, "", "There is no such document."))
                continue
            try:
                day = max(facts.date, tenant.today())
                await moving.undo(tenant, Source(facts.source_kind, facts.source_id, facts.title), day, "Import undone")
            except (Invalid, Conflict) as wrong:
                problems.append(RowProblem(each.row, "", wrong.message))
    return problems
