"""What stands below a report's table."""

from decimal import Decimal

from web.tenant.reports.page import foot
from weft.reports import CellKind, ReportColumn

DAY = ReportColumn(key="day", title="Day", kind=CellKind.DATE)
SHOP = ReportColumn(key="shop", title="Shop")
SOLD = ReportColumn(key="sold", title="Sold", kind=CellKind.NUMBER)


def test_the_word_stands_in_the_first_column_of_words_not_among_days() -> None:
    assert foot({"sold": Decimal(3)}, [DAY, SHOP, SOLD], "GBP") == {"shop": "Total", "sold": Decimal(3)}


def test_without_a_column_of_words_sums_stand_alone() -> None:
    assert foot({"sold": Decimal(3)}, [DAY, SOLD], "GBP") == {"sold": Decimal(3)}
    assert foot({}, [DAY, SOLD], "GBP") is None
