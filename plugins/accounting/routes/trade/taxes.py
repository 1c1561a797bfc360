"""Pages of taxes, payment terms and exchange rates, and the tax return."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response
from msgspec import Meta

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ...domain.currency.rates import Rate
from ...domain.documents.terms import DiscountOn, EarlyPayment, Instalment, Part, PaymentTerms
from ...permissions import READ, TAX
from ...services import desk, taxes

TAXES, TERMS, RATES, RETURN = (f"accounting/{name}.html" for name in ("taxes", "terms", "rates", "tax_return"))
LARGEST = 20_000_000  # bytes of a file of rates: all of the ECB's since 1999 are 8 MB


@get("/taxes", guards=[needs(READ)])
async def show_taxes(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the taxes of the business, or what it can choose from."""
    return await ui.page(TAXES, **await _taxes(tenant), errors={}, problem="")


async def _taxes(tenant: Tenant) -> dict[str, Any]:
    page = await desk.taxes_page(tenant)
    return {"page": page, "today": tenant.today(), "likely": taxes.likely_system(tenant)}


@post("/taxes/choose", guards=[needs(TAX)])
async def choose_taxes(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Take the taxes of a country."""
    try:
        made = await taxes.choose_system(tenant, form.get("code"))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(TAXES, wrong, **await _taxes(tenant))
    return ui.redirect("/accounting/taxes", toast=f"“{made.title}” are the taxes of the business.")


@get("/taxes/file", guards=[needs(READ)])
async def taxes_file(tenant: TheTenant) -> Response[bytes]:
    """Return the taxes of the business as JSON."""
    page = await desk.taxes_page(tenant)
    if page.system is None:
        raise Invalid("There are no taxes to save yet: choose some first.")
    headers = {"Content-Disposition": f'attachment; filename="taxes-{page.system.code}.json"'}
    return Response(taxes.as_json(page.system), media_type="application/json", headers=headers)


@post("/taxes/bring", guards=[needs(TAX)], request_max_body_size=LARGEST + 100_000)
async def bring_taxes(tenant: TheTenant, ui: TheUi, request: Request[Any, Any, Any]) -> Response[Any]:
    """Take taxes from a file."""
    form = await request.form()
    try:
        version = str(form.get("version") or "0")
        made = await taxes.bring_system(tenant, await _content(form.get("file")), int(version) if version.isdigit() else 0)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(TAXES, wrong, **await _taxes(tenant))
    return ui.redirect("/accounting/taxes", toast=f"“{made.title}” are the taxes of the business.")


async def _content(upload: Any) -> bytes:
    if not hasattr(upload, "read"):
        raise Invalid.field("file", "Choose a file first.")
    content: bytes = await upload.read()
    if not content:
        raise Invalid.field("file", "This file is empty.")
    if len(content) > LARGEST:
        raise Invalid.field("file", "This file is larger than 20 MB.")
    return content


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a return."""

    first: date
    last: date


@get("/tax-return", guards=[needs(READ)])
async def show_return(
    tenant: TheTenant,
    ui: TheUi,
    first: Annotated[date | None, QueryParameter()] = None,
    last: Annotated[date | None, QueryParameter()] = None,
) -> Response[Any]:
    """Show the tax return of some days, the last whole quarter unless told."""
    days = _days(tenant.today(), first, last)
    page = await desk.tax_return(tenant, days.first, days.last)
    if page is None:
        return await ui.page("accounting/no_taxes.html")
    return await ui.page(RETURN, page=page, days=days, base=tenant.currency)


def _days(today: date, first: date | None, last: date | None) -> Days:
    start = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    before = date.fromordinal(start.toordinal() - 1)
    found = Days(first=first or date(before.year, before.month - 2, 1), last=last or before)
    if found.last < found.first:
        raise Invalid.field("last", "The last day comes before the first.")
    return found


@get("/rates", guards=[needs(READ)])
async def show_rates(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the newest exchange rates."""
    return await _rates(tenant, ui)


async def _rates(tenant: Tenant, ui: Ui, wrong: Invalid | Conflict | None = None, form: Form | None = None) -> Response[str]:
    context: dict[str, Any] = {
        "rates": await desk.newest_rates(tenant),
        "base": tenant.currency,
        "today": tenant.today(),
        "typed": form or Form({}),
    }
    if wrong:
        return await ui.rejected(RATES, wrong, **context)
    return await ui.page(RATES, **context, errors={}, problem="")


class TypedRate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate as somebody types it: one `base` is `value` of `quote`."""

    day: date
    base: Annotated[str, Meta(min_length=3, max_length=3)]
    quote: Annotated[str, Meta(min_length=3, max_length=3)]
    value: Decimal


@post("/rates", guards=[needs(TAX)])
async def add_rate(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Keep one rate."""
    try:
        read = form.read(TypedRate)
        await taxes.add_rates(tenant, [Rate(read.day, read.base.upper(), read.quote.upper(), read.value, "entered")])
    except Invalid as wrong:
        return await _rates(tenant, ui, wrong, form)
    return ui.redirect("/accounting/rates", toast="The rate is kept.")


@post("/rates/import", guards=[needs(TAX)], request_max_body_size=LARGEST + 100_000)
async def import_rates(tenant: TheTenant, ui: TheUi, request: Request[Any, Any, Any]) -> Response[Any]:
    """Keep the rates of a file of the ECB's."""
    form = await request.form()
    try:
        count = await taxes.import_reference_rates(tenant, await _content(form.get("file")))
    except Invalid as wrong:
        return await _rates(tenant, ui, wrong)
    return ui.redirect(
        "/accounting/rates", toast=f"{count} rates are new or different." if count else "All these rates were there already."
    )


class TypedTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Payment terms as their form has them: one instalment before the remainder at most."""

    title: Annotated[str, Meta(min_length=1, max_length=60)]
    days: Annotated[int, Meta(ge=0, le=3650)] = 0
    months: Annotated[int, Meta(ge=0, le=120)] = 0
    end_of_month: bool = False
    then_days: Annotated[int, Meta(ge=0, le=3650)] = 0
    down: Decimal = Decimal(0)  # percent, at once
    early_percent: Decimal = Decimal(0)
    early_days: Annotated[int, Meta(ge=0, le=3650)] = 0
    early_on: DiscountOn = DiscountOn.TOTAL

    def terms(self) -> PaymentTerms:
        """Return the terms."""
        last = Instalment(days=self.days, months=self.months, end_of_month=self.end_of_month, then_days=self.then_days)
        down = (Instalment(part=Part.PERCENT, value=self.down),) if self.down else ()
        early = EarlyPayment(percent=self.early_percent, days=self.early_days, on=self.early_on) if self.early_percent else None
        return PaymentTerms(instalments=(*down, last), early=early)


@get("/payment-terms", guards=[needs(READ)])
async def show_terms(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show payment terms, and a form for new ones."""
    return await ui.page(TERMS, all_terms=await taxes.all_terms(tenant), today=tenant.today(), typed=Form({}), errors={}, problem="")


@post("/payment-terms", guards=[needs(TAX)])
async def add_terms(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make payment terms."""
    try:
        read = form.read(TypedTerms)
        made = await taxes.save_terms(tenant, read.title, read.terms())
    except Invalid as wrong:
        return await ui.rejected(TERMS, wrong, all_terms=await taxes.all_terms(tenant), today=tenant.today(), typed=form)
    return ui.redirect("/accounting/payment-terms", toast=f"“{made.title}” can be chosen.")


@post("/payment-terms/{terms_id:uuid}/switch", guards=[needs(TAX)])
async def switch_terms(tenant: TheTenant, ui: TheUi, terms_id: FromPath[UUID]) -> Response[Any]:
    """Offer payment terms no more, or again."""
    made = await taxes.switch_terms(tenant, terms_id)
    return ui.redirect("/accounting/payment-terms", toast=f"“{made.title}” is {'offered again' if made.active else 'offered no more'}.")


tax_routes = [
    *(show_taxes, choose_taxes, taxes_file, bring_taxes, show_return),
    *(show_rates, add_rate, import_rates, show_terms, add_terms, switch_terms),
]
