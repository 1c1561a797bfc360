"""The chart of accounts: the tree, one account, adding and changing, bringing one in."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..domain.accounts import TYPES, Account, AccountDraft, below, tree
from ..domain.charts import CHARTS, for_country, read_chart
from ..permissions import READ, SETUP
from ..records import ACCOUNT, BOOKS
from ..services import accounts, reports, setup
from ..services.accounts import AccountChanged
from .view import TheRequest

CHART = "/accounting/accounts"
FORM = "accounting/account_form.html"
LARGEST = 5_000_000  # bytes of a chart


@get("/begin", guards=[needs(SETUP)])
async def begin(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Ask which chart of accounts the books begin with."""
    if await setup.is_set_up(tenant):
        return ui.redirect(CHART)
    return await ui.page("accounting/begin.html", charts=CHARTS, suggested=for_country(tenant.country), errors={})


@post("/begin", guards=[needs(SETUP)])
async def choose_chart(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Begin the books with a chart."""
    try:
        made = await setup.set_up(tenant, form.get("chart"))
    except Invalid as wrong:
        return await ui.rejected("accounting/begin.html", wrong, charts=CHARTS, suggested=form.get("chart"))
    return ui.redirect("/accounting", toast=f"The books are open, with {made} accounts.")


@get("/accounts", guards=[needs(READ)])
async def show_chart(tenant: TheTenant, ui: TheUi, closed: FromQuery[bool] = False) -> Response[Any]:
    """Show the chart as a tree, with what each account holds today."""
    chart, held = await reports.chart_balances(tenant, tenant.today())
    if not chart:
        return await ui.page("accounting/unopened.html")
    nodes = [node for node in tree(chart) if closed or not node.account.closed]
    context: dict[str, Any] = {
        "nodes": nodes,
        "held": held,
        "base": tenant.currency,
        "closed": closed,
        "hidden": sum(each.closed for each in chart),
    }
    return await ui.page("accounting/accounts.html", **context)


@get("/accounts/find", guards=[needs(READ)])
async def find_accounts(tenant: TheTenant, ui: TheUi, q: FromQuery[str] = "") -> Response[str]:
    """Return accounts as options of a lookup field."""
    return await ui.fragment("accounting/_options.html", options=await accounts.find(tenant, q))


@get("/accounts/new", guards=[needs(SETUP)])
async def new_account(tenant: TheTenant, ui: TheUi, below_: FromQuery[UUID | None] = None) -> Response[str]:
    """Show an empty form."""
    form = Form.of(posting="yes", type="expense", parent=str(below_ or ""))
    return await _form(tenant, ui, form, None)


@post("/accounts/new", guards=[needs(SETUP)])
async def add_account(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Add an account."""
    try:
        made = await accounts.create(tenant, form.read(AccountDraft))
    except Invalid as wrong:
        return await _form(tenant, ui, form, None, wrong=wrong, status=422)
    return ui.redirect(CHART, toast=f"{made.label} is added.")


@get("/accounts/{account_id:uuid}", guards=[needs(READ)])
async def show_account(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID]) -> Response[Any]:
    """Show an account."""
    if account_id == BOOKS:
        return ui.redirect("/accounting/rules")
    account = await accounts.get(tenant, account_id)
    chart, held = await reports.chart_balances(tenant, tenant.today())
    first, last = await reports.default_days(tenant)
    page = await reports.general_ledger(tenant, account_id, first, last) if account.posting else None
    return await ui.page(
        "accounting/account.html",
        slots={"accounting.account.side": account_id},
        account=account,
        parent=next((each for each in chart if each.id == account.parent), None),
        children=[each for each in chart if each.parent == account_id],
        held=held,
        page=page,
        first=first,
        last=last,
        base=tenant.currency,
        history=await ui.history(ACCOUNT.name, account_id),
        actions=ui.actions(ACCOUNT.name, account_id),
    )


@get("/accounts/{account_id:uuid}/edit", guards=[needs(SETUP)])
async def edit_account(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID]) -> Response[str]:
    """Show the form of an account."""
    account = await accounts.get(tenant, account_id)
    return await _form(tenant, ui, _filled(account), account)


@post("/accounts/{account_id:uuid}/edit", guards=[needs(SETUP)])
async def change_account(tenant: TheTenant, ui: TheUi, form: TheForm, account_id: FromPath[UUID]) -> Response[Any]:
    """Change an account."""
    stored = await accounts.get(tenant, account_id)
    try:
        version = int(form.get("version")) if form.get("version").isdigit() else 0
        done = await accounts.update(tenant, account_id, version, form.read(AccountDraft))
    except Invalid as wrong:
        return await _form(tenant, ui, form, stored, wrong=wrong, status=422)
    except AccountChanged as changed:
        newer = Form({**form.values, "version": [str(changed.current.version)]})
        return await _form(tenant, ui, newer, changed.current, wrong=changed, theirs=_filled(changed.current), status=409)
    return ui.redirect(ACCOUNT.url(done.id), toast=f"{done.label} is saved.")


@post("/accounts/{account_id:uuid}/delete", guards=[needs(SETUP)])
async def delete_account(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID]) -> Response[Any]:
    """Delete an account that nothing uses."""
    return ui.redirect(CHART, toast=f"{await accounts.delete(tenant, account_id)} is deleted.")


def _filled(account: Account) -> Form:
    values = {name: str(getattr(account, name) or "") for name in ("code", "name", "type", "currency", "parent", "note")}
    flags = {name: "yes" if getattr(account, name) else "no" for name in ("posting", "closed", "reconcile")}
    form = Form.of(**values, **flags, version=str(account.version))
    form.values["tags"] = list(account.tags)
    return form


async def _form(
    tenant: Tenant,
    ui: Ui,
    form: Form,
    account: Account | None,
    *,
    wrong: Invalid | Conflict | None = None,
    theirs: Form | None = None,
    status: int = 200,
) -> Response[str]:
    chart = await accounts.chart(tenant)
    out = below(chart, account.id) if account else frozenset()
    tags = sorted({tag for each in chart for tag in each.tags} | set(form.all("tags")) | {"tax"})
    errors = wrong.fields if isinstance(wrong, Invalid) else {}
    problem = wrong.message if wrong and not errors else ""
    groups = [{"value": key, "label": f"{kind.title} ({kind.of.value.replace('_', ' ')})"} for key, kind in TYPES.items()]
    return await ui.page(
        FORM,
        status=status,
        form=form,
        account=account,
        types=groups,
        parents=[
            {"value": node.account.id, "label": "  " * node.depth + node.account.label}
            for node in tree(chart)
            if node.account.id not in out
        ],
        tags=tags,
        errors=errors,
        problem=problem,
        theirs=theirs,
    )


@get("/accounts/import", guards=[needs(SETUP)])
async def import_form(ui: TheUi) -> Response[str]:
    """Ask for a chart to bring in."""
    return await ui.page("accounting/chart_import.html", errors={}, chart=None)


@post("/accounts/import", guards=[needs(SETUP)], request_max_body_size=LARGEST + 100_000)
async def import_chart(tenant: TheTenant, ui: TheUi, request: TheRequest) -> Response[Any]:
    """Bring in a chart, or show what it would bring."""
    data = await request.form()
    file = data.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid.field("file", "Choose a file.")
        chart = read_chart(await file.read())
        if data.get("do") == "look":
            return await ui.page("accounting/chart_import.html", errors={}, chart=chart)
        added, there = await setup.add_chart(tenant, chart)
    except Invalid as wrong:
        return await ui.page("accounting/chart_import.html", status=422, errors=wrong.fields or {"file": wrong.message}, chart=None)
    warned = f" {' '.join(chart.warnings)}" if chart.warnings else ""
    return ui.redirect(CHART, toast=f"{added} accounts are added; {there} were there.{warned}")


account_routes = [
    *(begin, choose_chart, show_chart, find_accounts, new_account, add_account, show_account, edit_account, change_account, delete_account),
    *(import_form, import_chart),
]
