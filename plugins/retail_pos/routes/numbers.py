"""The page of sales figures, which narrows down from a day to a category, an hour, a cashier, an item, and their receipts."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get
from litestar.response import Response

from weft import Form, Invalid, TheTenant, TheUi, needs

from ..domain.kpis import Days
from ..permissions import READ
from ..queries.kpis import Narrowed
from ..services import numbers
from ..services.numbers import LONGEST, Span

SPANS: tuple[tuple[Span, str], ...] = (
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("week", "7 days"),
    ("four_weeks", "4 weeks"),
    ("month", "This month"),
)
PATH = "/retail_pos/figures"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is asked for."""

    span: Span = ""
    first: date | None = None
    last: date | None = None
    hour: Annotated[int, msgspec.Meta(ge=0, le=23)] | None = None
    category: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    cashier: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    sku: Annotated[str, msgspec.Meta(max_length=60)] | None = None


@get("/figures", guards=[needs(READ)])
async def show_figures(tenant: TheTenant, ui: TheUi, request: Request[Any, Any, Any]) -> Response[Any]:
    """Show what was sold."""
    query = Form({key: request.query_params.getall(key) for key in request.query_params})
    try:
        asked = query.read(Asked)
        days = await _days(tenant, asked)
    except Invalid as wrong:
        return await ui.rejected("retail_pos/figures.html", wrong, found=None, query=query, **_frame(tenant, Asked(), None))
    narrowed = Narrowed(hour=asked.hour, category=asked.category, cashier=asked.cashier, sku=asked.sku)
    found = await numbers.overview(tenant, days, narrowed)
    return await ui.page("retail_pos/figures.html", found=found, query=query, errors={}, problem="", **_frame(tenant, asked, days))


async def _days(tenant: TheTenant, asked: Asked) -> Days:
    if asked.span:
        return numbers.days_of(asked.span, tenant.today())
    if asked.first is None and asked.last is None:
        return await numbers.usual_days(tenant)
    first, last = asked.first or asked.last, asked.last or asked.first
    assert first is not None
    assert last is not None
    if last < first:
        raise Invalid.field("last", "The last day comes before the first.")
    if (last - first).days >= LONGEST:
        raise Invalid.field("last", f"Choose {LONGEST} days at most.")
    return Days(first, last)


def _frame(tenant: TheTenant, asked: Asked, days: Days | None) -> dict[str, Any]:
    """Return what the page's links are made of: the way back to all, and one step further into each part."""
    chosen = {name: value for name in ("hour", "category", "cashier", "sku") if (value := getattr(asked, name)) is not None}
    when: dict[str, object] = {"first": days.first.isoformat(), "last": days.last.isoformat()} if days else {}

    def link(**more: object) -> str:
        return f"{PATH}?{urlencode({**when, **chosen, **more})}"

    def without(name: str) -> str:
        return f"{PATH}?{urlencode({**when, **{key: value for key, value in chosen.items() if key != name}})}"

    meant = asked.span or next((span for span, _ in SPANS if days == numbers.days_of(span, tenant.today())), "")
    spans = [{"label": title, "href": f"{PATH}?{urlencode({'span': span, **chosen})}", "active": span == meant} for span, title in SPANS]
    return {"spans": spans, "chosen": chosen, "link": link, "without": without, "path": PATH, "base": tenant.currency}


NUMBERS = (show_figures,)
