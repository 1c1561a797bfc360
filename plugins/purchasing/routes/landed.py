"""Pages of landed costs: spread over receipts, looked at before they are."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Missing, Tenant, TheForm, TheTenant, TheUi, needs, new_id

from ..domain.landing import Basis
from ..permissions import BILL, READ
from ..records import LANDED
from ..services import desk, landing
from ..services.landing import LandedDraft

FORM = "purchasing/landed_form.html"


@get("/landed-costs", guards=[needs(READ)])
async def landed_list(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show landed costs."""
    return await ui.page("purchasing/landed_costs.html", found=await landing.everything(tenant), base=tenant.currency)


async def _context(tenant: Tenant, form: Form) -> dict[str, Any]:
    receipts, orders = await desk.latest_receipts(tenant)
    return {
        "typed": form,
        "receipts": receipts,
        "orders": orders,
        "base": tenant.currency,
        "bases": list(Basis),
        "supplier_options": await desk.supplier_option(tenant, form.get("supplier")),
        "shares": [],
    }


@get("/landed-costs/new", guards=[needs(BILL)])
async def new_landed(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the empty form."""
    form = Form.of(id=str(new_id()), day=tenant.today().isoformat(), basis="value")
    return await ui.page(FORM, **await _context(tenant, form), errors={}, problem="")


@post("/landed-costs/new", guards=[needs(BILL)])
async def spread_landed(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Show how a cost would be spread, or spread it."""
    try:
        draft = form.read(LandedDraft)
        if form.get("do") != "spread":
            shares = await landing.preview(tenant, draft)
            return await ui.page(FORM, **{**await _context(tenant, form), "shares": shares}, errors={}, problem="")
        made = await landing.land(tenant, draft)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(FORM, wrong, **await _context(tenant, form))
    except Missing as wrong:
        return await ui.rejected(FORM, Invalid(wrong.message), **await _context(tenant, form))
    return ui.redirect(LANDED.url(made.id), toast=f"{made.number} is spread.")


@get("/landed-costs/{landed_id:uuid}", guards=[needs(READ)])
async def show_landed(tenant: TheTenant, ui: TheUi, landed_id: FromPath[UUID]) -> Response[str]:
    """Show a landed cost."""
    page = await landing.page(tenant, landed_id)
    history = await ui.history(LANDED.name, landed_id)
    return await ui.page("purchasing/landed_cost.html", page=page, made=page.made, base=tenant.currency, history=history)


landed_routes = [landed_list, new_landed, spread_landed, show_landed]
