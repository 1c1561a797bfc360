"""Valuation as rules: the queue, the three methods, and that nothing gets lost."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from plugins.inventory.domain.queue import Layer, add, take
from plugins.inventory.domain.valuation import Flow, Method, Pool, flow, replay

D = Decimal


def queue(*layers: tuple[int, int]) -> tuple[Layer, ...]:
    return tuple(Layer(str(place), D(quantity), D(quantity * unit)) for place, (quantity, unit) in enumerate(layers))


def told(layers: tuple[Layer, ...]) -> list[tuple[int, int]]:
    return [(int(each.quantity), int(each.unit)) for each in layers]


def test_s30_goods_leave_the_queue_oldest_first() -> None:
    taken = take(queue((1, 10), (2, 20), (1, 20), (5, 20)), D(4), D(0))
    assert told(taken.queue) == [(5, 20)]
    assert taken.value == 70


def test_s30_goods_of_one_rate_leave_before_others() -> None:
    taken = take(queue((1, 10), (2, 20), (1, 20), (5, 20)), D(3), D(0), rate=D(20))
    assert told(taken.queue) == [(1, 10), (5, 20)]
    assert taken.value == 60


def test_s30_goods_that_come_cover_what_is_missing() -> None:
    below = take((), D(5), D(100)).queue
    assert told(below) == [(-5, 100)]
    assert told(add(below, Layer("a", D(1), D(10)))[0]) == [(-4, 100)]
    covered, change = add(below, Layer("a", D(6), D(60)))
    assert told(covered) == [(1, 10)]
    assert change == 10 - (60 - 500)


def test_s30_last_in_first_out_takes_the_newest() -> None:
    taken = take(queue((10, 10), (10, 20)), D(15), D(0), last_in=True)
    assert told(taken.queue) == [(5, 10)]
    assert taken.value == 250


def test_s22_a_receipt_corrects_what_went_out_before_it() -> None:
    sold = flow(Pool("fifo", cost=D(8)), Flow("a", D(-50)))
    assert sold.value == -400
    came = flow(sold.pool, Flow("b", D(40), D(600)))
    assert (came.total, came.pool.quantity, came.pool.value) == (D(250), D(-10), D(-150))
    more = flow(came.pool, Flow("c", D(20), D(500)))
    assert (more.total, more.pool.quantity, more.pool.value) == (D(400), D(10), D(250))


def test_s22_average_goes_below_zero_at_what_a_piece_cost() -> None:
    flows = [Flow("a", D(10), D(100)), Flow("b", D(10), D(150)), Flow("c", D(-25))]
    pool, totals = replay(Pool("average"), flows)
    assert (pool.quantity, pool.value, totals["c"]) == (D(-5), D("-62.50"), D("-312.50"))
    pool, _ = replay(Pool("average"), [flows[0], Flow("b", D(20), D(300)), flows[2]])
    assert (pool.quantity, pool.value, round(pool.cost, 2)) == (D(5), D("66.67"), D("13.33"))


QUANTITIES = st.decimals(D("-1000000"), D("1000000"), places=3).filter(lambda quantity: quantity != 0)
PRICES = st.none() | st.decimals(D(0), D("10000"), places=2)
METHODS = st.sampled_from(["fifo", "average", "standard"])


@given(METHODS, st.lists(st.tuples(QUANTITIES, PRICES), max_size=30))
def test_quantity_and_value_are_conserved_whatever_flows(method: Method, given_flows: list[tuple[Decimal, Decimal | None]]) -> None:
    pool, quantity, value = Pool(method, cost=D("3.33")), D(0), D(0)
    for place, (count, price) in enumerate(given_flows):
        worth = None if price is None or count < 0 else (price * count).quantize(D("0.01"))
        done = flow(pool, Flow(str(place), count, worth))
        pool, quantity, value = done.pool, quantity + count, value + done.total
        assert (pool.quantity, pool.value) == (quantity, value)
        assert pool.quantity != 0 or pool.value == 0
        assert pool.value * pool.quantity >= 0
        if method == "fifo":
            assert sum((each.quantity for each in pool.layers), D(0)) == pool.quantity
            assert sum((each.value for each in pool.layers), D(0)) == pool.value


@given(METHODS, st.lists(st.tuples(QUANTITIES, PRICES), min_size=1, max_size=15), st.integers(0, 14))
def test_a_receipt_that_is_taken_back_leaves_no_value_behind(
    method: Method, given_flows: list[tuple[Decimal, Decimal | None]], which: int
) -> None:
    flows = [
        Flow(str(place), count, None if price is None or count < 0 else (price * count).quantize(D("0.01")))
        for place, (count, price) in enumerate(given_flows)
    ]
    pool, totals = replay(Pool(method, cost=D("3.33")), flows)
    back = flows[which % len(flows)]
    worth = abs(totals[back.key])
    done = flow(pool, Flow("back", -back.quantity, worth, of=back.key))
    assert done.pool.quantity == pool.quantity - back.quantity
    assert done.pool.value == pool.value + done.total
    assert done.pool.quantity != 0 or done.pool.value == 0
    if method == "fifo":
        assert sum((each.value for each in done.pool.layers), D(0)) == done.pool.value
