"""Bank accounts and the statements brought for them."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Response

from weft import Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ...domain.bank.stored import StoredFile
from ...permissions import BANK, NUMBERS, READ, SETUP
from ...records import BANK_ACCOUNT
from ...services import bank_accounts, bank_desk, bank_statements, setup
from ...services.bank_accounts import BankAccountChanged, BankAccountDraft
from ..view import TheRequest

HOME = "/accounting/bank"
FORM = "accounting/bank_account_form.html"
LIMIT = bank_statements.LARGEST + 100_000  # bytes; the fields beside the file count too


@get("/bank", guards=[needs(READ)])
async def bank_home(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show bank accounts and the files that came last."""
    if not await setup.is_set_up(tenant):
        return await ui.page("accounting/unopened.html")
    return await ui.page("accounting/bank.html", page=await bank_desk.overview(tenant), problem="")


@get("/bank/new", guards=[needs(SETUP)])
async def new_account(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the empty form."""
    return await _form(tenant, ui, Form.of(currency=tenant.currency))


@post("/bank/new", guards=[needs(SETUP)])
async def make_account(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a bank account, or show the form again."""
    return await _save(tenant, ui, form, None)


@get("/bank/{account_id:uuid}", guards=[needs(READ)])
async def show_account(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID]) -> Response[str]:
    """Show a bank account with its statements."""
    return await _shown(tenant, ui, account_id)


@post("/bank/{account_id:uuid}/number", guards=[needs(NUMBERS)], status_code=200)
async def show_number(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID]) -> Response[str]:
    """Show it with its whole number, which the audit log keeps."""
    return await _shown(tenant, ui, account_id, await bank_accounts.show_number(tenant, account_id))


async def _shown(tenant: Tenant, ui: Ui, account_id: UUID, number: str = "") -> Response[str]:
    account = await bank_accounts.get(tenant, account_id)
    standing = next(each for each in await bank_accounts.standings(tenant) if each.account.id == account_id)
    return await ui.page(
        "accounting/bank_account.html",
        account=account,
        number=number,
        standing=standing,
        statements=await bank_desk.statements(tenant, account_id),
        history=await ui.history(BANK_ACCOUNT.name, account_id),
    )


@get("/bank/{account_id:uuid}/edit", guards=[needs(SETUP)])
async def edit_account(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID]) -> Response[str]:
    """Show a bank account in the form."""
    found = await bank_accounts.get(tenant, account_id)
    form = Form.of(
        name=found.name,
        number=found.number.masked,
        bank=found.bank,
        currency=found.currency,
        code=found.code,
        version=str(found.version),
        active="yes" if found.active else "",
    )
    return await _form(tenant, ui, form, found.name)


@post("/bank/{account_id:uuid}/edit", guards=[needs(SETUP)])
async def change_account(tenant: TheTenant, ui: TheUi, form: TheForm, account_id: FromPath[UUID]) -> Response[Any]:
    """Change a bank account, or show the form again."""
    return await _save(tenant, ui, form, account_id)


async def _form(
    tenant: Tenant, ui: Ui, form: Form, title: str = "", *, errors: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> Response[str]:
    accounts = [{"value": each.code, "label": f"{each.code} {each.name}"} for each in await bank_desk.money_accounts(tenant)]
    return await ui.page(FORM, status=status, form=form, name=title, accounts=accounts, errors=errors or {}, problem=problem)


async def _save(tenant: Tenant, ui: Ui, form: Form, account_id: UUID | None) -> Response[Any]:
    version = int(form.get("version")) if form.get("version").isdigit() else 0
    try:
        made = await bank_accounts.save(tenant, form.read(BankAccountDraft), account_id, version)
    except Invalid as wrong:
        return await _form(
            tenant, ui, form, form.get("name"), errors=wrong.fields, problem="" if wrong.fields else wrong.message, status=422
        )
    except BankAccountChanged as changed:
        now = changed.current
        number = now.number or "without a number"
        theirs = f"It is now {now.name}, {number}, {now.currency}, account {now.code}. Save again to put yours over it."
        again = Form({**form.values, "version": [str(now.version)]})
        return await _form(tenant, ui, again, now.name, problem=f"{changed.message} {theirs}", status=409)
    return ui.redirect(BANK_ACCOUNT.url(made.id), toast=f"{made.name} is saved.")


@post("/bank/import", guards=[needs(BANK)], request_max_body_size=LIMIT)
async def bring_files(tenant: TheTenant, ui: TheUi, request: TheRequest) -> Response[Any]:
    """Take statements that somebody brought; a worker reads them, once it is known which column of a CSV is what."""
    data = await request.form()
    files = [each for each in data.getall("files", []) if isinstance(each, UploadFile) and each.filename]
    chosen = str(data.get("account") or "")
    made: list[StoredFile] = []
    try:
        if not files:
            raise Invalid.field("file", "Choose a file that the bank made.")
        account = _account(chosen)
        for each in files:
            made.append(await bank_statements.upload(tenant, each.filename, await each.read(bank_statements.LARGEST + 1), account))  # noqa: PERF401 - those before a refused one count
    except Invalid as wrong:
        name = f"{files[len(made)].filename}: " if len(files) > 1 else ""
        rest = f" {len(made)} before it {'is' if len(made) == 1 else 'are'} being read." if made else ""
        page = await bank_desk.overview(tenant)
        return await ui.page("accounting/bank.html", status=422, page=page, problem=f"{name}{wrong.message}{rest}")
    asking = [each for each in made if each.state == "asking"]
    if asking:
        return ui.redirect(f"{HOME}/files/{asking[0].id}/columns", toast="Say which column is what.")
    return ui.redirect(HOME, toast=f"{len(files)} file{'s are' if len(files) > 1 else ' is'} being read.")


def _account(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid.field("account", "Choose one of your bank accounts, or leave it to the file.") from None


account_routes = [bank_home, new_account, make_account, show_account, edit_account, change_account, show_number, bring_files]
