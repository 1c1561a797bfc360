"""What is open and may be paid through a bank."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from weft import Row, Scope
from weft.money import minor_unit, round_to

from ..domain.bank.items import OpenItem
from ..domain.documents.model import DocumentKind
from ..domain.documents.terms import DiscountOn, EarlyPayment

# Documents that may be paid at once: more are not looked through on one page (the oldest due are).
MOST = 60_000
_DUE_IN = (DocumentKind.INVOICE.value, DocumentKind.BILL_CREDIT.value)


async def open_items(db: Scope, ids: Sequence[UUID] = ()) -> list[OpenItem]:
    """Return posted documents that are not settled, or only some of them, signed as a bank would book their payment."""
    rows = await db.fetch(
        "SELECT d.id, d.kind, d.number, d.reference, d.party, d.party_name, d.currency, d.open, d.total, d.net, d.issued, d.due, "
        "d.made_with #> ARRAY['terms', 'early'] AS early FROM accounting_document d WHERE d.open <> 0 "
        "AND (cardinality($1::uuid[]) = 0 OR d.id = ANY ($1)) ORDER BY d.due, d.id LIMIT $2",
        *(list(ids), MOST),
    )
    return [_item_of(row) for row in rows]


def _item_of(row: Row) -> OpenItem:
    sign = 1 if row["kind"] in _DUE_IN else -1
    early = msgspec.json.decode(row["early"], type=EarlyPayment | None) if row["early"] else None
    item = OpenItem(
        id=row["id"],
        amount=row["open"] * sign,
        currency=row["currency"],
        number=row["number"],
        references=(row["reference"],) if row["reference"] else (),
        party=row["party"],
        party_name=row["party_name"],
        issued_on=row["issued"],
        due_on=row["due"],
    )
    if early is None or row["open"] != row["total"]:
        return item
    base = row["net"] if early.on is DiscountOn.NET else row["total"]
    discount = round_to(base * early.percent / 100, minor_unit(row["currency"]))
    return msgspec.structs.replace(item, discount=discount * sign, discount_until=row["issued"] + timedelta(days=early.days))
