"""What a till gave away, held against the book it sold by; what changed while it was offline is not held against it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from weft import Invalid, Scope, Tenant, minor_unit, round_to
from weft.contracts import Items, PricedItem

from ..domain.granting import Book, Sale, priced_otherwise, wrongly_given
from ..domain.reasons import Reason
from ..domain.records import Receipt, Record
from ..queries import books, promotions, setup
from ..settings import RetailPosSettings

MOST = 2_000  # books that a process remembers


async def book_now(tenant: Tenant, db: Scope) -> Book:
    """Return what a till that asks now is told to sell by; amounts in whole minor units, as a till counts."""
    chosen, step = tenant.settings(RetailPosSettings), minor_unit(tenant.currency)
    return Book(
        manual_discount_limit=chosen.manual_discount_limit,
        points_unit=round_to(chosen.points_unit, step),
        points_value=round_to(chosen.points_value, step),
        cash_step=round_to(chosen.cash_step, step),
        managers=tuple(sorted(each.id for each in await setup.operators(db) if each.active and each.role == "manager")),
        promotions=await promotions.in_use(db),
    )


@lru_cache(1024)
def _moment(book: str) -> datetime | None:
    """Return when a till fetched the book that its receipts name."""
    try:
        found = datetime.fromisoformat(book)
    except ValueError:
        return None
    return found if found.tzinfo else None


_told: dict[tuple[UUID, str], Book] = {}  # by tenant and moment: what was told then is told for good


class Shelf:
    """The books of some receipts, and what their items cost: read once for all."""

    def __init__(self, tenant: Tenant, db: Scope, items: Mapping[UUID, PricedItem]) -> None:
        self._tenant, self._db, self._items = tenant, db, items
        self._now: Book | None = None

    async def book(self, code: str) -> Book:
        """Return the book that a till sold by; today's where it names none that is known."""
        moment = _moment(code)
        if moment is None:
            return await self._today()
        key = (self._tenant.id, code)
        if key not in _told:
            found = await books.at(self._db, moment)
            if found is None:
                return await self._today()
            if len(_told) >= MOST:
                _told.clear()
            _told[key] = found
        return _told[key]

    async def _today(self) -> Book:
        if self._now is None:
            self._now = await book_now(self._tenant, self._db)
        return self._now

    async def judge(self, record: Record, receipt: Receipt, digits: int, *, by_today: bool = False) -> tuple[Reason, ...]:
        """Return what a receipt gives that its book, or today's, does not."""
        book, zone = await self.book("" if by_today else receipt.book), self._tenant.timezone
        sale = Sale(receipt, record.made_at.astimezone(zone), record.operator, _moment(receipt.book))
        if odd := priced_otherwise(sale, self._items):
            labelled = frozenset([line.position for line in odd if line.scanned and await self._on_label(line.scanned) == line.unit_price])
            let_pass = await books.let_pass(self._db, record.session, record.made_at, book.managers)
            sale = replace(sale, labelled=labelled, let_pass=let_pass)
        return wrongly_given(sale, book, self._items, digits)

    async def _on_label(self, scanned: str) -> object:
        try:
            found = await self._tenant.service(Items).by_barcode(scanned)
        except Invalid:
            return None
        return found.price if found else None


async def priced(tenant: Tenant, price_list: str, items: Sequence[UUID], told: Sequence[tuple[Receipt, date]]) -> dict[UUID, PricedItem]:
    """Return what items cost from the day a till fetched its book until the last of these receipts, which are told with their days."""
    if not items:
        return {}
    days = [day for _, day in told]
    fetched = [moment.astimezone(tenant.timezone).date() for receipt, _ in told if (moment := _moment(receipt.book))]
    return await tenant.service(Items).priced(items, min([*days, *fetched]), max(days), price_list)
