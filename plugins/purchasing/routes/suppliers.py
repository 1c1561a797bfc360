"""Pages of suppliers: the list, the card with prices and open orders, and the forms of both."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from weft import Conflict, Form, Invalid, Missing, Tenant, TheForm, TheTenant, TheUi, Ui, needs, new_id

from ..domain.matching import plain
from ..domain.prices import SupplierPrice
from ..domain.suppliers import Supplier
from ..listings import SUPPLIERS
from ..permissions import PRICES, READ
from ..records import SUPPLIER
from ..services import adding, suppliers
from ..services.suppliers import PriceChanged, SupplierChanged

CARD = "purchasing/supplier.html"
FORM = "purchasing/supplier_form.html"
PRICE = "purchasing/price_form.html"


@get("/suppliers", guards=[needs(READ)])
async def supplier_list(ui: TheUi) -> Response[Any]:
    """Show suppliers."""
    return await ui.listing(SUPPLIERS, template="purchasing/suppliers.html")


@get("/suppliers/lookup", guards=[needs(READ)])
async def supplier_lookup(tenant: TheTenant, ui: TheUi, q: Annotated[str, QueryParameter(max_length=200)] = "") -> Response[str]:
    """Return the suppliers that a lookup field finds, and contacts that could become one."""
    found = await suppliers.lookup(tenant, q)
    options = [{"value": each.id, "label": each.name, "hint": "" if each.version else "not a supplier yet"} for each in found]
    return await ui.fragment("shell/_options.html", options=options)


@get("/suppliers/{supplier_id:uuid}", guards=[needs(READ)])
async def show_supplier(tenant: TheTenant, ui: TheUi, supplier_id: FromPath[UUID]) -> Response[str]:
    """Show all there is to know of a supplier."""
    card = await suppliers.card(tenant, supplier_id)
    return await ui.page(
        CARD,
        card=card,
        supplier=card.supplier,
        base=tenant.currency,
        today=tenant.today(),
        history=await ui.history(SUPPLIER.name, card.supplier.id),
        actions=ui.actions(SUPPLIER.name, card.supplier.id),
    )


def _text(value: object) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)


def _filled(record: msgspec.Struct) -> Form:
    values = {name: getattr(record, name) for name in record.__struct_fields__}
    return Form.of(**{name: plain(value) if hasattr(value, "as_tuple") else _text(value) for name, value in values.items()})


@get("/suppliers/new", guards=[needs(PRICES)])
async def new_supplier(ui: TheUi) -> Response[str]:
    """Show the form that makes a contact a supplier."""
    return await ui.page(FORM, supplier=None, typed=Form.of(lead_days="7"), supplier_options=[], theirs=None, errors={}, problem="")


@post("/suppliers/new", guards=[needs(PRICES)])
async def choose_supplier(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Go on with the contact that was chosen."""
    try:
        chosen = UUID(form.get("party"))
        card = await suppliers.card(tenant, chosen)
    except (ValueError, Missing):
        wrong = Invalid.field("party", "Choose a contact of the list; new ones are added under Contacts.")
        return await ui.rejected(FORM, wrong, supplier=None, typed=form, supplier_options=[], theirs=None)
    return ui.redirect(f"{SUPPLIER.url(card.supplier.id)}/edit")


@get("/suppliers/{supplier_id:uuid}/edit", guards=[needs(PRICES)])
async def edit_supplier(tenant: TheTenant, ui: TheUi, supplier_id: FromPath[UUID]) -> Response[str]:
    """Show the form of a supplier."""
    found = (await suppliers.card(tenant, supplier_id)).supplier
    return await ui.page(FORM, supplier=found, typed=_filled(found), supplier_options=[], theirs=None, errors={}, problem="")


@post("/suppliers/{supplier_id:uuid}/edit", guards=[needs(PRICES)])
async def save_supplier(tenant: TheTenant, ui: TheUi, form: TheForm, supplier_id: FromPath[UUID]) -> Response[Any]:
    """Keep a supplier."""
    found = (await suppliers.card(tenant, supplier_id)).supplier
    context: dict[str, Any] = {"supplier": found, "typed": form, "supplier_options": [], "theirs": None}
    try:
        values = {
            name: form.get(name) for name in ("account", "email", "currency", "lead_days", "least_order", "note", "active", "version")
        }
        read = Form.of(**values, id=str(found.id), name=found.name).read(Supplier)
        kept = await suppliers.save(tenant, read)
    except SupplierChanged as changed:
        values = {name: given[-1] for name, given in form.values.items() if given} | {"version": str(changed.current.version)}
        return await ui.rejected(FORM, changed, **{**context, "typed": Form.of(**values), "theirs": _filled(changed.current)})
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(FORM, wrong, **context)
    return ui.redirect(SUPPLIER.url(kept.id), toast=f"{kept.name} is saved.")


async def _price_context(tenant: Tenant, supplier_id: UUID, form: Form, price: SupplierPrice | None) -> dict[str, Any]:
    card = await suppliers.card(tenant, supplier_id)
    try:
        item = await adding.by_id(tenant, UUID(form.get("item")), None)
        options = [{"value": str(item.item), "label": item.description}]
    except (ValueError, Missing):
        options = []
    return {"supplier": card.supplier, "price": price, "typed": form, "item_options": options, "theirs": None}


@get("/suppliers/{supplier_id:uuid}/prices/new", guards=[needs(PRICES)])
async def new_price(tenant: TheTenant, ui: TheUi, supplier_id: FromPath[UUID]) -> Response[str]:
    """Show the form of a new price."""
    context = await _price_context(tenant, supplier_id, Form.of(id=str(new_id()), pack="1", rank="1"), None)
    return await ui.page(PRICE, **context, errors={}, problem="")


@get("/suppliers/{supplier_id:uuid}/prices/{price_id:uuid}", guards=[needs(PRICES)])
async def edit_price(tenant: TheTenant, ui: TheUi, supplier_id: FromPath[UUID], price_id: FromPath[UUID]) -> Response[str]:
    """Show the form of a price."""
    found = await suppliers.get_price(tenant, price_id)
    return await ui.page(PRICE, **await _price_context(tenant, supplier_id, _filled(found), found), errors={}, problem="")


@post("/suppliers/{supplier_id:uuid}/prices/new", guards=[needs(PRICES)])
async def add_price(tenant: TheTenant, ui: TheUi, form: TheForm, supplier_id: FromPath[UUID]) -> Response[Any]:
    """Keep a new price."""
    return await _save_price(tenant, ui, form, supplier_id, None)


@post("/suppliers/{supplier_id:uuid}/prices/{price_id:uuid}", guards=[needs(PRICES)])
async def save_price(tenant: TheTenant, ui: TheUi, form: TheForm, supplier_id: FromPath[UUID], price_id: FromPath[UUID]) -> Response[Any]:
    """Keep a price, or take it away."""
    if form.get("do") == "delete":
        await suppliers.delete_price(tenant, price_id)
        return ui.redirect(SUPPLIER.url(supplier_id), toast="The price is gone.")
    return await _save_price(tenant, ui, form, supplier_id, await suppliers.get_price(tenant, price_id))


async def _save_price(tenant: Tenant, ui: Ui, form: Form, supplier_id: UUID, price: SupplierPrice | None) -> Response[Any]:
    names = [each for each in SupplierPrice.__struct_fields__ if each not in ("id", "supplier")]
    values = {name: form.get(name) for name in names}
    try:
        chosen = str(price.id) if price else form.get("id")
        read = Form.of(**values, id=chosen, supplier=str(supplier_id)).read(_PriceForm)
        kept = {name: getattr(read, name) for name in SupplierPrice.__struct_fields__}
        await suppliers.save_price(tenant, SupplierPrice(**kept), new=price is None)
    except PriceChanged as changed:
        context = await _price_context(tenant, supplier_id, Form.of(**values | {"version": str(changed.current.version)}), price)
        return await ui.rejected(PRICE, changed, **{**context, "theirs": _filled(changed.current)})
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(PRICE, wrong, **await _price_context(tenant, supplier_id, form, price))
    return ui.redirect(SUPPLIER.url(supplier_id), toast="The price is saved.")


class _PriceForm(SupplierPrice, frozen=True, kw_only=True):
    """A price as its form has it: an empty currency is the supplier's."""

    currency: str = ""


supplier_routes = [
    *(supplier_list, supplier_lookup, new_supplier, choose_supplier, show_supplier, edit_supplier, save_supplier),
    *(new_price, add_price, edit_price, save_price),
]
