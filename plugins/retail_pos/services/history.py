"""The demo shop's time before its tills: eight trading days of a gift shop, moved to the days before today."""

import csv
import gzip
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from typing import NamedTuple

from weft import Change, RecordRef, Tenant, new_id

from ..domain.kpis import Days
from ..queries import daily, kpis
from ..records import HISTORY

CASHIERS = ("Cleo Dean", "Femi Grey", "Ben Carter")
CHARGES = "Postage and charges"
COSTS = range(44, 71)  # hundredths of the price, one for each article: made up, since the data has no costs
# The first of these whose word is in a description is its category: made up as well.
CATEGORIES = (
    ("Christmas", "CHRISTMAS|XMAS|ADVENT|SNOW|REINDEER|BAUBLE"),
    ("Lights and candles", "LIGHT|CANDLE|LANTERN|LAMP|TLIGHT"),
    ("Bags", "BAG|SATCHEL|PURSE|BACKPACK"),
    ("Kitchen and table", "MUG|CUP|PLATE|BOWL|TEA|CAKE|BAKING|LUNCH|JAR|KITCHEN|SPOON|TRAY|NAPKIN|BOTTLE|GLASS|TIN|EGG|COFFEE"),
    ("Home", "CLOCK|FRAME|HOOK|DOORMAT|CUSHION|MIRROR|SIGN|CABINET|DRAWER|HOLDER|BOX|BASKET|CHAIR|WALL|HOME|HEART"),
    ("Cards and wrap", "CARD|WRAP|PAPER|TISSUE|RIBBON|STICKER|NOTEBOOK|PEN|CHALK"),
    ("Toys", "TOY|GAME|DOLL|PLAY|CHILD|JIGSAW|SKITTLES|BLOCK|PUPPET|DINOSAUR"),
)


class Sold(NamedTuple):
    """A line as the data has it; `day` is that of the data."""

    day: date
    hour: int
    invoice: str
    code: str
    description: str
    quantity: int
    price: Decimal

    @property
    def returned(self) -> bool:
        """Whether its invoice is a cancellation."""
        return self.invoice.startswith("C")

    @property
    def goods(self) -> bool:
        """Whether it is an article: postage, discounts and charges have codes of letters."""
        return re.match(r"\d{5}", self.code) is not None


def read() -> Iterator[Sold]:
    """Yield every line of the data."""
    packed = files(__package__.rpartition(".")[0]).joinpath("demo", "online_retail.csv.gz").read_bytes()
    for row in csv.DictReader(io.StringIO(gzip.decompress(packed).decode(), newline="")):
        yield Sold(
            date.fromisoformat(row["day"]),
            int(row["hour"]),
            row["invoice"],
            row["code"],
            " ".join(row["description"].split()),
            int(row["quantity"]),
            Decimal(row["price"]),
        )


def category_of(line: Sold) -> str:
    """Return the category that the demo gives a line."""
    if not line.goods:
        return CHARGES
    return next((title for title, words in CATEGORIES if re.search(words, line.description)), "Gifts")


def cost_of(line: Sold) -> Decimal:
    """Return the share of an article's price that the demo says it cost."""
    return Decimal(COSTS[int(line.code[:5]) % len(COSTS)]) / 100


def columns(lines: Sequence[Sold], last: date) -> Mapping[str, Sequence[object]]:
    """Return the lines by column, so moved that the last of their days becomes `last`; amounts are rounded to the cent."""
    moved = last - max(line.day for line in lines)
    nets = [_cents(line.quantity * line.price) for line in lines]
    return {
        "id": [new_id() for _ in lines],
        "day": [line.day + moved for line in lines],
        "hour": [line.hour for line in lines],
        "reference": [line.invoice for line in lines],
        "returned": [line.returned for line in lines],
        "operator": [CASHIERS[int(re.sub(r"\D", "", line.invoice)) % len(CASHIERS)] for line in lines],
        "sku": [line.code for line in lines],
        "name": [line.description for line in lines],
        "category": [category_of(line) for line in lines],
        "quantity": [Decimal(line.quantity) for line in lines],
        "net": nets,
        "gross": nets,
        "discount": [Decimal(0) for _ in lines],
        "cost": [_cents(line.quantity * line.price * cost_of(line)) if line.goods else None for line in lines],
    }


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def over_the_counter(lines: Sequence[Sold], most: Decimal) -> list[Sold]:
    """Return the lines of baskets that come to no more than an amount, either way."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.invoice] = sums.get(line.invoice, Decimal(0)) + line.quantity * line.price
    return [line for line in lines if abs(sums[line.invoice]) <= most]


async def tell(tenant: Tenant, *, last: date | None = None, most: Decimal | None = None) -> Days:
    """Bring the days in, the last of them yesterday unless told; returns which they are now. `most` leaves larger baskets out."""
    lines, last = list(read()), last or tenant.today() - timedelta(1)
    lines = lines if most is None else over_the_counter(lines, most)
    first = min(line.day for line in lines) + (last - max(line.day for line in lines))
    async with tenant.transaction() as db:
        made = columns(lines, last)
        count = await kpis.add_history(db, made)
        await daily.mark(db, sorted({day for day in made["day"] if isinstance(day, date)}))
        told = {"lines": count, "first": first, "last": last}
        await tenant.record(Change(RecordRef(HISTORY, new_id(), "Sales of the time before"), "brought in", {}, told))
    return Days(first, last)
