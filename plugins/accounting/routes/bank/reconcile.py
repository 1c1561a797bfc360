"""The page on which lines are reconciled: walked with j and k, accepted with one key, taken back with another."""

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response
from msgspec import Meta

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs, read_fields

from ...bank_listings import BANK_LINES
from ...domain.bank.splits import Split
from ...permissions import READ, RECONCILE
from ...services import bank_desk, reconciling

PAGE = "accounting/reconcile.html"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the form: an amount, and a document, an account or a party."""

    amount: Decimal = Decimal(0)
    document: str = ""  # the id of a document, or of an open line of the ledger after "line:"
    settles: Decimal | None = None
    code: str = ""
    party: UUID | None = None
    description: Annotated[str, Meta(max_length=500)] = ""


async def _show(
    tenant: Tenant,
    ui: Ui,
    account_id: UUID,
    line_id: UUID | None,
    *,
    form: Form | None = None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response[str]:
    desk = await bank_desk.desk(tenant, account_id, line_id)
    accounts = await bank_desk.posting_accounts(tenant) if desk.current else []
    rows = form.rows("splits") if form else []
    parties = {row.get("party") for row in rows if row.get("party")}
    options = {each: [{"value": each, "label": (await bank_desk.party(tenant, UUID(each))).name}] for each in parties}
    chosen = form.all("items") if form else []
    sums = bank_desk.sums(desk.current, await bank_desk.chosen(tenant, _ticked(chosen))) if desk.current else None
    return await ui.page(
        PAGE,
        status=status,
        desk=desk,
        accounts=accounts,
        rows=rows,
        chosen=chosen,
        sums=sums,
        code=form.get("code") if form and chosen else await bank_desk.fee_account(tenant),
        errors=errors or {},
        problem=problem,
        party_options=options,
    )


@get("/bank/{account_id:uuid}/reconcile", guards=[needs(READ)])
async def reconcile(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID], line: FromQuery[UUID | None] = None) -> Response[str]:
    """Show open lines, and one of them with its suggestions."""
    return await _show(tenant, ui, account_id, line)


@get("/bank/lines", guards=[needs(READ)])
async def line_list(ui: TheUi) -> Response[Any]:
    """Show all lines of all bank accounts."""
    return await ui.listing(BANK_LINES, template="accounting/bank_lines.html")


@get("/bank/lines/{line_id:uuid}", guards=[needs(READ)])
async def show_line(tenant: TheTenant, ui: TheUi, line_id: FromPath[UUID]) -> Response[Any]:
    """Show a line where it is: on the page that reconciles it, else in its statement."""
    line = await bank_desk.line(tenant, line_id)
    if line.state == "open":
        return ui.redirect(f"/accounting/bank/{line.bank_account}/reconcile?line={line.id}")
    return ui.redirect(f"/accounting/bank/statements/{line.statement}#line-{line.position}")


@post("/bank/lines/{line_id:uuid}/accept", guards=[needs(RECONCILE)])
async def accept(tenant: TheTenant, ui: TheUi, form: TheForm, line_id: FromPath[UUID]) -> Response[Any]:
    """Accept a suggestion, and go on to the next line."""
    line = await bank_desk.line(tenant, line_id)
    try:
        done = await reconciling.accept(tenant, line_id, _number(form.get("version")), _number(form.get("choice")))
    except (Invalid, Conflict) as refused:
        status = 422 if isinstance(refused, Invalid) else 409
        return await _show(tenant, ui, line.bank_account, line_id, problem=refused.message, status=status)
    return _on(
        ui, line.bank_account, form.get("next"), f"{line.title}: {'; '.join(match.title for each in done for match in each.matches)}"
    )


@post("/bank/lines/{line_id:uuid}/settle", guards=[needs(RECONCILE)])
async def settle(tenant: TheTenant, ui: TheUi, form: TheForm, line_id: FromPath[UUID]) -> Response[Any]:
    """Settle a line by hand, or show the form again."""
    line = await bank_desk.line(tenant, line_id)
    splits, places, wrong = _splits(form)
    try:
        if wrong:
            raise Invalid(fields=wrong)
        done = await reconciling.settle(tenant, line_id, _number(form.get("version")), splits)
    except Invalid as refused:
        errors = {_at(name, places): sentence for name, sentence in refused.fields.items()}
        said = " ".join(errors.values()) or refused.message
        return await _show(tenant, ui, line.bank_account, line_id, form=form, errors=errors, problem=said, status=422)
    except Conflict as refused:
        return await _show(tenant, ui, line.bank_account, line_id, problem=refused.message, status=409)
    return _on(ui, line.bank_account, form.get("next"), f"{line.title}: {'; '.join(match.title for match in done.matches)}")


def _splits(form: Form) -> tuple[list[Split], list[int], dict[str, str]]:
    """Return the rows that say something, where they stand, and what is wrong with them."""
    splits: list[Split] = []
    places: list[int] = []
    wrong: dict[str, str] = {}
    for place, row in enumerate(form.rows("splits")):
        if not any(row.get(name) for name in ("amount", "document", "code", "party")):
            continue
        try:
            read = read_fields(Row, row.values)
        except Invalid as problem:
            wrong |= {f"splits.{place}.{name}": sentence for name, sentence in problem.fields.items()}
            continue
        code = read.code.split(" ")[0]
        try:
            document, open_line = _item(read.document)
        except ValueError:
            wrong[f"splits.{place}.document"] = "This item is not open any more."
            continue
        fields = {name: getattr(read, name) for name in ("amount", "settles", "party", "description")}
        splits.append(Split(**fields, document=document, line=open_line, code="" if read.document else code))
        places.append(place)
    return splits, places, wrong


def _item(key: str) -> tuple[UUID | None, UUID | None]:
    """Return the document, or the open line of the ledger, that a choice names; raises `ValueError`."""
    if not key:
        return None, None
    return (None, UUID(key.removeprefix("line:"))) if key.startswith("line:") else (UUID(key), None)


def _ticked(keys: Iterable[str]) -> list[Split]:
    """Return parts for what is ticked, their amounts still missing; what no form of ours sends is passed over."""
    told = []
    for key in keys:
        with suppress(ValueError):
            document, open_line = _item(key)
            told.append(Split(amount=Decimal(0), document=document, line=open_line))
    return told


@get("/bank/lines/{line_id:uuid}/sum", guards=[needs(READ)])
async def show_sum(tenant: TheTenant, ui: TheUi, line_id: FromPath[UUID], items: FromQuery[list[str] | None] = None) -> Response[str]:
    """Return what ticked items come to, and what is left of a line."""
    line = await bank_desk.line(tenant, line_id)
    found = await bank_desk.chosen(tenant, _ticked(items or ()))
    return await ui.fragment("accounting/_bank_sum.html", sums=bank_desk.sums(line, found))


@post("/bank/lines/{line_id:uuid}/settle-together", guards=[needs(RECONCILE)])
async def settle_together(tenant: TheTenant, ui: TheUi, form: TheForm, line_id: FromPath[UUID]) -> Response[Any]:
    """Settle all that is ticked with one line, the difference booked to an account; or show the form again."""
    line = await bank_desk.line(tenant, line_id)
    found = await bank_desk.chosen(tenant, _ticked(form.all("items")))
    left, code = bank_desk.sums(line, found).left, form.get("code").split(" ")[0]
    parts = [
        Split(amount=each.amount, document=None if each.entry else each.id, line=each.id if each.entry else None, title=each.number)
        for each in found
    ]
    if left and code:
        parts.append(Split(amount=left, code=code))
    try:
        if len(found) < len(form.all("items")):
            raise Invalid("Some of it was settled meanwhile: look again.")
        if not found:
            raise Invalid("Tick what the line pays.")
        if left and not code:
            raise Invalid.field("code", f"{left:,} are left: say which account the difference goes to, or tick other items.")
        done = await reconciling.settle(tenant, line_id, _number(form.get("version")), parts)
    except Invalid as refused:
        said = " ".join(refused.fields.values()) or refused.message
        return await _show(tenant, ui, line.bank_account, line_id, form=form, errors=refused.fields, problem=said, status=422)
    except Conflict as refused:
        return await _show(tenant, ui, line.bank_account, line_id, problem=refused.message, status=409)
    return _on(ui, line.bank_account, form.get("next"), f"{line.title}: {'; '.join(match.title for match in done.matches)}")


def _at(name: str, places: list[int]) -> str:
    """Return a field of a split under the place of its row."""
    parts = name.split(".")
    return f"splits.{places[int(parts[1])]}.{parts[2]}" if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(places) else name


@post("/bank/lines/{line_id:uuid}/undo", guards=[needs(RECONCILE)])
async def undo(tenant: TheTenant, ui: TheUi, form: TheForm, line_id: FromPath[UUID]) -> Response[Any]:
    """Take a reconciliation back, and look at the line again."""
    line = await bank_desk.line(tenant, line_id)
    try:
        await reconciling.undo(tenant, line_id, _number(form.get("version")), form.get("reason") or "Reconciled wrongly")
    except (Invalid, Conflict) as refused:
        return await _show(tenant, ui, line.bank_account, None, problem=refused.message, status=409)
    return _on(ui, line.bank_account, str(line_id), f"{line.title} is open again.")


@post("/bank/{account_id:uuid}/accept-certain", guards=[needs(RECONCILE)])
async def accept_certain(tenant: TheTenant, ui: TheUi, account_id: FromPath[UUID]) -> Response[Any]:
    """Accept every suggestion that is certain."""
    done, refused = await reconciling.accept_certain(tenant, account_id)
    if refused:
        return await _show(tenant, ui, account_id, None, problem=" ".join(refused[:5]), status=409)
    return _on(ui, account_id, "", f"{done} line{'s are' if done != 1 else ' is'} reconciled.")


def _on(ui: Ui, account_id: UUID, line: str, toast: str) -> Response[Any]:
    """Go on to a line, or to the oldest one."""
    there = f"?line={line}" if line else ""
    return ui.redirect(f"/accounting/bank/{account_id}/reconcile{there}", toast=toast[:200])


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0


reconcile_routes = [reconcile, line_list, show_line, show_sum, accept, settle, settle_together, undo, accept_certain]
