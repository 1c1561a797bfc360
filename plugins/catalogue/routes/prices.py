"""Prices of one product: all that stand, and rows for new ones."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, needs

from ..domain.prices import Overlay, PriceDraft, lowest_before
from ..domain.products import Product
from ..permissions import PRICE, READ
from ..records import PRODUCT
from ..services import prices, products
from ..services.basics import basics
from .charts import price_chart

TEMPLATE = "catalogue/prices.html"
EMPTY_ROWS = 1


async def _context(tenant: Tenant, product: Product, rows: list[Form]) -> dict[str, Any]:
    known, today = await basics(tenant), tenant.today()
    return {
        "product": product,
        "known": known,
        "lists": {each.id: each for each in known.price_lists},
        "rows": rows or [Form({})] * EMPTY_ROWS,
        "today": today,
        "chart": price_chart(product, known.price_list, today),
        "lowest": {each.id: lowest_before(each.prices, known.price_list.id, today) for each in product.variants},
    }


@get("/products/{product_id:uuid}/prices", guards=[needs(READ)])
async def show_prices(tenant: TheTenant, ui: TheUi, product_id: FromPath[UUID]) -> Response[str]:
    """Show all prices of a product, and a row for a new one."""
    product = await products.get(tenant, product_id)
    return await ui.page(TEMPLATE, **await _context(tenant, product, []), errors={}, problem="")


@post("/products/{product_id:uuid}/prices", guards=[needs(PRICE)])
async def set_prices(tenant: TheTenant, ui: TheUi, form: TheForm, product_id: FromPath[UUID]) -> Response[Any]:
    """Set the prices of all rows that are filled in, or show one row more."""
    product = await products.get(tenant, product_id)
    rows = [row for row in form.rows("prices") if row.get("amount")]
    if form.get("do") == "add_row":
        return await ui.page(TEMPLATE, **await _context(tenant, product, [*rows, Form({})]), errors={}, problem="")
    try:
        version = form.get("version")
        wanted = _read(product, rows)
        done, what = await prices.set_prices(tenant, product_id, int(version) if version.isdigit() else 0, wanted)
    except (Invalid, Conflict) as wrong:
        current = await products.get(tenant, product_id)
        return await ui.rejected(TEMPLATE, wrong, **await _context(tenant, current, rows))
    return ui.redirect(f"{PRODUCT.url(done.id)}/prices", toast=_told(what))


def _read(product: Product, rows: list[Form]) -> list[tuple[UUID, PriceDraft]]:
    """Return the rows typed; raises `Invalid` by field."""
    if not rows:
        raise Invalid.field("prices.0.amount", "Enter a price.")
    wrong: dict[str, str] = {}
    found: list[tuple[UUID, PriceDraft]] = []
    for place, row in enumerate(rows):
        try:
            variant = UUID(row.get("variant")) if row.get("variant") else product.variants[0].id
            found.append((variant, row.read(PriceDraft)))
        except Invalid as problem:
            wrong |= {f"prices.{place}.{name}": sentence for name, sentence in problem.fields.items()}
        except ValueError:
            wrong[f"prices.{place}.variant"] = "There is no such variant: choose one of the list."
    if wrong:
        raise Invalid(fields=wrong)
    return found


def _told(what: Overlay) -> str:
    if what.is_empty:
        return "These prices stand already."
    ended = len(what.changed) + len(what.removed)
    return f"{'The price is' if len(what.added) == 1 else 'The prices are'} set." + (
        f" {ended} other{'' if ended == 1 else 's'} made way for {'it' if len(what.added) == 1 else 'them'}." if ended else ""
    )


@post("/prices/{price_id:uuid}/end", guards=[needs(PRICE)])
async def end_price(tenant: TheTenant, ui: TheUi, price_id: FromPath[UUID], on: FromQuery[date]) -> Response[Any]:
    """Let a price end on a day."""
    done = await prices.end_price(tenant, price_id, on)
    return ui.redirect(f"{PRODUCT.url(done.id)}/prices", toast=f"The price ends on {on}.")


@post("/prices/{price_id:uuid}/remove", guards=[needs(PRICE)])
async def remove_price(tenant: TheTenant, ui: TheUi, price_id: FromPath[UUID]) -> Response[Any]:
    """Take a price away."""
    done = await prices.remove_price(tenant, price_id)
    return ui.redirect(f"{PRODUCT.url(done.id)}/prices", toast="The price is gone. The history keeps it.")
