"""Goods that come late, as rules: whatever the order of arrival, stock is worth what it would be had all come in time."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from plugins.inventory.domain.ground import Ground, Kept, Past, Place
from plugins.inventory.domain.plan import Planner, Policy
from plugins.inventory.domain.valuation import Method, Pool, replay
from plugins.inventory.domain.valuing import value
from weft import new_id
from weft.contracts import CUSTOMER, SUPPLIER, NewMove, Source, StockDocument

D = Decimal
FIRST = date(2026, 1, 1)
ITEM = UUID(int=1)
PLACES = {
    SUPPLIER: Place(UUID(int=2), SUPPLIER, "Suppliers", "supplier"),
    CUSTOMER: Place(UUID(int=3), CUSTOMER, "Customers", "customer"),
    "main": Place(UUID(int=4), "main", "Main", "internal"),
}
POLICY = Policy("anglo_saxon", "allow", D("0.01"))
GOODS = st.tuples(
    st.booleans(),
    st.decimals(D("0.001"), D("1000000"), places=3),
    st.decimals(D(0), D("1000"), places=2),
    st.integers(0, 9),
)


class Books:
    """An item's stock in memory, as the tables keep it."""

    def __init__(self, method: Method) -> None:
        self.kept = Kept(ITEM, "S", "Item", "item", "item", "", "pcs", True, "none", Pool(method, D("2.50")), begun_cost=D("2.50"))
        self.pasts: dict[UUID, Past] = {}
        self.posted = D(0)

    def move(self, coming: bool, quantity: Decimal, cost: Decimal, day: date) -> None:
        """Move goods and keep what came of it."""
        origin, destination = (SUPPLIER, "main") if coming else ("main", CUSTOMER)
        unit_cost = cost if coming else None
        move = NewMove(key="1", item=ITEM, quantity=quantity, origin=origin, destination=destination, unit_cost=unit_cost)
        document = StockDocument(source=Source("test", str(new_id())), date=day, moves=(move,))
        pasts = tuple(sorted(self.pasts.values(), key=lambda past: (past.date, past.seq)))
        ground = Ground(items={ITEM: self.kept}, places=PLACES, pasts={ITEM: pasts})
        plan = value(Planner(ground, POLICY).run([document]), ground, POLICY)
        [planned] = plan.moves
        assert planned.flow is not None
        self.kept = plan.items[ITEM]
        for row in plan.values:
            assert row.move is not None
            if row.kind == "flow":
                self.pasts[row.move] = Past(planned.flow, row.move, row.date, row.seq, row.value, planned.outside.kind)
            else:
                self.pasts[row.move] = replace(self.pasts[row.move], total=self.pasts[row.move].total + row.value)
        shares = [share for found in (*plan.shares.values(), *plan.later.values()) for share in found]
        self.posted += sum((share.value for share in shares), D(0))


@given(st.sampled_from(["fifo", "average", "standard"]), st.lists(GOODS, min_size=1, max_size=12))
def test_late_goods_conserve_quantity_and_value_and_end_where_timely_ones_do(
    method: Method, goods: list[tuple[bool, Decimal, Decimal, int]]
) -> None:
    books = Books(method)
    for coming, quantity, cost, day in goods:
        books.move(coming, quantity, cost, FIRST + timedelta(day))
    pool = books.kept.pool
    assert pool.quantity == sum((quantity if coming else -quantity for coming, quantity, _, _ in goods), D(0))
    assert pool.value == sum((past.total for past in books.pasts.values()), D(0)) == books.posted
    assert pool.quantity != 0 or pool.value == 0
    if method == "fifo":
        assert sum((each.quantity for each in pool.layers), D(0)) == pool.quantity
        assert sum((each.value for each in pool.layers), D(0)) == pool.value
    timely = sorted(books.pasts.values(), key=lambda past: (past.date, past.seq))
    ended, totals = replay(Pool(method, D("2.50")), [past.flow for past in timely])
    assert (ended.quantity, ended.value, ended.layers) == (pool.quantity, pool.value, pool.layers)
    if method != "standard":
        assert all(totals[past.flow.key] == past.total for past in timely)
