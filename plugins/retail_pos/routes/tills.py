"""Stores, tills and operators: their forms, and the pairing of devices."""

from typing import Any, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, needs

from ..domain.setup import Operator, OperatorDraft, Store, StoreDraft, Till, TillDraft
from ..permissions import SETUP
from ..records import OPERATOR, STORE, TILL
from ..services import setup
from .reading import filled

HOME = "/retail_pos/tills"
Kind = Literal["store", "till", "operator"]
_RECORDS = {"store": STORE, "till": TILL, "operator": OPERATOR}


@get("/tills", guards=[needs(SETUP)])
async def show_setup(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show stores, tills and operators."""
    stores = await setup.all_stores(tenant)
    return await ui.page(
        "retail_pos/setup.html", stores=stores, tills=await setup.all_tills(tenant), operators=await setup.all_operators(tenant)
    )


async def _context(tenant: Tenant, ui: TheUi, kind: Kind, stored: Store | Till | Operator | None, form: Form) -> dict[str, Any]:
    record = _RECORDS[kind]
    return {
        "kind": kind,
        "stored": stored,
        "form": form,
        "stores": await setup.all_stores(tenant) if kind == "till" else [],
        "people": await tenant.people() if kind == "operator" else [],
        "history": await ui.history(record.name, stored.id) if stored else [],
        "code": "",
    }


async def _find(tenant: Tenant, kind: Kind, record_id: UUID) -> Store | Till | Operator:
    if kind == "store":
        return await setup.find_store(tenant, record_id)
    return await (setup.find_till(tenant, record_id) if kind == "till" else setup.find_operator(tenant, record_id))


async def _new(tenant: Tenant, ui: TheUi, kind: Kind) -> Response[str]:
    context = await _context(tenant, ui, kind, None, Form.of(active="yes", role="cashier"))
    return await ui.page("retail_pos/setup_form.html", **context, errors={}, problem="")


async def _show(tenant: Tenant, ui: TheUi, kind: Kind, record_id: UUID) -> Response[str]:
    stored = await _find(tenant, kind, record_id)
    return await ui.page("retail_pos/setup_form.html", **await _context(tenant, ui, kind, stored, filled(stored)), errors={}, problem="")


async def _save(tenant: Tenant, ui: TheUi, kind: Kind, form: Form, record_id: UUID | None) -> Response[Any]:
    try:
        if kind == "store":
            title = (await setup.save_store(tenant, form.read(StoreDraft), record_id)).title
        elif kind == "till":
            done = await setup.save_till(tenant, form.read(TillDraft), record_id)
            return ui.redirect(TILL.url(done.id), toast=f"“{done.title}” is saved.")
        else:
            title = (await setup.save_operator(tenant, form.read(OperatorDraft), record_id)).name
    except (Invalid, Conflict) as wrong:
        stored = await _find(tenant, kind, record_id) if record_id else None
        return await ui.rejected("retail_pos/setup_form.html", wrong, **await _context(tenant, ui, kind, stored, form))
    return ui.redirect(HOME, toast=f"“{title}” is saved.")


@get("/stores/new", guards=[needs(SETUP)])
async def new_store(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the empty form of a store."""
    return await _new(tenant, ui, "store")


@post("/stores/new", guards=[needs(SETUP)])
async def add_store(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a store."""
    return await _save(tenant, ui, "store", form, None)


@get("/stores/{store_id:uuid}", guards=[needs(SETUP)])
async def show_store(tenant: TheTenant, ui: TheUi, store_id: FromPath[UUID]) -> Response[str]:
    """Show a store in its form."""
    return await _show(tenant, ui, "store", store_id)


@post("/stores/{store_id:uuid}", guards=[needs(SETUP)])
async def change_store(tenant: TheTenant, ui: TheUi, form: TheForm, store_id: FromPath[UUID]) -> Response[Any]:
    """Change a store."""
    return await _save(tenant, ui, "store", form, store_id)


@get("/tills/new", guards=[needs(SETUP)])
async def new_till(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the empty form of a till."""
    return await _new(tenant, ui, "till")


@post("/tills/new", guards=[needs(SETUP)])
async def add_till(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a till."""
    return await _save(tenant, ui, "till", form, None)


@get("/tills/{till_id:uuid}", guards=[needs(SETUP)])
async def show_till(tenant: TheTenant, ui: TheUi, till_id: FromPath[UUID]) -> Response[str]:
    """Show a till in its form, with its device."""
    return await _show(tenant, ui, "till", till_id)


@post("/tills/{till_id:uuid}", guards=[needs(SETUP)])
async def change_till(tenant: TheTenant, ui: TheUi, form: TheForm, till_id: FromPath[UUID]) -> Response[Any]:
    """Change a till."""
    return await _save(tenant, ui, "till", form, till_id)


@post("/tills/{till_id:uuid}/pairing", guards=[needs(SETUP)], status_code=200)
async def offer_pairing(tenant: TheTenant, ui: TheUi, till_id: FromPath[UUID]) -> Response[Any]:
    """Show a new pairing code, once."""
    code = await setup.offer_pairing(tenant, till_id)
    stored = await setup.find_till(tenant, till_id)
    context = await _context(tenant, ui, "till", stored, filled(stored))
    return await ui.page("retail_pos/setup_form.html", **{**context, "code": code}, errors={}, problem="")


@post("/tills/{till_id:uuid}/revoke", guards=[needs(SETUP)])
async def revoke(tenant: TheTenant, ui: TheUi, till_id: FromPath[UUID]) -> Response[Any]:
    """Take the key of a till's device away."""
    await setup.revoke(tenant, till_id)
    return ui.redirect(TILL.url(till_id), toast="The device is unpaired. It can send nothing until it is paired again.")


@get("/operators/new", guards=[needs(SETUP)])
async def new_operator(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the empty form of an operator."""
    return await _new(tenant, ui, "operator")


@post("/operators/new", guards=[needs(SETUP)])
async def add_operator(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make an operator."""
    return await _save(tenant, ui, "operator", form, None)


@get("/operators/{operator_id:uuid}", guards=[needs(SETUP)])
async def show_operator(tenant: TheTenant, ui: TheUi, operator_id: FromPath[UUID]) -> Response[str]:
    """Show an operator in their form."""
    return await _show(tenant, ui, "operator", operator_id)


@post("/operators/{operator_id:uuid}", guards=[needs(SETUP)])
async def change_operator(tenant: TheTenant, ui: TheUi, form: TheForm, operator_id: FromPath[UUID]) -> Response[Any]:
    """Change an operator."""
    return await _save(tenant, ui, "operator", form, operator_id)
