"""Prices as a chart: one line for each variant, one point for each day on which something changes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..domain.prices import PriceList, price_on, timeline
from ..domain.products import Product

MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Chart:
    """What the `chart` macro draws."""

    labels: list[date]
    series: list[dict[str, Any]]
    currency: str


def price_chart(product: Product, price_list: PriceList, today: date) -> Chart | None:
    """Return how the prices of a list went and will go; nothing where they never change."""
    lines = [(variant, timeline(variant.prices, price_list.id)) for variant in product.variants[:MOST_LINES]]
    turns = sorted({day for _, steps in lines for day, _ in steps})
    if len(turns) < 2:
        return None
    eves = {day - timedelta(days=1) for day in turns[1:]}  # a price stays until the day it changes: no slope in between
    days = sorted({*turns, *eves, today, turns[-1] + timedelta(days=30)})
    series = []
    for variant, _ in lines:
        held = [price_on(variant.prices, price_list.id, day) for day in days]
        series.append({"name": variant.title or variant.sku, "values": [float(each.amount) if each else None for each in held]})
    return Chart(days, series, price_list.currency)
